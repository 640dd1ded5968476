"""What is kept of strangers in public chats."""

from __future__ import annotations

from pystatus.messenger.config import MessengerConfig
from pystatus.messenger.people import StrangerConfig
from pystatus.messenger.public_chats import LOOK_SHARE
from tests.support.people import Network, Person

ROOM = 40_000
SMALL = MessengerConfig(strangers=StrangerConfig(public_bytes=ROOM))


def texts(person: Person, chat: str) -> list[str]:
    return [message.text for message in person.store.messages(chat, 1_000, None)]


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
        sizes.append(alice.store.people.public_bytes("room"))
    assert max(sizes) < ROOM * (1 + 1 / LOOK_SHARE) + 1_000
    kept = texts(alice, "room")
    assert {f"{name} {number}" for name in ("alice", "carol") for number in range(20)} <= set(kept)
    assert texts(alice, "elsewhere") == ["another chat"]
    # Neither the oldest nor the latest of the flood is all there or all gone.
    junk = [int(text.split()[1]) for text in kept if text.startswith("junk")]
    assert 20 < len(junk) < 120
    assert any(number < 290 for number in junk)


def test_it_is_looked_at_after_each_start(network: Network) -> None:
    alice, mallory = network.add("alice"), network.add("mallory")
    alice.join("room")
    mallory.join("room")
    for number in range(100):
        mallory.say("room", f"junk {number}")
    assert alice.store.people.public_bytes("room") > ROOM
    alice._config = SMALL
    alice.restart()
    mallory.say("room", "one more")
    assert alice.store.people.public_bytes("room") <= ROOM
