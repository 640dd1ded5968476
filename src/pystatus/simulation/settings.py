"""What a simulation is asked to do: how bad the network is, who talks, how much."""

from __future__ import annotations

from dataclasses import fields

from pystatus.arguments import checked
from pystatus.errors import LocalError
from pystatus.records import dataclass

MAX_PEOPLE = 5_000
"""People in one simulation: each needs about 0.5 MB of memory for a database."""
MAX_DEVICES = 3
"""Devices of one person: as many as get each message (secure-transport.md §6.2)."""
MAX_MESSAGES = 10_000_000
"""Messages in one simulation: some days of computing."""
MAX_GROUPS = 1_000
"""Private groups in one simulation. Each change goes to all members; a device holds 64 of its groups ready."""
LEAST_FOR_GROUPS = 3
"""People that a simulation with private groups has: with two it would be a conversation of two."""
MAX_SKEW = 20.0
"""Seconds: two clocks that are more than 15 s apart, the life of an envelope, cannot talk at all."""


@checked
@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """The network and the clocks. Shares are 0 to 1, times are seconds.

    A *delivery* is an envelope on its way from the relays to one device; each has its own fate.
    """

    loss: float = 0.0
    """Share of deliveries that never arrive."""
    duplicates: float = 0.0
    """Share of deliveries that arrive twice, the copies independently late."""
    reorder: float = 0.0
    """Share of deliveries that are late, so that later ones overtake them. The others arrive in their order."""
    corruption: float = 0.0
    """Share of deliveries of which up to three bits are flipped."""
    churn: float = 0.0
    """Share of the time that a device is away: it lost the connection, was restarted, or crashed."""
    skew: float = 0.0
    """How far two clocks are apart at most: each is off by up to half of it, either way."""
    delay: float = 0.1
    """From a device to the relays, and from them to a device, on average."""
    jitter: float = 0.5
    """The share of ``delay`` by which it is shorter or longer at most."""
    lateness: float = 5.0
    """By how much a late delivery is late at most."""
    away: float = 60.0
    """How long a device is away on average."""

    def __post_init__(self) -> None:
        for name in ("loss", "duplicates", "reorder", "corruption", "churn"):
            if not 0 <= getattr(self, name) < 1:
                raise LocalError(f"{name} is a share from 0 to below 100 %.")
        if not 0 <= self.jitter <= 1:
            raise LocalError("The jitter is a share of the delay, from 0 to 100 %.")
        if not 0 <= self.skew <= MAX_SKEW:
            raise LocalError(f"The clocks may be up to {MAX_SKEW:g} seconds apart.")
        if min(self.delay, self.lateness) < 0 or self.away <= 0:
            raise LocalError("A duration is not negative.")

    @property
    def fair(self) -> bool:
        """Nothing is lost, and nobody goes away."""
        return not (self.loss or self.corruption or self.churn)


@checked
@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Who talks with whom, and how much."""

    people: int = 10
    messages: int = 100
    """Written altogether."""
    devices: tuple[int, int] = (1, 1)
    """Fewest and most devices of a person; how many it is, is drawn for each."""
    contacts: int = 6
    """With how many others each person has a one-to-one conversation, about."""
    without_datasync: float = 0.0
    """Share of the people who send without data sync: what they write is sent once, and they acknowledge nothing."""
    public: float = 0.0
    """Share of messages that are written in public chats."""
    public_chats: int = 2
    """How many public chats there are; everybody is in all of them."""
    groups: float = 0.0
    """Share of messages that are written in private groups."""
    group_chats: int = 6
    """How many groups are made: half of them at the start, if there are any."""
    images: float = 0.0
    """Share of the messages between two and in groups that are pictures."""
    reactions: float = 0.0
    """Share of the messages after which somebody puts an emoji under one of the latest, or takes theirs back."""
    decisions: float = 0.0
    """Share of the messages after which somebody adds, names, removes or blocks somebody else."""
    new_devices: int = 0
    """How often, over all messages, somebody begins to use a further device."""
    answers: float = 0.3
    """Share of messages that name one that they answer."""
    bursts: float = 0.05
    """Share of occasions at which a person writes several messages at once, up to ten."""
    pace: float = 30.0
    """Seconds between two occasions of one person, on average."""

    def __post_init__(self) -> None:
        fewest, most = self.devices
        if not 2 <= self.people <= MAX_PEOPLE:
            raise LocalError(f"A simulation has 2 to {MAX_PEOPLE} people.")
        if not 1 <= fewest <= most <= MAX_DEVICES:
            raise LocalError(f"A person has 1 to {MAX_DEVICES} devices.")
        if not 1 <= self.messages <= MAX_MESSAGES:
            raise LocalError(f"A simulation has 1 to {MAX_MESSAGES} messages.")
        if self.contacts < 1 or self.public_chats < 0 or self.pace <= 0:
            raise LocalError("Contacts and pace are above zero, public chats not below.")
        for name in ("without_datasync", "public", "groups", "images", "reactions", "decisions", "answers", "bursts"):
            if not 0 <= getattr(self, name) <= 1:
                raise LocalError(f"{name} is a share from 0 to 100 %.")
        if not 0 <= self.new_devices <= self.people:
            raise LocalError(f"Of {self.people} people 0 to {self.people} begin to use a further device.")
        if self.public and not self.public_chats:
            raise LocalError("There is no public chat to write in.")
        if self.groups and not 1 <= self.group_chats <= MAX_GROUPS:
            raise LocalError(f"People who write in groups have 1 to {MAX_GROUPS} of them.")
        if self.groups and self.people < LEAST_FOR_GROUPS:
            raise LocalError(f"Groups are for {LEAST_FOR_GROUPS} people or more.")


def as_dict(settings: Conditions | Workload) -> dict[str, object]:
    """The settings by name, for reports."""
    return {field.name: getattr(settings, field.name) for field in fields(settings)}
