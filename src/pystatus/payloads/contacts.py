"""What contacts tell about themselves (payloads.md §3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pystatus.payloads.codec import WirePayload
from pystatus.wire.proto import payloads_pb2, push_pb2


@dataclass(frozen=True, slots=True)
class ContactUpdate(WirePayload):
    """The sender regards us as a contact: name and picture (a data URI). Some clients send their alias as the name."""

    WIRE = payloads_pb2.ContactUpdate

    clock: int = 0
    ens_name: str = ""
    profile_image: str = ""


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
class ContactCodeAdvertisement(WirePayload):
    """Sent on one's contact-code topic to spread the bundle that travels with it. Empty where push is off."""

    WIRE = payloads_pb2.ContactCodeAdvertisement
    NESTED: ClassVar = {"push_notification_info": PushNotificationQueryInfo}

    push_notification_info: tuple[PushNotificationQueryInfo, ...] = ()
