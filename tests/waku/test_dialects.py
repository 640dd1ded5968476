"""waku/1, waku/0 and shh/6: the same options in three sets of words (waku.md §1.2, §1.3)."""

from __future__ import annotations

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.errors import RemoteError
from pystatus.waku import packets
from pystatus.waku.bloom import EMPTY_BLOOM, FULL_BLOOM, topics_bloom
from pystatus.waku.dialects.dialect import Dialect
from pystatus.waku.dialects.shh_6 import BLOOM_FILTER, NOTHING, POW_REQUIREMENT, RATE_LIMITS, SHH_6
from pystatus.waku.dialects.waku_0 import WAKU_0
from pystatus.waku.dialects.waku_1 import WAKU_1
from pystatus.waku.status import MAX_OPTIONS_SIZE, RateLimits, StatusOptions
from pystatus.wire import rlp
from tests.waku.network import OTHER_TOPIC, TOPIC, envelope

DIALECTS = (WAKU_1, WAKU_0, SHH_6)
every_dialect = pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.title)

FULL = StatusOptions(
    pow_requirement=0.002,
    bloom_filter=topics_bloom([TOPIC]),
    light_node=True,
    confirmations_enabled=True,
    packet_rate_limits=RateLimits(10, 5, 1),
)
"""What every dialect has words for."""
POW_BITS = int.from_bytes(struct.pack(">d", 0.002), "big")


# All of them


@every_dialect
def test_what_is_said_is_understood(dialect: Dialect) -> None:
    assert dialect.decode_status(dialect.encode_status(FULL)) == FULL


@every_dialect
@pytest.mark.parametrize(
    "change",
    [
        StatusOptions(pow_requirement=0.5),
        StatusOptions(pow_requirement=0.0),
        StatusOptions(bloom_filter=FULL_BLOOM),
        StatusOptions(bloom_filter=EMPTY_BLOOM),
        StatusOptions(packet_rate_limits=RateLimits(1, 2, 3)),
    ],
)
def test_a_change_is_one_packet(dialect: Dialect, change: StatusOptions) -> None:
    ((code, payload),) = dialect.encode_update(change)
    assert code in dialect.update_codes
    assert dialect.decode_update(code, payload) == change


@every_dialect
def test_no_change_is_no_packet(dialect: Dialect) -> None:
    assert dialect.encode_update(StatusOptions()) == []


@every_dialect
@given(payload=st.binary(max_size=200))
def test_any_bytes_are_understood_or_refused(dialect: Dialect, payload: bytes) -> None:
    read_all(dialect, payload)


def read_all(dialect: Dialect, payload: bytes) -> None:
    for code in dialect.update_codes:
        with contextlib.suppress(RemoteError):
            dialect.decode_update(code, payload)
    with contextlib.suppress(RemoteError):
        dialect.decode_status(payload)
    with contextlib.suppress(RemoteError):
        dialect.split_p2p(payload, 100)


nested = st.recursive(
    st.binary(max_size=70) | st.sampled_from([b"", b"\x06"]), lambda inner: st.lists(inner, max_size=8)
)


@every_dialect
@given(item=nested)
def test_any_rlp_is_understood_or_refused(dialect: Dialect, item: rlp.Encodable) -> None:
    read_all(dialect, rlp.encode(item))


@every_dialect
@pytest.mark.parametrize("bloom", [bytes(63), bytes(65)])
def test_a_bloom_filter_of_another_size(dialect: Dialect, bloom: bytes) -> None:
    (code, payload), *_ = dialect.encode_update(StatusOptions(bloom_filter=FULL_BLOOM))
    with pytest.raises(RemoteError):
        dialect.decode_update(code, payload.replace(rlp.encode(FULL_BLOOM), rlp.encode(bloom)))


@every_dialect
def test_a_status_without_end(dialect: Dialect) -> None:
    with pytest.raises(RemoteError):
        dialect.decode_status(rlp.encode([dialect.version, bytes(MAX_OPTIONS_SIZE)]))


# waku/1


@pytest.mark.requirement("WK-3")
def test_the_capability_of_waku_1() -> None:
    """waku.md §1.1."""
    assert rlp.encode((WAKU_1.name.encode(), WAKU_1.version)).hex() == "c68477616b7501"


# waku/0


def test_a_status_of_waku_0() -> None:
    """The version first; the keys are characters."""
    pairs: list[rlp.Encodable] = [
        (b"0", POW_BITS),
        (b"1", topics_bloom([TOPIC])),
        (b"2", 1),
        (b"3", 1),
        (b"4", (10, 5, 1)),
    ]
    assert WAKU_0.encode_status(FULL) == rlp.encode((0, pairs))


def test_an_update_of_waku_0_has_no_version() -> None:
    assert WAKU_0.encode_update(StatusOptions(topic_interest=(TOPIC,))) == [
        (packets.STATUS_UPDATE, rlp.encode([(b"5", [TOPIC])]))
    ]


def test_what_waku_0_has_no_words_for() -> None:
    """Limits in bytes came with waku/1; key 6 means nothing here."""
    bytes_rates = StatusOptions(bytes_rate_limits=RateLimits(1, 1, 1))
    assert WAKU_0.encode_update(bytes_rates) == []
    assert WAKU_0.decode_status(rlp.encode((0, [(b"6", (1, 1, 1)), (b"2", 1)]))) == StatusOptions(light_node=True)


