"""What was seen of an attack, and what may be seen at the most."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """What honest people and the operator of the victim may see at the most. Nothing may be lost."""

    p99: float = 0.100
    """Seconds."""
    times_quiet: float = 0.0
    """The 99th percentile may be that many times the quiet one, if that is more."""
    memory: int = 64 << 20
    """Bytes above the most of before."""
    log: float = 1_000.0
    """Bytes a second."""
    disk: int = 0
    """Bytes by which the disk may grow if attackers sent less: a budget that all of them share."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen for a while."""

    sent: int
    received: int
    p50: float
    """Seconds, of those honest people for whom it took longest."""
    p99: float
    memory: int
    """Bytes, the most of any victim."""
    log: int
    """Bytes by which logs grew."""
    disk: int
    """Bytes by which what victims keep grew."""
    seconds: float


@dataclass(frozen=True, slots=True)
class Done:
    """What attackers did."""

    connections: int
    packets: int
    bytes: int
    """That they wrote to their sockets."""


@dataclass(frozen=True, slots=True)
class Row:
    """One attack."""

    name: str
    quiet: Seen
    attacked: Seen
    done: Done

    @property
    def lost(self) -> int:
        return self.attacked.sent - self.attacked.received

    @property
    def memory(self) -> int:
        """Bytes above the most of before."""
        return self.attacked.memory - self.quiet.memory

    @property
    def log(self) -> float:
        """Bytes a second."""
        return self.attacked.log / self.attacked.seconds

    @property
    def disk(self) -> float:
        """Bytes of growth, beside what honest people alone make a disk grow by in that time."""
        return self.attacked.disk - self.quiet.disk * self.attacked.seconds / self.quiet.seconds

    def __str__(self) -> str:
        quiet, attacked, done = self.quiet, self.attacked, self.done
        return (
            f"{self.name}  honest {attacked.sent} sent, {attacked.received} received, {self.lost} lost;  "
            f"p50 {attacked.p50 * 1e3:.1f} ms, quiet {quiet.p50 * 1e3:.1f};  "
            f"p99 {attacked.p99 * 1e3:.1f} ms, quiet {quiet.p99 * 1e3:.1f};  "
            f"memory {quiet.memory / 1e6:.1f} MB quiet, {self.memory / 1e6:+.1f};  "
            f"log {self.log:.0f} B/s;  disk {self.disk / 1e6:+.2f} MB;  "
            f"attackers {done.bytes / 1e6:.1f} MB, {done.packets} packets, {done.connections} connections"
        )

    def exceeded(self, bounds: Bounds) -> list[str]:
        """A sentence for each bound that does not hold."""
        p99 = max(bounds.p99, bounds.times_quiet * self.quiet.p99)
        found = []
        if not self.done.bytes:
            found.append("The attackers sent nothing, so this was no attack.")
        if self.lost:
            found.append(f"{self.lost} of {self.attacked.sent} things that honest people said were lost.")
        if self.attacked.p99 > p99:
            found.append(f"The 99th percentile was {self.attacked.p99 * 1e3:.1f} ms; {p99 * 1e3:.1f} ms are allowed.")
        if self.memory > bounds.memory:
            found.append(f"Memory grew by {self.memory / 1e6:.1f} MB; {bounds.memory / 1e6:.1f} MB are allowed.")
        if self.log > bounds.log:
            found.append(f"The log grew by {self.log:.0f} bytes a second; {bounds.log:.0f} are allowed.")
        disk, why = max((bounds.disk, "the budget of all strangers"), (self.done.bytes, "what attackers sent"))
        if self.disk > disk:
            found.append(
                f"{self.disk / 1e6:.2f} MB were written to the disk; {disk / 1e6:.2f} MB are allowed, which is {why}."
            )
        return [f"{self.name}: {sentence}" for sentence in found]
