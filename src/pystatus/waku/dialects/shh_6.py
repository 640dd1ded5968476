"""shh/6: Whisper, as the nodes before Waku spoke it. Only a bridge offers it (waku.md §1.3, §1.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from pystatus.errors import RemoteError
from pystatus.waku import packets
from pystatus.waku.bloom import EMPTY_BLOOM, FULL_BLOOM, topics_bloom
from pystatus.waku.dialects.dialect import Dialect, Update, max_sizes
from pystatus.waku.envelope import Envelope
from pystatus.waku.status import (
    MAX_OPTIONS_SIZE,
    RateLimits,
    StatusOptions,
    decode_bloom,
    decode_pow,
    decode_rates,
    encode_pow,
    encode_rates,
)
from pystatus.wire import rlp

POW_REQUIREMENT: Final = 2
BLOOM_FILTER: Final = 3
RATE_LIMITS: Final = 20
"""Packet codes of changes; each has one value as its body."""


class Shh6(Dialect):
    """The Status is a list whose items mean something by their position::

        [6, PoW requirement, bloom filter, light node, confirmations, [ip, peer, topic]]

    All but the first may be missing, and then so is everything behind. There is no topic interest: what we
    want is told as a bloom filter, which lets some more pass.

    Implements: WH-2
    """

    name: ClassVar[str] = "shh"
    version: ClassVar[int] = 6
    title: ClassVar[str] = "shh/6"
    update_codes: ClassVar[frozenset[int]] = frozenset({POW_REQUIREMENT, BLOOM_FILTER, RATE_LIMITS})
    has_topics: ClassVar[bool] = False
    max_sizes: ClassVar[Mapping[int, int]] = max_sizes(update_codes)

    def encode_status(self, options: StatusOptions) -> bytes:
        return rlp.encode_list(
            [
                rlp.encode(self.version),
                encode_pow(options.pow_requirement or 0.0),
                rlp.encode_bytes(_bloom(options) or FULL_BLOOM),
                rlp.encode(bool(options.light_node)),
                rlp.encode(bool(options.confirmations_enabled)),
                encode_rates(options.packet_rate_limits or RateLimits()),
            ]
        )

    def decode_status(self, payload: bytes) -> StatusOptions:
        if len(payload) > MAX_OPTIONS_SIZE:
            raise RemoteError(f"a Status of {len(payload)} bytes")
        items = rlp.as_list(rlp.decode(payload))
        if not items or rlp.as_int(items[0]) != self.version:
            raise RemoteError("a Status of shh/6 begins with the version 6")
        # Whoever asks for no proof of work takes any, while in Waku there is a default (waku.md §2.7).
        return StatusOptions(
            pow_requirement=decode_pow(items[1]) if len(items) > 1 else 0.0,
            bloom_filter=decode_bloom(items[2]) if len(items) > 2 else None,
            light_node=rlp.as_bool(items[3]) if len(items) > 3 else None,
            confirmations_enabled=rlp.as_bool(items[4]) if len(items) > 4 else None,
            packet_rate_limits=decode_rates(items[5]) if len(items) > 5 else None,
        )

    def encode_update(self, changes: StatusOptions) -> list[Update]:
        """One packet for each value that has changed.

        Implements: WH-3
        """
        updates: list[Update] = []
        if changes.pow_requirement is not None:
            updates.append((POW_REQUIREMENT, encode_pow(changes.pow_requirement)))
        bloom = _bloom(changes)
        if bloom is not None:
            updates.append((BLOOM_FILTER, rlp.encode_bytes(bloom or FULL_BLOOM)))
        if changes.packet_rate_limits is not None:
            updates.append((RATE_LIMITS, encode_rates(changes.packet_rate_limits)))
        return updates

    def decode_update(self, code: int, payload: bytes) -> StatusOptions:
        if len(payload) > MAX_OPTIONS_SIZE:
            raise RemoteError(f"a change of {len(payload)} bytes")
        value = rlp.decode(payload)
        if code == POW_REQUIREMENT:
            return StatusOptions(pow_requirement=decode_pow(value))
        if code == BLOOM_FILTER:
            return StatusOptions(bloom_filter=decode_bloom(value))
        return StatusOptions(packet_rate_limits=decode_rates(value))

    def encode_p2p(self, envelopes: Sequence[Envelope]) -> bytes:
        """One envelope travels without a list around it, as Whisper nodes first had it.

        Implements: WH-6
        """
        return envelopes[0].raw if len(envelopes) == 1 else packets.encode_messages(envelopes)

    def split_p2p(self, payload: bytes, limit: int) -> list[bytes]:
        """A list of envelopes, or one envelope, which is a list of anything but lists.

        Implements: WH-6
        """
        is_list, start, end = rlp.header(payload)
        if is_list and start < end and not rlp.header(payload, start, end)[0]:
            return [payload]
        return packets.split_messages(payload, limit)


def _bloom(options: StatusOptions) -> bytes | None:
    """Our interest as a bloom filter; ``None`` if the options do not say."""
    return options.bloom_filter if options.topic_interest is None else topics_bloom(options.topic_interest)


SHH_6 = Shh6()

NOTHING = SHH_6.encode_status(StatusOptions(bloom_filter=EMPTY_BLOOM))
"""A Status that asks for no envelopes at all."""
