"""What a server takes as a registration (push-notifications.md §9.1)."""

from __future__ import annotations

from dataclasses import dataclass

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.errors import RemoteError
from pystatus.push.grants import is_granted
from pystatus.push.hashing import hash_of_key
from pystatus.push.messages import PushNotificationRegistration, RegistrationError, TokenType
from pystatus.push.pair_sealing import unseal
from pystatus.push.server.limits import MAX_DEVICE_TOKEN, MAX_REGISTRATION, MAX_VERSION
from pystatus.push.server.registrations import Row
from pystatus.push.uuid_text import is_uuid


class NotRegistered(Exception):
    """Why a registration is refused; the owner of the device is told."""

    def __init__(self, error: RegistrationError) -> None:
        super().__init__(error.name)
        self.error = error


@dataclass(frozen=True, slots=True)
class Opened:
    """A registration that was sealed for us by the one who has signed it."""

    owner: PublicKey
    plain: bytes
    registration: PushNotificationRegistration

    @property
    def row(self) -> Row:
        """What is stored of it. Of a device that unregisters only the version: older ones stay refused.

        Implements: PN-13
        """
        told = self.registration
        kept = None if told.unregister else self.plain
        return Row(hash_of_key(self.owner), told.installation_id, told.version, kept)


def open_registration(key: PrivateKey, owner: PublicKey, sealed: bytes) -> Opened:
    """
    :param owner: whoever has signed it.
    :raises RemoteError: nobody sealed it for us, or not this owner: it is not answered.
    :raises NotRegistered: it is no registration.

    Implements: PN-4
    """
    if len(sealed) > MAX_REGISTRATION:
        raise RemoteError(f"a registration of more than {MAX_REGISTRATION} bytes")
    plain = unseal(key, owner, sealed)
    try:
        return Opened(owner, plain, PushNotificationRegistration.decode(plain))
    except RemoteError as error:
        raise NotRegistered(RegistrationError.MALFORMED_MESSAGE) from error


def check_identity(told: PushNotificationRegistration) -> None:
    """Whether it says which device it is, and how new.

    :raises NotRegistered: it does not.

    Implements: PN-5
    """
    if not 0 < told.version <= MAX_VERSION or not is_uuid(told.installation_id):
        raise NotRegistered(RegistrationError.MALFORMED_MESSAGE)


def check_version(told: PushNotificationRegistration, known: int) -> None:
    """Whether it is newer than the ``known`` version.

    :raises NotRegistered: it is not.

    Implements: PN-5, PN-6
    """
    if told.version <= known:
        raise NotRegistered(RegistrationError.VERSION_MISMATCH)


def check_contents(told: PushNotificationRegistration, owner: PublicKey, server: PublicKey) -> None:
    """Whether a device can be notified by it. One that unregisters has to say no more than which it is.

    :raises NotRegistered: it cannot.

    Implements: PN-5, PN-6, PN-11
    """
    if told.unregister:
        return
    if not is_uuid(told.access_token) or not is_granted(told.grant, owner, server, told.access_token):
        raise NotRegistered(RegistrationError.MALFORMED_MESSAGE)
    if not 0 < len(told.device_token) <= MAX_DEVICE_TOKEN or len(told.apn_topic) > MAX_DEVICE_TOKEN:
        raise NotRegistered(RegistrationError.MALFORMED_MESSAGE)
    if told.token_type not in (TokenType.APN, TokenType.FIREBASE):
        raise NotRegistered(RegistrationError.UNSUPPORTED_TOKEN_TYPE)
    if told.token_type == TokenType.APN and not told.apn_topic:
        raise NotRegistered(RegistrationError.MALFORMED_MESSAGE)
