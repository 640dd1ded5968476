"""The metrics of a node in several processes: every worker's series with its number, and a few of the whole."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from pystatus.metrics.series import SERIES, Sample, Series
from pystatus.metrics.source import Source
from pystatus.version import VERSION
from pystatus.waku.relay.clock_judgement import ClockJudgement
from pystatus.workers.report import OF_THE_WHOLE
from pystatus.workers.supervisor import Supervisor, WorkerStatus

OF_EACH = (
    Series("pystatus_worker_up", "gauge", "Whether this worker runs and answers."),
    Series("pystatus_worker_restarts_total", "counter", "How often this worker was started again."),
    Series("pystatus_worker_cpu_seconds_total", "counter", "CPU time of this worker."),
    Series("pystatus_worker_resident_memory_bytes", "gauge", "Memory of this worker."),
)
"""Beside those that a node in one process has, too."""
REFUSED = Series("pystatus_connections_refused_total", "counter", "Connections that no worker took.")
"""Of the supervisor."""

WORKER_SERIES: dict[str, Series] = {
    **{
        series.name: replace(series, labels=(*series.labels, "worker"))
        for series in (*SERIES.values(), *OF_EACH)
        if series.name not in OF_THE_WHOLE
    },
    **{name: SERIES[name] for name in OF_THE_WHOLE},
    REFUSED.name: REFUSED,
}
"""All series by name. Those of a worker end with the label ``worker``, from 1."""


class WorkersSource(Source):
    """The numbers of all workers, taken when somebody asks."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor
        self._statuses: list[WorkerStatus] = []

    @property
    def series(self) -> Mapping[str, Series]:
        return WORKER_SERIES

    async def measure(self) -> None:
        """Ask all workers."""
        self._statuses = await self._supervisor.gather()

    @property
    def is_listening(self) -> bool:
        return self._supervisor.is_listening

    @property
    def peers(self) -> int:
        return sum(status.report.peers for status in self._statuses if status.report is not None)

    @property
    def clock(self) -> ClockJudgement:
        """All voices together: workers share the machine's clock, and peers are spread among them."""
        clocks = [status.report.clock for status in self._statuses if status.report is not None]
        worst = max(clocks, key=lambda clock: (clock.disagreeing, clock.servers), default=ClockJudgement())
        disagreeing, agreeing = (
            sum(clock.disagreeing for clock in clocks),
            sum(clock.agreeing for clock in clocks),
        )
        return replace(worst, disagreeing=disagreeing, agreeing=agreeing)

    @property
    def archive_problem(self) -> str | None:
        """A mailserver runs in one process."""
        return None

    @property
    def address_problem(self) -> str | None:
        """The first worker asks the router for all."""
        reports = (status.report for status in self._statuses)
        return next((one.address_problem for one in reports if one is not None and one.address_problem), None)

    def samples(self, *, ready: bool) -> Iterable[Sample]:
        yield "pystatus_info", (VERSION, platform.python_version()), 1
        yield "pystatus_ready", (), ready
        yield REFUSED.name, (), self._supervisor.refused
        for status in self._statuses:
            yield from _samples(status)


def _samples(status: WorkerStatus) -> Iterator[Sample]:
    worker = str(status.number)
    yield "pystatus_worker_up", (worker,), status.report is not None
    yield "pystatus_worker_restarts_total", (worker,), status.restarts
    if status.report is not None:
        for name, labels, value in status.report.samples:
            yield name, (*labels, worker), value
