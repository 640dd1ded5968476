"""What ``pystatus fetch`` does."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from pystatus.apps import chats, status_line
from pystatus.apps.output import Fields, Output, as_sentence
from pystatus.apps.reaching import Reaching
from pystatus.client import Client, HistoryProgress
from pystatus.errors import LocalError
from pystatus.mailserver.time_ranges import TimeRanges
from pystatus.messenger.events import MessageReceived
from pystatus.waku.relay.clock_offset import duration
from pystatus.wording import counted


def progress_fields(progress: HistoryProgress) -> Fields:
    """One look at the fetching of history, for programs."""
    return {
        "event": "history",
        "missing_seconds": progress.missing,
        "total_seconds": progress.total,
        "envelopes": progress.envelopes,
        "problem": progress.problem,
        "lacking_seconds": progress.lacking,
    }


class Fetch:
    """Fetches the history of one client, and shows how it goes."""

    def __init__(self, client: Client, out: Output) -> None:
        self._client = client
        self._out = out
        self._received = 0
        self._envelopes = 0
        self._last: HistoryProgress | None = None
        self._reaching = Reaching(out, aside=True)
        client.on(object)(self._reaching.tell)
        client.on(MessageReceived)(self._count)
        client.on(HistoryProgress)(self._show)

    def _count(self, _: MessageReceived) -> None:
        self._received += 1

    def _show(self, progress: HistoryProgress) -> None:
        if progress.problem is not None and (self._last is None or progress.problem != self._last.problem):
            self._out.note(f"History: {progress.problem}")
        self._envelopes = max(self._envelopes, progress.envelopes)
        self._last = progress
        if self._out.as_json:
            self._out.result(progress_fields(progress), "")
        self._reaching.doing(f"History {status_line.bar(progress.total - progress.missing, progress.total)}")

    async def run(self, chat: chats.Place | None, days: float | None, timeout: float) -> None:
        """Fetch what mailservers have of a chat, or of all.

        :raises LocalError: no such chat, not everything came within ``timeout`` seconds, or relays say that our clock
            is wrong, by which it was asked for.
        """
        out = self._out
        async with self._client as client:
            with self._reaching:
                place = None if chat is None else await chats.enter(client, chat)
                try:
                    async with asyncio.timeout(timeout):
                        await client.fetch_history(place, days)
                except TimeoutError:
                    pass
                gaps = TimeRanges(client.history_gaps(place))
                clock = client.node.clock
                until = client.history_until
        last = self._last
        is_over = last is not None and not last.missing
        out.result(
            {
                "event": "fetched",
                "messages": self._received,
                "envelopes": self._envelopes,
                "gaps": [list(gap) for gap in gaps],
                "until": until,
            },
            f"{counted(self._received, 'new message')} in {counted(self._envelopes, 'envelope')}"
            + (
                f"; nothing is missing up to {_time(until)}."
                if not gaps
                else f"; {duration(gaps.seconds)} are missing{_of(gaps, is_over)}."
            ),
        )
        if clock.is_suspected:
            raise LocalError(
                f"{as_sentence(str(clock))}. History is asked for by the time of this machine: set the clock, and "
                "fetch once more."
            )
        if gaps and not is_over:
            raise LocalError(
                f"Not everything came within {counted(timeout, 'second')}. What is missing is fetched the next time. "
                + (self._reaching.problem or (last and last.problem) or "Give it more with --timeout.")
            )


def _of(gaps: TimeRanges, is_over: bool) -> str:
    """Of which time, and why."""
    times = f", between {_time(gaps.oldest.lower)} and {_time(gaps.newest.upper)}"
    return times + (": no mailserver has them" if is_over else "")


def _time(second: int) -> str:
    """A Unix second where this machine is."""
    return f"{datetime.fromtimestamp(second, UTC).astimezone():%Y-%m-%d %H:%M:%S}"
