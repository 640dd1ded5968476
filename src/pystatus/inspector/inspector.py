"""What passes a node, or stands in a capture, is counted and shown until somebody has seen enough."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from dataclasses import field
from pathlib import Path

from pystatus import sanitise
from pystatus.devp2p.enode import Enode
from pystatus.errors import LocalError, RemoteError, StatusError
from pystatus.inspector import views
from pystatus.inspector.display import Display
from pystatus.inspector.names import TopicNames
from pystatus.inspector.peer import Observer, observing
from pystatus.inspector.recording import Recorder, Recording
from pystatus.inspector.statistics import Statistics
from pystatus.net.clock import Clock, SystemClock
from pystatus.net.route import DIRECT, Route
from pystatus.net.signals import on_signal
from pystatus.records import dataclass
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from pystatus.wording import counted

REDRAW_SECONDS = 1.0
"""Between two pictures of the live table."""
MAX_ROWS = 20
"""Topics in the table."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to see, and for how long."""

    names: TopicNames = field(default_factory=TopicNames)
    only_chosen: bool = False
    """Ask for, and show, the topics of the named chats alone."""
    count: int | None = None
    """Envelopes after which it ends."""
    seconds: float | None = None


class Inspector:
    """Counts and shows what it is given, until that is enough."""

    def __init__(self, wanted: Wanted, out: Display, *, is_live: bool, clock: Clock | None = None) -> None:
        """
        :param is_live: draw a table that changes, instead of a line for each envelope.
        """
        self._wanted = wanted
        self._out = out
        self._is_live = is_live
        self._clock = clock or SystemClock()
        self.statistics = Statistics()
        self.recorder: Recorder | None = None
        self.source = ""
        """What is looked at, in a line for people."""
        self._is_told_full = False

    @property
    def is_satisfied(self) -> bool:
        """Whether as many envelopes came as were wanted."""
        return self._wanted.count is not None and self.statistics.envelopes >= self._wanted.count

    def packet(self, code: int, payload: bytes) -> None:
        """A packet came now."""
        if self.is_satisfied:
            return
        now = self._clock.now()
        self.statistics.rate.begin(now)
        self.statistics.packet(code, len(payload))
        if self._out.as_json:
            self._out.result(
                {
                    "event": "packet",
                    "time": now,
                    "code": code,
                    "name": views.packet_name(code),
                    "bytes": len(payload),
                },
                "",
            )
        if code in (packets.MESSAGES, packets.P2P_MESSAGE):
            try:
                for raw in packets.split_messages(payload):
                    self.envelope(raw, now)
            except RemoteError:
                self.statistics.malformed += 1

    def envelope(self, raw: bytes, at: float) -> None:
        """An envelope came at ``at``. One that cannot be read is only counted."""
        if self.is_satisfied:
            return
        try:
            envelope = Envelope.decode(raw)
        except RemoteError:
            self.statistics.malformed += 1
            return
        names = self._wanted.names
        if self._wanted.only_chosen and envelope.topic not in names.chosen:
            return
        if not self.statistics.envelope(envelope, at):
            return
        if self.recorder is not None:
            self._record(self.recorder, at, raw)
        if not self._is_live:
            name = names.of(envelope.topic)
            self._out.result(views.envelope_fields(envelope, at, name), views.envelope_line(envelope, at, name))

    def draw(self) -> None:
        """Draw the live table, if there is one, and let others see what was recorded."""
        if self.recorder is not None:
            self.recorder.flush()
        if self._is_live:
            self._out.draw(self._lines(self._clock.now()))

    def finish(self, *, incomplete: int = 0) -> None:
        """Tell what it was in all."""
        statistics, out = self.statistics, self._out
        if out.as_json:
            for row in statistics.busiest(len(statistics.topics)):
                out.result(views.topic_fields(row, self._wanted.names.of(row.topic)), "")
            out.result({**views.summary_fields(statistics), "incomplete_bytes": incomplete}, "")
            return
        lines = self._lines(statistics.last or self._clock.now())
        if self._is_live:
            out.draw(lines)
        else:
            out.summary(lines)
        if incomplete:
            rest = counted(incomplete, "byte")
            out.note(f"The capture ends with {rest} of an incomplete record: its writer has not finished.")

    def check_count(self) -> None:
        """
        :raises LocalError: fewer envelopes came than were wanted.
        """
        if self._wanted.count is not None and not self.is_satisfied:
            raise LocalError(f"{self.statistics.envelopes} of {counted(self._wanted.count, 'envelope')} came.")

    def _lines(self, now: float) -> list[str]:
        return views.table(self.statistics, self._wanted.names, self.source, now, MAX_ROWS)

    def _record(self, recorder: Recorder, at: float, raw: bytes) -> None:
        recorder.record(at, raw)
        if recorder.is_full and not self._is_told_full:
            self._is_told_full = True
            self._out.event({"event": "recording-full"}, "The capture has its largest size; recording has ended.")


