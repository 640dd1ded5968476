"""What is monitored: a node in this process, or one in several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from pystatus.metrics import reading
from pystatus.metrics.series import SERIES, Sample, Series
from pystatus.node import Node
from pystatus.waku.relay.clock_offset import ClockJudgement


class Source(Protocol):
    """Where the numbers come from. :meth:`measure` is called before each look at the others."""

    @property
    def series(self) -> Mapping[str, Series]:
        """Every series that there can be, by name."""

    async def measure(self) -> None:
        """Take the numbers."""

    @property
    def is_listening(self) -> bool:
        """Whether others can dial the node."""

    @property
    def peers(self) -> int:
        """Peers with which envelopes are exchanged."""

    @property
    def clock(self) -> ClockJudgement:
        """What the peers make of this machine's clock."""

    @property
    def archive_problem(self) -> str | None:
        """Why the archive of a mailserver takes nothing at present, as a sentence; None if all is well."""

    def samples(self, *, ready: bool) -> Iterable[Sample]:
        """All numbers. ``ready`` is one of them."""


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

    def samples(self, *, ready: bool) -> Iterable[Sample]:
        return reading.samples(self._node, ready=ready)
