"""What differs from one dialect to another (waku.md §1.2, §1.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Protocol, TypeAlias

from pystatus.waku.envelope import Envelope
from pystatus.waku.packets import MAX_SIZES, STATUS
from pystatus.waku.status import MAX_OPTIONS_SIZE, StatusOptions

CODE_COUNT = 128
"""Packet codes that each dialect occupies on a connection (waku.md §1.1)."""

Update: TypeAlias = tuple[int, bytes]
"""Packet code and body."""


MAX_STATUS_SIZE = MAX_OPTIONS_SIZE + 16
"""Bytes of a Status: its options, and what some dialects have around them."""


def max_sizes(update_codes: frozenset[int]) -> Mapping[int, int]:
    """See :attr:`Dialect.max_sizes`: of the packets that all dialects have, the Status, and its changes."""
    return {**MAX_SIZES, STATUS: MAX_STATUS_SIZE, **dict.fromkeys(update_codes, MAX_OPTIONS_SIZE)}


class Dialect(Protocol):
    """How a peer and we tell each other about ourselves, and how envelopes travel past the relay.

    Everything that reads raises :class:`~pystatus.errors.RemoteError` for what is malformed.
    """

    name: ClassVar[str]
    """Of the capability, in the devp2p Hello."""
    version: ClassVar[int]
    title: ClassVar[str]
    """Both together, for people."""
    update_codes: ClassVar[frozenset[int]]
    """Packets that change what the Status said."""
    has_topics: ClassVar[bool]
    """Whether a topic interest can be told. Else it is told as a bloom filter."""
    max_sizes: ClassVar[Mapping[int, int]]
    """Bytes of a packet that are taken, by its code. Other codes are ignored."""

    def encode_status(self, options: StatusOptions) -> bytes:
        """The body of our Status."""

    def decode_status(self, payload: bytes) -> StatusOptions:
        """What the body of a Status says."""

    def encode_update(self, changes: StatusOptions) -> list[Update]:
        """The packets that tell of a change. What the dialect has no words for is left out."""

    def decode_update(self, code: int, payload: bytes) -> StatusOptions:
        """What a packet with one of :attr:`update_codes` changes."""

    def encode_p2p(self, envelopes: Sequence[Envelope]) -> bytes:
        """The body of a P2P Message."""

    def split_p2p(self, payload: bytes, limit: int) -> list[bytes]:
        """The raw envelopes of a P2P Message, ``limit`` of them at most."""
