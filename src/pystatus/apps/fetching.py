"""What ``pystatus fetch`` does."""

from __future__ import annotations

import asyncio
import sys

import typer

from pystatus.apps import chats
from pystatus.apps.output import Fields, Output
from pystatus.client import Client, HistoryProgress
from pystatus.errors import LocalError
from pystatus.mailserver.spans import Spans
from pystatus.messenger.events import MessageReceived


def progress_fields(progress: HistoryProgress) -> Fields:
    """One look at the fetching of history, for programs."""
    return {
        "event": "history",
        "missing_seconds": progress.missing,
        "total_seconds": progress.total,
        "envelopes": progress.envelopes,
        "problem": progress.problem,
    }


class Fetch:
    """Fetches the history of one client, and shows how it goes."""

    def __init__(self, client: Client, out: Output) -> None:
        self._client = client
        self._out = out
        self._received = 0
        self._envelopes = 0
        self._problem: str | None = None
        client.on(MessageReceived)(self._count)

    def _count(self, _: MessageReceived) -> None:
        self._received += 1

    async def run(self, chat: str | None, days: float | None, timeout: float) -> None:
        """Fetch what mailservers have of a chat, or of all.

        :raises LocalError: no such chat, or not everything came within ``timeout`` seconds.
        """
        out = self._out
        watched = not out.as_json and sys.stderr is not None and sys.stderr.isatty()
        with typer.progressbar(length=1, label="History", file=sys.stderr, hidden=not watched) as bar:

            def show(progress: HistoryProgress) -> None:
                self._envelopes = max(self._envelopes, progress.envelopes)
                self._problem = progress.problem
                if out.as_json:
                    out.result(progress_fields(progress), "")
                bar.length = max(1, progress.total)
                bar.update(progress.total - progress.missing - bar.pos)

            self._client.on(HistoryProgress)(show)
            async with self._client as client:
                place = None if chat is None else await chats.enter(client, chat)
                try:
                    async with asyncio.timeout(timeout):
                        await client.fetch_history(place, days)
                except TimeoutError:
                    pass
                gaps = Spans(client.history_gaps(place))
        lacking = gaps.seconds
        out.result(
            {
                "event": "fetched",
                "messages": self._received,
                "envelopes": self._envelopes,
                "gaps": [list(gap) for gap in gaps],
            },
            f"{self._received} new messages in {self._envelopes} envelopes"
            + (f"; {lacking} seconds are missing." if lacking else "; nothing is missing."),
        )
        if lacking:
            raise LocalError(
                f"Not everything came within {timeout:g} seconds. What is missing is fetched the next time. "
                + (self._problem or "Give it more with --timeout.")
            )
