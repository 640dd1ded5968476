"""What is monitored alike of the roles of the overlay: a bootnode and a Rendezvous node, which have no envelopes."""

from __future__ import annotations

import platform
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping

from pystatus.metrics.series import SERIES, Sample, Series
from pystatus.metrics.source import Source
from pystatus.net.own_address import OwnAddress
from pystatus.version import VERSION
from pystatus.waku.relay.clock_judgement import ClockJudgement

_INFO, _READY, _MAPPED = "pystatus_info", "pystatus_ready", "pystatus_ports_mapped"


class OverlayRole(Source):
    """Such a node in this process."""

    def __init__(self, series: Iterable[Series], own: OwnAddress | None) -> None:
        """
        :param series: those that it alone has.
        :param own: where others reach it; ``None``: nobody asks a router.
        """
        self._series = {one.name: one for one in (SERIES[_INFO], SERIES[_READY], SERIES[_MAPPED], *series)}
        self._own = own

    @property
    def series(self) -> Mapping[str, Series]:
        return self._series

    async def measure(self) -> None:
        """Nothing to do."""

    @property
    def clock(self) -> ClockJudgement:
        """Nobody says what time it is."""
        return ClockJudgement()

    @property
    def archive_problem(self) -> str | None:
        return None

    @property
    def address_problem(self) -> str | None:
        return None if self._own is None else self._own.problem

    def samples(self, *, ready: bool) -> Iterator[Sample]:
        yield _INFO, (VERSION, platform.python_version()), 1
        yield _READY, (), ready
        yield _MAPPED, (), int(self._own is not None and self._own.is_mapped)
        yield from self._samples()

    @abstractmethod
    def _samples(self) -> Iterable[Sample]:
        """The numbers that it alone has."""
