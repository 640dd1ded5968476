"""What we register with push notification servers, and what we advertise of it (push-notifications.md §5, §6).

Values in and out: what was registered last, and what our user wants now, give what to register.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.crypto.random import RandomSource, random_uuid
from pystatus.errors import LocalError
from pystatus.payloads.contacts import PushNotificationQueryInfo
from pystatus.push.grants import grant
from pystatus.push.hashing import hash_of_chat, hash_of_key
from pystatus.push.messages import PushNotificationRegistration
from pystatus.push.pair_sealing import seal


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of what our user wants to be notified, and where."""

    device_token: str = field(repr=False)
    token_type: int
    apn_topic: str
    """Empty for tokens that are not Apple's."""
    contacts: Sequence[PublicKey]
    """Who may notify us, if only contacts may."""
    muted: Sequence[str]
    """Ids of chats, and the key texts of people, of whom we want to hear nothing."""
    mentions_in: Sequence[str]
    """Public chats that we have joined and not muted: a server lets mentions in a muted chat pass."""
    contacts_only: bool = False
    block_mentions: bool = False


@dataclass(frozen=True, slots=True)
class Registered:
    """What was registered last: the same for every server, but for the grant."""

    registration: PushNotificationRegistration
    contacts: Sequence[PublicKey] = ()

    @property
    def version(self) -> int:
        """Higher with each registration, also when the device was unregistered in between."""
        return self.registration.version


NOTHING = Registered(PushNotificationRegistration())
"""What stands for the last registration of a device that never had one."""


def next_registration(
    last: Registered, wanted: Wanted, own: PrivateKey, installation_id: str, random: RandomSource
) -> Registered:
    """What to register, a version above the ``last``.

    The access token is a new one if there was none, if somebody who was a contact is none any more, or if only contacts
    may notify us from now on: others know the old one.

    :raises LocalError: there is no device token.
    """
    if not wanted.device_token:
        raise LocalError("A device is registered by its token: ask Apple's or Google's service for one first.")
    before = last.registration
    is_closed = wanted.contacts_only and not before.allow_from_contacts_only
    is_left = bool(set(last.contacts) - set(wanted.contacts))
    token = random_uuid(random) if not before.access_token or is_closed or is_left else before.access_token
    listed = wanted.contacts if wanted.contacts_only else ()
    registration = PushNotificationRegistration(
        token_type=wanted.token_type,
        device_token=wanted.device_token,
        installation_id=installation_id,
        access_token=token,
        enabled=True,
        version=before.version + 1,
        allowed_key_list=tuple(seal(own, contact, token.encode(), random) for contact in listed),
        blocked_chat_list=tuple(map(hash_of_chat, wanted.muted)),
        allow_from_contacts_only=wanted.contacts_only,
        apn_topic=wanted.apn_topic,
        block_mentions=wanted.block_mentions,
        allowed_mentions_chat_list=tuple(map(hash_of_chat, wanted.mentions_in)),
    )
    return Registered(registration, tuple(wanted.contacts))


def unregistration(last: Registered, installation_id: str) -> Registered:
    """What takes the last registration back."""
    return Registered(
        PushNotificationRegistration(installation_id=installation_id, version=last.version + 1, unregister=True)
    )


def sealed_for(server: PublicKey, told: Registered, own: PrivateKey, random: RandomSource) -> bytes:
    """The payload for one server, with the grant that is for it alone.

    Implements: PN-11
    """
    granted = grant(own, server, told.registration.access_token)
    return seal(own, server, replace(told.registration, grant=granted).encode(), random)


def advertised(
    told: Registered, servers: Sequence[PublicKey], own: PrivateKey
) -> tuple[PushNotificationQueryInfo, ...]:
    """What our contact code says of this device, if it is registered with these servers: the token, or what only
    contacts can read it from.

    Implements: PN-17
    """
    registration = told.registration
    if registration.unregister:
        return ()
    is_open = not registration.allow_from_contacts_only
    return tuple(
        PushNotificationQueryInfo(
            access_token=registration.access_token if is_open else "",
            installation_id=registration.installation_id,
            public_key=hash_of_key(own.public_key),
            allowed_key_list=() if is_open else registration.allowed_key_list,
            grant=grant(own, server, registration.access_token),
            version=registration.version,
            server_public_key=server.compressed,
        )
        for server in servers
    )
