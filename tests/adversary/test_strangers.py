"""A49, A53, A54 together, in any number: strangers of all sorts against a client, live and from an archive.

Expected: it opens in the time it opened before, its profile is at most 20 MB larger, and what contacts say opens.
``make strangers`` lets 100,000 come; ``make strangers STRANGERS=n`` another number. Here fewer do.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from statistics import median

import pytest

from pystatus.transport import topics
from pystatus.waku.envelope import Envelope
from tests.adversary.hostile import Attack, Stranger, crowd, feed, in_turns
from tests.support.people import Network, Person

STRANGERS = int(os.environ.get("PYSTATUS_STRANGERS", "1500"))
CONTACTS = 5
LATE = 40
"""Messages of each contact of which all but the last come after the attack."""
MOST_GROWTH = 20_000_000
"""Bytes."""
MOST_SLOWDOWN = 0.05
"""Seconds by which opening may take longer: to read a full budget of chats, and what the machine does beside."""
OPENINGS = 9


def opening_seconds(person: Person) -> float:
    """Of a processor, the median of a few: the database, and the messenger on it."""

    def once() -> float:
        person.close()
        started = time.thread_time()
        person.reopen()
        return time.thread_time() - started

    return median(once() for _ in range(OPENINGS))


def size(person: Person) -> int:
    """Bytes of the profile's database with its journals, as they are while it is open."""
    return sum(file.stat().st_size for file in person.path.parent.glob(f"{person.path.name}*"))


def attacks(alice: Person) -> list[Attack]:
    """Bundles, unknown devices, contact codes, offers, words, gaps."""
    code = topics.symmetric_key(topics.contact_code(alice.key))

    def gap(stranger: Stranger) -> Envelope:
        stranger.meets(alice.secure)
        return stranger.after_a_gap(alice.key, 20)

    return [
        lambda stranger: stranger.bundle(alice.key),
        lambda stranger: stranger.for_unknown_device(alice.key),
        lambda stranger: stranger.contact_code(alice.key, code),
        lambda stranger: stranger.offers(alice.key, 20),
        lambda stranger: stranger.text(alice.key, "hello " * 20),
        gap,
    ]


@pytest.mark.parametrize("archived", [False, True], ids=["live", "archived"])
def test_strangers_in_any_mix(network: Network, archived: bool, capsys: pytest.CaptureFixture[str]) -> None:
    alice = network.add("alice")
    contacts = [network.contact(alice, f"contact-{number}") for number in range(CONTACTS)]
    late = list(held_back(network, alice, contacts))
    asked, opening, bytes_before = alice.topics, opening_seconds(alice), size(alice)

    network.people.remove(alice)  # nobody's timers run meanwhile but hers
    network.envelopes.clear()
    sent = 0
    started = time.thread_time()
    for first in range(0, STRANGERS, 1_000):
        network.now += 10
        envelopes = in_turns(crowd(min(1_000, STRANGERS - first), network.now), attacks(alice))
        feed(alice, envelopes, archived=archived)
        alice.tick()
        for envelope in network.envelopes:
            alice.expire(envelope)
        sent += len(network.envelopes)
        network.envelopes.clear()
    seconds = time.thread_time() - started

    growth = size(alice) - bytes_before
    slowdown = opening_seconds(alice) - opening
    with capsys.disabled():
        print(
            f"\n{STRANGERS} strangers in {seconds:.0f} s, {'archived' if archived else 'live'}: the profile grew by"
            f" {growth / 1e6:.1f} MB, opening takes {1000 * opening:.0f} ms and {1000 * slowdown:+.0f} ms,"
            f" {sent} envelopes were sent, {len(alice.store.chats())} chats"
        )
    assert growth <= MOST_GROWTH
    assert slowdown <= MOST_SLOWDOWN
    assert alice.topics == asked
    random.Random(1).shuffle(late)
    alice.events.clear()
    for envelope in late:
        alice.receive(envelope)
    expected = sorted(f"{number} of {contact.name}" for contact in contacts for number in range(LATE - 1))
    assert sorted(alice.heard) == expected
    alice.database.check()


def held_back(network: Network, alice: Person, contacts: list[Person]) -> Iterator[Envelope]:
    """Of what each contact says only the last arrives: the others."""
    for contact in contacts:
        for number in range(LATE):
            network.holding = True
            contact.say(alice.key.hex, f"{number} of {contact.name}")
            network.holding = False
            ((_, envelope),) = [entry for entry in network.held if entry[0] is contact]
            network.held.clear()
            if number < LATE - 1:
                yield envelope
            else:
                alice.receive(envelope)
