"""The events of a client for callers: in pages, as notifications, and as Server-Sent Events."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from pystatus.client import EventStream
from pystatus.rpc.client_api import event_stream, feed
from pystatus.rpc.client_api.event_stream import ServerSentEvents
from pystatus.rpc.client_api.feed import EventFeed
from pystatus.rpc.errors import RpcError
from pystatus.rpc.session import Session
from pystatus.testing import Network, Person, run


async def talk(network: Network, count: int) -> tuple[Person, int]:
    """Somebody to whom that much was said, and the cursor before it."""
    alice, bob = await network.person("alice"), await network.person("bob")
    began = bob.client.cursor
    for number in range(count):
        await alice.say(bob, f"{number}")
    await network.wait(10)
    return bob, began


def texts(events: list[dict[str, Any]]) -> list[str]:
    return [one["event"]["message"]["text"] for one in events if one["event"]["event"] == "MessageReceived"]


def test_pages_follow_each_other_and_end() -> None:
    async def story(network: Network) -> None:
        bob, cursor = await talk(network, 5)
        events = EventFeed(bob.client)
        found: list[str] = []
        while (page := events.page(cursor, 2))["events"]:
            found += texts(page["events"])
            cursor = page["cursor"]
        assert found == ["0", "1", "2", "3", "4"]
        assert cursor == bob.client.cursor
        with pytest.raises(RpcError, match=r"read chats and messages anew"):
            events.page(cursor + 1)

    run(story)


def test_a_caller_that_does_not_read_its_events_costs_little() -> None:
    """What waits for it stays in the journal; it reads on when it has read what was sent."""

    async def story(network: Network) -> None:
        bob, began = await talk(network, 20)
        sent: list[bytes] = []
        may_go_on = asyncio.Event()
        may_go_on.set()

        async def drained() -> None:
            if len(sent) >= 5:
                may_go_on.clear()
            await may_go_on.wait()

        session = Session(sent.append, None, drained)
        events = EventFeed(bob.client)
        subscription = events.subscribe(session, began)
        session.answered()
        await network.wait(1)
        assert len(sent) == 5
        may_go_on.set()
        await network.wait(1)
        assert len(sent) == 6, "one at a time as long as the caller is slow"
        session.end(subscription)
        may_go_on.set()
        await network.wait(1)
        assert len(sent) == 6
        with pytest.raises(RpcError):
            events.unsubscribe(subscription, session)

    run(story)


def test_a_transport_without_notifications_is_refused() -> None:
    async def story(network: Network) -> None:
        bob = await network.person("bob")
        with pytest.raises(RpcError, match=r"notifications not supported"):
            EventFeed(bob.client).subscribe(Session())

    run(story)


def test_a_reader_that_lost_events_is_told_so_and_its_subscription_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pystatus.client.event_streams.MAX_QUEUED_BYTES", 3_000)

    async def story(network: Network) -> None:
        alice, bob = await network.person("alice"), await network.person("bob")
        sent: list[bytes] = []
        gate = asyncio.Event()

        async def drained() -> None:
            await gate.wait()

        session = Session(sent.append, None, drained)
        events = EventFeed(bob.client)
        events.subscribe(session)
        session.answered()
        for number in range(10):
            await alice.say(bob, f"{number}")
        await network.wait(10)
        gate.set()
        await network.wait(1)
        last = json.loads(sent[-1])["params"]
        assert "read them from the history" in last["lost"].lower()

    run(story)


def test_what_is_written_once_is_kept_for_so_many_events(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "REMEMBERED", 3)

    async def story(network: Network) -> None:
        bob, began = await talk(network, 6)
        events = EventFeed(bob.client)

        def read(stream: EventStream) -> list[bytes]:
            found = []
            while (event := stream.next_past()) is not None:
                found.append(events.written(event, stream))
            return found

        first = read(bob.client.events(began))
        assert len(events._written) == 3
        monkeypatch.setattr(feed, "MAX_REMEMBERED_BYTES", len(first[-1]))
        assert read(bob.client.events(began)) == first
        assert len(events._written) == 1

    run(story)


def test_signals_that_nobody_reads_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "MAX_TOGETHER", 3)

    async def story(network: Network) -> None:
        bob = await network.person("bob")
        events = ServerSentEvents(bob.client, lambda event, stream: ())
        chunks = events._chunks(bob.client.events())
        waiting = asyncio.ensure_future(anext(chunks))
        await asyncio.sleep(0)
        for number in range(10):
            events.insert("signal", b"%d" % number)
        read = [await waiting] + [await anext(chunks) for _ in range(2)]
        assert read == [b"event: signal\ndata: %d\n\n" % number for number in range(3)]
        assert await anext(chunks) == b":\n\n", "nothing else for a while"
        await chunks.aclose()  # type: ignore[attr-defined]
        assert not events._inserted

    run(story)
