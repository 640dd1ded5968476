"""P2P packets: what two peers send each other and nobody passes on, history above all (waku.md §4.8, §7)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pystatus.errors import LocalError, RemoteError
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.events import P2PReceived, RequestCompleted
from pystatus.waku.relay.peer import MALFORMED_PENALTY, Peer
from pystatus.waku.relay.send_queue import SendQueue
from pystatus.waku.relay.steps import DONE, STEP_BYTES, STEP_ENVELOPES, Steps, in_steps

MAX_P2P_ENVELOPES = 1000
"""Envelopes that we read from one P2P Message: a page of history is never longer (waku.md §7.4)."""


class P2PPackets:
    """P2P packets in and out. A malformed one is a penalty for its peer."""

    def __init__(self, outgoing: SendQueue, tell: Callable[[P2PReceived | RequestCompleted], None]) -> None:
        self._outgoing = outgoing
        self._tell = tell

    def receive(self, peer: Peer, payload: bytes, now: float) -> Steps:
        """The envelopes of a trusted peer's answer: they need neither work nor a future, and are not pooled, only told.
        Nothing is told of a packet that is malformed anywhere, or whose peer lost our trust before the last step.

        :raises Misbehaviour: the packet was malformed once too often.
        """
        try:
            raw = peer.dialect.split_p2p(payload, MAX_P2P_ENVELOPES)
        except RemoteError:
            peer.penalise(MALFORMED_PENALTY, now)
            return DONE
        steps = self._decode(peer, raw, now)
        if len(payload) <= STEP_BYTES and len(raw) <= STEP_ENVELOPES:
            for _ in steps:
                pass
            return DONE
        return steps

    def receive_completion(self, peer: Peer, payload: bytes, now: float) -> None:
        """A trusted peer ends its answer.

        :raises Misbehaviour: the packet was malformed once too often.
        """
        try:
            if len(payload) > packets.MAX_COMPLETION_SIZE:
                raise RemoteError(f"completion of {len(payload)} bytes")
            self._tell(RequestCompleted(packets.decode_request_complete(payload), peer.id))
        except RemoteError:
            peer.penalise(MALFORMED_PENALTY, now)

    def _decode(self, peer: Peer, raw: Sequence[bytes], now: float) -> Steps:
        envelopes: list[Envelope] = []
        try:
            for some in in_steps(raw, len):
                envelopes.extend(Envelope.decode(each) for each in some)
                yield
        except RemoteError:
            peer.penalise(MALFORMED_PENALTY, now)
            return
        if peer.trusted and not peer.failed:
            self._tell(P2PReceived(tuple(envelopes), peer.id))

    def send(self, peer: Peer, envelopes: Sequence[Envelope]) -> None:
        """Send envelopes to one peer alone.

        :raises LocalError: it is not ready or reads too slowly; an envelope is too large for a packet.
        """
        if peer.failed or not peer.ready:
            raise LocalError("The peer has not finished its handshake: wait until it is among the ready ones.")
        if not peer.writable:
            raise LocalError("The peer reads too slowly: too much waits for it; try again in some seconds.")
        bundles = packets.bundles(envelopes)
        if sum(len(bundle) for bundle in bundles) < len(envelopes):
            raise LocalError(f"An envelope does not fit a packet of {packets.MAX_SENT_PACKET_SIZE} bytes.")
        for bundle in bundles:
            self._outgoing.add_packet(peer, packets.P2P_MESSAGE, peer.dialect.encode_p2p(bundle))
