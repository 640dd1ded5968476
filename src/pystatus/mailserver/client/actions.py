"""What the client's side of the offline inbox wants from its shell."""

from __future__ import annotations

from typing import TypeAlias

from pystatus.mailserver.coverage import CoverageEntry
from pystatus.records import dataclass
from pystatus.waku.envelope import Envelope


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
