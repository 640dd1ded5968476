"""Events with a cursor: nobody who was away misses one."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pystatus import Client, MessageReceived
from pystatus.client import Event, EventsLost
from pystatus.client.features.conversations import Conversations
from pystatus.json_values.converters import hints_of
from pystatus.messenger import journal as messenger_journal
from pystatus.messenger.events import EVENTS, ChatOpened
from pystatus.messenger.journal import BRINGING
from pystatus.messenger.records import Chat, Message
from pystatus.storage import journal
from pystatus.testing import Network, run


async def read(client: Client, after: int, count: int) -> tuple[list[Event], int]:
    """The next events that have a place in the journal, and the cursor of the last."""
    stream = client.events(after=after)
    found: list[Event] = []
    async for event in stream:
        if stream.cursor > after:
            found.append(event)
        if len(found) == count:
            break
    return found, stream.cursor


def said(events: list[Event]) -> list[str]:
    return [event.message.text for event in events if isinstance(event, MessageReceived)]


def test_a_reader_reads_on_where_it_was_in_another_process() -> None:
    async def story(network: Network) -> None:
        alice, bob = await network.person("alice"), await network.person("bob")
        began = bob.client.cursor
        await alice.say(bob, "one")
        await network.wait(5)
        events, cursor = await read(bob.client, began, 2)
        assert (type(events[0]), said(events)) == (ChatOpened, ["one"])
        await alice.say(bob, "two")
        await network.wait(5)
        await bob.stop()
        await alice.say(bob, "three")
        bob = await network.person("bob")
        await network.wait(600)
        events, last = await read(bob.client, cursor, 2)
        assert said(events) == ["two", "three"]
        assert last == bob.client.cursor
        again, _ = await read(bob.client, cursor, 2)
        assert again == events, "reading empties nothing"

    run(story)


def test_what_comes_while_the_past_is_read_follows_it() -> None:
    async def story(network: Network) -> None:
        alice, bob = await network.person("alice"), await network.person("bob")
        await alice.say(bob, "past")
        await network.wait(5)
        stream = bob.client.events(after=0)
        await alice.say(bob, "now")
        await network.wait(5)
        found: list[str] = []
        while len(found) < 2:
            found += said([await anext(stream)])
        assert found == ["past", "now"]
        assert stream.cursor <= bob.client.cursor

    run(story)


def test_an_event_whose_message_is_deleted_is_gone_with_it() -> None:
    async def story(network: Network) -> None:
        alice, bob = await network.person("alice"), await network.person("bob")
        await alice.say(bob, "regretted")
        await alice.say(bob, "meant")
        await network.wait(5)
        first = bob.messages[0]
        await bob.client.feature(Conversations).delete_message(first)
        events, _ = await read(bob.client, 0, 3)
        assert said(events) == ["meant"]

    run(story)


def test_a_cursor_that_is_none_of_this_profile_is_refused() -> None:
    async def story(network: Network) -> None:
        bob = await network.person("bob")
        for wrong in (bob.client.cursor + 1, -1):
            with pytest.raises(EventsLost, match=r"read chats and messages anew"):
                bob.client.events(after=wrong)

    run(story)


@pytest.mark.parametrize(("events", "size"), [(3, 1 << 20), (1_000, 700)])
def test_the_oldest_gives_way(monkeypatch: pytest.MonkeyPatch, events: int, size: int) -> None:
    """Who reads so late is told so."""
    monkeypatch.setattr(journal.SqlJournal.__init__, "__defaults__", (events, size))
    monkeypatch.setattr(journal, "PRUNED_EVERY", 1)

    async def story(network: Network) -> None:
        alice, bob = await network.person("alice"), await network.person("bob")
        for number in range(8):
            await alice.say(bob, f"{number}")
        await network.wait(10)
        with pytest.raises(EventsLost):
            bob.client.events(after=0)
        rest, _ = await read(bob.client, bob.client.cursor - 2, 2)
        assert said(rest) == ["6", "7"]
        await asyncio.sleep(0)

    run(story)


@pytest.mark.parametrize("kind", BRINGING, ids=lambda kind: kind.__name__)
def test_the_chat_of_a_message_is_read_with_it(kind: Any) -> None:
    """It is not written, as it was at first."""

    async def story(network: Network) -> None:
        alice, bob = await network.person("alice"), await network.person("bob")
        await alice.say(bob, "one")
        await network.wait(5)
        session = bob.client._access.session
        message = bob.messages[0]
        chat = session.store.chat(message.chat_id)
        assert chat is not None
        began = bob.client.cursor
        flags = [{}] if kind is not MessageReceived else [{}, {"is_late": True}]
        events = [kind(message, chat, **flag) for flag in flags]
        older = [
            f'["{kind.__name__}",{{"message":"{message.id.hex()}","chat":"{chat.id}"{more}}}]'.encode()
            for more in ("", ',"is_late":false', ',"is_late":true')[: 3 if kind is MessageReceived else 1]
        ]
        await bob.client._access.submit(lambda session: session.journal.write(events))
        await bob.client._access.submit(lambda session: session.store.journal.add(older))
        rows = [bytes(row) for _, row in session.store.journal.after(began, len(events))]
        assert len(rows) == len(events)
        assert not any(chat.id.encode() in row for row in rows)
        found = [event for _, event in session.journal.read(began, bob.client.cursor)]
        assert found == [*events, kind(message, chat), *events[: len(older) - 1]]

    run(story)


def test_events_that_bring_a_message_are_those_with_a_message_and_a_chat() -> None:
    kinds: list[Any] = list(EVENTS.values())
    bringing = {kind for kind in kinds if {Message, Chat} <= set(hints_of(kind).values())}
    assert bringing == set(BRINGING)
    others = {hint for kind in bringing for hint in hints_of(kind).values()} - {Message, Chat}
    assert others == {bool}


@pytest.mark.parametrize(
    "row", [b"", b"null", b"[]", b'["Unheard",{}]', b'["ChatOpened",{}]', b'["ChatOpened",{"chat":5}]', b"[" * 5_000]
)
def test_a_row_that_cannot_be_read_is_passed_over(row: bytes) -> None:
    """It is damaged, or of another release."""

    async def story(network: Network) -> None:
        alice, bob = await network.person("alice"), await network.person("bob")
        await alice.say(bob, "before")
        await network.wait(5)
        session = bob.client._access.session
        await bob.client._access.submit(lambda session: session.store.journal.add([row]))
        assert session.journal.newest == bob.client.cursor
        await alice.say(bob, "after")
        await network.wait(5)
        events, _ = await read(bob.client, 0, 3)
        assert said(events) == ["before", "after"]

    run(story)


def test_who_reads_while_the_oldest_gives_way_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messenger_journal, "PAGE", 2)

    async def story(network: Network) -> None:
        alice, bob = await network.person("alice"), await network.person("bob")
        for number in range(8):
            await alice.say(bob, f"{number}")
        await network.wait(10)
        stream = bob.client.events(after=0)
        await anext(stream)
        await bob.client._access.submit(
            lambda session: session.store._execute("DELETE FROM journal WHERE cursor < ?", (bob.client.cursor,))
        )
        with pytest.raises(EventsLost):
            async for _ in stream:
                pass

    run(story)
