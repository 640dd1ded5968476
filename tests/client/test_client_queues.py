"""What waits inside a client is bounded, whoever makes it wait."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from pystatus.client import event_streams
from pystatus.client import events as module
from pystatus.client.answering import AnswerRefused, answered
from pystatus.client.arrivals import Arrivals
from pystatus.client.event_streams import EventsLost, weight
from pystatus.client.events import EventHub, PeerConnected
from pystatus.crypto.keys import PrivateKey
from pystatus.messenger.effects import Notify
from pystatus.messenger.events import MessageReceived
from pystatus.messenger.features.group_changes import GroupChanged
from pystatus.messenger.features.group_invitations import JoinRequested
from pystatus.messenger.group_records import JoinRequest
from pystatus.messenger.records import Chat, Message
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.kinds import InvitationState
from tests.adversary.hostile import Memory, Stranger
from tests.devp2p.support import SeededRandom
from tests.support.people import Network
from tests.waku.network import envelope

CHAT = Chat("room", ChatKind.PUBLIC, active=True)
MESSAGE = Message(
    id=bytes(32), chat_id="room", author=PrivateKey(bytes([1]) * 32).public_key, clock=1, sent_ms=1, received_ms=1,
    content_type=1, text="hello", payload=bytes(100),
)  # fmt: skip


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    network = Network(tmp_path)
    yield network
    network.close()


def written(size: int) -> MessageReceived:
    return MessageReceived(replace(MESSAGE, payload=bytes(size)), CHAT)


def test_envelopes_wait_in_their_order() -> None:
    arrivals = Arrivals(os.urandom)
    given = [envelope(number) for number in range(5)]
    assert [arrivals.add(each) for each in given] == [True] * 5
    assert [arrivals.take() for _ in given] == given
    assert arrivals.dropped == 0


def test_of_too_many_envelopes_each_has_the_same_chance() -> None:
    """The first, the last and those between: a flood pushes out neither what was there nor what comes."""
    stayed = [0] * 3
    for seed in range(60):
        arrivals = Arrivals(SeededRandom(bytes([seed])), count=30)
        given = [envelope(number) for number in range(90)]
        turns = sum(arrivals.add(each) for each in given)
        assert (turns, arrivals.dropped) == (30, 60)
        kept = {arrivals.take() for _ in range(turns)}
        assert arrivals.take() is None
        for third in range(3):
            stayed[third] += len(kept & set(given[30 * third : 30 * third + 30]))
    assert sum(stayed) == 60 * 30
    assert min(stayed) > 200  # those that came first were in danger longest


def test_large_envelopes_count_by_their_bytes() -> None:
    arrivals = Arrivals(os.urandom, size=10_000)
    turns = sum(arrivals.add(envelope(number, size=1_000)) for number in range(50))
    left = [taken for _ in range(turns) if (taken := arrivals.take()) is not None]
    assert 0 < sum(len(each.raw) for each in left) <= 10_000
    assert turns <= 10
    # One that is larger than all of it finds no room, and the next one does.
    assert not arrivals.add(envelope(1, size=20_000))
    assert arrivals.add(envelope(2))


async def test_a_stream_that_is_not_read_ends_by_its_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_streams, "MAX_QUEUED_BYTES", 10_000)
    hub = EventHub()
    stream = hub.stream()
    for _ in range(100):
        hub.tell(written(1_000))
    read = 0
    with pytest.raises(EventsLost):
        async for event in stream:
            read += weight(event)
    assert 0 < read <= 10_000
    again = hub.stream()
    hub.tell(written(1_000))
    assert isinstance(await anext(again), MessageReceived)
    for _ in range(9):  # what was read makes room
        hub.tell(written(100))
        assert isinstance(await anext(again), MessageReceived)


def test_a_message_that_waits_counts_by_what_it_takes(network: Network) -> None:
    """However short it is: strangers choose that."""
    alice, stranger = network.add("alice"), Stranger(network.now)
    envelopes = [stranger.text(alice.key, f"hi {number}") for number in range(300)]
    alice.messenger.run(
        [partial(alice.messenger.receiver.receive, envelopes.pop(), network.now)], 0.0
    )  # what is loaded first
    with Memory() as memory:
        _, effects = alice.messenger.run(
            [partial(alice.messenger.receiver.receive, one, network.now) for one in envelopes], 0.0
        )
        events = [
            each.event for each in effects if isinstance(each, Notify) and isinstance(each.event, MessageReceived)
        ]
        del _, effects
        gc.collect()
    assert len(events) == len(envelopes)
    assert memory.held < 1.3 * sum(map(weight, events))


def test_news_that_wait_count_by_what_others_have_put_into_them() -> None:
    """A stranger's group may come with hundreds of events, each of which is shown by a message, and a request to join
    one with a text."""
    news = tuple(replace(MESSAGE, text="x" * 400, payload=b"") for _ in range(200))
    person = MESSAGE.author
    assert weight(GroupChanged(CHAT, news)) > sum(map(weight, [MessageReceived(one, CHAT) for one in news]))
    asked = [
        JoinRequest(bytes(32), "room", person, person, "x" * size, "", 1, InvitationState.REQUEST)
        for size in (0, 1_000)
    ]
    short, long = (weight(JoinRequested(request, CHAT)) for request in asked)
    assert long >= short + 4 * 1_000


@pytest.mark.parametrize(("limit", "most"), [("MAX_HANDLING", 5), ("MAX_QUEUED_BYTES", 5 * weight(written(0)))])
async def test_handlers_that_do_not_come_to_an_end(
    limit: str, most: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, limit, most)
    hub = EventHub()
    gate = asyncio.Event()
    told = 0

    async def wait(event: object) -> None:
        nonlocal told
        told += 1
        await gate.wait()

    hub.on(MessageReceived, wait)
    for _ in range(50):
        hub.tell(written(0))
    assert len(hub._tasks) == 5
    await asyncio.sleep(0)
    assert told == 5
    assert (
        len(
            [
                line
                for line in caplog.messages
                if line.startswith("handlers of events are too slow, and are not told of some")
            ]
        )
        == 1
    )
    gate.set()
    while hub._tasks:  # noqa: ASYNC110 - nothing tells
        await asyncio.sleep(0)
    hub.tell(PeerConnected("not of this kind"))
    hub.tell(written(0))
    await asyncio.sleep(0)
    assert told == 6
    await hub.close(None)


async def test_plain_functions_that_are_not_called_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """They count as others do."""
    monkeypatch.setattr(module, "MAX_HANDLING", 5)
    hub = EventHub()
    told: list[str] = []
    hub.on(MessageReceived, lambda event: told.append(event.message.text))
    for number in range(8):
        hub.tell(written(number))
    assert not told, "nobody is called while something is stored"
    await asyncio.sleep(0)
    assert len(told) == 5
    hub.tell(written(8))
    await asyncio.sleep(0)
    assert len(told) == 6
    await hub.close(None)


async def test_what_a_plain_function_gives_back_is_awaited() -> None:
    hub = EventHub()
    ended: list[str] = []

    async def take(event: MessageReceived) -> None:
        ended.append("begun")
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("stopped")

    hub.on(MessageReceived, lambda event: take(event))
    hub.tell(written(0))
    await hub.close(None)  # who is told is called, and stopped where they wait
    assert ended == ["begun", "stopped"]


async def test_each_call_of_a_plain_function_answers_its_own_message() -> None:
    hub = EventHub()
    begun: list[tuple[Message | None, Message]] = []
    hub.on(MessageReceived, lambda event: begun.append((answered.get(), event.message)))
    hub.tell(written(1))
    hub.tell(written(2))
    await asyncio.sleep(0)
    assert [one is other for one, other in begun] == [True, True]
    assert answered.get() is None
    await hub.close(None)


async def test_answers_that_are_refused_make_one_line_and_one_when_they_are_not(
    caplog: pytest.LogCaptureFixture,
) -> None:
    hub = EventHub()
    refusing = True

    def answer(event: object) -> None:
        if refusing:
            raise AnswerRefused("Too many answers go into #room.")

    hub.on(MessageReceived, answer)
    for _ in range(5):
        hub.tell(written(0))
    await asyncio.sleep(0)
    assert caplog.messages == ["answers are not sent: Too many answers go into #room"]
    refusing = False
    hub.tell(written(0))
    await asyncio.sleep(0)
    assert len(caplog.messages) == 1, "a handler that answers nothing says nothing of answers"
    hub.answered()
    assert [line.partition(",")[0] for line in caplog.messages[1:]] == ["answers are sent again"]
    await hub.close(None)
