"""Data sync nodes on a lossy network in simulated time, driven by one seed.

Each end handles an input as the messenger does: in a transaction that may be cut short by a crash, with what has to be
sent kept in an outbox that survives one.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.datasync.codec import Payload
from pystatus.datasync.config import SyncConfig, payload_limit
from pystatus.datasync.node import SyncNode
from pystatus.datasync.payload_builder import Tracked
from pystatus.datasync.receiving import Incoming
from pystatus.datasync.sending import Mode
from pystatus.simulation.clock import VirtualClock
from pystatus.simulation.medium import Channel, Medium
from pystatus.simulation.settings import Conditions
from tests.support.datasync_store import STORES

Link = Callable[[str, str, Payload], float]
"""How likely a payload from one end to another is lost."""


@cache
def identity(name: str) -> PublicKey:
    return PrivateKey((b"%-32s" % name.encode())[:32]).public_key


@dataclass
class End:
    """One person's client."""

    name: str
    net: Network
    node: SyncNode
    online: bool = True
    messages: list[tuple[str, Incoming]] = field(default_factory=list)
    """Everything that came in committed transactions."""
    shown: Counter[bytes] = field(default_factory=Counter)
    """How often each body was handed on as new."""
    confirmed: list[Tracked] = field(default_factory=list)
    unconfirmed: list[Tracked] = field(default_factory=list)
    outbox: list[tuple[str, bytes]] = field(default_factory=list)
    payloads: Counter[str] = field(default_factory=Counter)
    """How many were posted to whom."""
    bytes_sent: int = 0
    wake_at: float | None = None

    @property
    def key(self) -> PublicKey:
        return identity(self.name)

    def send(self, to: str, body: bytes, *, mode: Mode = Mode.BATCH, ephemeral: bool = False) -> None:
        def work(now: float) -> None:
            parents = self.node.heads(identity(to)) if self.net.meta else ()
            self.node.append(identity(to), body, now, tag=body[:64], mode=mode, ephemeral=ephemeral, parents=parents)

        self.handle(work, again=True)

    def receive(self, sender: str, data: bytes) -> None:
        if not self.online:
            return

        def work(now: float) -> None:
            received = self.node.receive(identity(sender), data, now)
            assert received is not None
            self.messages += [(sender, message) for message in received.messages]
            self.shown.update(message.body for message in received.messages if message.new)
            self.confirmed += received.acknowledged

        self.handle(work)

    def handle(self, work: Callable[[float], None], *, again: bool = False) -> None:
        """One input in one transaction, then its effects. ``again``: the user insists if the client dies over it."""
        net = self.net
        crash = net.random.random() < net.crash
        if crash and net.random.random() < 0.5:
            kept = (net.stores[self.name].snapshot(), list(self.messages), Counter(self.shown))
            kept_reports = (list(self.confirmed), list(self.unconfirmed), list(self.outbox))
            self.transact(work)
            net.stores[self.name].restore(kept[0])
            _, self.messages, self.shown = kept
            self.confirmed, self.unconfirmed, self.outbox = kept_reports
            net.restart(self.name)
            if again:
                self.handle(work, again=True)
            else:
                net.schedule_wake(self)
            return
        self.transact(work)
        if crash:
            net.restart(self.name)
            if net.random.random() < 0.5:  # it had posted, but had not noted that yet
                for to, data in self.outbox:
                    net.post(self, to, data)
        outbox, self.outbox = self.outbox, []
        for to, data in outbox:
            net.post(self, to, data)
        net.schedule_wake(self)

    def transact(self, work: Callable[[float], None]) -> None:
        now = self.net.now_of(self.name)
        work(now)
        if not self.online:
            return
        for peer in self.node.due(now):
            outgoing = self.node.take(peer, now, self.net.limit)
            self.outbox += [(self.net.names[peer], payload.data) for payload in outgoing.payloads]
            self.unconfirmed += outgoing.unconfirmed


class Network:
    """Ends, what is under way between them, and the clock."""

    def __init__(
        self,
        *names: str,
        seed: int = 0,
        loss: float | Link = 0.0,
        duplicates: float = 0.0,
        latency: tuple[float, float] = (0.05, 0.3),
        crash: float = 0.0,
        skew: float = 0.0,
        meta: bool = False,
        store: str = "memory",
        config: SyncConfig | None = None,
        limit: int = payload_limit(1),
    ) -> None:
        self.random = random.Random(seed)
        self.clock = VirtualClock()
        least, most = latency
        conditions = Conditions(duplicates=duplicates, delay=(least + most) / 2, jitter=(most - least) / (most + least))
        self.medium = Medium(self.clock, conditions, self.random)
        self.loss: Link = loss if callable(loss) else lambda *_: loss
        self.crash, self.meta, self.limit = crash, meta, limit
        self.config = config or SyncConfig()
        self.names = {identity(name): name for name in names}
        self.skews = {name: self.random.uniform(-skew, skew) for name in names}
        self.stores = {name: STORES[store]() for name in names}
        self.ends = {name: End(name, self, self.new_node(name)) for name in names}
        if meta:
            for one, other in itertools.permutations(names, 2):
                self.ends[one].node.opt_in(identity(other))

    def __getitem__(self, name: str) -> End:
        return self.ends[name]

    @property
    def now(self) -> float:
        """The true time."""
        return self.clock.now()

    def now_of(self, name: str) -> float:
        return self.now + self.skews[name]

    def new_node(self, name: str) -> SyncNode:
        return SyncNode(identity(name), self.stores[name], self.random.randbytes, self.config)

    def restart(self, name: str) -> None:
        """The process of an end begins anew with what is stored."""
        self.ends[name].node = self.new_node(name)

    def post(self, sender: End, to: str, data: bytes) -> None:
        sender.payloads[to] += 1
        sender.bytes_sent += len(data)
        assert len(data) <= self.limit
        self.medium.carry(
            Channel(),  # one of its own: everything may overtake everything
            data,
            lambda data: self.ends[to].receive(sender.name, data),
            self.loss(sender.name, to, Payload.decode(data)),
        )

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        self.clock.after(seconds, action)

    def schedule_wake(self, end: End) -> None:
        timer = end.node.next_timer()
        if timer is None or not end.online:
            return
        at = max(self.now, timer - self.skews[end.name])
        if end.wake_at is None or at < end.wake_at or end.wake_at < self.now:
            end.wake_at = at

            def wake() -> None:
                if end.wake_at == at:
                    end.wake_at = None
                    end.handle(lambda _: None)

            self.clock.at(at, wake)

    def set_online(self, name: str, online: bool) -> None:
        end = self.ends[name]
        end.online = online
        if online:
            end.handle(lambda _: None)

    def run(self, seconds: float = 40 * 86_400) -> None:
        """Until nothing happens any more, or that much time has passed."""
        end = self.now + seconds
        while (due := self.clock.next_time()) is not None and due <= end:
            self.clock.step()
        if due is not None:
            self.clock.run_until(end)

    @property
    def posted(self) -> int:
        """Payloads altogether."""
        return sum(sum(end.payloads.values()) for end in self.ends.values())

    @property
    def quiet(self) -> bool:
        """Nobody has anything left to send."""
        return all(end.node.next_timer() is None for end in self.ends.values())
