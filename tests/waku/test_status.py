"""Status options: the vectors, the specification's rules, and what the reference gets wrong."""

import contextlib
import math
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.errors import LocalError, RemoteError
from pystatus.waku.status import MAX_OPTIONS, MAX_TOPICS, RateLimits, StatusOptions
from pystatus.wire import rlp
from tests.support.vectors import Case, case_id, cases, unhex

UNKNOWN_FIRST = 20
"""The case in which the reference drops every option behind an unknown one (decisions.md, waku_packets 20; waku.md
D18)."""

status_cases = cases("waku_packets", "status", "status_options", "status_update")


def expected_options(options: dict[str, Any]) -> StatusOptions:
    def rates(name: str) -> RateLimits | None:
        limits = options.get(name)
        return None if limits is None else RateLimits(limits["ip"], limits["peer_id"], limits["topic"])

    bits = options.get("pow_requirement_bits")
    topics = options.get("topic_interest")
    return StatusOptions(
        pow_requirement=None if bits is None else struct.unpack(">d", unhex(bits))[0],
        bloom_filter=unhex(options["bloom_filter"]) if "bloom_filter" in options else None,
        light_node=options.get("light_node"),
        confirmations_enabled=options.get("confirmations_enabled"),
        packet_rate_limits=rates("packet_rate_limits"),
        topic_interest=None if topics is None else tuple(unhex(topic) for topic in topics),
        bytes_rate_limits=rates("bytes_rate_limits"),
    )


@pytest.mark.parametrize(
    "case", [c for c in status_cases if not c["must_fail"] and c["id"] != UNKNOWN_FIRST], ids=case_id
)
def test_reading(case: Case) -> None:
    assert StatusOptions.decode(unhex(case["payload"])) == expected_options(case["options"])


@pytest.mark.parametrize(
    "case", [c for c in status_cases if not c["must_fail"] and not c.get("hand_made")], ids=case_id
)
def test_writing(case: Case) -> None:
    assert expected_options(case["options"]).encode() == unhex(case["payload"])


@pytest.mark.parametrize("case", [c for c in status_cases if c["must_fail"]], ids=case_id)
def test_refusals(case: Case) -> None:
    with pytest.raises(RemoteError):
        StatusOptions.decode(unhex(case["payload"]))


@pytest.mark.requirement("WK-27", "WK-59")
def test_an_unknown_option_hides_nothing() -> None:
    """decisions.md: waku_packets 20. Exactly that pair is skipped (waku.md D18)."""
    (case,) = (c for c in status_cases if c["id"] == UNKNOWN_FIRST)
    options = StatusOptions.decode(unhex(case["payload"]))
    assert options == StatusOptions(pow_requirement=0.5, confirmations_enabled=True)


ZERO_BLOOM = bytes(64)


@pytest.mark.requirement("WK-24")
@pytest.mark.parametrize(
    ("options", "encoded"),
    [
        (
            StatusOptions(
                pow_requirement=0.000002,
                light_node=False,
                confirmations_enabled=True,
                packet_rate_limits=RateLimits(10, 5, 0),
                topic_interest=(bytes.fromhex("ffaadd11"),),
                bytes_rate_limits=RateLimits(1048576, 1048576, 0),
            ),
            "ebca80883ec0c6f7a0b5ed8dc20280c20301c504c30a0580c705c584ffaadd11cb06c9831000008310000080",
        ),
        (StatusOptions(), "c0"),
        (StatusOptions(pow_requirement=0.0), "c3c28080"),
        (StatusOptions(topic_interest=()), "c3c205c0"),
        (StatusOptions(bloom_filter=ZERO_BLOOM), "f845f84301b840" + "00" * 64),
    ],
)
def test_known_answers(options: StatusOptions, encoded: str) -> None:
    """waku.md §12."""
    assert options.encode().hex() == encoded
    assert StatusOptions.decode(bytes.fromhex(encoded)) == options


def test_known_answer_with_an_unknown_key() -> None:
    """waku.md §12: the reference loses key 2, which must be kept."""
    payload = bytes.fromhex("d1ca80883ec0c6f7a0b5ed8dc20978c20201")
    assert StatusOptions.decode(payload) == StatusOptions(pow_requirement=0.000002, light_node=True)


