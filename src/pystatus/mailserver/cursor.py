"""Where an envelope stands in an archive: by its time, those of one second by their hash (waku.md §7.1)."""

from __future__ import annotations

from pystatus.crypto.hashing import KECCAK_SIZE
from pystatus.errors import RemoteError
from pystatus.records import dataclass
from pystatus.waku.bloom import TOPIC_SIZE
from pystatus.waku.envelope import Envelope

TIME_SIZE = 4
"""Bytes of a Unix second, big-endian."""
CURSOR_SIZE = TIME_SIZE + KECCAK_SIZE
"""Bytes of a cursor: the key of the last envelope that came."""
DATABASE_KEY_SIZE = CURSOR_SIZE + TOPIC_SIZE
"""Bytes of the key under which the reference stores an envelope."""
LAST_SECOND = (1 << 32) - 1
"""The last Unix second that an envelope can carry."""


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """The place of one envelope. Keys sort as archives do, and as their cursors do.

    Implements: WM-2
    """

    sent: int
    """Unix second: expiry - ttl."""
    hash: bytes
    """32 bytes."""

    @classmethod
    def of(cls, envelope: Envelope) -> Key:
        """The place of ``envelope``."""
        return cls(envelope.sent, envelope.hash)

    @property
    def cursor(self) -> bytes:
        """36 bytes: where the next page begins, when this was the last envelope of a page."""
        return self.sent.to_bytes(TIME_SIZE, "big") + self.hash

    def database_key(self, topic: bytes) -> bytes:
        """40 bytes: the key under which the reference's archives have it."""
        return self.cursor + topic

    @classmethod
    def from_cursor(cls, cursor: bytes) -> Key | None:
        """Read a cursor; ``None`` if it is empty. Old clients send the whole database key.

        :raises RemoteError: neither 0 nor 36 nor 40 bytes.
        """
        if not cursor:
            return None
        if len(cursor) not in (CURSOR_SIZE, DATABASE_KEY_SIZE):
            raise RemoteError(f"a cursor has {CURSOR_SIZE} bytes, not {len(cursor)}")
        return cls(int.from_bytes(cursor[:TIME_SIZE], "big"), cursor[TIME_SIZE:CURSOR_SIZE])
