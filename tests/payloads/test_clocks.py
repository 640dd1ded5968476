"""The Lamport clock of a chat."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.payloads.clocks import advance, next_clock, ordering_key

CLOCKS = st.integers(0, 2**63)


@pytest.mark.requirement("PL-9", "PL-10")
@given(CLOCKS, st.integers(1, 2**63))
def test_a_next_message_comes_after_everything_in_the_chat(last_clock: int, now_ms: int) -> None:
    clock, timestamp = next_clock(last_clock, now_ms)
    assert clock > last_clock
    assert clock >= now_ms or last_clock >= now_ms
    assert timestamp == now_ms


def test_a_conversation() -> None:
    """Two people whose clocks differ by a minute answer each other: the order is the one in which they wrote."""
    hello = next_clock(0, now_ms=100_000)
    answer = next_clock(advance(0, hello.clock), now_ms=40_000)
    bye = next_clock(advance(hello.clock, answer.clock), now_ms=100_001)
    assert hello.clock < answer.clock < bye.clock
    assert advance(answer.clock, hello.clock) == answer.clock


@pytest.mark.requirement("PL-10")
def test_order_is_by_clock_then_by_id() -> None:
    messages = [(2, b"a"), (1, b"b"), (1, b"a"), (10, b"\x00")]
    assert sorted(messages, key=lambda message: ordering_key(*message)) == [
        (1, b"a"),
        (1, b"b"),
        (2, b"a"),
        (10, b"\x00"),
    ]