@pytest.mark.requirement("WK-27")
def test_unknown_keys_of_any_kind_are_skipped() -> None:
    pairs: list[rlp.Encodable] = [(b"a-long-future-key", [[b"nested"]]), (255, b""), (2, True), (7, 1)]
    assert StatusOptions.decode(rlp.encode(pairs)) == StatusOptions(light_node=True)


@pytest.mark.requirement("WK-26")
@given(st.permutations([(0, 0x3EC0C6F7A0B5ED8D), (2, 1), (3, 1), (5, [b"abcd"]), (77, b"future")]))
def test_the_order_of_options_means_nothing(pairs: list[tuple[int, rlp.Encodable]]) -> None:
    assert StatusOptions.decode(rlp.encode(pairs)) == StatusOptions(
        pow_requirement=0.000002, light_node=True, confirmations_enabled=True, topic_interest=(b"abcd",)
    )


def float_option(value: float) -> bytes:
    return rlp.encode([(0, int.from_bytes(struct.pack(">d", value), "big"))])


@pytest.mark.requirement("WK-62")
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -0.5, -1e-300])
def test_a_proof_of_work_that_is_none(value: float) -> None:
    """WK-62."""
    with pytest.raises(RemoteError):
        StatusOptions.decode(float_option(value))
    with pytest.raises(LocalError):
        StatusOptions(pow_requirement=value).encode()


def test_negative_zero_is_zero() -> None:
    assert StatusOptions.decode(float_option(-0.0)).pow_requirement == 0
    assert StatusOptions(pow_requirement=-0.0).encode().hex() == "c3c28080"


def test_topics_that_cannot_be_announced() -> None:
    with pytest.raises(LocalError):
        StatusOptions(topic_interest=(b"abc",)).encode()
    with pytest.raises(LocalError):
        StatusOptions(topic_interest=(b"abcd",) * (MAX_TOPICS + 1)).encode()
    assert len(StatusOptions.decode(rlp.encode([(5, [b"ab\0\0"] * MAX_TOPICS)])).topic_interest or ()) == MAX_TOPICS


@pytest.mark.parametrize(
    "item",
    [
        [(5, b"abcd")],  # topics as a string
        [(5, [[b"abcd"]])],
        [(5, [b"abcd", b"abc"])],
        [(4, [1, 2])],  # two limits
        [(4, [1, 2, 3, 4])],
        [(4, 5)],
        [(2, [])],
        [(1, [])],
        [(0, [])],
        [(0, b"\x01" * 9)],
        [([], 1)],  # the key is a list
        [[0]],  # no value
        [[]],
        [(9, 1, 1)],  # three elements, although the key is unknown
        [(9, b"x")] * (MAX_OPTIONS + 1),
        [(9, bytes(70_000))],
    ],
)
def test_malformed(item: rlp.Encodable) -> None:
    with pytest.raises(RemoteError):
        StatusOptions.decode(rlp.encode(item))


def test_bytes_behind_the_list() -> None:
    with pytest.raises(RemoteError):
        StatusOptions.decode(b"\xc0\xc0")


@given(st.binary(max_size=200))
def test_any_bytes(payload: bytes) -> None:
    try:
        options = StatusOptions.decode(payload)
    except RemoteError:
        return
    assert StatusOptions.decode(options.encode()) == options


rates = st.builds(RateLimits, *[st.integers(0, (1 << 64) - 1)] * 3)
all_options = st.builds(
    StatusOptions,
    pow_requirement=st.none() | st.floats(0, 1e300),
    bloom_filter=st.none() | st.just(b"") | st.binary(min_size=64, max_size=64),
    light_node=st.none() | st.booleans(),
    confirmations_enabled=st.none() | st.booleans(),
    packet_rate_limits=st.none() | rates,
    topic_interest=st.none() | st.lists(st.binary(min_size=4, max_size=4), max_size=20).map(tuple),
    bytes_rate_limits=st.none() | rates,
)


@pytest.mark.requirement("WK-25")
@given(all_options)
def test_round_trip(options: StatusOptions) -> None:
    assert StatusOptions.decode(options.encode()) == options


@given(all_options, st.data())
def test_damaged_options(options: StatusOptions, data: st.DataObject) -> None:
    payload = bytearray(options.encode())
    position = data.draw(st.integers(0, len(payload) - 1))
    payload[position] = data.draw(st.integers(0, 255))
    with contextlib.suppress(RemoteError):
        StatusOptions.decode(bytes(payload))
