"""The numbers of a node in this process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pystatus.metrics import reading
from pystatus.metrics.series import SERIES, Sample, Series
from pystatus.metrics.source import Source
from pystatus.node import Node
from pystatus.waku.relay.clock_judgement import ClockJudgement


class NodeSource(Source):
    """A node in this process, whose numbers are at hand."""

    def __init__(self, node: Node) -> None:
        self._node = node

    @property
    def series(self) -> Mapping[str, Series]:
        return SERIES

    async def measure(self) -> None:
        """Nothing to do."""

    @property
    def is_listening(self) -> bool:
        return self._node.network.is_listening

    @property
    def peers(self) -> int:
        return len(self._node.peers)

    @property
    def clock(self) -> ClockJudgement:
        return self._node.clock

    @property
    def archive_problem(self) -> str | None:
        mailserver = self._node.mailserver
        return None if mailserver is None else mailserver.archiver.problem

    @property
    def address_problem(self) -> str | None:
        return self._node.address.problem

    def samples(self, *, ready: bool) -> Iterable[Sample]:
        return reading.samples(self._node, ready=ready)
