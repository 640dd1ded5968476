"""Private messages through data sync: acknowledged, repeated, sent together; and peers that do without it."""

import pytest

from pystatus.crypto.keys import PublicKey
from pystatus.datasync.codec import Payload
from pystatus.datasync.config import FIRST_RETRY
from pystatus.datasync.ids import one_to_one_group_id
from pystatus.errors import LocalError
from pystatus.messenger.events import MessageStateChanged
from pystatus.messenger.features.devices import Devices
from pystatus.messenger.features.messages import Messages
from pystatus.messenger.records import MessageState
from pystatus.payloads.kinds import PayloadType
from pystatus.payloads.messages import ChatMessage
from pystatus.payloads.wrapper import unwrap
from pystatus.secure_transport.secure_transport import Opened, SealedMessage, SecureTransport
from tests.support.people import Network, Person

SENT, DELIVERED = MessageState.SENT, MessageState.DELIVERED


@pytest.fixture
def pair(network: Network) -> tuple[Person, Person]:
    """Alice and Bob, who have talked before, at rest."""
    alice, bob = network.add("alice"), network.add("bob")
    alice.say(alice.meet(bob), "hello")
    bob.say(alice.key.hex, "hi")
    network.wait(10)
    return alice, bob


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What the encryption layers of everybody hand on."""
    payloads: list[bytes] = []
    open_ = SecureTransport.open

    def recorded(self: SecureTransport, sender: PublicKey, data: bytes, now: float, *, known: bool = True) -> Opened:
        message = open_(self, sender, data, now, known=known)
        if message.payload:
            payloads.append(message.payload)
        return message

    monkeypatch.setattr(SecureTransport, "open", recorded)
    return payloads


@pytest.mark.requirement("DS-16", "DS-17")
def test_a_private_message_travels_in_data_sync_within_the_encryption(
    network: Network, pair: tuple[Person, Person], opened: list[bytes]
) -> None:
    """Message, wrapper, data sync message, data sync payload, encryption, envelope."""
    alice, bob = pair
    message = alice.say(bob.key.hex, "layer by layer")
    (sent,) = Payload.decode(opened[0]).messages
    assert sent.group_id == one_to_one_group_id(alice.key, bob.key)
    wrapper = unwrap(sent.body, alice.key)
    assert (wrapper.id, wrapper.type) == (message.id, PayloadType.CHAT_MESSAGE)
    assert ChatMessage.decode(wrapper.payload).text == "layer by layer"
    network.wait(1)
    assert [Payload.decode(payload).acks for payload in opened[1:]] == [(sent.id,)]


@pytest.mark.requirement("DS-16")
def test_a_public_message_travels_without_data_sync(
    network: Network, pair: tuple[Person, Person], opened: list[bytes]
) -> None:
    """Nobody acknowledges it, and it is not repeated."""
    alice, bob = pair
    for person in pair:
        person.join("status")
    message = alice.say("status", "to everybody")
    network.wait(3_600)
    (payload,) = opened
    assert Payload.decode(payload).is_empty
    assert unwrap(payload, alice.key).id == message.id
    assert alice.states(message) == [SENT]
    assert bob.heard == ["hello", "to everybody"]


@pytest.mark.requirement("PL-4", "PL-22")
def test_a_public_message_that_was_lost_with_its_relay_is_posted_again(
    network: Network, pair: tuple[Person, Person]
) -> None:
    """Under another envelope, with the same id; until a mailserver shows that it is there."""
    alice, bob = pair
    for person in pair:
        person.join("status")
    network.losing = True
    message = alice.say("status", "to everybody")
    network.losing = False
    network.now += 20
    alice.expire(network.envelopes[-1])
    assert bob.heard == ["hello", "to everybody"]
    again = network.envelopes[-1]
    alice.do(lambda: alice.messenger.receive_from_history(again, network.now))
    assert alice.states(message) == [SENT, MessageState.ARCHIVED]
    network.now += 20
    alice.expire(again)
    assert network.envelopes[-1] is again
    assert [shown.id for shown in bob.store.messages("status", 10, None)] == [message.id]


@pytest.mark.requirement("DS-13")
def test_a_word_in_public_brings_what_waits_in_private(network: Network, pair: tuple[Person, Person]) -> None:
    """Somebody was away for long; the first thing that they sign says that they are back."""
    alice, bob = pair
    for person in pair:
        person.join("status")
    bob.disconnect()
    alice.say(bob.key.hex, "are you there?")
    network.wait(180)
    waits_until = alice.messenger.next_timer()
    assert waits_until is not None
    bob.connect()
    bob.say("status", "back again")
    assert "are you there?" in bob.heard
    assert network.now < waits_until


def test_what_history_brings_says_nothing_about_who_is_there(network: Network, pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    for person in pair:
        person.join("status")
    alice.disconnect()
    bob.say("status", "long ago")
    old = network.envelopes[-1]
    bob.disconnect()
    alice.connect()
    alice.say(bob.key.hex, "are you there?")
    network.wait(180)
    sent = len(network.envelopes)
    alice.do(lambda: alice.messenger.receive_from_history(old, network.now))
    network.wait(1)
    assert alice.heard[-1] == "long ago"
    assert len(network.envelopes) == sent


@pytest.mark.requirement("DS-10", "PL-22")
def test_a_message_is_sent_and_then_delivered(network: Network, pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    message = alice.say(bob.key.hex, "did you get this?")
    assert alice.states(message) == [SENT]
    network.wait(1)
    assert alice.states(message) == [SENT, DELIVERED]
    stored = alice.store.message(message.id)
    assert stored is not None
    assert stored.state == DELIVERED
    quiet = len(network.envelopes)
    alice.receive(network.envelopes[-1])  # the acknowledgement once more
    network.wait(3_600)
    assert len(network.envelopes) == quiet  # nothing is left to say


@pytest.mark.requirement("DS-11")
def test_what_is_lost_is_repeated_until_it_is_there(network: Network, pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    network.losing = True
    message = alice.say(bob.key.hex, "through the noise")
    network.wait(2.5 * FIRST_RETRY)
    assert bob.heard == ["hello"]
    network.losing = False
    network.wait(10 * FIRST_RETRY)
    assert bob.heard == ["hello", "through the noise"]
    assert alice.states(message)[-1] == DELIVERED


@pytest.mark.requirement("DS-14", "DS-25")
def test_a_lost_acknowledgement_is_repeated_and_the_message_is_not_shown_again(
    network: Network, pair: tuple[Person, Person]
) -> None:
    alice, bob = pair
    message = alice.say(bob.key.hex, "once")
    network.losing = True
    network.wait(1)  # its acknowledgement is lost
    network.losing = False
    assert alice.states(message) == [SENT]
    network.wait(3 * FIRST_RETRY)
    assert bob.heard == ["hello", "once"]
    assert alice.states(message) == [SENT, DELIVERED]


def test_repetitions_survive_restarts_of_both(network: Network, pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    network.losing = True
    message = alice.say(bob.key.hex, "persistent")
    alice.restart()
    bob.restart()
    network.losing = False
    network.wait(3 * FIRST_RETRY)
    assert bob.heard == ["hello", "persistent"]
    assert alice.states(message)[-1] == DELIVERED


def test_a_burst_shares_envelopes(network: Network, pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    before = len(network.envelopes)
    texts = [f"message {number}" for number in range(200)]
    for text in texts:
        alice.do(lambda text=text: alice.messenger.feature(Messages).send_text(bob.key.hex, text, now=network.now))  # type: ignore[misc]
        network.wait(0.0005)
    network.wait(2)
    assert bob.heard == ["hello", *texts]
    assert len(network.envelopes) - before <= 1.1 * len(texts)


def test_a_slow_conversation_costs_at_most_two_envelopes_a_message(
    network: Network, pair: tuple[Person, Person]
) -> None:
    alice, bob = pair
    before = len(network.envelopes)
    for second in range(20):
        alice.say(bob.key.hex, f"a {second}")
        network.wait(0.5)
        bob.say(alice.key.hex, f"b {second}")
        network.wait(0.5)
    network.wait(1)
    assert len(network.envelopes) - before <= 2.0 * 40


def test_messages_written_before_a_relay_is_there_leave_together(network: Network) -> None:
    alice, bob = network.add("alice", online=False), network.add("bob")
    alice.meet(bob)
    for number in range(20):
        alice.say(bob.key.hex, f"message {number}")
    alice.connect()
    network.wait(1)
    assert bob.heard == [f"message {number}" for number in range(20)]
    assert len(network.envelopes) <= 5  # two contact codes, the messages, their acknowledgement


@pytest.mark.requirement("DS-24")
@pytest.mark.parametrize("who", ["alice", "bob", "both"])
def test_peers_without_data_sync_are_understood(network: Network, who: str) -> None:
    alice = network.add("alice", datasync=who == "bob")
    bob = network.add("bob", datasync=who == "alice")
    first = alice.say(alice.meet(bob), "one")
    bob.say(alice.key.hex, "two")
    alice.say(bob.key.hex, "three")
    network.wait(3_600)
    assert (alice.heard, bob.heard) == (["two"], ["one", "three"])
    assert alice.states(first) == [SENT]  # nobody acknowledges: sent is all that is known


def test_a_message_that_never_met_a_relay_fails_when_data_sync_gives_up(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    alice.meet(bob)
    network.holding = True
    message = alice.say(bob.key.hex, "hello?")
    network.wait(40 * 86_400)
    assert alice.states(message) == [MessageState.FAILED]
    assert [event.reason for event in alice.events if isinstance(event, MessageStateChanged)] == [
        "No relay took the message. Check the connection and send it again."
    ]


def test_one_peer_that_cannot_be_written_to_does_not_hold_up_the_others(
    network: Network, pair: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = pair
    carol = network.add("carol")
    seal_direct = SecureTransport.seal_direct

    def broken_for_bob(
        self: SecureTransport, recipient: PublicKey, payload: bytes, now: float, *, known: bool, only: str | None
    ) -> SealedMessage:
        if recipient == bob.key:
            raise LocalError("this session is broken")
        return seal_direct(self, recipient, payload, now, known=known, only=only)

    with monkeypatch.context() as patch:
        patch.setattr(SecureTransport, "seal_direct", broken_for_bob)
        late = alice.say(bob.key.hex, "later")
        alice.say(alice.meet(carol), "now")
        network.wait(1)
        assert carol.heard == ["now"]
        assert alice.states(late) == []
    network.wait(2 * FIRST_RETRY)
    assert bob.heard == ["hello", "later"]
    assert alice.states(late)[-1] == DELIVERED


def test_our_own_devices_acknowledge_nothing_for_others(network: Network) -> None:
    phone, bob = network.add("phone"), network.add("bob", online=False)
    laptop = network.add("laptop", identity=phone.identity)
    phone.do(
        lambda: phone.messenger.feature(Devices).set_enabled(
            laptop.messenger.feature(Devices).all()[0].installation_id, True, network.now
        )
    )
    bob.connect()
    bob.disconnect()
    message = phone.say(phone.meet(bob), "only my laptop hears this")
    network.wait(5)
    assert len(laptop.store.messages(bob.key.hex, 10, None)) == 1
    assert phone.states(message) == [SENT]
