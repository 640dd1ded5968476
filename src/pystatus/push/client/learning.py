"""Where others are notified: what is believed of advertisements and of servers' answers (push-notifications.md §7).

What somebody advertises is signed by them, and what a server answers carries their grant. The grant covers person,
server and token; it covers neither device nor version, so a server can lie about these, and its lie must not last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from pystatus.crypto.keys import COMPRESSED_SIZE, PrivateKey, PublicKey
from pystatus.errors import RemoteError
from pystatus.payloads.contacts import PushNotificationQueryInfo
from pystatus.push.client.retrying import STALE_SECONDS
from pystatus.push.grants import is_granted
from pystatus.push.hashing import hash_of_key
from pystatus.push.pair_sealing import unsealer
from pystatus.push.uuid_text import is_uuid

MAX_VERSION: Final = 2**63 - 1
"""Of what is stored: databases have no larger numbers."""
MAX_DEVICES: Final = 10
"""Devices of one person of which is known where they are notified. Ours: the reference stores any number, and notifies
each of them (push-notifications.md §16, 2). Clients enable three."""
MAX_SERVERS: Final = 5
"""Servers of one device. Clients register with three."""


@dataclass(frozen=True, slots=True)
class Info:
    """Where one device of somebody is notified by one server."""

    person: PublicKey
    server: PublicKey
    installation_id: str
    access_token: str = field(repr=False)
    version: int
    retrieved_at: float
    """Unix seconds."""


class InfoTables(Protocol):
    """The storage of this module."""

    def infos(self, person: PublicKey) -> Sequence[Info]:
        """All of one person, those retrieved last first."""

    def save_infos(self, person: PublicKey, infos: Sequence[Info]) -> None:
        """All of one person, in place of what was there."""

    def asked_at(self, person: PublicKey) -> float | None:
        """When a server was asked for them, or they have advertised, last; ``None``: never."""

    def save_asked(self, person: PublicKey, now: float) -> None:
        """It was now."""


class Learner:
    """What one account believes of others."""

    def __init__(self, own: PrivateKey, tables: InfoTables) -> None:
        self._own = own
        self._tables = tables

    def advertised(self, person: PublicKey, infos: Sequence[PushNotificationQueryInfo], now: float) -> int:
        """Take what somebody has advertised with their contact code; how much of it was refused. Each is judged alone.

        Nobody is asked for them soon, unless something was refused or there was nothing: who registers anew advertises
        without infos until the server has answered (push-notifications.md §14).
        """
        if person == self._own.public_key:
            return 0
        refused = 0
        for info in infos:
            try:
                self._take(person, _server_of(info), info, now)
            except RemoteError:
                refused += 1
        if infos and not refused:
            self._tables.save_asked(person, now)
        return refused

    def answered(
        self,
        person: PublicKey,
        server: PublicKey,
        infos: Sequence[PushNotificationQueryInfo],
        now: float,
        *,
        success: bool = True,
    ) -> int:
        """Take the answer of ``server`` to our query for ``person``; how much of it was refused."""
        if not success:
            return len(infos)
        refused = 0
        for info in infos:
            try:
                self._take(person, server, info, now)
            except RemoteError:
                refused += 1
        return refused

    def is_query_due(self, person: PublicKey, now: float) -> bool:
        """Whether it is more than a day ago that anything was learnt of them. A time in the future was of a wrong
        clock.
        """
        asked_at = self._tables.asked_at(person)
        return asked_at is None or not 0 <= now - asked_at <= STALE_SECONDS

    def _take(self, person: PublicKey, server: PublicKey, info: PushNotificationQueryInfo, now: float) -> None:
        """Believe it, if it is for us, and no older than what is known.

        :raises RemoteError: it is of somebody else, or not granted, or cannot be used.
        """
        if info.public_key != hash_of_key(person):
            raise RemoteError("where somebody else is notified")
        token = info.access_token or self._token_for_us(person, info.allowed_key_list)
        if not token:
            return  # they want no notifications from us
        if not is_granted(info.grant, person, server, token):
            raise RemoteError("no grant for this server and token")
        if not is_uuid(token) or not is_uuid(info.installation_id) or info.version > MAX_VERSION:
            raise RemoteError("token, device or version is none")
        found = Info(person, server, info.installation_id, token, info.version, now)
        known = self._tables.infos(person)
        kept = with_info(known, found, now)
        if kept is not None:
            self._tables.save_infos(person, kept)

    def _token_for_us(self, person: PublicKey, sealed: Sequence[bytes]) -> str:
        """What the first entry says that we can open; empty: none is for us."""
        unseal = unsealer(self._own, person) if sealed else None
        for entry in sealed:
            assert unseal is not None
            try:
                return unseal(entry).decode()
            except RemoteError:
                continue
            except UnicodeDecodeError as error:
                raise RemoteError("a token that is no text") from error
        return ""


def with_info(known: Sequence[Info], found: Info, now: float) -> Sequence[Info] | None:
    """What is known of a person together with what was ``found``, those retrieved last first; ``None``: it is older.

    A higher version takes the place of all infos of the device, the same one stands beside those of other servers.
    A version that nobody has confirmed for a day keeps no lower one out: a server may have made it up.
    """
    of_device = [info for info in known if info.installation_id == found.installation_id]
    others = [info for info in known if info.installation_id != found.installation_id]
    fresh = [info for info in of_device if 0 <= now - info.retrieved_at <= STALE_SECONDS]
    if any(info.version > found.version for info in fresh):
        return None
    beside = [info for info in fresh if info.version == found.version and info.server != found.server]
    devices = list(dict.fromkeys(info.installation_id for info in others))[: MAX_DEVICES - 1]
    kept = [info for info in others if info.installation_id in devices]
    return [found, *beside[: MAX_SERVERS - 1], *kept]


def _server_of(info: PushNotificationQueryInfo) -> PublicKey:
    """The server of an advertised info.

    :raises RemoteError: none, or not in 33 bytes.
    """
    if len(info.server_public_key) != COMPRESSED_SIZE:
        raise RemoteError("a server is named by 33 bytes")
    return PublicKey.from_bytes(info.server_public_key)
