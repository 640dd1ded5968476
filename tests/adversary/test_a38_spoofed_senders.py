"""A38: sender spoof (outer and inner signature differ where they may not, decisions.md "Secure transport and data
sync"), clock 2^63 or +121 s.

Expected: discarded, chat clock unmoved.
"""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.messenger.events import MessageReceived
from pystatus.messenger.features.devices import DeviceNamed
from pystatus.payloads.devices import PairInstallation
from pystatus.payloads.kinds import MessageType, PayloadType
from pystatus.payloads.messages import ChatMessage
from pystatus.payloads.payload import Author
from pystatus.payloads.registry import PAYLOADS
from pystatus.payloads.wrapper import wrap
from pystatus.secure_transport.messages import ProtocolMessage
from pystatus.transport import channels
from pystatus.transport.sealing import seal
from pystatus.waku.data import SymmetricKey, unseal
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.admission import Admission, Refusal
from tests.adversary.hostile import Stranger, contents
from tests.support.people import Network, Person

HONEST_TABLES = ("chats", "messages", "outbox")


@pytest.fixture
def friend(network: Network) -> Person:
    """Somebody in a public chat who says a word there, so that its clock stands somewhere."""
    friend = network.add("friend")
    friend.join("status")
    return friend


@pytest.fixture
def victim(network: Network, friend: Person) -> Person:
    victim = network.add("victim")
    victim.join("status")
    friend.say("status", "a word")
    friend.say(friend.meet(victim), "another")
    network.wait(60)
    assert victim.heard == ["a word", "another"]
    return victim


@pytest.fixture
def mallory(network: Network) -> Stranger:
    return Stranger(network.now)


def assert_discarded(victim: Person, envelope: Envelope) -> None:
    """Nothing is told, no row of a chat or a message is touched, and with them no clock."""
    events, before = list(victim.events), contents(victim)
    victim.receive(envelope)
    assert victim.events == events
    after = contents(victim)
    assert {name: after[name] for name in HONEST_TABLES} == {name: before[name] for name in HONEST_TABLES}


def private(message: ChatMessage, to: Person) -> ChatMessage:
    return replace(message, message_type=MessageType.ONE_TO_ONE, chat_id=to.key.hex)


def test_words_that_somebody_else_has_signed(victim: Person, friend: Person, mallory: Stranger) -> None:
    """In public, in private, and from somebody who is in the victim's contacts."""
    for author in (friend.identity, PrivateKey.generate(os.urandom)):
        stolen = wrap(mallory.message().encode(), PayloadType.CHAT_MESSAGE, author)
        assert_discarded(victim, mallory.public(stolen))
        stolen = wrap(private(mallory.message(), victim).encode(), PayloadType.CHAT_MESSAGE, author)
        assert_discarded(victim, mallory.private(victim.key, stolen))


def test_words_to_one_person_passed_on_to_another(network: Network, victim: Person, friend: Person) -> None:
    """What the friend wrote in public, word for word, in an envelope and a private message of Mallory's.

    The signature inside is real; it covers neither the recipient nor the kind of message.
    """
    friend.say("status", "I owe you everything")
    envelope = network.envelopes[-1]
    channel = channels.public_chat("status")
    assert envelope.topic == channel.topic
    assert isinstance(channel.key, SymmetricKey)
    wrapped = ProtocolMessage.decode(unseal(channel.key, envelope.data).payload).public
    mallory = Stranger(network.now)
    other = network.add("other")
    other.join("status")
    assert_discarded(other, mallory.public(wrapped))
    assert_discarded(other, mallory.private(other.key, wrapped))
    other.receive(envelope)  # from the friend it is a message
    assert other.heard == ["I owe you everything"]


@pytest.mark.parametrize("payload_type", sorted(n for n, one in PAYLOADS.items() if one.AUTHOR is Author.SENDER))
def test_every_type_that_must_come_from_its_author(
    victim: Person, friend: Person, mallory: Stranger, payload_type: int
) -> None:
    stolen = wrap(private(mallory.message(), victim).encode(), payload_type, friend.identity)
    assert_discarded(victim, mallory.private(victim.key, stolen))


