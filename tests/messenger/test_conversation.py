"""People talking: public and one-to-one, across restarts, losses and repetitions."""

from contextlib import suppress

import pytest

from pystatus.errors import LocalError, RemoteError
from pystatus.messenger.events import ChatOpened, MessageReceived
from pystatus.messenger.features.chats import Chats
from pystatus.messenger.features.messages import Messages
from pystatus.messenger.records import MessageState
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.messages import ChatMessage
from pystatus.secure_transport.messages import ProtocolMessage
from pystatus.transport import topics
from pystatus.waku.data import unseal
from pystatus.waku.envelope import Envelope
from tests.support.people import Network, Person


@pytest.mark.requirement("PL-1", "PL-5")
def test_a_public_chat(network: Network) -> None:
    alice, bob, carol = (network.add(name) for name in ("alice", "bob", "carol"))
    alice.join("status")
    bob.join("#Status")

    hello = alice.say("status", "hello everybody")

    assert bob.heard == ["hello everybody"]
    assert carol.heard == []
    received = next(event.message for event in bob.events if isinstance(event, MessageReceived))
    assert (received.id, received.author, received.clock) == (hello.id, alice.key, hello.clock)
    assert not received.forward_secrecy
    assert alice.states(hello) == [MessageState.SENT]
    assert [message.text for message in bob.store.messages("status", 10, None)] == ["hello everybody"]


