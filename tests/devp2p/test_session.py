"""What a connection brings is handed over in turns: a bounded amount of one peer, then others have theirs."""

from __future__ import annotations

from collections.abc import Iterator

from pystatus.devp2p.capabilities import Capability
from pystatus.devp2p.connection import Connection, State
from pystatus.devp2p.events import Connected, ConnectionClosed
from pystatus.devp2p.messages import DisconnectReason
from pystatus.devp2p.session import PACKET_COST, SLICE_BYTES, TURN_BYTES, TURN_SECONDS, Session, TakePacket, Work
from pystatus.errors import RemoteError
from tests.devp2p.support import TOY, alice, bob


class Bob:
    """A session, and what it has handed over."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.cost = 0.0
        """Seconds that each packet takes."""
        self.heard: list[str] = []
        self.refuses: int | None = None
        """The code that must not come."""
        self.steps: dict[int, int] = {}
        """Packets that take more than one step."""
        self.session = Session(bob(), self, lambda: self.seconds)

    def connected(self, event: Connected) -> TakePacket:
        self.heard.append("connected")
        return self._take

    def _take(self, capability: Capability, code: int, payload: bytes) -> Work | None:
        assert capability == TOY
        self.heard.append(str(code))
        self.seconds += self.cost
        if code == self.refuses:
            raise RemoteError("this must not come")
        steps = self.steps.get(code)
        return None if steps is None else self._work(code, steps)

    def _work(self, code: int, steps: int) -> Iterator[None]:
        for step in range(steps):
            self.heard.append(f"{code}.{step}")
            yield

    def closed(self, event: ConnectionClosed) -> None:
        self.heard.append(f"closed: {event.error}")

    def news(self) -> list[str]:
        heard, self.heard = self.heard, []
        return heard


def pair() -> tuple[Connection, Bob]:
    """Alice has shaken hands with Bob's session."""
    one, other = alice(), Bob()
    while data := one.data_to_send():
        other.session.receive_data(data)
        assert not other.session.deliver(0.0)
        one.receive_data(other.session.connection.data_to_send(), 0.0)
    assert one.state is State.OPEN
    assert other.news() == ["connected"]
    return one, other


def test_small_packets_are_handed_over_at_once() -> None:
    one, other = pair()
    for code in range(8):
        one.send(TOY, code, b"")
    other.session.receive_data(one.data_to_send())
    assert not other.session.deliver(0.0)
    assert other.news() == [str(code) for code in range(8)]


def test_a_turn_is_a_number_of_bytes_and_one_packet_more() -> None:
    one, other = pair()
    size = TURN_BYTES // 3
    for code in range(8):
        one.send(TOY, code, bytes(size))
    other.session.receive_data(one.data_to_send())
    turns = []
    while other.session.deliver(0.0):
        turns.append(other.news())
    assert [len(turn) for turn in turns] == [3, 3]
    assert [code for turn in turns for code in turn] + other.news() == [str(code) for code in range(8)], "in order"


def test_empty_packets_count_too() -> None:
    one, other = pair()
    count = 3 * TURN_BYTES // PACKET_COST
    for _ in range(count):
        one.send(TOY, 0, b"")
    other.session.receive_data(one.data_to_send())
    assert other.session.deliver(0.0)
    assert len(other.news()) == TURN_BYTES // PACKET_COST


def test_a_turn_takes_a_bounded_time() -> None:
    one, other = pair()
    other.cost = 0.4 * TURN_SECONDS
    for code in range(8):
        one.send(TOY, code, b"")
    other.session.receive_data(one.data_to_send())
    assert other.session.deliver(0.0)
    assert other.news() == ["0", "1", "2"]


def test_little_is_decrypted_before_its_turn() -> None:
    one, other = pair()
    for _ in range(200):
        one.send(TOY, 0, TOY.name.encode() * 100)
    data = one.data_to_send()
    assert len(data) > 2 * SLICE_BYTES
    other.cost = 2 * TURN_SECONDS  # each packet is a turn
    other.session.receive_data(data)
    other.session.deliver(0.0)
    waiting = 0
    while other.session.connection.next_event() is not None:
        waiting += 1
    assert 0 < waiting < SLICE_BYTES // 30


def test_work_is_done_a_step_in_each_turn_and_before_the_next_packet() -> None:
    one, other = pair()
    other.steps = {1: 3}
    for code in (1, 2):
        one.send(TOY, code, b"")
    other.session.receive_data(one.data_to_send())
    turns = []
    while other.session.deliver(0.0):
        turns.append(other.news())
    turns.append(other.news())
    assert turns == [["1"], ["1.0"], ["1.1"], ["1.2"], [], ["2"]], "to see that nothing is left is a step, too"


def test_the_end_is_not_put_off() -> None:
    one, other = pair()
    other.steps = {1: 3}
    for code in (1, 2):
        one.send(TOY, code, b"")
    other.session.receive_data(one.data_to_send())
    assert other.session.deliver(0.0)
    other.session.leave(DisconnectReason.REQUESTED, "enough")
    other.news()
    assert not other.session.deliver(0.0)
    assert other.news() == ["closed: enough"], "what was not handed over is dropped"
    one.receive_data(other.session.connection.data_to_send(), 0.0)
    assert one.state is State.CLOSED


def test_a_peer_that_sends_what_must_not_come_is_sent_away() -> None:
    one, other = pair()
    other.refuses = 1
    for code in range(3):
        one.send(TOY, code, b"")
    other.session.receive_data(one.data_to_send())
    assert not other.session.deliver(0.0)
    assert other.news() == ["0", "1", "closed: this must not come"]


def test_a_peer_that_is_given_up_is_told_nothing() -> None:
    one, other = pair()
    one.send(TOY, 0, b"")
    other.session.receive_data(one.data_to_send())
    other.session.give_up("it does not read")
    assert not other.session.deliver(0.0)
    assert other.news() == ["closed: it does not read"]
    assert other.session.connection.data_to_send() == b""
