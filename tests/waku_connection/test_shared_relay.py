"""One relay and several connections: who gets what, in which dialect, and who is sent away."""

from __future__ import annotations

from dataclasses import replace

from pystatus.devp2p.capabilities import Subprotocol
from pystatus.devp2p.events import ConnectionClosed, PacketReceived
from pystatus.waku import packets
from pystatus.waku.dialects import shh_6
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.events import EnvelopeReceived, PeerFailed
from pystatus.waku.relay.relay import Relay
from pystatus.waku.status import MAX_OPTIONS_SIZE
from pystatus.waku_connection.capabilities import SHH_6, WAKU_0, WAKU_1
from pystatus.waku_connection.connection import WakuConnection
from pystatus.waku_connection.shared_relay import SharedRelay
from tests.waku_connection.memory import UNIX, WATCHING, Party, local, overlay_pair

TOPIC = bytes(4)


class Hub:
    """A node's relay, the connections that share it, and the peers at their other ends."""

    def __init__(self, *subprotocols: Subprotocol) -> None:
        self.local = local(subprotocols or (WAKU_1,))
        self.relay = Relay(WATCHING)
        self.shared = SharedRelay[WakuConnection](self.relay)
        self.peers: dict[WakuConnection, Party] = {}
        self.parties: dict[WakuConnection, Party] = {}

    def join(self, *subprotocols: Subprotocol) -> Party:
        """A peer with a relay of its own; both Status are exchanged."""
        dials, answers = overlay_pair(local(subprotocols or (WAKU_1,)), self.local)
        ours, theirs = Party(answers, self.shared), Party(dials, Relay(WATCHING))
        self.peers[ours.waku], self.parties[ours.waku] = theirs, ours
        self.carry()
        return theirs

    def carry(self, seconds: float = 0.0) -> None:
        """Carry bytes until everybody is silent."""
        now, unix = seconds, UNIX + seconds
        busy = True
        while busy:
            busy = False
            self.shared.queue_packets(unix)
            for ours, peer in self.peers.items():
                data, answer = ours.data_to_send(unix), peer.waku.data_to_send(unix)
                busy = busy or bool(data or answer)
                peer.waku.receive_data(data, now, unix)
                ours.receive_data(answer, now, unix)
                peer.note()
                self.parties[ours].note()


def envelope(number: int = 0) -> Envelope:
    return Envelope.mine(UNIX, 15, TOPIC, number.to_bytes(4, "big") * 25, 0.0)


def test_an_envelope_of_one_goes_to_the_others() -> None:
    hub = Hub()
    author, readers = hub.join(), [hub.join(), hub.join()]
    sent = envelope()
    author.waku.queue(WAKU_1.capability, packets.MESSAGES, packets.encode_messages([sent]))
    (ours,) = (ours for ours, peer in hub.peers.items() if peer is author)
    ours.receive_data(author.waku.data_to_send(UNIX), 0.0, UNIX)
    written = hub.shared.queue_packets(UNIX)
    assert {hub.peers[one] for one in written} == set(readers), "those are to be written, and nobody else"
    assert list(hub.shared.queue_packets(UNIX)) == []
    hub.carry()
    assert [reader.received for reader in readers] == [[sent.hash], [sent.hash]]
    assert author.received == []


def test_events_of_the_relay_come_once_and_those_of_a_connection_where_it_is() -> None:
    hub = Hub()
    author, _ = hub.join(), hub.join()
    while hub.shared.next_event() is not None:
        pass
    sent = envelope()
    author.waku.queue(WAKU_1.capability, packets.MESSAGES, packets.encode_messages([sent]))
    for party in hub.parties.values():
        party.hear()
    hub.carry()
    (ours,) = (ours for ours, peer in hub.peers.items() if peer is author)
    assert hub.shared.next_event() == EnvelopeReceived(sent, ours)
    assert hub.shared.next_event() is None
    (packet,) = hub.parties[ours].hear()
    assert isinstance(packet, PacketReceived)


def test_a_peer_that_fails_is_sent_away() -> None:
    hub = Hub()
    hub.join()
    (ours,) = hub.peers
    while hub.shared.next_event() is not None:
        pass
    for relay in (hub.peers[ours].waku._relay.relay, hub.relay):
        relay.configure(replace(relay.config, light=True), UNIX)
    hub.shared.queue_packets(UNIX)
    hub.carry(1.0)
    events = []
    while (event := hub.shared.next_event()) is not None:
        events.append(event)
    party = hub.parties[ours]
    party.note()
    ends = [event for event in party.hear() if isinstance(event, ConnectionClosed)]
    assert [end.error for end in ends] == ["two light nodes have nothing to say to each other"]
    assert all(not isinstance(event, PeerFailed) or event.peer is ours for event in events)
    assert hub.relay.ready_peers == []


def test_whisper_is_kept_silent_where_waku_is_spoken() -> None:
    """A peer of both gets every envelope once, and is told that we want nothing in Whisper (WK-56)."""
    hub = Hub(WAKU_1, WAKU_0, SHH_6)
    dials, answers = overlay_pair(local((WAKU_1, SHH_6)), hub.local)
    ours = Party(answers, hub.shared)
    data = dials.data_to_send()
    while data:
        ours.waku.receive_data(data, 0.0, UNIX)
        hub.shared.queue_packets(UNIX)
        dials.receive_data(ours.waku.data_to_send(UNIX), 0.0)
        data = dials.data_to_send()
    assert ours.waku.capabilities == (SHH_6.capability, WAKU_1.capability)
    heard = []
    while (event := dials.next_event()) is not None:
        if isinstance(event, PacketReceived):
            heard.append((event.capability, event.code, event.payload))
    (whisper, waku) = heard
    assert whisper == (SHH_6.capability, packets.STATUS, shh_6.NOTHING)
    assert waku[:2] == (WAKU_1.capability, packets.STATUS)
    dials.send(SHH_6.capability, packets.STATUS, bytes(100))  # it may say what it wants; nothing comes of it
    dials.send(SHH_6.capability, packets.MESSAGES, bytes(MAX_OPTIONS_SIZE + 1))
    ours.waku.receive_data(dials.data_to_send(), 0.0, UNIX)
    ours.note()
    *_, taken, end = ours.hear()
    assert isinstance(taken, PacketReceived)
    assert taken.code == packets.STATUS
    assert isinstance(end, ConnectionClosed)
    assert end.error == "envelopes, or a flood, in a dialect that is not spoken with this peer"
