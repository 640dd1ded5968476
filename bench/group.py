"""A text in a private group: a whole messenger with an encrypted profile, and its members in memory.

What a text costs its sender: one update with the history of the group, sealed for each member alone, as many envelopes.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench.harness import MINIMUM_SECONDS, Measurement
from pystatus.crypto.keys import PrivateKey
from pystatus.messenger.effects import Publish
from pystatus.messenger.features.groups import Groups
from pystatus.messenger.features.messages import Messages
from pystatus.payloads.groups import MembershipUpdateEvent, MembershipUpdateMessage, SignedEvent
from pystatus.payloads.kinds import EventType, PayloadType
from pystatus.payloads.wrapper import wrap
from tests.adversary.hostile import Stranger
from tests.support.people import RELAY, Network, Person

MEMBERS = (10, 50)
"""The app allows ten; fifty is a large group."""
TEXT = "a text of forty characters, about a line"
TRANSACTION = 10
"""Texts that share a commit, as in a burst."""
BETWEEN = 1.0
"""Seconds between two such bursts, so that data sync packs each by itself."""


class Sender:
    """The creator of a group whose other members have all joined, and whose bundles are known."""

    def __init__(self, folder: Path, count: int) -> None:
        self.network = Network(folder)
        self.person: Person = self.network.add("sender")
        self.envelopes: list[int] = []
        identities = [PrivateKey.generate(os.urandom) for _ in range(count - 1)]
        self._meet(identities)
        keys = [identity.public_key for identity in identities]
        groups = self.person.messenger.feature(Groups)
        self.chat = self.person.do(lambda: groups.create("a group", keys, self.network.now))
        self._join(identities)
        assert sum(member.has_joined for member in groups.members(self.chat.id)) == count

    def _meet(self, identities: list[PrivateKey]) -> None:
        """Learn a bundle of each, so that texts travel under a ratchet key."""
        for identity in identities:
            stranger = Stranger(self.network.now, identity)
            stranger.meets(self.person.secure)
            self.person.receive(stranger.bundle(self.person.key))

    def _join(self, identities: list[PrivateKey]) -> None:
        known = self.person.store.tables(Groups).events(self.chat.id)
        clock = int(self.network.now * 1000) + 10
        joins = [
            SignedEvent.sign(
                MembershipUpdateEvent(clock + place, (), "", EventType.MEMBER_JOINED), self.chat.id, identity
            ).raw
            for place, identity in enumerate(identities)
        ]
        update = MembershipUpdateMessage(self.chat.id, (*(event.raw for event in known), *joins))
        last = Stranger(self.network.now, identities[-1])
        wrapped = wrap(update.encode(), PayloadType.MEMBERSHIP_UPDATE_MESSAGE, last.identity)
        self.person.receive(last.private(self.person.key, wrapped))

    def burst(self) -> int:
        """Some texts in one transaction, and how many envelopes they became."""
        network, person = self.network, self.person
        network.now += BETWEEN
        messages = person.messenger.feature(Messages)
        inputs = [lambda: messages.send_text(self.chat.id, TEXT, now=network.now)] * TRANSACTION
        outcomes, effects = person.messenger.run(inputs, network.now)
        assert all(outcome.error is None for outcome in outcomes)
        published = [effect.envelope for effect in effects if isinstance(effect, Publish)]
        self.envelopes += [envelope.size for envelope in published]
        handed = [partial(person.messenger.envelope_handed_over, one.hash, RELAY, network.now) for one in published]
        person.messenger.run(handed, network.now)
        return len(published)


def one_text(sender: Sender) -> tuple[int, int]:
    """Envelopes and bytes of a text that is sent by itself."""
    sender.network.now += BETWEEN
    person, now = sender.person, sender.network.now
    send = person.messenger.feature(Messages).send_text
    _, effects = person.messenger.run([lambda: send(sender.chat.id, TEXT, now=now)], now)
    sizes = [effect.envelope.size for effect in effects if isinstance(effect, Publish)]
    return len(sizes), sum(sizes)


def measure() -> Iterator[Measurement]:
    for count in MEMBERS:
        with tempfile.TemporaryDirectory() as folder:
            sender = Sender(Path(folder), count)
            sender.burst()
            envelopes, size = one_text(sender)
            texts, started = 0, time.perf_counter()
            while time.perf_counter() - started < MINIMUM_SECONDS:
                sender.burst()
                texts += TRANSACTION
            rate = texts / (time.perf_counter() - started)
            sender.network.close()
        note = f"a text to {count} members, sealed for {count - 1}, {TRANSACTION} in a commit"
        yield Measurement(f"group.texts_{count}", round(rate, 1), "1/s", note)
        yield Measurement(f"group.envelopes_{count}", envelopes, "", "a text by itself")
        yield Measurement(f"group.bytes_{count}", size, "bytes", "all envelopes of a text by itself")
