"""What a node asks its peers for."""

from __future__ import annotations

from collections.abc import Callable

from pystatus.node.config import NodeConfig
from pystatus.waku.bloom import bloom_union, topics_bloom
from pystatus.waku.interest import EVERYTHING, Interest
from pystatus.waku.relay.relay import Relay
from pystatus.waku.relay.subscriptions import Topics, Watches


class TopicInterest:
    """What all parties in this process watch, and the bloom filter of whoever gave one, as one interest."""

    def __init__(self, config: NodeConfig, relay: Relay, ask: Callable[[Interest], None]) -> None:
        """
        :param ask: called with what peers are to be asked for when that changes; may raise :class:`LocalError`.
        """
        self.watches = Watches(self._changed)
        self._config = config
        self._relay = relay
        self._ask = ask
        self._bloom: bytes | None = None

    def set_bloom_filter(self, bloom: bytes) -> None:
        """See :meth:`pystatus.node.Node.set_bloom_filter`."""
        Interest.in_bloom(bloom)
        self._bloom = bloom
        self._ask_for(self.watches.topics)

    def _changed(self, topics: Topics) -> None:
        self._ask_for(topics)
        self._relay.watched = topics

    def _ask_for(self, topics: Topics) -> None:
        if self._bloom is None and self._config.full_node:
            return
        if topics is None:
            self._ask(EVERYTHING)
        elif self._bloom is None:
            self._ask(self._config.interest(topics))
        else:
            self._ask(Interest.in_bloom(bloom_union(self._bloom, topics_bloom(topics))))
