"""What is monitored: a node in this process, one in several, or a bootnode. No node is loaded with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol, runtime_checkable

from pystatus.metrics.series import Sample, Series
from pystatus.waku.relay.clock_judgement import ClockJudgement


@runtime_checkable
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

    @property
    def address_problem(self) -> str | None:
        """Why others may not reach the node, as a sentence; None if nothing is known of a reason."""
        return None

    def samples(self, *, ready: bool) -> Iterable[Sample]:
        """All numbers. ``ready`` is one of them."""
