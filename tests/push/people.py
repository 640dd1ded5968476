"""People who register with a push notification server, ask it and are notified by it, without our client."""

from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from pystatus.crypto.keys import PrivateKey
from pystatus.payloads.contacts import PushNotificationQueryInfo
from pystatus.payloads.kinds import PayloadType
from pystatus.payloads.wrapper import ApplicationMessage, unwrap, wrap
from pystatus.push.grants import grant
from pystatus.push.hashing import hash_of_author, hash_of_chat, hash_of_key
from pystatus.push.messages import (
    NotificationType,
    PushNotification,
    PushNotificationQuery,
    PushNotificationQueryResponse,
    PushNotificationRegistration,
    PushNotificationRegistrationResponse,
    PushNotificationReport,
    PushNotificationRequest,
    PushNotificationResponse,
    RegistrationError,
    TokenType,
)
from pystatus.push.pair_sealing import seal
from pystatus.push.server.limits import ServerLimits
from pystatus.push.server.registrations import Registrations
from pystatus.push.server.server import Answer, PushServer
from tests.push.memory import RecordingGateway, RegistrationsInMemory

NOW = 1_600_000_000.0
SERVER = PrivateKey(b"\x51" * 32)
ALICE = PrivateKey(b"\x11" * 32)
BOB = PrivateKey(b"\x22" * 32)
MALLORY = PrivateKey(b"\x66" * 32)
random = Random(25).randbytes


def uuid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012x}"


def registration(owner: PrivateKey = ALICE, /, **changes: Any) -> PushNotificationRegistration:
    """One that a server takes, with the grant of ``owner``."""
    told = PushNotificationRegistration(
        token_type=TokenType.FIREBASE,
        device_token="phone",
        installation_id=uuid(1),
        access_token=uuid(100),
        enabled=True,
        version=1,
    )
    told = replace(told, **changes)
    return told if "grant" in changes else replace(told, grant=grant(owner, SERVER.public_key, told.access_token))


def notification(owner: PrivateKey = ALICE, sender: PrivateKey = BOB, /, **changes: Any) -> PushNotification:
    """A message of ``sender`` to the device of :func:`registration`."""
    asked = PushNotification(
        access_token=uuid(100),
        chat_id=hash_of_chat(sender.public_key.hex),
        public_key=hash_of_key(owner.public_key),
        installation_id=uuid(1),
        type=NotificationType.MESSAGE,
        author=hash_of_author(sender.public_key),
    )
    return replace(asked, **changes)


def signed(kind: PayloadType, payload: bytes, by: PrivateKey) -> ApplicationMessage:
    return unwrap(wrap(payload, kind, by), transport_signer=by.public_key)


@dataclass
class Conversation:
    """With one server, at one time unless said otherwise."""

    registrations: Registrations = field(default_factory=RegistrationsInMemory)
    limits: ServerLimits | None = None
    gateway: RecordingGateway = field(default_factory=RecordingGateway)
    now: float = NOW

    def __post_init__(self) -> None:
        self.server = PushServer(SERVER, self.registrations, self.gateway, self.now, self.limits)

    async def say(self, kind: PayloadType, payload: bytes, by: PrivateKey) -> Answer | None:
        return await self.server.receive(signed(kind, payload, by), self.now)

    async def register(self, told: PushNotificationRegistration, owner: PrivateKey = ALICE) -> RegistrationError | None:
        """What the server says to it; ``None``: it has registered or unregistered the device."""
        sealed = seal(owner, SERVER.public_key, told.encode(), random)
        answer = await self.say(PayloadType.PUSH_NOTIFICATION_REGISTRATION, sealed, owner)
        assert answer is not None
        assert answer.to == owner.public_key
        message = unwrap(answer.wrapped, transport_signer=SERVER.public_key)
        response = PushNotificationRegistrationResponse.decode(message.payload)
        return None if response.success else RegistrationError(response.error)

    async def query(self, *people: PrivateKey, by: PrivateKey = BOB) -> tuple[PushNotificationQueryInfo, ...] | None:
        """Where they are notified; ``None``: the server says nothing."""
        query = PushNotificationQuery(tuple(hash_of_key(one.public_key) for one in people))
        answer = await self.say(PayloadType.PUSH_NOTIFICATION_QUERY, query.encode(), by)
        if answer is None:
            return None
        message = unwrap(answer.wrapped, transport_signer=SERVER.public_key)
        response = PushNotificationQueryResponse.decode(message.payload)
        assert response.success
        return response.info

    async def request(
        self, *notifications: PushNotification, by: PrivateKey = BOB, message_id: bytes = b"m" * 32
    ) -> tuple[PushNotificationReport, ...] | None:
        """The reports; ``None``: the server says nothing."""
        request = PushNotificationRequest(notifications, message_id)
        answer = await self.say(PayloadType.PUSH_NOTIFICATION_REQUEST, request.encode(), by)
        if answer is None:
            return None
        assert answer.to == by.public_key
        message = unwrap(answer.wrapped, transport_signer=SERVER.public_key)
        response = PushNotificationResponse.decode(message.payload)
        assert response.message_id == message_id
        return response.reports
