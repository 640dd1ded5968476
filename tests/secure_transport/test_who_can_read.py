"""Who can read what: private messages, also those of groups, only their recipients; public ones everybody."""

from __future__ import annotations

from itertools import permutations

import pytest

from pystatus.datasync.codec import Payload, SyncMessage
from pystatus.payloads.groups import MembershipUpdateMessage
from pystatus.payloads.kinds import PayloadType
from pystatus.payloads.messages import ChatMessage
from pystatus.payloads.wrapper import wrap
from pystatus.secure_transport.errors import Undecryptable
from pystatus.secure_transport.messages import ProtocolMessage
from pystatus.secure_transport.secure_transport import Kind
from tests.secure_transport.party import Party

SECRET = "the plan"


@pytest.fixture
def people(kind_of_store: str) -> tuple[Party, Party, Party, Party]:
    """Everybody knows everybody's devices."""
    alice, bob, carol, eve = everybody = tuple(Party(name, kind_of_store) for name in ("alice", "bob", "carol", "eve"))
    for one, other in permutations(everybody, 2):
        one.meets(other)
    return alice, bob, carol, eve


@pytest.mark.requirement("ST-1")
def test_a_private_message_is_for_its_recipient(people: tuple[Party, Party, Party, Party]) -> None:
    alice, bob, _, eve = people
    data = alice.send(bob, wrap(ChatMessage(text=SECRET).encode(), PayloadType.CHAT_MESSAGE, alice.identity)).data
    assert SECRET.encode() not in data
    eve.refuse(alice, data)
    opened = bob.receive(alice, data)
    assert opened.kind is Kind.RATCHET
    assert opened.payload is not None
    assert SECRET.encode() in opened.payload


@pytest.mark.requirement("ST-1")
def test_a_message_of_a_private_group_is_encrypted_for_each_member(people: tuple[Party, Party, Party, Party]) -> None:
    alice, *members, eve = people
    update = MembershipUpdateMessage(chat_id="group", message=ChatMessage(text=SECRET))
    payload = wrap(update.encode(), PayloadType.MEMBERSHIP_UPDATE_MESSAGE, alice.identity)
    copies = [(member, alice.send(member, payload).data) for member in members]
    for member, data in copies:
        assert SECRET.encode() not in data
        eve.refuse(alice, data)
        assert member.receive(alice, data).payload == payload
    (bob, _), (_, for_carol) = copies
    bob.refuse(alice, for_carol)


@pytest.mark.requirement("ST-1")
def test_a_public_message_is_not_encrypted(people: tuple[Party, Party, Party, Party]) -> None:
    alice, *everybody = people
    data = alice.transport.seal_public(SECRET.encode(), alice.now)
    assert ProtocolMessage.decode(data).public == SECRET.encode()
    for person in everybody:
        opened = person.receive(alice, data)
        assert (opened.kind, opened.payload) == (Kind.PUBLIC, SECRET.encode())


@pytest.mark.requirement("DS-15")
def test_what_data_sync_sends_is_confidential_whole_authentic_and_forgotten(
    people: tuple[Party, Party, Party, Party],
) -> None:
    alice, bob, _, eve = people
    payload = Payload(messages=(SyncMessage(b"g" * 32, 1_700_000_000, SECRET.encode()),)).encode()
    data = alice.send(bob, payload).data
    assert SECRET.encode() not in data

    spoiled = bytearray(data)
    spoiled[-1] ^= 1  # the end of the ciphertext or of its tag
    assert isinstance(bob.refuse(alice, bytes(spoiled)), Undecryptable)
    bob.refuse(eve, data)  # whoever says that it is theirs
    assert bob.receive(alice, data).payload == payload

    thief = Party("bob", bob.kind_of_store, identity=bob.identity)
    thief.store = bob.store
    thief.restarted()
    bob.receive(alice, alice.send(bob, b"the ratchet turns").data)
    thief.refuse(alice, data)  # whoever steals the whole state now has no key for what was read
