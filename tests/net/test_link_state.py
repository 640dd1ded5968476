"""The table of a link's life: every state with every input, and what holds of all of them."""

from __future__ import annotations

import itertools

import pytest

from pystatus.net.link_state import (
    GONE,
    WAITING,
    WRITABLE,
    LinkInput,
    LinkState,
    Reading,
    ReadingInput,
    next_reading,
    next_state,
)

S, X = LinkState, LinkInput

ALLOWED = {
    (S.DIALLING, X.ADMITTED): S.UP,
    (S.DIALLING, X.REFUSED): S.REFUSED,
    (S.DIALLING, X.DROPPED): S.DROPPED,
    (S.DROPPED, X.REFUSED): S.REFUSED,
    (S.REFUSED, X.LOST): S.LOST,
    (S.UP, X.SAID_FAREWELL): S.FAREWELL,
    (S.UP, X.ENDED): S.ENDED,
    (S.UP, X.GIVEN_UP): S.ABORTED,
    (S.UP, X.LOST): S.LOST,
    (S.FAREWELL, X.CLOSED): S.CLOSING,
    (S.FAREWELL, X.GIVEN_UP): S.ABORTED,
    (S.FAREWELL, X.LOST): S.LOST,
    (S.ENDED, X.CLOSED): S.CLOSING,
    (S.ENDED, X.GIVEN_UP): S.ABORTED,
    (S.ENDED, X.LOST): S.LOST,
    (S.CLOSING, X.GIVEN_UP): S.ABORTED,
    (S.CLOSING, X.LOST): S.LOST,
    (S.ABORTED, X.SAID_FAREWELL): S.ABORTED,
    (S.ABORTED, X.ENDED): S.ABORTED,
    (S.ABORTED, X.GIVEN_UP): S.ABORTED,
    (S.ABORTED, X.LOST): S.LOST,
    (S.LOST, X.SAID_FAREWELL): S.LOST,
    (S.LOST, X.ENDED): S.LOST,
    (S.LOST, X.GIVEN_UP): S.LOST,
    (S.LOST, X.LOST): S.LOST,
    (S.LOST, X.DELIVERED): S.OVER,
    (S.OVER, X.LOST): S.OVER,
}


@pytest.mark.parametrize(("state", "what"), list(itertools.product(LinkState, LinkInput)))
def test_every_state_with_every_input(state: LinkState, what: LinkInput) -> None:
    if (state, what) in ALLOWED:
        assert next_state(state, what) is ALLOWED[state, what]
    else:
        with pytest.raises(AssertionError):
            next_state(state, what)


def after(state: LinkState) -> set[LinkState]:
    """Every state that may follow, at once or later."""
    found: set[LinkState] = set()
    todo = [state]
    while todo:
        one = todo.pop()
        for (before, _), following in ALLOWED.items():
            if before is one and following not in found:
                found.add(following)
                todo.append(following)
    return found


def test_nobody_dials_twice_and_nothing_comes_back() -> None:
    """The states are in the order of time: what was left is not entered again."""
    for state in LinkState:
        assert LinkState.DIALLING not in after(state)
        for later in after(state) - {state}:
            assert state not in after(later)


def test_every_socket_is_lost_in_the_end_and_everything_is_told_then() -> None:
    with_socket = set(LinkState) - {S.DIALLING, S.DROPPED}
    for state in with_socket:
        assert next_state(state, X.LOST) in GONE
        assert state is S.OVER or S.OVER in after(state)
    assert [state for state in LinkState if (state, X.DELIVERED) in ALLOWED] == [S.LOST]


def test_nothing_is_written_before_there_is_a_connection_or_after_our_direction_is_closed() -> None:
    assert set(WRITABLE) == {state for state in LinkState if S.CLOSING in after(state)} - {S.DIALLING}
    assert not set(WRITABLE) & set(GONE)


R, T = Reading, ReadingInput
REASONS = {R.ON: set(), R.PAUSED: {"paused"}, R.HELD: {"held"}, R.PAUSED_AND_HELD: {"paused", "held"}}


@pytest.mark.parametrize(("reading", "what"), list(itertools.product(Reading, ReadingInput)))
def test_the_two_reasons_not_to_read_are_independent(reading: Reading, what: ReadingInput) -> None:
    reasons = set(REASONS[reading])
    match what:
        case T.PAUSE:
            reasons.add("paused")
        case T.RESUME:
            reasons.discard("paused")
        case T.HOLD:
            reasons.add("held")
        case T.RELEASE:
            reasons.discard("held")
    assert REASONS[next_reading(reading, what)] == reasons


def test_what_waits_for_its_turn_is_what_is_held() -> None:
    assert set(WAITING) == {reading for reading, reasons in REASONS.items() if "held" in reasons}
