"""Filters of callers: from envelopes to messages that wait, or go out at once (waku.md §3.5, §6.2).

A filter never expires. What waits for a caller who does not fetch it is bounded: the oldest messages are dropped, and
the next fetch says so once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from pystatus.crypto.keys import PublicKey
from pystatus.crypto.random import RandomSource
from pystatus.largest import Largest
from pystatus.records import dataclass
from pystatus.rpc.errors import APPLICATION_ERROR, RpcError, limit_exceeded
from pystatus.waku.data import OpeningKey
from pystatus.waku.envelope import Envelope
from pystatus.waku.filters import Filters, ReceivedMessage
from pystatus.wording import counted

FILTER_ID_SIZE = 32
"""Bytes of a filter's id; it is written as 64 hexadecimal digits without 0x."""
MAX_FILTERS = 1_000
"""Filters and subscriptions together. Each key on a topic costs up to 60 µs for each of its envelopes."""
MAX_TOPICS_OF_FILTER = 10_000
"""Topics of one filter: as many as a node may ask its peers for."""
MAX_TOPICS_IN_TOTAL = 100_000
"""Topics of all filters together, some 70 MB: ten filters of the largest size, or a hundred topics in each of them."""
MAX_WAITING_MESSAGES = 10_000
"""Messages that wait in one filter."""
MAX_WAITING_BYTES = 128 << 20
"""Bytes of messages that wait in all filters together: each counts twice, closed and opened, and so much more:"""
MESSAGE_OVERHEAD = 600
"""Bytes that a waiting message takes besides its envelope and its contents. An envelope may have 44."""
MAX_FETCHED_BYTES = 8 << 20
"""Bytes of messages that one call fetches, counted likewise; the next one fetches more. They are written in one turn of
the event loop, and take twice as much in JSON."""


@dataclass(frozen=True, slots=True)
class FilteredMessage:
    """A message that went through a filter."""

    message: ReceivedMessage
    key: OpeningKey
    """What opened it."""
    p2p: bool
    """It came directly from a trusted peer and was not relayed."""


