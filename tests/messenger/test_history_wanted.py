"""The contact code of somebody new is asked of whoever keeps history, as long as their devices are unknown."""

from pystatus.messenger.features.chats import CONTACT_CODE_HISTORY, Chats
from pystatus.simulation.clock import START
from pystatus.transport import topics
from tests.support.people import Network


def test_the_contact_code_of_a_new_contact_is_wanted(network: Network) -> None:
    alice = network.add("alice")
    bob = network.add("bob")  # its contact code went by before alice listened
    chat = alice.meet(bob)

    (wanted,) = alice.wanted
    assert wanted.topics == {topics.topic(topics.contact_code(bob.key))}
    assert wanted.since == START - CONTACT_CODE_HISTORY

    alice.receive(network.envelopes[1])
    assert alice.say(chat, "with forward secrecy at once").forward_secrecy
    assert bob.heard == ["with forward secrecy at once"]


def test_it_is_wanted_again_after_a_restart_until_it_is_known(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    chat = alice.meet(bob)
    alice.restart()
    assert len(alice.wanted) == 2

    alice.receive(network.envelopes[1])
    alice.restart()
    assert len(alice.wanted) == 2
    assert alice.say(chat, "hello").forward_secrecy


def test_nothing_is_wanted_for_public_chats_left_ones_and_known_people(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    alice.join("status")
    assert alice.wanted == []

    bob.say(bob.meet(alice), "I bring my bundle")
    assert alice.wanted == []

    carol = network.add("carol")
    chat = alice.meet(carol)
    alice.do(lambda: alice.messenger.feature(Chats).leave(chat.id))
    alice.restart()
    assert len(alice.wanted) == 1
