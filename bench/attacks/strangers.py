"""Attacks on a client, through the relay that it shares with everybody."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import cycle

from bench.attacks.floods import Packet
from bench.attacks.target import Target
from pystatus.transport import topics
from pystatus.waku import packets
from tests.adversary.hostile import Attack, Stranger

RATE = 500.0
"""Envelopes a second. A49 was found with 10,300 of them and A54 with 3,500: this is three times that in a minute, and
what two thirds of a core are needed for; a client that gets more than it can read is late, whoever sends it."""
GAP = 400
"""Skipped keys of each stranger, as A53 was found."""


def _one_each(attacks: Sequence[Attack]) -> Iterator[Packet]:
    """Of everybody one envelope, alone in its packet."""
    for attack in cycle(attacks):
        yield packets.MESSAGES, packets.encode_messages([attack(Stranger(time.time()))])


def silent(target: Target) -> Iterator[Packet]:
    """A49: bundles and no words, to her partition and on her contact code."""
    her = target.person
    key = topics.symmetric_key(topics.contact_code(her))
    return _one_each([lambda stranger: stranger.bundle(her), lambda stranger: stranger.contact_code(her, key)])


def wants_answers(target: Target) -> Iterator[Packet]:
    """A54: messages for devices that are not there, with bundles and without, offers, and words to acknowledge."""
    her = target.person
    return _one_each(
        [
            lambda stranger: stranger.for_unknown_device(her),
            lambda stranger: stranger.for_unknown_device(her, bundle=False),
            lambda stranger: stranger.bundle(her),
            lambda stranger: stranger.offers(her, 3),
            lambda stranger: stranger.text(her, "hello"),
        ]
    )


def skips_keys(target: Target) -> Iterator[Packet]:
    """A53: the last of hundreds of messages, and another one of the same stranger with a gap again."""
    her = target.person
    while True:
        stranger = Stranger(time.time())
        stranger.reads(her, target.envelope)
        for _ in range(2):
            yield packets.MESSAGES, packets.encode_messages([stranger.after_a_gap(her, GAP)])
