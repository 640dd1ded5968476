"""What is drawn of the runs of an experiment: each subject has a picture of its own."""

from __future__ import annotations

from typing import Any, Protocol

from pystatus.simulation.discovery import scaling as discovery_scaling
from pystatus.simulation.discovery.report import DiscoveryReport
from pystatus.simulation.experiment import Experiment, Run
from pystatus.simulation.picture import Series, draw
from pystatus.simulation.samples import Sample
from pystatus.simulation.scaling import picture as loads
from pystatus.simulation.scaling.report import ScalingReport


class Drawing(Protocol):
    """A picture that is made while runs go on."""

    def add(self, run: Run, sample: Sample) -> None:
        """One sample of a run; runs come in their order."""

    def finish(self, report: Any) -> None:
        """A run has come to its end."""

    def draw(self, experiment: Experiment, title: str, finished: int) -> str:
        """The SVG of the first ``finished`` runs."""


class DelayDrawing:
    """Delays and losses of all samples."""

    def __init__(self) -> None:
        self._series: dict[str, Series] = {}

    def add(self, run: Run, sample: Sample) -> None:
        """See :class:`Drawing`."""
        if sample.series is not None:
            label = f"{run.label}, {sample.series}" if run.label else sample.series
            self._series.setdefault(label, Series(label)).add(run.number, sample.delay)

    def finish(self, report: Any) -> None:
        """See :class:`Drawing`. The samples have everything."""

    def draw(self, experiment: Experiment, title: str, finished: int) -> str:
        """See :class:`Drawing`."""
        if finished < len(experiment):
            for one in self._series.values():
                one.drop(finished)
        series = [one for one in self._series.values() if any(one.expected)]
        return draw(series, title, experiment.command_line())


class DiscoveryDrawing:
    """How discovery grows with the number of nodes."""

    def __init__(self) -> None:
        self._reports: list[DiscoveryReport] = []

    def add(self, run: Run, sample: Sample) -> None:
        """See :class:`Drawing`. The reports have everything."""

    def finish(self, report: DiscoveryReport) -> None:
        """See :class:`Drawing`."""
        self._reports.append(report)

    def draw(self, experiment: Experiment, title: str, finished: int) -> str:
        """See :class:`Drawing`."""
        return discovery_scaling.draw(self._reports, title, experiment.command_line())


class LoadDrawing:
    """What everybody receives, by the number of users."""

    def __init__(self) -> None:
        self._reports: list[ScalingReport] = []

    def add(self, run: Run, sample: Sample) -> None:
        """See :class:`Drawing`. There are no samples."""

    def finish(self, report: ScalingReport) -> None:
        """See :class:`Drawing`."""
        self._reports.append(report)

    def draw(self, experiment: Experiment, title: str, finished: int) -> str:
        """See :class:`Drawing`."""
        return loads.draw(self._reports, title, experiment.command_line())
