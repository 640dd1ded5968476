"""Who in this process wants to see which envelopes: a client, the callers of the RPC, a tool."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from pystatus.errors import LocalError
from pystatus.waku.bloom import TOPIC_SIZE
from pystatus.waku.relay.events import EnvelopeReceived

Receiver: TypeAlias = Callable[[EnvelopeReceived], None]
Topics: TypeAlias = frozenset[bytes] | None
"""Topics of 4 bytes; ``None``: every one."""


class Watches:
    """Every party has a watch with topics of its own. What the node asks its peers for is the union."""

    def __init__(self, changed: Callable[[Topics], None]) -> None:
        """
        :param changed: called with the new union; where it raises :class:`LocalError`, nothing has changed.
        """
        self._changed = changed
        self._watches: dict[Watch, Topics] = {}
        self._union: Topics = frozenset()

    @property
    def topics(self) -> Topics:
        """The union of all watches."""
        return self._union

    def open(self, receive: Receiver, over: Callable[[], None] | None = None) -> Watch:
        """A new watch, without topics yet. ``receive`` must not block.

        :param over: called when everything was received that came together.
        """
        watch = Watch(self, receive, over)
        self._watches[watch] = frozenset()
        return watch

    def deliver(self, event: EnvelopeReceived) -> None:
        """Hand an envelope to everybody who watches its topic.

        Implements: WM-16
        """
        topic = event.envelope.topic
        receivers = [w.receive for w, topics in self._watches.items() if topics is None or topic in topics]
        for receive in receivers:
            receive(event)

    def over(self) -> None:
        """What came together was handed over."""
        for over in [watch.over for watch in self._watches if watch.over is not None]:
            over()

    def set_topics(self, watch: Watch, topics: Topics) -> None:
        """Internal: see :meth:`Watch.set_topics`."""
        if watch not in self._watches:
            raise LocalError("This watch is closed.")
        self._replace({**self._watches, watch: topics})

    def close(self, watch: Watch) -> None:
        """Internal: see :meth:`Watch.close`."""
        self._replace({other: topics for other, topics in self._watches.items() if other is not watch})

    def _replace(self, watches: dict[Watch, Topics]) -> None:
        union = _union(watches.values())
        if union != self._union:
            self._changed(union)
        self._watches, self._union = watches, union


class Watch:
    """What one party wants to see."""

    def __init__(self, watches: Watches, receive: Receiver, over: Callable[[], None] | None) -> None:
        self.receive = receive
        self.over = over
        self._watches = watches

    def set_topics(self, topics: Iterable[bytes] | None) -> None:
        """Watch these topics (4 bytes each) in place of the former ones; ``None`` is every topic.

        :raises LocalError: not a topic, more than a node may ask for, or the watch is closed.
        """
        wanted = None if topics is None else frozenset(topics)
        if wanted is not None and any(len(topic) != TOPIC_SIZE for topic in wanted):
            raise LocalError(f"A topic has {TOPIC_SIZE} bytes.")
        self._watches.set_topics(self, wanted)

    def close(self) -> None:
        """Watch nothing any more. Closing again changes nothing."""
        self._watches.close(self)


def _union(parts: Iterable[Topics]) -> Topics:
    union: set[bytes] = set()
    for topics in parts:
        if topics is None:
            return None
        union |= topics
    return frozenset(union)
