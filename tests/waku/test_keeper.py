"""What a relay tells the mailserver beside it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pystatus.errors import RemoteError
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.config import RelayConfig
from pystatus.waku.relay.events import PeerId
from pystatus.waku.relay.ingest import MAX_DELAYED_ERRORS
from pystatus.waku.relay.peer import BAN_SCORE, MALFORMED_PENALTY
from pystatus.waku.status import StatusOptions
from tests.waku.network import NOW, OTHER_TOPIC, TOPIC, Wire, change, envelope


class EnvelopeSink:
    def __init__(self) -> None:
        self.kept: list[Envelope] = []
        self.requests: list[tuple[PeerId, bytes]] = []
        self.waiting: list[Callable[[], None]] = []

    def accepted(self, envelope: Envelope) -> None:
        self.kept.append(envelope)

    def when_stored(self, then: Callable[[], None]) -> None:
        self.waiting.append(then)

    def requested(self, peer_id: PeerId, payload: bytes) -> None:
        if payload == b"nonsense":
            raise RemoteError("nonsense")
        self.requests.append((peer_id, payload))


@pytest.fixture
def keeper() -> EnvelopeSink:
    return EnvelopeSink()


@pytest.fixture
def wire(keeper: EnvelopeSink) -> Wire:
    wire = Wire()
    wire.relay.keeper = keeper
    return wire


@pytest.mark.requirement("WM-1")
def test_every_envelope_is_told_once_when_it_is_accepted(wire: Wire, keeper: EnvelopeSink) -> None:
    one, two = envelope(1), envelope(2)
    wire.give(one, two, one)
    wire.give(one)
    assert keeper.kept == [one, two]


@pytest.mark.requirement("WM-3")
def test_envelopes_of_every_topic_are_told_whatever_the_node_itself_reads(keeper: EnvelopeSink) -> None:
    wire = Wire(RelayConfig(watched=frozenset({TOPIC})))
    wire.relay.keeper = keeper
    both = [envelope(1, TOPIC), envelope(2, OTHER_TOPIC)]
    wire.give(*both)
    assert keeper.kept == both


def test_what_is_refused_is_not_told(wire: Wire, keeper: EnvelopeSink) -> None:
    wire.give(envelope(1, now=NOW - 1_000), envelope(2, now=NOW + 11))
    assert keeper.kept == []


def test_own_envelopes_are_told_like_those_of_others(wire: Wire, keeper: EnvelopeSink) -> None:
    mine, known = envelope(1, pow_target=0.002), envelope(2, pow_target=0.002)
    wire.give(known)
    wire.relay.post(mine, NOW)
    wire.relay.post(mine, NOW)
    wire.relay.post(known, NOW)
    assert keeper.kept == [known, mine]


def test_p2p_deliveries_are_not_told(wire: Wire, keeper: EnvelopeSink) -> None:
    wire.relay.set_trusted("peer", True)
    wire.receive(packets.P2P_MESSAGE, packets.encode_messages([envelope(1)]))
    assert keeper.kept == []


@pytest.mark.requirement("WM-5")
def test_requests_are_handed_over_and_malformed_ones_are_counted_against_the_peer(
    wire: Wire, keeper: EnvelopeSink
) -> None:
    wire.receive(packets.P2P_REQUEST, b"a request")
    assert keeper.requests == [("peer", b"a request")]
    for _ in range(int(BAN_SCORE / MALFORMED_PENALTY) - 1):
        wire.receive(packets.P2P_REQUEST, b"nonsense")
    with pytest.raises(RemoteError):
        wire.receive(packets.P2P_REQUEST, b"nonsense")
    # Nothing goes to a peer that is to be disconnected, or has gone.
    wire.relay.send_history("peer", packets.P2P_MESSAGE, b"\xc0")
    wire.relay.send_history("stranger", packets.P2P_MESSAGE, b"\xc0")
    assert wire.sent() == []


def test_answers_leave_in_their_order(wire: Wire) -> None:
    wire.relay.send_history("peer", packets.P2P_MESSAGE, b"\xc0")
    wire.relay.send_history("peer", packets.P2P_REQUEST_COMPLETE, b"\x80")
    assert wire.sent() == [(packets.P2P_MESSAGE, b"\xc0"), (packets.P2P_REQUEST_COMPLETE, b"\x80")]


def test_a_request_before_the_handshake_is_none(keeper: EnvelopeSink) -> None:
    wire = Wire(status=None)
    wire.relay.keeper = keeper
    with pytest.raises(RemoteError):
        wire.receive(packets.P2P_REQUEST, b"a request")
    assert keeper.requests == []


def test_a_relay_without_mailserver_ignores_requests() -> None:
    wire = Wire(status=StatusOptions())
    wire.receive(packets.P2P_REQUEST, b"nonsense")
    assert wire.relay.ready_peers == ["peer"]


def test_a_mailserver_confirms_what_is_stored_and_names_what_is_not(keeper: EnvelopeSink) -> None:
    """Else a sender could not tell that its envelope is archived (and what expired a moment ago is not)."""
    wire = Wire(RelayConfig(confirmations=True))
    wire.relay.keeper = keeper
    kept, late = envelope(1), envelope(2, now=NOW - 20)
    payload = packets.encode_messages([kept, late])
    wire.receive(packets.MESSAGES, payload)
    assert wire.sent() == []
    (stored,) = keeper.waiting
    stored()
    (first, response), (second, acknowledged) = wire.sent()
    assert (first, second) == (packets.MESSAGE_RESPONSE, packets.BATCH_ACKNOWLEDGED)
    confirmed = packets.MessageResponse.decode(response)
    assert confirmed is not None
    assert [(error.envelope_hash, error.code) for error in confirmed.errors] == [(late.hash, packets.TIME_NOT_SYNCED)]
    assert packets.decode_batch_acknowledged(acknowledged) == confirmed.batch_hash
    # Who has gone meanwhile is not written to.
    wire.give(envelope(3))
    wire.relay.peer_disconnected("peer", NOW)
    keeper.waiting[1]()
    assert wire.relay.packets_to_send(NOW) == []


def test_a_confirmation_that_waits_for_the_archive_is_short(wire: Wire, keeper: EnvelopeSink) -> None:
    """Ten thousand of them may wait, and a batch of thousands of refused envelopes costs its sender nothing."""
    change(wire.relay, NOW, confirmations=True)
    late = [envelope(number, now=NOW - 60) for number in range(MAX_DELAYED_ERRORS + 1)]
    wire.give(*late)
    assert keeper.waiting == []
    wire.give(*late[1:])
    assert len(keeper.waiting) == 1
