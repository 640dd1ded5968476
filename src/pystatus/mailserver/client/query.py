"""One span of history from one mailserver, page by page (8/WAKU-MAIL, waku.md §7.3 to §7.7).

Nothing that the server says is believed (A26): pages are bounded, cursors have to get on, and the envelope that is
said to be the last has to be among those that came.
"""

from __future__ import annotations

from collections.abc import Iterable

from pystatus.errors import RemoteError
from pystatus.mailserver.completion import NOTHING_SENT, Completed
from pystatus.mailserver.config import MAX_PAGE_BYTES
from pystatus.mailserver.coverage import ALL_TOPICS
from pystatus.mailserver.cursor import LAST_SECOND, Key
from pystatus.mailserver.lacking import MOST_STATED, Pending
from pystatus.mailserver.requests import HistoryRequest
from pystatus.mailserver.time_ranges import NOTHING, TimeRange, TimeRanges
from pystatus.waku.bloom import FULL_BLOOM, bloom_matches, topics_bloom
from pystatus.waku.envelope import Envelope
from pystatus.waku.packets import MAX_SENT_PACKET_SIZE, charge

MAX_PAGES = 1_000
"""Pages of one query: a million envelopes. A server that has more in such a span is asked for less at a time."""
MAX_RECEIVED_BYTES = MAX_PAGE_BYTES + MAX_SENT_PACKET_SIZE
"""Bytes of envelopes in one page, each of which counts 300 at least: what a server of ours sends at most, and one large
envelope."""
LATEST_MARGIN = 60
"""Seconds beyond the end of the newest span that are asked for, because clocks differ (waku.md §7.4)."""


class Query:
    """What is asked for, and how far the answer has come.

    Implements: WM-9
    """

    def __init__(self, topics: frozenset[bytes], span: TimeRange, horizon: int, limit: int, asked_at: float) -> None:
        """
        :param topics: 4 bytes each; empty: all.
        :param horizon: Unix second up to which anything is wanted. Of a span that ends there, what claims to be a
            moment younger is wanted, too.
        :param limit: envelopes in a page.
        :param asked_at: Unix seconds.
        """
        self.topics = topics
        self.asked_topics = topics or frozenset((ALL_TOPICS,))
        """The same as the ledger has it."""
        self.span = span
        self.horizon = horizon
        self.asked_at = int(asked_at)
        """When the first page is asked for: Unix seconds."""
        self.limit = limit
        """Envelopes to ask for in the next page."""
        self.pages = 0
        """Pages that came to their end."""
        self.envelopes = 0
        """Envelopes that came, wanted or not."""
        self.page_envelopes = 0
        """The same of the last page that came to its end."""
        self.answered = NOTHING
        """What the server has answered to its end. Set when the last page came, or all that it has at present."""
        self.lacking = NOTHING
        """What it says that it lacks, as exactly as it says so."""
        self._last = min(span.upper - 1 + (LATEST_MARGIN if span.upper == horizon else 0), LAST_SECOND)
        self._bloom = topics_bloom(topics) if topics else FULL_BLOOM
        self._cursor: Key | None = None
        self._descending: bool | None = None
        self._page: set[bytes] = set()
        self._page_size = 0
        self._uncounted = 0

    def request(self) -> HistoryRequest:
        """The request for the next page.

        Implements: WM-11, WM-12, WM-18
        """
        return HistoryRequest(
            self.span.lower,
            self._last,
            self._bloom,
            tuple(sorted(self.topics)),
            self.limit,
            b"" if self._cursor is None else self._cursor.cursor,
        )

    def receive(self, envelopes: Iterable[Envelope]) -> list[Envelope]:
        """Take a part of the page: those of them that were asked for, each once, as whoever is given them queues them.
        Servers that know only bloom filters send others, too (waku.md D5).

        :raises RemoteError: more than a page holds, or from another time, or nothing that either filter lets pass.
        """
        wanted = []
        for envelope in envelopes:
            is_repeated = envelope.hash in self._page
            self._page.add(envelope.hash)
            self._page_size += charge(envelope)
            self._uncounted += len(envelope.raw)
            if len(self._page) > self.limit or self._page_size > MAX_RECEIVED_BYTES:
                raise RemoteError("a page has more in it than was asked for")
            if not self.span.lower <= envelope.sent <= self._last:
                raise RemoteError("a page has envelopes of another time in it")
            if not bloom_matches(self._bloom, envelope.bloom):
                raise RemoteError("a page has envelopes of other topics in it")
            if not is_repeated and (not self.topics or envelope.topic in self.topics):
                wanted.append(envelope)
        return wanted

    def complete(self, completed: Completed) -> bool:
        """The page is over. Whether it was the last one; else ask with :meth:`request` again.

        :raises RemoteError: something is missing, or it goes round in circles.

        Implements: WM-17, WM-18
        """
        if completed.last_hash != NOTHING_SENT and completed.last_hash not in self._page:
            raise RemoteError("the last envelope of a page did not come")
        self.pages += 1
        self.page_envelopes = len(self._page)
        self.envelopes += self.page_envelopes
        self._page = set()
        self._page_size = 0
        cursor = Key.from_cursor(completed.cursor)
        if cursor is None:
            self._is_over(completed.lacking)
            return True
        if not self.page_envelopes:
            raise RemoteError("a page has nothing in it, and is not the last")
        if self.pages == MAX_PAGES:
            raise RemoteError("there is no end of pages")
        self._move(cursor)
        return False

    def stop(self, pending: Pending) -> bool:
        """The server sent what is younger than ``pending``, which it is fetching itself, or all else. Whether that was
        asked for; else it is no answer."""
        asked = TimeRanges([self.span])
        lacking = TimeRanges([pending.span]) & asked
        if lacking:
            self.lacking = lacking
            self.answered = (
                asked if pending.all_else else TimeRanges([TimeRange(lacking.newest.upper, self.span.upper)])
            ) - lacking
        return bool(lacking)

    def _is_over(self, stated: tuple[TimeRange, ...]) -> None:
        asked = TimeRanges([self.span])
        self.answered = asked - TimeRanges(stated)
        # The last one of a full statement may stand for several: it is asked for again, alone.
        exact = stated[:-1] if len(stated) == MOST_STATED else stated
        self.lacking = TimeRanges(exact) & asked
        if not self.answered and not self.lacking:
            self.lacking = asked

    def take_bytes(self) -> int:
        """Bytes of the envelopes that have come since this was called last, wanted or not, in whole pages or not."""
        taken, self._uncounted = self._uncounted, 0
        return taken

    def _move(self, cursor: Key) -> None:
        """Ours go from the newest to the oldest, the reference's LevelDB the other way; nobody goes back."""
        if not self.span.lower <= cursor.sent <= self._last:
            raise RemoteError("a cursor points outside of what was asked for")
        if self._cursor is not None:
            descends = cursor < self._cursor
            if cursor == self._cursor or descends is not (descends if self._descending is None else self._descending):
                raise RemoteError("a cursor does not get on")
            self._descending = descends
        self._cursor = cursor
