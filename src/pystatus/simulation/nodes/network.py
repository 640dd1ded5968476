"""A whole run: nodes are made and linked, everybody writes, and one looks who has got what."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from pystatus.arguments import checked
from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.connection import Connection, State
from pystatus.devp2p.local_node import LocalNode
from pystatus.node import WAKU_1, client_id
from pystatus.simulation.clock import START, VirtualClock
from pystatus.simulation.nodes.clocks import errors, faults, figures
from pystatus.simulation.nodes.counters import Expected, Tally
from pystatus.simulation.nodes.graph import Edge, edges
from pystatus.simulation.nodes.link import LinkEnd
from pystatus.simulation.nodes.node import Node
from pystatus.simulation.nodes.report import NetworkReport, NodeLoad
from pystatus.simulation.nodes.settings import Clocks, Links, Load, Topology
from pystatus.simulation.randomness import stream
from pystatus.simulation.report import Delays
from pystatus.simulation.samples import ArrivalSample, TakeArrival
from pystatus.waku.envelope import Envelope
from pystatus.waku.interest import EVERYTHING, Interest
from pystatus.waku.relay.config import RELAY_MIN_POW
from pystatus.wording import counted

PREPARATION = 5.0
"""Seconds until the first message: handshakes, of which one with its Hellos and Status takes four to five delays."""
HANDSHAKE_DELAYS = 10
"""Delays that are waited for besides."""
TTL = 15
"""Seconds that an envelope lives: what Status gives its envelopes."""
SETTLING = 0.1
"""Seconds between two looks whether everything has arrived."""
MAX_EXAMPLES = 10
"""Faults that are told in words."""

Progress = Callable[[int, int], None]
"""Called with the number of messages written so far and altogether."""


class NodeNetwork:
    """One run. Make it, :meth:`run` it once."""

    @checked
    def __init__(
        self,
        topology: Topology,
        load: Load,
        links: Links,
        seed: int,
        *,
        clocks: Clocks | None = None,
        stopwatch: Callable[[], float] = time.thread_time,
        take: TakeArrival | None = None,
    ) -> None:
        """
        :param take: called with every sample, those of what has not arrived at the end.
        :param stopwatch: seconds of processor time, for the load of each node.
        """
        self.topology = topology
        self.load = load
        self.links = links
        self.seed = seed
        self.clock = VirtualClock()
        self._take = take
        self._begin = START + PREPARATION + HANDSHAKE_DELAYS * links.delay
        self.tally = Tally(None if take is None else self._arrival)
        self._stopwatch = stopwatch
        self._random = stream(seed, "links")
        self._churn = stream(seed, "churn")
        self._writers = stream(seed, "writers")
        self._clock_errors = errors(clocks or Clocks(), topology.nodes, stream(seed, "clocks"))
        self._broken = 0
        draw = stream(seed, "topology")
        self.topics = [draw.randbytes(4) for _ in range(topology.topics)]
        self.nodes = [self._make_node(number) for number in range(topology.nodes)]
        self.edges = edges(topology, draw)
        self._readers = {
            topic: [node.number for node in self.nodes if node.interest.wants(topic) and not node.clock_words.is_wrong]
            for topic in self.topics
        }
        self._of_wrong: set[bytes] = set()
        """Hashes of what was written with a wrong clock: where it arrives is not counted."""
        self._written = [0] * topology.nodes
        self._ends: dict[Edge, LinkEnd] = {}
        self._unready = 0
        """Links without a handshake when the first message was written."""

    def run(self, progress: Progress | None = None, wait: Callable[[float], None] | None = None) -> NetworkReport:
        """Link everybody, let the load be written, wait until everything has arrived or has expired, and report.

        :param wait: called before each step with the simulated seconds since the first message, below 0 before it; a
            caller who wants real time waits there.
        """
        for edge in self.edges:
            self._link(edge)
        begin = self._begin
        self._run_until(begin, begin, wait)
        self._unready = sum(not (_is_open(end) and _is_open(end.other)) for end in self._ends.values())
        for node in self.nodes:
            node.measure_anew()
        if self.links.churn:
            for edge in self.edges:
                self._break_later(edge)
        for number in range(self.load.messages):
            self.clock.at(begin + number / self.load.rate, partial(self._write, number, progress))
        end = begin + self.load.messages / self.load.rate
        self._run_until(end, begin, wait)
        while self.tally.missed and self.clock.now() < end + TTL + 1:
            self._run_until(self.clock.now() + SETTLING, begin, wait)
        self._run_until(self.clock.now() + HANDSHAKE_DELAYS * self.links.delay, begin, wait)  # what is on its way again
        return self._report(end - begin)

    def _run_until(self, time: float, begin: float, wait: Callable[[float], None] | None) -> None:
        clock = self.clock
        if wait is not None:
            while (due := clock.next_time()) is not None and due <= time:
                wait(due - begin)
                clock.step()
        clock.run_until(time)

    # making it

    def _make_node(self, number: int) -> Node:
        draw = stream(self.seed, f"node {number}")
        interest = EVERYTHING
        if number >= self.topology.full_nodes:
            interest = Interest.in_topics(draw.sample(self.topics, self.topology.topics_each))
        return Node(
            number,
            LocalNode(PrivateKey.generate(draw.randbytes), client_id(), (WAKU_1,)),
            interest,
            self.clock,
            self._random,
            self.links.delay,
            stopwatch=self._stopwatch,
            on_envelope=self._arrived,
            clock_error=self._clock_errors[number],
        )

    def _link(self, edge: Edge) -> None:
        dials, dialled = (self.nodes[number] for number in edge)
        one, other = LinkEnd(dials), LinkEnd(dialled)
        one.other, other.other = other, one
        now, random = self.clock.now(), self._random.randbytes
        dials.link_made(one, Connection.initiate(dials.local, dialled.local.key.public_key, random, now))
        dialled.link_made(other, Connection.respond(dialled.local, random, now))
        self._ends[edge] = one

    # what happens

    def _write(self, number: int, progress: Progress | None) -> None:
        node = self._writers.choice(self.nodes)
        topic = self._writers.choice(self.topics)
        data = number.to_bytes(8, "big") + self._writers.randbytes(self.load.size - 8)
        envelope = _envelope(node.now, topic, data)
        self._written[node.number] += 1
        readers = [reader for reader in self._readers[topic] if reader != node.number]
        if node.clock_words.is_wrong:
            self._of_wrong.add(envelope.hash)
            readers = []
        self.tally.write(envelope.hash, node.number, readers, self.clock.now())
        node.post(envelope)
        if progress is not None:
            progress(number + 1, self.load.messages)

    def _arrival(self, envelope: Expected, node: int, delay: float | None) -> None:
        assert self._take is not None, "the tally tells nothing then"
        kind = "full" if self.nodes[node].is_full else "topics"
        written = envelope.written - self._begin
        self._take(ArrivalSample(envelope.number, envelope.author, node, kind, written, delay))

    def _arrived(self, node: Node, envelope: Envelope) -> None:
        asked = node.interest.wants(envelope.topic)
        if asked and (node.clock_words.is_wrong or envelope.hash in self._of_wrong):
            return
        self.tally.arrive(envelope.hash, node.number, self.clock.now())

    def _break_later(self, edge: Edge) -> None:
        self.clock.after(self._churn.expovariate(1 / self.links.lasting), lambda: self._break(edge))

    def _break(self, edge: Edge) -> None:
        self._broken += 1
        self._ends[edge].cut()
        self.clock.after(self._churn.expovariate(1 / self.links.away), lambda: self._mend(edge))

    def _mend(self, edge: Edge) -> None:
        self._link(edge)
        self._break_later(edge)

    # what came of it

    def _report(self, seconds: float) -> NetworkReport:
        tally = self.tally
        tally.finish()
        missing = tally.missing_at()
        failures = [failure for node in self.nodes for failure in node.failures]
        unready = []
        if self._unready:
            unready.append(
                f"{self._unready} of {counted(len(self.edges), 'link')} had no handshake in time: relays wait for it as"
                f" long as on a real network, and a delay of {self.links.delay:g} s may be more than that allows"
            )
        words = [node.clock_words for node in self.nodes]
        examples = [f"node {node} has not got {counted(count, 'envelope')}" for node, count in sorted(missing.items())]
        return NetworkReport(
            seed=self.seed,
            nodes=self.topology.nodes,
            full_nodes=self.topology.full_nodes,
            links=len(self.edges),
            links_broken=self._broken,
            messages=tally.written,
            seconds=seconds,
            expected=tally.expected,
            missed=tally.missed,
            unwanted=tally.unwanted,
            disconnections=len(failures),
            delays=Delays.of(tally.delays),
            cpu_seconds=sum(node.usage.cpu_seconds for node in self.nodes),
            digest=tally.digest,
            loads=tuple(self._load(node, missing.get(node.number, 0)) for node in self.nodes),
            clocks=figures(words, self._begin, self.clock.now()),
            examples=tuple([*unready, *failures, *faults(words), *examples][:MAX_EXAMPLES]),
            fails_if_missed=not self.links.churn,
        )

    def _load(self, node: Node, missed: int) -> NodeLoad:
        usage = node.usage
        return NodeLoad(
            node=node.number,
            kind="full" if node.is_full else "topics",
            links=sum(node.number in edge for edge in self.edges),
            written=self._written[node.number],
            received=usage.envelopes_new,
            duplicates=usage.envelopes_known,
            bytes_in=usage.bytes_in,
            bytes_out=usage.bytes_out,
            cpu_seconds=usage.cpu_seconds,
            missed=missed,
            clock_error=self._clock_errors[node.number],
        )


def _envelope(now: float, topic: bytes, data: bytes) -> Envelope:
    """One that relays take. Work is done for large ones alone: what is small has enough of it without a search."""
    envelope = Envelope.mine(now, TTL, topic, data, 0)
    if envelope.pow() >= RELAY_MIN_POW:
        return envelope
    return Envelope.mine(now, TTL, topic, data, RELAY_MIN_POW)


def _is_open(end: LinkEnd) -> bool:
    """Whether the handshake of this end is over, and the other one has not gone."""
    return end.connection.state is State.OPEN
