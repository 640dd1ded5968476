"""What the client's side of the offline inbox wants from its shell, and its settings."""

from __future__ import annotations

from typing import TypeAlias

from pystatus.errors import LocalError
from pystatus.mailserver.coverage import CoverageEntry
from pystatus.mailserver.timing import CHECK_SECONDS, DAY, LONGEST_HISTORY, LOOK_BACK
from pystatus.records import dataclass
from pystatus.waku.envelope import Envelope

FIRST_STEP = 3600
"""Seconds of history that are asked for at first; where there is little, it soon becomes more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchConfig:
    """Settings of fetching."""

    look_back: int = LOOK_BACK
    """Seconds of history that are fetched of a new topic."""
    copies: int = 2
    """Servers that are asked for the same, the second one when nothing else is to be done: one alone may have been
    away, or keep something back."""
    connections: int = 2
    """Servers that are connected at a time."""
    daily_bytes: int | None = None
    """Bytes of envelopes that are fetched on one day (UTC); ``None``: no limit. A page that was begun is read. Half of
    them at most is for asking once more."""
    check_seconds: float = CHECK_SECONDS
    first_step: int = FIRST_STEP
    """Seconds of history that are asked for at first."""
    reach: int = LONGEST_HISTORY
    """Seconds before now beyond which nothing is fetched."""

    def __post_init__(self) -> None:
        """
        :raises LocalError: a setting out of range.
        """
        if not 0 <= self.look_back <= LONGEST_HISTORY:
            raise LocalError(f"History reaches back {LONGEST_HISTORY // DAY} days at most.")
        if min(self.copies, self.connections, self.check_seconds, self.first_step) < 1:
            raise LocalError("History is fetched from at least one mailserver, and not all the time.")
        if not 0 <= self.reach <= LONGEST_HISTORY:
            raise LocalError(f"What is fetched was sent within the last {LONGEST_HISTORY // DAY} days.")
        if self.daily_bytes is not None and self.daily_bytes < 0:
            raise LocalError("The bytes of a day are not negative.")


@dataclass(frozen=True, slots=True)
class Connect:
    """Stay connected to this mailserver, trust it, and say when it is there."""

    server: bytes


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Leave this mailserver."""

    server: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class SendRequest:
    """Send this P2P Request."""

    server: bytes
    payload: bytes


@dataclass(frozen=True, slots=True)
class EnvelopesFound:
    """A mailserver has sent envelopes that were asked for; they may be known."""

    server: bytes
    envelopes: tuple[Envelope, ...]


@dataclass(frozen=True, slots=True)
class SaveCoverage:
    """Store this entry of the ledger in place of the former one of the same topic, server and day, after everything
    that was found before. Where it covers nothing, there is none any more."""

    entry: CoverageEntry


@dataclass(frozen=True, slots=True)
class SaveStart:
    """Store that history of this topic is wanted since a Unix second."""

    topic: bytes
    since: int


@dataclass(frozen=True, slots=True)
class SaveQuota:
    """Store that so many bytes were fetched on a day."""

    day: int
    """Days since 1970, UTC."""
    bytes: int


@dataclass(frozen=True, slots=True)
class DropCoverage:
    """Store nothing any more of what nobody asks for."""

    before: int
    """Unix second: what is covered before it."""
    topics: tuple[bytes, ...]
    """Since when the history of these is wanted."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is."""

    missing: int
    """Seconds of history that nobody has answered yet and somebody may have, of all topics together."""
    total: int
    """The same when this round began."""
    envelopes: int
    """That came in this round, known ones included."""
    problem: str | None = None
    """Why it does not go on at present, as a sentence."""
    lacking: int = 0
    """Seconds of history that every mailserver says it lacks, of all topics together."""
    is_asking: bool = False
    """Whether something is being asked for, or somebody is awaited who is to be asked once more."""

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing that can be had."""
        return not self.missing


Action: TypeAlias = (
    Connect | Disconnect | SendRequest | EnvelopesFound | SaveCoverage | SaveStart | SaveQuota | DropCoverage | Progress
)
