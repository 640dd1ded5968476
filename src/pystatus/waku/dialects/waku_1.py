"""waku/1: the dialect of 6/WAKU1, which every Status client speaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from pystatus.waku import packets
from pystatus.waku.dialects.dialect import Dialect, Update, max_sizes
from pystatus.waku.envelope import Envelope
from pystatus.waku.status import OPTION_KEYS, StatusOptions
from pystatus.wire import rlp


class Waku1(Dialect):
    """Options are pairs; Status and Status Update have the same body."""

    name: ClassVar[str] = "waku"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "waku/1"
    update_codes: ClassVar[frozenset[int]] = frozenset({packets.STATUS_UPDATE})
    has_topics: ClassVar[bool] = True
    max_sizes: ClassVar[Mapping[int, int]] = max_sizes(update_codes)
    keys: ClassVar[tuple[bytes, ...]] = OPTION_KEYS
    """The encoded key of each option that exists, in the order of :class:`StatusOptions`."""

    def encode_status(self, options: StatusOptions) -> bytes:
        return options.encode(self.keys)

    def decode_status(self, payload: bytes) -> StatusOptions:
        return StatusOptions.decode(payload, self.keys)

    def encode_update(self, changes: StatusOptions) -> list[Update]:
        payload = changes.encode(self.keys)
        return [] if payload == rlp.EMPTY_LIST else [(packets.STATUS_UPDATE, payload)]

    def decode_update(self, code: int, payload: bytes) -> StatusOptions:
        return StatusOptions.decode(payload, self.keys)

    def encode_p2p(self, envelopes: Sequence[Envelope]) -> bytes:
        return packets.encode_messages(envelopes)

    def split_p2p(self, payload: bytes, limit: int) -> list[bytes]:
        return packets.split_messages(payload, limit)


WAKU_1 = Waku1()