@pytest.mark.requirement("WK-27")
def test_keys_of_waku_1_are_unknown_to_waku_0() -> None:
    assert WAKU_0.decode_status(rlp.encode((0, [(0, POW_BITS), (b"3", 1), (b"name", b"value")]))) == StatusOptions(
        confirmations_enabled=True
    )


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xc0",
        b"\x00",
        rlp.encode([(b"2", 1)]),
        rlp.encode((1, [])),
        rlp.encode((0, [], 0)),
        rlp.encode((0,)),
        rlp.encode((0, [])) + b"\x00",
    ],
)
def test_no_status_of_waku_0(payload: bytes) -> None:
    with pytest.raises(RemoteError):
        WAKU_0.decode_status(payload)


# shh/6


@pytest.mark.requirement("WH-2")
def test_a_status_of_whisper() -> None:
    """Whatever is said, everything before it is said, too."""
    assert SHH_6.encode_status(FULL) == rlp.encode((6, POW_BITS, topics_bloom([TOPIC]), 1, 1, (10, 5, 1)))
    assert SHH_6.encode_status(StatusOptions()) == rlp.encode((6, 0, FULL_BLOOM, 0, 0, (0, 0, 0)))


@pytest.mark.requirement("WH-2")
@pytest.mark.parametrize("count", range(1, 7))
def test_a_status_of_whisper_may_end_early(count: int) -> None:
    items: list[rlp.Encodable] = [6, POW_BITS, topics_bloom([TOPIC]), 1, 1, (10, 5, 1)]
    said = SHH_6.decode_status(rlp.encode(items[:count]))
    assert said == StatusOptions(
        pow_requirement=0.002 if count > 1 else 0.0,
        bloom_filter=FULL.bloom_filter if count > 2 else None,
        light_node=True if count > 3 else None,
        confirmations_enabled=True if count > 4 else None,
        packet_rate_limits=FULL.packet_rate_limits if count > 5 else None,
    )


def test_what_a_later_whisper_may_add_is_ignored() -> None:
    items: list[rlp.Encodable] = [6, POW_BITS, FULL_BLOOM, 0, 0, (0, 0, 0)]
    assert SHH_6.decode_status(rlp.encode([*items, b"new"])) == SHH_6.decode_status(rlp.encode(items))


@pytest.mark.parametrize(
    "items",
    [
        [],
        [5],
        [b"\x06\x00"],
        [[6]],
        [6, 0x7FF8000000000000],
        [6, 0, bytes(63)],
        [6, 0, b"", 2],
        [6, 0, b"", 0, 2],
        [6, 0, b"", 0, 0, (1, 2)],
    ],
)
def test_no_status_of_whisper(items: list[rlp.Encodable]) -> None:
    with pytest.raises(RemoteError):
        SHH_6.decode_status(rlp.encode(items))


@pytest.mark.requirement("WH-3")
def test_changes_in_whisper_are_a_packet_each() -> None:
    changes = StatusOptions(
        pow_requirement=0.002, topic_interest=(TOPIC, OTHER_TOPIC), packet_rate_limits=RateLimits(10, 5, 1)
    )
    assert SHH_6.encode_update(changes) == [
        (POW_REQUIREMENT, rlp.encode(POW_BITS)),
        (BLOOM_FILTER, rlp.encode(topics_bloom([TOPIC, OTHER_TOPIC]))),
        (RATE_LIMITS, rlp.encode((10, 5, 1))),
    ]


def test_an_interest_in_everything_is_the_full_filter() -> None:
    """A Whisper node takes no empty one in a change."""
    assert SHH_6.encode_update(StatusOptions(bloom_filter=b"")) == [(BLOOM_FILTER, rlp.encode(FULL_BLOOM))]


def test_a_change_without_end() -> None:
    with pytest.raises(RemoteError):
        SHH_6.decode_update(BLOOM_FILTER, rlp.encode(bytes(MAX_OPTIONS_SIZE)))


def test_the_status_that_asks_for_nothing() -> None:
    assert SHH_6.decode_status(NOTHING).bloom_filter == EMPTY_BLOOM


# P2P Message


@every_dialect
@pytest.mark.requirement("WH-6")
@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_envelopes_for_one_peer(dialect: Dialect, count: int) -> None:
    envelopes = [envelope(number) for number in range(count)]
    assert dialect.split_p2p(dialect.encode_p2p(envelopes), 5) == [one.raw for one in envelopes]


@pytest.mark.requirement("WH-6")
def test_whisper_takes_both_forms() -> None:
    """And sends a single envelope bare, because the oldest nodes know no other form."""
    one = envelope()
    assert SHH_6.encode_p2p([one]) == one.raw
    assert SHH_6.split_p2p(one.raw, 1) == SHH_6.split_p2p(packets.encode_messages([one]), 1) == [one.raw]


@every_dialect
def test_more_envelopes_than_are_allowed(dialect: Dialect) -> None:
    with pytest.raises(RemoteError):
        dialect.split_p2p(packets.encode_messages([envelope(1), envelope(2)]), 1)
