"""What the node reports, as an input of the messenger and as news for the user."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from pystatus.client.events import (
    DiscoveryStarted,
    DiscoveryStopped,
    Event,
    PeerConnected,
    PeerDialled,
    PeerDisconnected,
    PeerUnreachable,
    clock_event,
)
from pystatus.messenger.messenger import Messenger
from pystatus.net.dialling import DialBegan, DialFailed
from pystatus.net.peer import Peer
from pystatus.node import NodeEvent, PeerGone, PeerJoined
from pystatus.peers import events
from pystatus.records import dataclass
from pystatus.waku.relay.events import (
    ClockJudged,
    EnvelopeConfirmed,
    EnvelopeExpired,
    EnvelopeRefused,
    EnvelopeReturned,
    EnvelopeSent,
)

Command: TypeAlias = Callable[[Messenger, float], object]
"""An input of the messenger, with the time: Unix seconds."""


@dataclass(frozen=True, slots=True)
class Reported:
    """What comes of one event of the node."""

    command: Command | None = None
    news: Event | None = None


_NOTHING = Reported()


def reported(event: NodeEvent, clock_agrees: Callable[[], bool], mailservers: frozenset[bytes]) -> Reported:
    """
    :param event: any but an envelope that has come.
    :param clock_agrees: whether peers agree with our clock now.
    :param mailservers: ids of the nodes whose confirmation says that an envelope is archived.
    """
    match event:
        case EnvelopeSent(sent, relay):
            agrees = clock_agrees()
            return Reported(
                lambda messenger, now: messenger.envelope_handed_over(sent, relay, now, clock_agrees=agrees)
            )
        case EnvelopeConfirmed(confirmed, relay):
            is_archived = isinstance(relay, Peer) and relay.id in mailservers
            return Reported(lambda messenger, now: _confirmed(messenger, confirmed, is_archived))
        case EnvelopeReturned(returned, _):
            return Reported(lambda messenger, now: messenger.envelope_confirmed(returned))
        case EnvelopeRefused(refused, relay):
            of_time = event.is_of_time
            return Reported(lambda messenger, now: messenger.envelope_refused(refused, relay, for_its_time=of_time))
        case EnvelopeExpired(expired):
            return Reported(lambda messenger, now: messenger.envelope_expired(expired, now))
        case ClockJudged(judgement):
            held = judgement.is_held
            return Reported(lambda messenger, now: messenger.clock_judged(now, suspected=held), clock_event(judgement))
        case DialBegan(enode):
            return Reported(news=PeerDialled(enode.node_id.hex(), enode.address))
        case DialFailed(enode, reason):
            return Reported(news=PeerUnreachable(enode.node_id.hex(), enode.address, reason))
        case PeerJoined(peer):
            return Reported(lambda messenger, now: messenger.relay_ready(peer, now), PeerConnected(peer.id.hex()))
        case PeerGone(peer, reason):
            return Reported(
                lambda messenger, now: messenger.relay_lost(peer, now), PeerDisconnected(peer.id.hex(), reason)
            )
        case events.DiscoveryStarted(topics):
            return Reported(news=DiscoveryStarted(topics))
        case events.DiscoveryStopped(is_satisfied):
            return Reported(news=DiscoveryStopped(is_satisfied))
        case _:
            return _NOTHING  # the node acts on the rest itself


def _confirmed(messenger: Messenger, envelope_hash: bytes, is_archived: bool) -> None:
    messenger.envelope_confirmed(envelope_hash)
    if is_archived:
        messenger.envelope_archived(envelope_hash)