def test_a_device_message_of_somebody_else(victim: Person, mallory: Stranger) -> None:
    """Signed by herself, and with a signature that she made up in the victim's name."""
    introduction = PairInstallation(int(mallory.now * 1000), "hostile-1", "desktop", "your new phone").encode()
    for author in (mallory.identity, None):
        assert_discarded(victim, mallory.private(victim.key, wrap(introduction, PayloadType.PAIR_INSTALLATION, author)))
    assert not any(isinstance(event, DeviceNamed) for event in victim.events)


def test_an_envelope_signature_that_is_not_hers(victim: Person, mallory: Stranger) -> None:
    """She seals with her own key what only the friend could have signed: it is signed by her, whatever she writes."""
    message = mallory.message(text="in whose name?", chat_id="status")
    victim.receive(mallory.public(wrap(message.encode(), PayloadType.CHAT_MESSAGE, None)))
    (received,) = [
        e.message for e in victim.events if isinstance(e, MessageReceived) and e.message.text == message.text
    ]
    assert received.author == mallory.key


@pytest.mark.requirement("DS-30", "PL-11")
@pytest.mark.parametrize("where", ["public", "private"])
@pytest.mark.parametrize(
    "ahead", [121_000, 120_001, 10**12, None], ids=["121 s ahead", "a millisecond too far", "30 years ahead", "2^63"]
)
def test_a_clock_from_the_future(
    network: Network, victim: Person, mallory: Stranger, ahead: int | None, where: str
) -> None:
    """It would push everybody's later words behind it, for ever."""
    clock = 2**63 if ahead is None else int(network.now * 1000) + ahead
    message = mallory.message(clock=clock)
    if where == "public":
        assert_discarded(victim, mallory.public(mallory.wrap(message)))
    else:
        assert_discarded(victim, mallory.private(victim.key, mallory.wrap(private(message, victim))))
    said = victim.say("status", "business as usual")
    assert said.clock <= int(network.now * 1000) + 1


@pytest.mark.requirement("PL-12")
@pytest.mark.parametrize(("behind", "is_late"), [(120_000, False), (121_000, True)])
def test_a_clock_from_the_past(network: Network, victim: Person, mallory: Stranger, behind: int, is_late: bool) -> None:
    """Data sync repeats what is old, so it is shown where its clock says; and marked, as it may be dated back."""
    message = mallory.message(clock=int(network.now) * 1000 - behind, text="of old")
    victim.receive(mallory.public(mallory.wrap(message)))
    received = [event for event in victim.events if isinstance(event, MessageReceived)]
    (event,) = [event for event in received if event.message.text == message.text]
    assert (event.message.clock, event.is_late) == (message.clock, is_late)


def test_the_largest_clock_that_is_accepted_silences_nobody(
    network: Network, victim: Person, friend: Person, mallory: Stranger
) -> None:
    """Were it taken for our own, everybody would refuse our next word."""
    for number in range(5):
        ahead = int(network.now) * 1000 + 120_000
        edge = mallory.public(mallory.wrap(mallory.message(clock=ahead, text=f"edge {number}")))
        victim.receive(edge)
        friend.receive(edge)
        assert victim.heard[-1] == f"edge {number}"
        victim.say("status", f"still here {number}")
        assert friend.heard[-1] == f"still here {number}"


def test_a_clock_in_an_envelope_that_claims_another_time(network: Network, victim: Person, mallory: Stranger) -> None:
    """The envelope's time is the reference, and relays take none that is more than ten seconds ahead."""
    message = mallory.message(clock=int(network.now * 1000) + 10**9)
    sealed = mallory.secure.seal_public(mallory.wrap(message), network.now)
    envelope = seal(channels.public_chat("status"), sealed, mallory.identity, network.now + 10**6, os.urandom)
    assert Admission().refuse(envelope, int(network.now)) is Refusal.FROM_FUTURE
    assert victim.heard == ["a word", "another"]
