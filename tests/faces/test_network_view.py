"""The network in words: what is said of relays and of the history, when, and what to try."""

from __future__ import annotations

import pytest

from pystatus.client.events import (
    ClockAgrees,
    ClockSuspected,
    DiscoveryStarted,
    DiscoveryStopped,
    HistoryProgress,
    PeerConnected,
    PeerDialled,
    PeerDisconnected,
    PeerUnreachable,
    TimeServersHeard,
)
from pystatus.client.network_state import ConnectedRelay, NetworkState
from pystatus.faces.catalogue import texts_in
from pystatus.faces.network_view import MAX_RELAYS, PATIENCE, Cause, Link, NetworkView, cause_of
from pystatus.messenger.events import ChatOpened
from pystatus.messenger.records import Chat
from pystatus.payloads.chats import ChatKind

ENGLISH = texts_in()
A, B, C = ("a" * 128, "b" * 128, "c" * 128)
HERE = "127.0.0.1:30303"


def test_the_line_says_how_many_relays_there_are() -> None:
    state = NetworkView(0, wanted=3)
    assert state.status(0, ENGLISH) == "offline"
    state.note(PeerDialled(A, HERE), 1)
    assert state.status(1, ENGLISH) == "connecting 0 of 3 relays"
    state.note(DiscoveryStarted(("whisper",)), 1)
    state.note(PeerConnected(A), 2)
    state.note(PeerConnected(B), 2)
    assert state.status(2, ENGLISH) == "connecting 2 of 3 relays"
    assert state.status(22, ENGLISH) == "online, 2 relays", "there may be no more"
    state.note(DiscoveryStopped(False), 2)
    assert state.status(2, ENGLISH) == "online, 2 relays", "there are no more, it seems"
    state.note(PeerConnected(C), 3)
    assert state.status(3, ENGLISH) == "online, 3 relays"
    state.note(PeerDisconnected(C, "it hung up"), 4)
    assert state.connected == 2
    assert state.relays[-1].text(ENGLISH) == "gone: it hung up"


def test_without_a_number_of_relays_that_are_wanted() -> None:
    state = NetworkView(0)
    state.note(DiscoveryStarted(("whisper",)), 1)
    assert state.status(1, ENGLISH) == "connecting"
    state.note(DiscoveryStopped(False), 2)
    assert state.status(2, ENGLISH) == "offline"
    state.set_waiting(2)
    assert state.status(2, ENGLISH) == "offline, 2 messages wait"
    state.note(PeerConnected(A), 3)
    assert state.status(3, ENGLISH) == "online, 1 relay, 2 messages wait"


def relay(node_id: str, *, is_mailserver: bool = False) -> ConnectedRelay:
    return ConnectedRelay(node_id, HERE, "geth", False, is_mailserver, "")


def test_what_the_client_says_is_shown_and_events_go_on_from_there() -> None:
    state = NetworkView(0)
    state.note(PeerConnected(A), 0)
    state.show(NetworkState((relay(B, is_mailserver=True), relay(C, is_mailserver=True)), 2, True), 1)
    assert state.status(1, ENGLISH) == "online, 2 relays, 2 mailservers"
    assert [one.link for one in state.relays] == [Link.CONNECTED, Link.CONNECTED, Link.LEFT]
    assert {one.address for one in state.relays} == {HERE, ""}
    state.show(NetworkState((relay(B), relay(C)), 0, True), 5)
    assert [one.since for one in state.relays] == [1, 1, 1]
    assert state.status(5, ENGLISH) == "online, 2 relays, 1 mailserver"
    state.note(PeerDisconnected(B, ""), 6)
    state.note(PeerDisconnected(C, ""), 6)
    assert state.connected == 0
    state.show(NetworkState((), 0, False, "no list is signed", clock=ClockSuspected(43, 2, "x", advice="Do.")), 30)
    assert state.trouble(30 + PATIENCE, ENGLISH)[:2] == ["x", "Do."]
    state.note(ClockAgrees(), 30)
    assert "no list is signed" in state.trouble(30 + PATIENCE, ENGLISH)


def test_the_line_says_how_much_of_the_history_is_there() -> None:
    state = NetworkView(0)
    state.note(PeerConnected(A), 0)
    state.note(HistoryProgress(missing=36, total=100, envelopes=5), 1)
    assert state.status(1, ENGLISH) == "online, 1 relay, history 64 %"
    state.note(HistoryProgress(missing=1, total=1_000, envelopes=5), 2)
    assert state.missing == 99
    state.note(HistoryProgress(missing=0, total=1_000, envelopes=5), 10)
    assert state.status(11, ENGLISH) == "online, 1 relay"
    assert state.status(190, ENGLISH) == "online, 1 relay, history complete 3 min ago"
    state.note(HistoryProgress(missing=5, total=0, envelopes=5, problem="No mailserver answers."), 200)
    assert state.missing is None
    assert state.trouble(200, ENGLISH) == ["No mailserver answers."]


