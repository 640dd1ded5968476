"""Two real clients in conversation, killed at random points: nothing that was acknowledged is lost or shown twice.

``PYSTATUS_KILLS`` says how often something is killed; ``make kill`` sets it to 1,000.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from pathlib import Path

from pystatus import Profiles
from tests.support.processes import PASSWORD, Agent, Relay

KILLS = int(os.environ.get("PYSTATUS_KILLS", "10"))
ROUND = 30
"""Messages that each side is told to write between two kills."""


def test_kill_9_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    chance = random.Random(os.environ.get("PYSTATUS_SEED", "kill"))
    relay = Relay(tmp_path)
    people = {name: Agent.new(tmp_path, name, relay.enode) for name in ("alice", "bob")}
    alice, bob = people.values()
    keys = {"alice": alice.key, "bob": bob.key}
    alice.open(bob)
    bob.open(alice)
    acknowledged: dict[str, list[str]] = {"alice": [], "bob": []}
    """What each client said was stored: that much must arrive."""
    told: Counter[tuple[str, str]] = Counter()
    """How often each client told its user of a message."""

    def note(name: str) -> None:
        person = people[name]
        acknowledged[name] += [event["text"] for event in person.all("stored")]
        told.update((name, event["id"]) for event in person.all("received"))

    for turn in range(KILLS):
        for name, other in (("alice", "bob"), ("bob", "alice")):
            for number in range(ROUND):
                people[name].tell("send", chat=keys[other], text=f"{name} {turn}.{number}")
        victim = chance.choice(("alice", "bob"))
        for _ in range(chance.randrange(1, 2 * ROUND)):
            people[victim].wait(lambda event: True)
        people[victim].kill()
        note(victim)
        people[victim] = people[victim].again()

    for name in ("alice", "bob"):  # one last word each, so that everything before it is surely written
        other = "bob" if name == "alice" else "alice"
        people[name].send(keys[other], f"{name} is done")
    for name, other in (("alice", "bob"), ("bob", "alice")):
        everything = {*acknowledged[other], *(event["text"] for event in people[other].all("stored"))}
        while missing := everything - {message["text"] for message in people[name].history(keys[other])}:
            people[name].wait(lambda event, missing=missing: event.get("text") in missing)  # type: ignore[misc]
    for name in ("alice", "bob"):
        people[name].stop()
        note(name)
    relay.stop()

    assert sum(map(len, acknowledged.values())) > KILLS * ROUND / 2  # it was a conversation
    assert [who for who, count in told.items() if count > 1] == []
    profiles = Profiles(tmp_path)
    for name in ("alice", "bob"):
        with profiles.unlock(profiles.find(name), PASSWORD) as unlocked:
            unlocked.database.check()
            texts = Counter(row[0] for row in unlocked.database.connection.execute("SELECT text FROM messages"))
        assert [text for text, count in texts.items() if count > 1] == []
        assert texts.keys() >= {*acknowledged["alice"], *acknowledged["bob"]}
