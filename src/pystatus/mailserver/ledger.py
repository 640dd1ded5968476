"""Of which seconds everything is here: for each topic, what each mailserver has answered to its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pystatus.mailserver.spans import NOTHING, Span, Spans

ALL_TOPICS = b""
"""In place of a topic: everything, as mailservers want it from each other."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one mailserver has answered of one topic."""

    topic: bytes
    """4 bytes, or :data:`ALL_TOPICS`."""
    server: bytes
    """Its node id, 64 bytes."""
    covered: Spans


class Ledger:
    """What was fetched. Whoever keeps it stores the entries that changes return."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._covered: dict[bytes, dict[bytes, Spans]] = {}
        for entry in entries:
            self._set(entry.topic, entry.server, entry.covered)

    def cover(self, topics: Iterable[bytes], server: bytes, span: Span) -> list[Entry]:
        """The server has answered this span of these topics to its end. What is to be stored of it."""
        more = Spans([span])
        changed = []
        for topic in topics:
            before = self._covered.get(topic, {}).get(server, NOTHING)
            after = before | more
            if after != before:
                changed.append(self._set(topic, server, after))
        return changed

    def add(self, entry: Entry) -> None:
        """This is here, too; whoever says so stores it."""
        covered = self._covered.get(entry.topic, {}).get(entry.server, NOTHING)
        self._set(entry.topic, entry.server, covered | entry.covered)

    def forget_before(self, second: int) -> None:
        """Nobody asks any more for what was sent before ``second``: it needs no room here. What is stored may stay."""
        gone = Spans([Span(0, second)])
        for servers in self._covered.values():
            for server, covered in servers.items():
                servers[server] = covered - gone

    def forget_after(self, second: int) -> list[Entry]:
        """Believe no entry beyond ``second``. What is to be stored of it."""
        limits = Spans([Span(0, second)])
        changed = []
        for topic, servers in self._covered.items():
            for server, covered in list(servers.items()):
                kept = covered & limits
                if kept != covered:
                    changed.append(self._set(topic, server, kept))
        return changed

    @property
    def latest(self) -> int:
        """The second behind the last one that is covered of anything; 0 if nothing is."""
        uppers = [covered.newest.upper for servers in self._covered.values() for covered in servers.values() if covered]
        return max(uppers, default=0)

    def missing(self, topic: bytes, within: Span) -> Spans:
        """What no mailserver has answered."""
        missing = Spans([within])
        for covered in self._covered.get(topic, {}).values():
            missing -= covered
        return missing

    def unproven(self, topic: bytes, within: Span, server: bytes, copies: int) -> Spans:
        """What ``server`` has not answered, and fewer than ``copies`` others have."""
        servers = self._covered.get(topic, {})
        lacking = Spans([within]) - servers.get(server, NOTHING)
        return lacking - _at_least(copies, servers.values()) if lacking else lacking

    def _set(self, topic: bytes, server: bytes, covered: Spans) -> Entry:
        self._covered.setdefault(topic, {})[server] = covered
        return Entry(topic, server, covered)


def _at_least(copies: int, parts: Iterable[Spans]) -> Spans:
    """The seconds that at least so many of ``parts`` have."""
    return Spans(_deep(copies, parts))


def _deep(copies: int, parts: Iterable[Spans]) -> Iterator[Span]:
    edges: Counter[int] = Counter()
    for part in parts:
        for lower, upper in part:
            edges[lower] += 1
            edges[upper] -= 1
    depth, since = 0, 0
    for second, change in sorted(edges.items()):
        if depth >= copies:
            yield Span(since, second)
        depth, since = depth + change, second
