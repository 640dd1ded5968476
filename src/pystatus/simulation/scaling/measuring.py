"""The terms of the scaling model, measured: real keys and their partitions, real topics in real bloom filters, real
relays that send copies, real people whose messages take envelopes."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.simulation.nodes.network import NodeNetwork
from pystatus.simulation.nodes.settings import Links, Load, Topology
from pystatus.simulation.randomness import stream
from pystatus.simulation.scaling.model import Terms
from pystatus.simulation.scaling.population import RELAYS, Population
from pystatus.simulation.settings import Conditions, Workload
from pystatus.simulation.simulation import Simulation
from pystatus.transport.topics import PARTITIONS, contact_code, partitioned, personal_discovery, topic
from pystatus.waku.bloom import bloom_matches, topic_bloom, topics_bloom

STRANGE_TOPICS = 1_000
"""Topics that nobody listens to, held against each filter."""
RELAYED = Load(rate=20.0, seconds=5.0)
"""What is written there."""
PEOPLE, MESSAGES = 6, 60
"""Who talk, and how much, to see what a message takes."""
CONFIDENCE = 1.96
"""Standard errors on each side of a mean between which it lies in 95 of 100 cases."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean, and how sure it is."""

    mean: float
    error: float
    """Half of the interval in which the mean lies in 95 of 100 cases."""

    @classmethod
    def of(cls, values: Sequence[float]) -> Estimate:
        """Of values that were drawn independently: one at least."""
        mean = math.fsum(values) / len(values)
        if len(values) == 1:
            return cls(mean, 0.0)
        variance = math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)
        return cls(mean, CONFIDENCE * math.sqrt(variance / len(values)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The terms, and how sure they are."""

    terms: Terms
    sharing: Estimate
    false_positives: Estimate
    mail_false_positives: Estimate
    copies: Estimate
    faults: tuple[str, ...] = ()
    """What went wrong while it was measured: then the terms are not to be trusted."""


def measure(population: Population, seed: int, progress: Progress | None = None) -> Measured:
    """Measure all of them. Everything follows from the seed."""
    keys = stream(seed, "keys")
    listeners, inhabitants = _users(population, keys, progress)
    sharing = Estimate.of([float(inhabitants[one.x % PARTITIONS]) for one in listeners])
    wanted = stream(seed, "topics")
    filters = [_topics(one, population.topics, wanted) for one in listeners]
    passed = Estimate.of([_passes(_blooms(topics, 1), wanted) for topics in filters])
    fetched = Estimate.of([_passes(_blooms(topics, population.requests), wanted) for topics in filters])
    network = NodeNetwork(
        Topology(nodes=RELAYS, degree=population.peers, with_topics=0.0), RELAYED, Links(), seed
    ).run()
    copies = Estimate.of([1 + load.duplicates / max(1, load.received) for load in network.loads])
    with Simulation(Workload(people=PEOPLE, messages=MESSAGES), Conditions(), seed) as people:
        talk = people.run()
    terms = Terms(
        envelope_bytes=talk.envelope_bytes / talk.envelopes,
        envelopes=talk.envelopes_per_message,
        messages=population.messages,
        private=population.private,
        sharing=sharing.mean,
        false_positives=passed.mean,
        mail_false_positives=min(1.0, fetched.mean),
        copies=copies.mean,
        offline=population.offline,
    )
    return Measured(
        terms=terms,
        sharing=sharing,
        false_positives=passed,
        mail_false_positives=fetched,
        copies=copies,
        faults=(*network.examples, *talk.examples),
    )


def _users(population: Population, random: Random, progress: Progress | None) -> tuple[list[PublicKey], array[int]]:
    """Those who are looked at, and how many users each partition has."""
    listeners, inhabitants = [], array("l", bytes(array("l").itemsize * PARTITIONS))
    for number in range(population.users):
        key = PrivateKey.generate(random.randbytes).public_key
        inhabitants[key.x % PARTITIONS] += 1
        if number < population.listeners:
            listeners.append(key)
        if progress is not None:
            progress(number + 1, population.users)
    return listeners, inhabitants


def _topics(listener: PublicKey, count: int, random: Random) -> list[bytes]:
    """Of somebody who follows public chats: names of chats are as good as drawn, as topics are hashes."""
    own = [partitioned(listener), personal_discovery(listener), contact_code(listener)]
    return [topic(name) for name in own] + [random.randbytes(4) for _ in range(count - len(own))]


def _blooms(topics: Sequence[bytes], requests: int) -> list[bytes]:
    """The filters that several requests have, each with its share of the topics."""
    return [topics_bloom(topics[number::requests]) for number in range(requests)]


def _passes(blooms: Sequence[bytes], random: Random) -> float:
    """The share of strange envelopes that comes through filters: one that passes two of them comes twice."""
    samples = [topic_bloom(random.randbytes(4)) for _ in range(STRANGE_TOPICS)]
    return sum(bloom_matches(bloom, sample) for bloom in blooms for sample in samples) / STRANGE_TOPICS
