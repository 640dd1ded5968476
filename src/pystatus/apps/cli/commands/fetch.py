"""``pystatus fetch``: what mailservers have kept while nobody was here."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from pystatus.apps.cli import chats, status_line, views
from pystatus.apps.cli.connection_progress import ConnectionProgress
from pystatus.apps.cli.option_groups import LogOptions, NetworkOptions, grouped
from pystatus.apps.cli.options import (
    DailyHistory,
    misspelt,
    timeout_option,
)
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.values import CHAT, argument, option
from pystatus.errors import LocalError, Refused
from pystatus.faces.sentences import as_sentence
from pystatus.mailserver.time_ranges import TimeRanges
from pystatus.settings.kinds import number
from pystatus.waku.relay.clock_judgement import duration
from pystatus.wording import counted

if TYPE_CHECKING:
    from pystatus.client import Client, HistoryProgress
    from pystatus.faces.places import Place
    from pystatus.messenger.events import MessageReceived

SUMMARY = "Fetch what mailservers have kept meanwhile."
PLACE = 60

DEFAULT_TIMEOUT = 120.0
"""Seconds: mailservers of the public network took minutes for a month."""
MAX_DAYS = 30
"""As far as mailservers look back."""


@grouped
def fetch(
    given: NetworkOptions,
    logs: LogOptions,
    chat: Annotated[
        str | None,
        argument(CHAT, metavar="CHAT", help="A public chat, '#name' in quotes, or a chat key. Default: all chats."),
    ] = None,
    days: Annotated[
        float | None,
        option(number(0, MAX_DAYS), metavar="DAYS", help="How far back. Default: as before, 1 of a new chat."),
    ] = None,
    timeout: Annotated[float, timeout_option("How long to wait until nothing is missing.")] = DEFAULT_TIMEOUT,
    daily_history: DailyHistory = None,
) -> None:
    """Fetch what mailservers have kept, and say what is missing. Messages are then in the history.

    With --bootnode or --rendezvous and no --mailserver, one is looked for.

    Fetching what is known already costs little, so it may run as often as one likes. The exit code is 1 if something
    is still missing when the time is over; it is fetched the next time.
    """
    from pystatus.net.loop import run

    if not given.is_served and not (given.mailservers or given.bootnodes or given.rendezvous_nodes):
        raise Refused(
            f"No mailserver is given.{misspelt('PYSTATUS_MAILSERVERS')} Name one with --mailserver enode://… or in "
            "PYSTATUS_MAILSERVERS, or what finds one with --bootnode or --rendezvous."
        )
    logs.set_up(as_json=given.as_json)
    places = given.access.to_enter([] if chat is None else [chat], may_ask=not given.as_json)
    client = given.client(daily_megabytes=daily_history)
    run(Fetch(client, given.out).run(next(iter(places), None), days, timeout))


class Fetch:
    """Fetches the history of one client, and shows how it goes."""

    def __init__(self, client: Client, out: Output) -> None:
        from pystatus.client import HistoryProgress
        from pystatus.messenger.events import MessageReceived

        self._client = client
        self._out = out
        self._received = 0
        self._envelopes = 0
        self._last: HistoryProgress | None = None
        self._connections = ConnectionProgress(out, aside=True)
        client.on(object)(self._connections.tell)
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
            self._out.result(views.history_fields(progress), "")
        self._connections.doing(f"History {status_line.bar(progress.total - progress.missing, progress.total)}")

    async def run(self, chat: Place | None, days: float | None, timeout: float) -> None:
        """Fetch what mailservers have of a chat, or of all.

        :raises LocalError: no such chat, no mailserver was found or not everything came within ``timeout`` seconds, or
            relays say that our clock is wrong, by which it was asked for.
        """
        import asyncio

        from pystatus.client import ClockSuspected

        out = self._out
        async with self._client as client:
            with self._connections:
                place = None if chat is None else await chats.enter(client, chat)
                try:
                    await self._find(timeout)
                    async with asyncio.timeout(timeout):
                        await client.fetch_history(place, days)
                except TimeoutError:
                    pass
                gaps = TimeRanges(client.history_gaps(place))
                clock = client.network().clock
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
        if isinstance(clock, ClockSuspected) and not clock.relays_are_wrong:
            raise LocalError(
                f"{as_sentence(clock.sentence)}. History is asked for by the time of this machine: set the clock, and "
                "fetch once more."
            )
        if gaps and not is_over:
            raise LocalError(
                f"Not everything came within {counted(timeout, 'second')}. What is missing is fetched the next time. "
                + (self._connections.problem or (last and last.problem) or "Give it more with --timeout.")
            )

    async def _find(self, timeout: float) -> None:
        """Wait for a mailserver, if none is named.

        :raises LocalError: none was found in time.
        """
        try:
            await self._client.wait_for_mailserver(timeout)
        except TimeoutError:
            why = f"{self._connections.problem} " if self._connections.problem else ""
            raise LocalError(
                f"No mailserver was found within {counted(timeout, 'second')}. {why}Give it more with --timeout, or "
                "name one with --mailserver enode://…"
            ) from None


def _of(gaps: TimeRanges, is_over: bool) -> str:
    """Of which time, and why."""
    times = f", between {_time(gaps.oldest.lower)} and {_time(gaps.newest.upper)}"
    return times + (": no mailserver has them" if is_over else "")


def _time(second: int) -> str:
    """A Unix second where this machine is."""
    return f"{datetime.fromtimestamp(second, UTC).astimezone():%Y-%m-%d %H:%M:%S}"