def test_leaving_a_public_chat_stops_its_messages_and_keeps_its_history(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    alice.join("status")
    bob.join("status")
    alice.say("status", "one")
    bob.do(lambda: bob.messenger.feature(Chats).leave("status"))
    assert topics.topic("status") not in bob.topics
    alice.say("status", "two")

    assert bob.heard == ["one"]
    assert len(bob.store.messages("status", 10, None)) == 1
    with pytest.raises(LocalError, match="not in the chat"):
        bob.say("status", "still here?")
    with pytest.raises(LocalError, match="not in the chat"):
        bob.do(lambda: bob.messenger.feature(Chats).leave("status"))

    bob.join("status")
    alice.say("status", "three")
    assert bob.heard == ["one", "three"]


def test_the_first_private_message_has_forward_secrecy_when_the_contact_code_was_seen(network: Network) -> None:
    alice = network.add("alice")
    bob = network.add("bob", online=False)
    chat = alice.meet(bob)
    bob.connect()  # publishes its contact code, which alice is listening for

    message = alice.say(chat, "between us")

    assert message.forward_secrecy
    assert bob.heard == ["between us"]
    opened = [event.chat for event in bob.events if isinstance(event, ChatOpened)]
    assert [(chat.id, chat.kind) for chat in opened] == [(alice.key.hex, ChatKind.ONE_TO_ONE)]


@pytest.mark.requirement("ST-23")
def test_without_a_bundle_the_first_message_is_plain_and_the_answer_is_not(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    first = alice.say(alice.meet(bob), "are you there?")
    answer = bob.say(alice.key.hex, "yes")
    second = alice.say(bob.key.hex, "good")

    assert (first.forward_secrecy, answer.forward_secrecy, second.forward_secrecy) == (False, True, True)
    assert (bob.heard, alice.heard) == (["are you there?", "good"], ["yes"])


@pytest.mark.requirement("ST-1")
def test_a_private_message_is_encrypted_within_its_envelope_and_a_public_one_is_not(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    alice.join("status")
    for text in ("by no session yet", "by a session"):
        network.envelopes.clear()
        alice.say(alice.meet(bob), text)
        sent = within(alice, bob, network.envelopes)
        assert sent
        for message in sent:
            assert not message.public
            assert text.encode() not in message.encode()
        bob.say(alice.key.hex, "heard")
    assert bob.heard == ["by no session yet", "by a session"]
    network.envelopes.clear()
    alice.say("status", "in the open")
    (envelope,) = network.envelopes
    assert b"in the open" in unseal(topics.symmetric_key("status"), envelope.data).payload


def within(one: Person, other: Person, envelopes: list[Envelope]) -> list[ProtocolMessage]:
    """What the two have sent each other, as it is under the layer of the transport."""
    secret = one.identity.agree(other.key)
    messages = []
    for envelope in envelopes:
        for key in (one.identity, other.identity, topics.symmetric_key(topics.negotiated(secret))):
            with suppress(RemoteError):
                messages.append(ProtocolMessage.decode(unseal(key, envelope.data).payload))
    return messages


@pytest.mark.requirement("ST-41", "WU-20", "WU-23")
def test_after_the_answer_both_use_the_negotiated_topic(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    alice.say(alice.meet(bob), "one")
    bob.say(alice.key.hex, "two")
    alice.say(bob.key.hex, "three")
    negotiated = topics.topic(topics.negotiated(alice.identity.agree(bob.key)))
    assert network.envelopes[-1].topic == negotiated

    bob.say(alice.key.hex, "four")
    assert network.envelopes[-1].topic == negotiated
    assert alice.heard == ["two", "four"]


def test_a_conversation_goes_on_across_restarts_of_both(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    alice.meet(bob)
    for turn in range(6):
        speaker, listener = (alice, bob) if turn % 2 == 0 else (bob, alice)
        speaker.say(listener.key.hex, f"turn {turn}")
        alice.restart()
        bob.restart()
    assert bob.heard == ["turn 0", "turn 2", "turn 4"]
    assert alice.heard == ["turn 1", "turn 3", "turn 5"]


@pytest.mark.requirement("PL-10")
def test_late_and_repeated_envelopes_are_shown_once_and_in_the_order_of_their_clocks(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    alice.say(alice.meet(bob), "zero")
    bob.say(alice.key.hex, "hi")
    network.holding = True
    for text in ("one", "two", "three"):
        alice.say(bob.key.hex, text)
    network.held.reverse()
    network.held += network.held
    network.release()

    assert bob.heard == ["zero", "three", "two", "one"]
    shown = [message.text for message in bob.store.messages(alice.key.hex, 10, None)]
    assert shown == ["three", "two", "one", "hi", "zero"]


@pytest.mark.requirement("PL-9")
def test_a_message_says_when_it_was_written_whatever_its_clock_is(network: Network) -> None:
    alice = network.add("alice")
    alice.join("status")
    one, two = (
        alice.do(lambda: alice.messenger.feature(Messages).send_text("status", "now", now=network.now))
        for _ in range(2)
    )
    assert two.clock > one.clock
    assert [ChatMessage.decode(message.payload).timestamp for message in (one, two)] == [int(network.now * 1000)] * 2


def test_what_is_written_while_no_relay_is_there_goes_out_once_when_one_comes(network: Network) -> None:
    alice, bob = network.add("alice", online=False), network.add("bob")
    alice.join("status")
    bob.join("status")
    alice.say("status", "into the void")
    alice.restart()
    assert bob.heard == []

    alice.connect()
    assert bob.heard == ["into the void"]
    alice.connect()
    assert bob.heard == ["into the void"]


def test_an_envelope_that_died_with_its_relay_is_made_again(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob", online=False)
    alice.join("status")
    bob.join("status")
    alice.say("status", "lost at first")
    (lost,) = [envelope for envelope in network.envelopes if envelope.topic == topics.topic("status")]
    network.now += 1
    alice.disconnect()
    bob.connect()
    network.now = lost.expiry + 1
    alice.connect()
    alice.expire(lost)
    assert bob.heard == ["lost at first"]


def test_an_envelope_whose_relay_stayed_is_done_when_it_expires(network: Network) -> None:
    alice = network.add("alice")
    alice.join("status")
    message = alice.say("status", "fine")
    assert len(alice.store.outbox()) == 2  # it, and the contact code
    network.now += 20
    for envelope in list(network.envelopes):
        alice.do(lambda posted=envelope: alice.messenger.envelope_confirmed(posted.hash))  # type: ignore[misc]
        alice.expire(envelope)
    assert alice.store.outbox() == []
    assert alice.states(message) == [MessageState.SENT, MessageState.SEEN]


@pytest.mark.requirement("PL-4", "PL-22")
def test_a_message_that_no_relay_takes_fails_in_the_end_and_can_be_sent_again(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    alice.join("status")
    bob.join("status")
    network.holding = True
    message = alice.say("status", "anybody?")
    for _ in range(6):
        network.now += 20
        _, envelope = network.held.pop()
        alice.expire(envelope)
    assert alice.states(message) == [MessageState.FAILED]
    network.holding = False

    again = alice.do(lambda: alice.messenger.feature(Messages).resend(message.id, network.now))
    assert again.id == message.id
    assert bob.heard == ["anybody?"]
    assert alice.states(message)[-1] == MessageState.SENT
    with pytest.raises(LocalError, match="that failed"):
        alice.do(lambda: alice.messenger.feature(Messages).resend(message.id, network.now))


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 4097])
def test_blank_and_overlong_texts_are_refused_and_move_no_clock(network: Network, text: str) -> None:
    alice = network.add("alice")
    alice.join("status")
    with pytest.raises(LocalError):
        alice.say("status", text)
    chat = alice.store.chat("status")
    assert chat is not None
    assert chat.last_clock == 0


def test_joining_twice_is_joining_once(network: Network) -> None:
    alice = network.add("alice")
    assert alice.join("status") == alice.join("status")
    assert len([event for event in alice.events if isinstance(event, ChatOpened)]) == 1


@pytest.mark.parametrize("datasync", [True, False])
def test_a_private_message_fails_by_its_envelopes_only_where_nothing_repeats_it(
    network: Network, datasync: bool
) -> None:
    alice, bob = network.add("alice", datasync=datasync), network.add("bob")
    chat = alice.meet(bob)
    network.holding = True
    message = alice.say(chat, "anybody?")
    for _ in range(6):
        _, envelope = network.held.pop()
        network.now += 0.001
        alice.expire(envelope)
    assert alice.states(message) == ([] if datasync else [MessageState.FAILED])


def test_nobody_talks_to_themselves(network: Network) -> None:
    alice = network.add("alice")
    with pytest.raises(LocalError, match="your own chat key"):
        alice.meet(alice)


def test_unread_messages_are_counted_until_they_are_read(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    chat = alice.join("status")
    bob.join("status")
    alice.say(chat, "one")
    alice.say(chat, "two")
    assert bob.store.chats()[0].unread == 2
    assert bob.do(lambda: bob.messenger.feature(Chats).mark_read("status")).unread == 0
    assert bob.store.chats()[0].unread == 0
    with pytest.raises(LocalError, match="no chat"):
        bob.do(lambda: bob.messenger.feature(Chats).mark_read("nowhere"))
