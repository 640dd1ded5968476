"""Who gets an envelope is remembered; it has to be forgotten whenever a peer changes its mind."""

from pystatus.waku import packets
from pystatus.waku.status import StatusOptions
from tests.waku.network import NOW, OTHER_TOPIC, Wire, envelope

OUT_OF_REACH = 1000.0
"""Proof of work that no envelope here has."""


def got(wire: Wire, peer: str) -> list[int]:
    """The first byte of the data of each envelope that a peer is given."""
    sent = wire.sent(peer=peer)
    return [one.data[3] for code, body in sent if code == packets.MESSAGES for one in packets.decode_messages(body)]


def test_a_peer_that_asks_for_more_work_gets_less_and_the_others_as_before() -> None:
    wire = Wire()
    wire.join("strict", StatusOptions(pow_requirement=0.0))
    wire.join("lenient", StatusOptions(pow_requirement=0.0))
    wire.sent()

    wire.give(envelope(1))
    first = wire.relay.packets_to_send(NOW)
    assert [peer for peer, code, _ in first if code == packets.MESSAGES] == ["strict", "lenient"]
    assert first[0][2] is first[1][2], "both are given the same packet, which is made once"

    wire.relay.receive_packet(
        "strict", packets.STATUS_UPDATE, StatusOptions(pow_requirement=OUT_OF_REACH).encode(), NOW
    )
    wire.give(envelope(2))
    assert got(wire, "lenient") == [2]
    assert wire.relay.pool.stored[envelope(2).hash].peers == {1, 3}, "strict, the second peer, does not have it"

    wire.relay.receive_packet("strict", packets.STATUS_UPDATE, StatusOptions(pow_requirement=0.0).encode(), NOW)
    assert got(wire, "strict") == [2], "now it is offered what it did not want before"


def test_one_packet_is_spread_topic_by_topic() -> None:
    wire = Wire()
    wire.join("everything", StatusOptions(pow_requirement=0.0))
    wire.join("some", StatusOptions(pow_requirement=0.0, topic_interest=(OTHER_TOPIC,)))
    wire.sent()
    wire.give(envelope(1), envelope(2, OTHER_TOPIC), envelope(3))
    sent = {peer: packets.decode_messages(body) for peer, _, body in wire.relay.packets_to_send(NOW)}
    assert sent == {
        "everything": [envelope(1), envelope(2, OTHER_TOPIC), envelope(3)],
        "some": [envelope(2, OTHER_TOPIC)],
    }


def test_what_came_back_is_known_to_be_there() -> None:
    """Two peers bring envelopes in turn: each gets what the other has brought and nothing of its own."""
    wire = Wire(status=StatusOptions(pow_requirement=0.0))
    wire.join("other", StatusOptions(pow_requirement=0.0))
    wire.sent()
    for number in range(1, 5, 2):
        wire.give(envelope(number))
        body = packets.encode_messages([envelope(number + 1)])
        wire.relay.receive_packet("other", packets.MESSAGES, body, NOW)
    sent = {peer: packets.decode_messages(body) for peer, _, body in wire.relay.packets_to_send(NOW)}
    assert sent == {"peer": [envelope(2), envelope(4)], "other": [envelope(1), envelope(3)]}
