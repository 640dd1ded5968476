"""What the model says and what was measured, side by side, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from pystatus.simulation.scaling.measuring import Estimate, Measured, Progress, measure
from pystatus.simulation.scaling.model import CASES, Terms, assumed_sharing, loads
from pystatus.simulation.scaling.population import Population

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")
_NAMES = {
    "envelope_bytes": "bytes of an envelope",
    "envelopes": "envelopes of a message",
    "sharing": "users on a partition topic",
    "false_positives": "share that passes the filter",
    "mail_false_positives": "the same, by mailserver",
    "copies": "copies of an envelope",
}
"""The terms that are measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalingReport:
    """The outcome of one run. Everything follows from the seed."""

    seed: int
    population: Population
    measured: Measured

    @property
    def model(self) -> Terms:
        """What the model takes for the same users, with the messages that were asked for."""
        them = self.population
        return Terms(
            messages=them.messages, private=them.private, offline=them.offline, sharing=assumed_sharing(them.users)
        )

    @property
    def examples(self) -> tuple[str, ...]:
        """What went wrong while it was measured."""
        return self.measured.faults

    @property
    def ok(self) -> bool:
        """No relay and no message was lost while it was measured."""
        return not self.measured.faults

    def as_dict(self) -> dict[str, object]:
        """For programs: bytes a day, the cases in their order."""
        users = self.population.users
        errors = {name: value.error for name, value in self._estimates().items()}
        return {
            "seed": self.seed,
            "model_terms": asdict(self.model),
            "measured_terms": {name: round(value, 6) for name, value in asdict(self.measured.terms).items()},
            "errors_95": {name: round(value, 6) for name, value in errors.items()},
            "model": [round(load) for load in loads(self.model, users)],
            "measured": [round(load) for load in loads(self.measured.terms, users)],
            "ok": self.ok,
        }

    def _estimates(self) -> dict[str, Estimate]:
        it = self.measured
        return {
            "sharing": it.sharing,
            "false_positives": it.false_positives,
            "mail_false_positives": it.mail_false_positives,
            "copies": it.copies,
        }

    def lines(self) -> list[str]:
        """For people: the terms, then the cases."""
        users = self.population.users
        rows = [("term", "model", "measured", "± (95 %)")]
        for name, shown in _NAMES.items():
            estimate = self._estimates().get(name)
            error = "" if estimate is None else f"{estimate.error:.2g}"
            model, measured = getattr(self.model, name), getattr(self.measured.terms, name)
            rows.append((shown, f"{model:g}", f"{measured:.4g}", error))
        cases = [("received by each user in a day", "model", "measured", "ratio")]
        for number, (name, model, measured) in enumerate(
            zip(CASES, loads(self.model, users), loads(self.measured.terms, users), strict=True), 1
        ):
            ratio = f"{measured / model:.2f}" if model else ""
            cases.append((f"{number} {name}", size(model), size(measured), ratio))
        return [f"{users} users", "", *_table(rows), "", *_table(cases)]


def compare(population: Population, seed: int, progress: Progress | None = None) -> ScalingReport:
    """Measure, and set it beside the model."""
    return ScalingReport(seed=seed, population=population, measured=measure(population, seed, progress))


def size(count: float) -> str:
    """``1.5 MiB``: in the unit below 1,024 of which it is."""
    unit = 0
    while count >= 1_024 and unit + 1 < len(_UNITS):
        count, unit = count / 1_024, unit + 1
    return f"{count:.1f} {_UNITS[unit]}"


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    first, *others = widths
    return [
        "  ".join([row[0].ljust(first), *(cell.rjust(width) for cell, width in zip(row[1:], others, strict=True))])
        for row in rows
    ]