@pytest.mark.parametrize(
    ("reason", "cause", "remedy"),
    [
        ("there is no such name (nowhere: Name or service not known)", Cause.NO_NAME, "The name of the relay"),
        ("Connection refused", Cause.REFUSED, "Nobody listens there"),
        ("no answer within 5 seconds", Cause.NO_ANSWER, "Something between here and there"),
        ("it did not answer until it was given up", Cause.NO_ANSWER, "Something between here and there"),
        ("Network is unreachable", Cause.NO_ROUTE, "This machine has no network"),
        ("too many peers", Cause.OTHER, "Try another network"),
    ],
)
def test_after_a_while_without_a_relay_it_is_said_why_and_what_to_try(reason: str, cause: Cause, remedy: str) -> None:
    state = NetworkView(0)
    state.note(PeerDialled(A, HERE), 1)
    state.note(PeerUnreachable(A, HERE, reason), 2)
    assert cause_of(reason) is cause
    assert state.cause is cause
    assert state.trouble(PATIENCE - 1, ENGLISH) == []
    why, what, kept = state.trouble(PATIENCE, ENGLISH)
    assert why == f"Still no relay (1 tried; last: {reason})"
    assert what.startswith(remedy)
    assert kept == "What you write is kept, and goes out by itself"
    state.note(PeerConnected(A), 30)
    assert state.cause is None
    assert state.trouble(60, ENGLISH) == []
    state.note(PeerDisconnected(A, "bye"), 60)
    assert state.trouble(61, ENGLISH) == []
    assert len(state.trouble(60 + PATIENCE, ENGLISH)) == 3


def test_nobody_is_known() -> None:
    state = NetworkView(0)
    assert state.cause is Cause.NOBODY_KNOWN
    assert state.trouble(PATIENCE, ENGLISH)[0] == "Still no relay"
    assert "--join" in state.trouble(PATIENCE, ENGLISH)[1]
    assert state.trouble(PATIENCE, ENGLISH, nobody_known="Press here")[1] == "Press here"
    state.note(PeerDialled(A, HERE), 1)
    assert state.cause is None
    state.show(NetworkState((relay(B),), 0, False), 1)
    assert state.trouble(PATIENCE, ENGLISH) == []


def test_a_wrong_clock_is_said_at_once() -> None:
    state = NetworkView(0)
    state.note(PeerConnected(A), 0)
    state.note(ClockSuspected(43, 2, "the clock is 43 seconds slow", advice="Put it right."), 1)
    assert state.cause is Cause.CLOCK
    assert state.trouble(1, ENGLISH) == ["the clock is 43 seconds slow", "Put it right."]
    state.note(ClockAgrees(), 2)
    assert state.trouble(2, ENGLISH) == []
    state.note(TimeServersHeard(43, 2, True, "the clock is 43 seconds slow", ""), 3)
    assert state.cause is None
    assert state.trouble(3, ENGLISH) == ["the clock is 43 seconds slow"]
    state.note(ClockSuspected(43, 2, "x", relays_are_wrong=True), 4)
    assert state.cause is None


def test_a_relay_is_described() -> None:
    state = NetworkView(0)
    evil = "\x1b]0;evil\x07no\n"
    state.note(PeerDialled(A, HERE), 1)
    state.note(PeerUnreachable(A, HERE, evil), 2)
    state.note(PeerDialled(A, HERE), 3)
    (shown,) = state.relays
    assert (shown.link, shown.reason, shown.tries, shown.text(ENGLISH)) == (Link.DIALLED, "no", 1, "being dialled")
    state.note(PeerUnreachable(A, HERE, evil), 4)
    (shown,) = state.relays
    assert (shown.name, shown.text(ENGLISH)) == (HERE, "cannot be reached: no (2 tries)")
    state.note(PeerConnected(A), 5)
    state.note(PeerConnected(B), 6)
    assert [(one.name, one.text(ENGLISH)) for one in state.relays] == [
        (f"{B[:16]}…", "connected"),
        (HERE, "connected"),
    ]


def test_what_is_nothing_of_the_network() -> None:
    state = NetworkView(0)
    assert not state.note(ChatOpened(Chat("status", ChatKind.PUBLIC)), 1)
    assert state.revision == 0
    assert state.note(PeerConnected(A), 1)
    assert state.revision == 1


def test_of_many_relays_the_last_ones_are_remembered() -> None:
    state = NetworkView(0)
    state.note(PeerConnected(A), 0)
    for number in range(3 * MAX_RELAYS):
        state.note(PeerUnreachable(f"{number:0128x}", HERE, "no"), number)
    assert len(state.relays) == MAX_RELAYS
    assert state.connected == 1
    for number in range(2 * MAX_RELAYS):
        state.note(PeerConnected(f"{number:0128x}"), number)
    assert len(state.relays) == MAX_RELAYS
