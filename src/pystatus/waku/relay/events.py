"""What a relay tells its shell. Peers are named by the id that the shell gave them."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TypeAlias

from pystatus.records import dataclass
from pystatus.waku.envelope import Envelope
from pystatus.waku.packets import TIME_NOT_SYNCED
from pystatus.waku.relay.clock_judgement import ClockJudgement

PeerId: TypeAlias = Hashable


@dataclass(frozen=True, slots=True)
class PeerReady:
    """The handshake with a peer is over: its Status has arrived."""

    peer: PeerId


@dataclass(frozen=True, slots=True)
class PeerFailed:
    """Disconnect this peer: it did not send its Status in time."""

    peer: PeerId
    reason: str


@dataclass(frozen=True, slots=True)
class EnvelopeReceived:
    """A peer sent an envelope that was not known before, and the caller watches its topic."""

    envelope: Envelope
    peer: PeerId
    p2p: bool = False
    """It came in a P2P Message of a trusted peer: not checked in any way, not relayed, and it may come again."""


@dataclass(frozen=True, slots=True)
class P2PReceived:
    """A trusted peer has sent a P2P Message: a part of a page of history. What is in it was not checked in any way."""

    envelopes: tuple[Envelope, ...]
    peer: PeerId


@dataclass(frozen=True, slots=True)
class RequestCompleted:
    """A trusted peer says that a history request is answered (P2P Request Complete, waku.md §7.7)."""

    content: bytes
    """``request id ‖ last hash ‖ cursor``, or ``ERROR= ‖ request id ‖ text``."""
    peer: PeerId


@dataclass(frozen=True, slots=True)
class EnvelopeSent:
    """An own envelope is in a packet to this peer. Light nodes do not count: nothing may depend on them.

    Implements: WK-47
    """

    envelope_hash: bytes
    peer: PeerId


@dataclass(frozen=True, slots=True)
class EnvelopeConfirmed:
    """This peer, to which the own envelope was sent, confirms that it took it. A hint, no proof (waku.md §10)."""

    envelope_hash: bytes
    peer: PeerId


@dataclass(frozen=True, slots=True)
class EnvelopeReturned:
    """This peer, to which the own envelope was not sent, brings it: it went around."""

    envelope_hash: bytes
    peer: PeerId


@dataclass(frozen=True, slots=True)
class EnvelopeRefused:
    """This peer, to which the own envelope was sent, says that it did not take it."""

    envelope_hash: bytes
    peer: PeerId
    code: int
    description: str
    """The peer's words."""

    @property
    def is_of_time(self) -> bool:
        """Whether the peer says that it is a matter of clocks. The reference says so of everything (waku.md D8)."""
        return self.code == TIME_NOT_SYNCED


@dataclass(frozen=True, slots=True)
class EnvelopeExpired:
    """An own envelope has expired, sent or not."""

    envelope_hash: bytes


@dataclass(frozen=True, slots=True)
class ClockJudged:
    """What peers make of our clock has changed."""

    judgement: ClockJudgement


Event: TypeAlias = (
    PeerReady
    | PeerFailed
    | EnvelopeReceived
    | P2PReceived
    | RequestCompleted
    | EnvelopeSent
    | EnvelopeConfirmed
    | EnvelopeReturned
    | EnvelopeRefused
    | EnvelopeExpired
    | ClockJudged
)
