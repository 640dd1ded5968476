"""What contacts tell about themselves (payloads.md §3.2)."""

from __future__ import annotations

from typing import ClassVar

from pystatus.payloads.checks import check_not_future, check_picture, check_short
from pystatus.payloads.codec import WirePayload
from pystatus.payloads.kinds import PayloadType
from pystatus.payloads.payload import Author, Payload
from pystatus.records import dataclass
from pystatus.wire.proto import payloads_pb2, push_pb2


@dataclass(frozen=True, slots=True)
class ContactUpdate(Payload):
    """The sender regards us as a contact: name and picture (a data URI). Some clients send their alias as the name."""

    TYPE = PayloadType.CONTACT_UPDATE
    AUTHOR = Author.SENDER
    WIRE = payloads_pb2.ContactUpdate

    clock: int = 0
    ens_name: str = ""
    profile_image: str = ""

    def check(self, sent_ms: int, now_ms: int) -> None:
        """See :meth:`Payload.check`."""
        check_not_future(self.clock, sent_ms)
        check_short(self.ens_name)
        check_picture(self.profile_image)


@dataclass(frozen=True, slots=True)
class PushNotificationQueryInfo(WirePayload):
    """Where one device of a contact receives push notifications."""

    WIRE = push_pb2.PushNotificationQueryInfo

    access_token: str = ""
    installation_id: str = ""
    public_key: bytes = b""
    allowed_key_list: tuple[bytes, ...] = ()
    grant: bytes = b""
    version: int = 0
    server_public_key: bytes = b""


@dataclass(frozen=True, slots=True)
class ContactCodeAdvertisement(Payload):
    """Sent on one's contact-code topic to spread the bundle that travels with it. Empty where push is off."""

    TYPE = PayloadType.CONTACT_CODE_ADVERTISEMENT
    WIRE = payloads_pb2.ContactCodeAdvertisement
    NESTED: ClassVar = {"push_notification_info": PushNotificationQueryInfo}

    push_notification_info: tuple[PushNotificationQueryInfo, ...] = ()