Deliver: TypeAlias = Callable[[FilteredMessage], None]


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a filter lets through."""

    key: OpeningKey
    topics: frozenset[bytes] = frozenset()
    """Four bytes each; none: every topic, which costs a decryption for each envelope there is."""
    signer: PublicKey | None = None
    min_pow: float = 0.0
    allow_p2p: bool = False


class MessageFilter:
    """One filter and what waits in it, by envelope hash: the same envelope counts once until it is fetched."""

    def __init__(self, criteria: Criteria, deliver: Deliver | None) -> None:
        self.criteria = criteria
        self.deliver = deliver
        self.waiting: dict[bytes, FilteredMessage] = {}
        self.bytes = 0
        self.dropped = 0

    def accepts(self, message: ReceivedMessage, p2p: bool) -> bool:
        """Everything but the key, which has opened it. What comes directly has no proof of work to show, and passes
        for 0 as in the reference: a filter that asks for some is not for history.
        """
        wanted = self.criteria
        return (
            (wanted.allow_p2p or not p2p)
            and (wanted.min_pow <= 0 or (not p2p and message.envelope.reaches(wanted.min_pow)))
            and (wanted.signer is None or wanted.signer == message.signer)
        )

    def add(self, found: FilteredMessage) -> int:
        """How many bytes are waiting more."""
        envelope = found.message.envelope
        if envelope.hash in self.waiting:
            return 0
        self.waiting[envelope.hash] = found
        size = _size(found)
        self.bytes += size
        return size

    def drop_oldest(self) -> int:
        """How many bytes are waiting less."""
        size = _size(self._take_oldest())
        self.dropped += 1
        return size

    def clear(self) -> None:
        """Forget what waits."""
        self.waiting.clear()
        self.bytes = 0

    def fetch(self) -> list[FilteredMessage]:
        """
        :raises RpcError: once after messages were dropped; the others are still there.

        Implements: WR-10
        """
        if self.dropped:
            dropped, self.dropped = self.dropped, 0
            raise limit_exceeded(
                f"{counted(dropped, 'message of this filter was', 'messages of this filter were')} dropped because "
                "nobody fetched them: fetch more often. "
                "The next call returns those that are left",
                {"dropped": dropped},
            )
        before = self.bytes
        messages: list[FilteredMessage] = []
        while self.waiting and before - self.bytes < MAX_FETCHED_BYTES:
            messages.append(self._take_oldest())
        return messages

    def _take_oldest(self) -> FilteredMessage:
        oldest = self.waiting.pop(next(iter(self.waiting)))
        self.bytes -= _size(oldest)
        return oldest


def _size(found: FilteredMessage) -> int:
    return 2 * len(found.message.envelope.raw) + MESSAGE_OVERHEAD


class MessageFilters:
    """All filters of all callers. Every envelope is opened once, whoever wants it."""

    def __init__(self, random: RandomSource) -> None:
        self._random = random
        self._by_id: dict[str, MessageFilter] = {}
        self._keys: Filters[tuple[str, bytes | None]] = Filters()
        self._waiting_bytes = 0
        self._fullest = Largest[MessageFilter](lambda found: found.bytes)

    @property
    def topics(self) -> frozenset[bytes] | None:
        """What has to be asked for; ``None``: everything."""
        return None if self._keys.any_topic else self._keys.topics

    def __len__(self) -> int:
        return len(self._by_id)

    def add(self, criteria: Criteria, deliver: Deliver | None = None) -> str:
        """Install a filter and return its id. With ``deliver`` messages go there at once and none wait.

        :raises RpcError: there are too many filters, or topics in this one.
        """
        if len(self._by_id) >= MAX_FILTERS:
            raise limit_exceeded(
                f"this node keeps at most {MAX_FILTERS} filters and subscriptions: delete some with "
                "deleteMessageFilter or unsubscribe"
            )
        if len(criteria.topics) > MAX_TOPICS_OF_FILTER:
            raise limit_exceeded(f"a filter has at most {MAX_TOPICS_OF_FILTER} topics")
        if len(self._keys) + max(1, len(criteria.topics)) > MAX_TOPICS_IN_TOTAL:
            raise limit_exceeded(
                f"the filters and subscriptions of this node have at most {MAX_TOPICS_IN_TOTAL} topics together: "
                "delete some with deleteMessageFilter or unsubscribe"
            )
        filter_id = self._random(FILTER_ID_SIZE).hex()
        for topic in criteria.topics or (None,):
            self._keys.add(topic, criteria.key, (filter_id, topic))
        self._by_id[filter_id] = MessageFilter(criteria, deliver)
        return filter_id

    def remove(self, filter_id: str) -> None:
        """
        :raises RpcError: there is none.
        """
        found = self._find(filter_id)
        for topic in found.criteria.topics or (None,):
            self._keys.remove((filter_id, topic))
        del self._by_id[filter_id]
        self._waiting_bytes -= found.bytes
        found.clear()

    def fetch(self, filter_id: str) -> list[FilteredMessage]:
        """What has come since the last time, the oldest first; of very much a part.

        :raises RpcError: there is no such filter, or messages were dropped since.

        Implements: WR-10
        """
        found = self._find(filter_id)
        if found.deliver is not None:
            raise RpcError(APPLICATION_ERROR, "filter not found: this is a subscription")
        waited = found.bytes
        messages = found.fetch()
        self._waiting_bytes -= waited - found.bytes
        return messages

    def receive(self, envelope: Envelope, *, p2p: bool = False) -> None:
        """Try the keys on an envelope and hand the message to every filter that lets it through."""
        opened = self._keys.open(envelope)
        if opened is None:
            return
        tags, message = opened
        for found in {filter_id: self._by_id[filter_id] for filter_id, _ in tags}.values():
            if not found.accepts(message, p2p):
                continue
            filtered = FilteredMessage(message, found.criteria.key, p2p)
            if found.deliver is not None:
                found.deliver(filtered)
            else:
                self._waiting_bytes += found.add(filtered)
                self._make_room(found)

    def _make_room(self, latest: MessageFilter) -> None:
        """Whoever has most waiting loses first, so that a forgotten filter does not spoil those that are fetched."""
        if len(latest.waiting) > MAX_WAITING_MESSAGES:
            self._waiting_bytes -= latest.drop_oldest()
        while self._waiting_bytes > MAX_WAITING_BYTES:
            self._waiting_bytes -= self._fullest.among(self._by_id.values()).drop_oldest()

    def _find(self, filter_id: str) -> MessageFilter:
        found = self._by_id.get(filter_id)
        if found is None:
            raise RpcError(APPLICATION_ERROR, "filter not found: it was deleted, or this node has been restarted since")
        return found