def read_capture(path: Path, wanted: Wanted, out: Display) -> None:
    """Show what a capture holds.

    :raises LocalError: it cannot be read, is none, or is damaged; what stands before the damage is shown.
    """
    inspector = Inspector(wanted, out, is_live=False)
    inspector.source = str(path)
    recording = Recording(path)
    try:
        for record in recording.records():
            inspector.envelope(record.raw, record.time)
            if inspector.is_satisfied:
                break
    except LocalError:
        if inspector.statistics.envelopes:
            inspector.finish()
        raise
    inspector.finish(incomplete=0 if inspector.is_satisfied else recording.incomplete)
    inspector.check_count()


async def watch(
    node: Enode, wanted: Wanted, out: Display, *, is_live: bool, record: Path | None, route: Route = DIRECT
) -> None:
    """Show what passes ``node`` until a signal, the time or the number of envelopes says that it is enough.

    :param is_live: see :class:`Inspector`.
    :param route: how it is reached.

    :raises LocalError: it cannot be reached, it has left, or fewer envelopes than wanted came.
    """
    inspector = Inspector(wanted, out, is_live=is_live)
    with contextlib.ExitStack() as stack:
        watching = _Watching(inspector)
        topics = wanted.names.chosen if wanted.only_chosen else None
        observer = Observer(topics, watching.packet)
        if record is not None:
            inspector.recorder = stack.enter_context(Recorder(record))
        with on_signal(watching.stop, signal.SIGINT, signal.SIGTERM):
            out.status(f"Connecting to {node.address} …")
            async with observing(node, observer, route) as peer:
                out.status("")
                inspector.source = f"{sanitise.name(peer.client_id)} at {node.host}:{node.port}"
                out.event(
                    {"event": "connected", "client": peer.client_id, "node_id": node.node_id.hex()},
                    f"Connected to {inspector.source}",
                )
                reason = await watching.until_enough(observer.ended, wanted.seconds)
        inspector.finish()
        if reason is not None:
            raise LocalError(f"The node has left: {reason}.")
        if not watching.is_stopped:
            inspector.check_count()


class _Watching:
    """Ends when somebody stops it, or the inspector has seen enough, or something went wrong."""

    def __init__(self, inspector: Inspector) -> None:
        self._inspector = inspector
        self._end: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self.is_stopped = False

    def stop(self) -> None:
        """Somebody wants it to end."""
        self.is_stopped = True
        self._settle(None)

    def packet(self, code: int, payload: bytes) -> None:
        """See :data:`~pystatus.inspector.peer.OnPacket`."""
        if self._end.done():
            return
        try:
            self._inspector.packet(code, payload)
        except StatusError as error:  # the disk is full, or nobody reads
            self._end.set_exception(error)
        else:
            if self._inspector.is_satisfied:
                self._end.set_result(None)

    async def until_enough(self, left: asyncio.Future[str], seconds: float | None) -> str | None:
        """Why the node has left; None: it was enough."""
        left.add_done_callback(lambda ended: self._settle(ended.result()))
        due = None if seconds is None else time.monotonic() + seconds
        while not self._end.done():
            pause = REDRAW_SECONDS if due is None else min(REDRAW_SECONDS, due - time.monotonic())
            if pause <= 0:
                return None
            await asyncio.wait([self._end], timeout=pause)
            self._inspector.draw()
        return self._end.result()

    def _settle(self, reason: str | None) -> None:
        if not self._end.done():
            self._end.set_result(reason)
