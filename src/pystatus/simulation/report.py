"""What a simulation found, for people and for programs."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from dataclasses import asdict, field

from pystatus.records import dataclass
from pystatus.wording import counted


@dataclass(frozen=True, slots=True)
class Delays:
    """A distribution of times, in simulated seconds."""

    count: int = 0
    p50: float = 0.0
    p95: float = 0.0
    p99: float = 0.0
    longest: float = 0.0

    @classmethod
    def of(cls, values: array[float]) -> Delays:
        """The percentiles of ``values`` (nearest rank)."""
        if not values:
            return cls()
        ordered = sorted(values)
        return cls(len(ordered), _rank(ordered, 0.5), _rank(ordered, 0.95), _rank(ordered, 0.99), ordered[-1])

    def __str__(self) -> str:
        if not self.count:
            return "nothing was"
        return f"p50 {self.p50:.2f} s, p95 {self.p95:.2f} s, p99 {self.p99:.2f} s, longest {self.longest:.1f} s"


def _rank(ordered: Sequence[float], share: float) -> float:
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFigures:
    """Private groups."""

    made: int = 0
    changes: int = 0
    """Groups made, names, additions, removals, leavings, promotions."""
    joins: int = 0
    messages: int = 0
    expected: int = 0
    """Arrivals: one for each message and each other member who had joined, and stayed until it came."""
    lost: int = 0
    """Those of them that are on no device of the member at the end."""
    excused: int = 0
    """Arrivals that were not expected any more: the reader or the author left before."""
    unconfirmed: int = 0
    """Messages that the author does not know to be with all."""
    different: int = 0
    """Members who show another name or other members at the end than the group has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionFigures:
    """Emoji under messages."""

    made: int = 0
    retracted: int = 0
    expected: int = 0
    """Arrivals: one for each emoji, or its retraction, whichever is the latest, and each reader."""
    missed: int = 0
    """Those of them that did not happen: nothing repeats them."""
    different: int = 0
    """A device shows something else than what arrived there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFigures:
    """What people decide about each other."""

    added: int = 0
    named: int = 0
    removed: int = 0
    blocked: int = 0
    shown: int = 0
    """Messages and emoji of somebody that were shown while they were blocked."""
    missed: int = 0
    """People who were added and do not know it."""
    different: int = 0
    """People whom a device calls otherwise than its user does, or about whom it shows another decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherDevices:
    """Devices that people began to use while they talked."""

    begun: int = 0
    enabled: int = 0
    """Those that have enabled the others of their owner, and were enabled there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFigures:
    """Messages that are pictures."""

    sent: int = 0
    wrong: int = 0
    """Pictures on a device whose bytes are others than were sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The outcome of one simulation. Everything but what the caller measured follows from the seed."""

    seed: int
    people: int
    devices: int
    messages: int
    simulated_seconds: float
    """From the first message until nothing was missing any more, or hope was given up."""
    lost: int
    repeated: int
    wrong: int
    disordered: int
    answers_before: int
    unconfirmed: int
    """One-to-one messages of which the sender does not know that they were delivered."""
    devices_missed: int
    public_missed: int
    public_expected: int
    public_fails: bool
    """Whether a missed public message is a failure: it is if the network was fair."""
    undecryptable: int
    """Notices that something of a device could not be opened and was not sent again in time."""
    given_up: int
    crashes: int
    restarts: int
    disconnections: int
    groups: GroupFigures
    reactions: ReactionFigures
    contacts: ContactFigures
    further: FurtherDevices
    pictures: PictureFigures
    group_latency: Delays
    latency: Delays
    public_latency: Delays
    confirmation: Delays
    envelopes: int
    """Taken by the relays, without contact codes."""
    envelope_bytes: int
    contact_codes: int
    deliveries: int
    deliveries_lost: int
    deliveries_repeated: int
    deliveries_late: int
    deliveries_corrupted: int
    deliveries_cut: int
    deliveries_refused: int
    digest: str
    """Of every envelope and everything that was shown: equal for equal runs."""
    examples: tuple[str, ...] = field(default=())

    @property
    def envelopes_per_message(self) -> float:
        return self.envelopes / self.messages

    @property
    def bytes_per_message(self) -> float:
        return self.envelope_bytes / self.messages

    @property
    def ok(self) -> bool:
        """Nothing was lost, repeated, changed or out of order."""
        failures = self.lost + self.repeated + self.wrong + self.disordered + self.answers_before
        failures += self.groups.lost + self.groups.different + self.reactions.different + self.pictures.wrong
        failures += self.contacts.shown + self.contacts.missed + self.contacts.different
        return not failures and not (self.public_fails and (self.public_missed or self.reactions.missed))

    def as_dict(self) -> dict[str, str | int | float]:
        """For programs: numbers and texts by name, without the examples."""
        flat: dict[str, str | int | float] = {}
        for name, value in asdict(self).items():
            if isinstance(value, dict):  # figures of one kind
                flat |= {f"{name}_{part}": round(number, 3) for part, number in value.items()}
            elif name != "examples":
                flat[name] = value
        return {
            **flat,
            "envelopes_per_message": round(self.envelopes_per_message, 3),
            "bytes_per_message": round(self.bytes_per_message, 1),
            "ok": self.ok,
        }

    def lines(self) -> list[str]:
        """For people, without the examples."""
        rows = [
            ("people, devices", f"{self.people}, {self.devices}"),
            ("messages", f"{self.messages} in {_duration(self.simulated_seconds)} of simulated time"),
            ("lost", str(self.lost)),
            ("repeated", str(self.repeated)),
            ("changed", str(self.wrong)),
            ("out of order", f"{self.disordered}; answers before their question: {self.answers_before}"),
            ("not confirmed", f"{self.unconfirmed} delivered or not, the sender does not know"),
            ("until received", str(self.latency)),
        ]
        if self.confirmation.count:
            rows.append(("until confirmed", str(self.confirmation)))
        if self.devices > self.people:
            rows.append(("further devices", f"missed {self.devices_missed} that another device of their owner has"))
        if self.public_expected:
            rows.append(("public, missed", f"{self.public_missed} of {self.public_expected}: nothing repeats them"))
            rows.append(("public, received", str(self.public_latency)))
        if self.groups.made:
            one = self.groups
            rows += [
                (
                    "groups",
                    f"{one.made}, with {one.changes} changes and {one.joins} joins; {one.different} shown otherwise",
                ),
                (
                    "groups, lost",
                    f"{one.lost} of {one.expected} arrivals of {counted(one.messages, 'message')};"
                    f" {one.excused} more ended with a membership",
                ),
                ("groups, received", str(self.group_latency)),
                (
                    "groups, not confirmed",
                    f"{counted(one.unconfirmed, 'message')} that somebody lacks or the author believes so",
                ),
            ]
        if self.reactions.made:
            emoji = self.reactions
            rows.append(
                (
                    "reactions",
                    f"{emoji.made} and {emoji.retracted} taken back; missed {emoji.missed} of {emoji.expected}: nothing"
                    f" repeats them; {emoji.different} shown otherwise than they arrived",
                )
            )
        if self.contacts != ContactFigures():
            them = self.contacts
            rows += [
                ("contacts", f"{them.added} added, {them.removed} removed, {them.named} named, {them.blocked} blocked"),
                (
                    "contacts, wrong",
                    f"{them.shown} shown of somebody who was blocked; {them.missed} do not know that they were added;"
                    f" {them.different} shown otherwise than decided",
                ),
            ]
        if self.further.begun:
            rows.append(("new devices", f"{self.further.begun}, {self.further.enabled} of them enabled"))
        if self.pictures.sent:
            rows.append(("pictures", f"{self.pictures.sent}; {self.pictures.wrong} with other bytes than were sent"))
        rows += [
            ("envelopes", f"{self.envelopes_per_message:.2f} and {self.bytes_per_message:.0f} bytes per message"),
            ("contact codes", str(self.contact_codes)),
            (
                "deliveries",
                f"{self.deliveries}: {self.deliveries_lost} lost, {self.deliveries_repeated} repeated,"
                f" {self.deliveries_late} late, {self.deliveries_corrupted} corrupted, {self.deliveries_cut} cut off,"
                f" {self.deliveries_refused} refused",
            ),
            (
                "people's trouble",
                f"{self.disconnections} lost connections, {self.restarts} restarts, {self.crashes} crashes,"
                f" {self.undecryptable} notices of unopened messages, {self.given_up} sent again by hand",
            ),
            ("digest", self.digest),
        ]
        width = max(len(name) for name, _ in rows)
        return [f"{name:{width}}  {value}" for name, value in rows]


def _duration(seconds: float) -> str:
    if seconds < 600:
        return f"{seconds:.0f} s"
    return f"{seconds / 3600:.1f} h" if seconds >= 7200 else f"{seconds / 60:.0f} min"
