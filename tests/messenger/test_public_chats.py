"""What is kept of strangers in public chats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from pystatus.messenger import public_chats
from pystatus.messenger.config import MessengerConfig
from pystatus.messenger.people import StrangerConfig
from pystatus.messenger.public_chats import LOOK_SHARE
from pystatus.messenger.records import Cursor
from pystatus.storage.people import SqlPeopleStore
from tests.adversary.hostile import Stranger, feed
from tests.support.people import Network, Person

ROOM = 40_000
SMALL = MessengerConfig(strangers=StrangerConfig(public_bytes=ROOM))


def texts(person: Person, chat: str) -> list[str]:
    return [message.text for message in person.store.messages(chat, 1_000, None)]


def held(person: Person, chat: str = "room") -> int:
    """What is kept of strangers in a public chat."""
    return sum(size for _, size in person.store.people.public_messages(chat, None, 10_000))


def test_a_flood_displaces_strangers_by_lot_and_nobody_else(network: Network) -> None:
    alice, carol, dave, mallory = (network.add(name, config=SMALL) for name in ("alice", "carol", "dave", "mallory"))
    for person in (alice, carol, dave, mallory):
        person.join("room")
        person.join("elsewhere")
    alice.meet(carol)
    dave.say("elsewhere", "another chat")
    for number in range(20):
        for person, name in ((alice, "alice"), (carol, "carol"), (dave, "dave")):
            person.say("room", f"{name} {number}")
    sizes = []
    for number in range(300):
        mallory.say("room", f"junk {number}")
        sizes.append(held(alice))
    assert max(sizes) < ROOM * (1 + 1 / LOOK_SHARE) + 1_000
    kept = texts(alice, "room")
    assert {f"{name} {number}" for name in ("alice", "carol") for number in range(20)} <= set(kept)
    assert texts(alice, "elsewhere") == ["another chat"]
    # Neither the oldest nor the latest of the flood is all there or all gone.
    junk = [int(text.split()[1]) for text in kept if text.startswith("junk")]
    assert 20 < len(junk) < 120
    assert any(number < 290 for number in junk)


def test_room_is_made_a_little_at_a_time(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full chat has more messages than can be gone through while somebody waits."""
    monkeypatch.setattr(public_chats, "ROWS_AT_ONCE", 20)
    config = MessengerConfig(strangers=StrangerConfig(public_bytes=100_000))
    alice, carol = (network.add(name, config=config) for name in ("alice", "carol"))
    for person in (alice, carol):
        person.join("status")
    alice.meet(carol)
    for number in range(5):
        carol.say("status", f"carol {number}")
    carol.disconnect()
    stranger = Stranger(network.now)
    looked: list[int] = []
    messages = SqlPeopleStore.public_messages

    def count(store: SqlPeopleStore, *place: Any) -> Sequence[tuple[Cursor, int]]:
        found = messages(store, *place)
        if store is alice.store.people:
            looked.append(len(found))
        return found

    monkeypatch.setattr(SqlPeopleStore, "public_messages", count)
    most = 0
    for number in range(400):
        looked.clear()
        feed(alice, [stranger.public(stranger.wrap(stranger.message(text=f"junk {number}")))])
        assert sum(looked) < 2 * 20
        most = max(most, held(alice, "status"))
    assert 100_000 < most < 140_000
    assert {f"carol {number}" for number in range(5)} <= set(texts(alice, "status"))


def test_it_is_looked_at_after_each_start(network: Network) -> None:
    alice, mallory = network.add("alice"), network.add("mallory")
    alice.join("room")
    mallory.join("room")
    for number in range(130):
        mallory.say("room", f"junk {number}")
    most = ROOM * (1 + 1 / LOOK_SHARE)  # what leaves is drawn by lot: a little more may stay until the next look
    assert held(alice) > most
    alice._config = SMALL
    alice.restart()
    mallory.say("room", "one more")
    assert held(alice) < most
