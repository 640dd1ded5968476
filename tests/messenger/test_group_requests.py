"""Links to groups, requests to be taken into one, and their answers."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from pystatus.errors import LocalError
from pystatus.links.parsing import parse_group_link
from pystatus.links.values import GroupLink
from pystatus.messenger.features.group_changes import AddedToGroup
from pystatus.messenger.features.group_invitations import (
    MAX_INTRODUCTION,
    MAX_REQUESTS,
    JoinRequested,
    JoinRequestRejected,
)
from pystatus.messenger.group_book import MAX_CACHED
from pystatus.messenger.group_records import JoinRequest
from pystatus.messenger.records import Chat
from pystatus.payloads.chats import group_chat_id
from pystatus.payloads.groups import GroupChatInvitation
from pystatus.payloads.kinds import InvitationState, PayloadType
from pystatus.payloads.wrapper import wrap
from tests.adversary.hostile import Stranger
from tests.messenger.test_groups import create, groups, join, state
from tests.payloads.support import ALICE, BOB
from tests.support.people import Network, Person

CHAT = group_chat_id("3b0f4e1c-6a3d-4f5e-9a59-0d8f5d6f7a11", ALICE.public_key)


def ask(person: Person, link: str, introduction: str = "It is me.") -> JoinRequest:
    request = person.do(lambda: groups(person).request_to_join(link, introduction, person.network.now))
    person.network.wait(1)
    return request


def link_of(person: Person, chat: Chat) -> str:
    return groups(person).invitation_link(chat.id)


def said(stranger: Stranger, to: Person, chat_id: str, state: InvitationState, text: str = "", clock: int = 0) -> None:
    payload = GroupChatInvitation(clock or int(stranger.now * 1000), chat_id, text, state)
    wrapped = wrap(payload.encode(), PayloadType.GROUP_CHAT_INVITATION, stranger.identity)
    to.receive(stranger.private(to.key, wrapped))


# links


@pytest.mark.requirement("GC-13")
@pytest.mark.parametrize(
    "beginning",
    ["https://join.status.im/", "http://join.status.im/", "https://www.join.status.im/", "status-im://", "status-im:"],
)
@pytest.mark.parametrize("name", ["harbour", "Book Club & friends?", "港"])
def test_links_as_clients_make_them(beginning: str, name: str) -> None:
    link = f"{beginning}g/args?a={ALICE.public_key.hex}&a1={quote(name)}&a2={CHAT}"
    found = parse_group_link(f" {link}\n")
    assert found == GroupLink(ALICE.public_key, name, CHAT)
    assert parse_group_link(str(found)) == found


@pytest.mark.requirement("GC-13")
@pytest.mark.parametrize(
    "link",
    [
        "",
        "harbour",
        f"https://join.status.im/g/args?a={ALICE.public_key.hex}&a1=harbour",
        f"https://join.status.im/g/args?a={ALICE.public_key.hex}&a2={CHAT}",
        f"https://join.status.im/g/args?a=0x04&a1=harbour&a2={CHAT}",
        f"https://join.status.im/g/args?a={ALICE.public_key.hex}&a1=harbour&a2=status",
        f"https://join.status.im/g/args?a={ALICE.public_key.hex}&a1=harbour&a2=x-{ALICE.public_key.hex}",
        f"https://join.status.im/u/args?a={ALICE.public_key.hex}&a1=harbour&a2={CHAT}",
        f"https://example.org/g/args?a={ALICE.public_key.hex}&a1=harbour&a2={CHAT}",
        f"https://join.status.im.example.org/g/args?a={ALICE.public_key.hex}&a1=harbour&a2={CHAT}",
        f"https://[/g/args?a={ALICE.public_key.hex}&a1=harbour&a2={CHAT}",
        f"javascript:g/args?a={ALICE.public_key.hex}&a1=harbour&a2={CHAT}",
        f"https://join.status.im/g/args?a={ALICE.public_key.hex}&a1={'x' * 5_000}&a2={CHAT}",
        f"https://join.status.im/g/args?a={ALICE.public_key.hex}&a={BOB.public_key.hex}&a1=harbour&a2={CHAT}",
    ],
)
def test_what_is_no_link(link: str) -> None:
    with pytest.raises(LocalError, match="no link to a group"):
        parse_group_link(link)


# asking


@pytest.mark.requirement("GC-13")
def test_a_request_that_is_granted(network: Network) -> None:
    alice, bob, carol = (network.add(name) for name in ("alice", "bob", "carol"))
    chat = create(alice, "harbour", bob)
    request = ask(carol, link_of(alice, chat))
    assert (request.name, request.state) == ("harbour", InvitationState.REQUEST)

    (told,) = [event.request for event in alice.events if isinstance(event, JoinRequested)]
    assert (told.person, told.introduction, told.id) == (carol.key, "It is me.", request.id)
    alice.do(lambda: groups(alice).approve(told.id, network.now))
    network.wait(1)
    assert [event.by for event in carol.events if isinstance(event, AddedToGroup)] == [alice.key]
    for person in (alice, carol):
        assert [one.state for one in groups(person).requests(chat.id)] == [InvitationState.APPROVED]
    join(chat, carol)
    assert state(carol, chat) == state(alice, chat)
    with pytest.raises(LocalError, match="no such request"):
        alice.do(lambda: groups(alice).reject(told.id, network.now))


@pytest.mark.requirement("GC-13")
def test_a_request_that_is_rejected_and_repeated(network: Network) -> None:
    alice, carol = network.add("alice"), network.add("carol")
    chat = create(alice, "harbour")
    link = link_of(alice, chat)
    request = ask(carol, link)
    alice.do(lambda: groups(alice).reject(request.id, network.now))
    network.wait(1)
    assert [event.request.id for event in carol.events if isinstance(event, JoinRequestRejected)] == [request.id]
    assert groups(carol).requests()[0].state == InvitationState.REJECTED
    again = ask(carol, link, "Please.")
    assert again.id == request.id
    (stored,) = groups(alice).requests()
    assert (stored.state, stored.introduction) == (InvitationState.REQUEST, "Please.")


@pytest.mark.requirement("GC-13")
def test_only_the_admin_who_was_asked_answers(network: Network) -> None:
    alice, carol = network.add("alice"), network.add("carol")
    chat = create(alice, "harbour")
    ask(carol, link_of(alice, chat))
    mallory = Stranger(network.now + 5)
    said(mallory, carol, chat.id, InvitationState.REJECTED)
    said(mallory, carol, chat.id, InvitationState.APPROVED)
    admin = Stranger(network.now + 5, alice.identity, device="another")
    said(admin, carol, chat.id, InvitationState.APPROVED)
    said(admin, carol, chat.id, InvitationState(0))
    assert [one.state for one in groups(carol).requests()] == [InvitationState.REQUEST]
    said(admin, carol, chat.id, InvitationState.REJECTED, clock=1)
    assert [one.state for one in groups(carol).requests()] == [InvitationState.REQUEST], "it is older than the request"


@pytest.mark.requirement("GC-13")
def test_an_answer_that_is_handed_on_refuses_nobody_else(network: Network) -> None:
    """It does not say whom it is for."""
    alice, carol = network.add("alice"), network.add("carol")
    chat = create(alice, "harbour")
    ask(carol, link_of(alice, chat))
    payload = GroupChatInvitation(int(network.now * 1000) + 50, chat.id, "", InvitationState.REJECTED)
    wrapped = wrap(payload.encode(), PayloadType.GROUP_CHAT_INVITATION, alice.identity)
    mallory = Stranger(network.now)
    carol.receive(mallory.private(carol.key, wrapped))
    assert [one.state for one in groups(carol).requests()] == [InvitationState.REQUEST]
    carol.receive(Stranger(network.now, alice.identity, device="another").private(carol.key, wrapped))
    assert [one.state for one in groups(carol).requests()] == [InvitationState.REJECTED]


@pytest.mark.requirement("GC-13")
def test_who_is_no_admin_is_asked_in_vain(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    chat = create(alice, "harbour", bob)
    join(chat, bob)
    with pytest.raises(LocalError, match="Only an admin"):
        link_of(bob, chat)
    stranger = Stranger(network.now)
    said(stranger, bob, chat.id, InvitationState.REQUEST, "let me in")
    said(stranger, alice, group_chat_id("4b0f4e1c-6a3d-4f5e-9a59-0d8f5d6f7a11", bob.key), InvitationState.REQUEST)
    assert groups(bob).requests() == groups(alice).requests() == []


def test_requests_that_make_no_sense(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    chat = create(alice, "harbour", bob)
    link = link_of(alice, chat)
    with pytest.raises(LocalError, match="link of yours"):
        ask(alice, link)
    with pytest.raises(LocalError, match="member of this group already"):
        ask(bob, link)
    carol = network.add("carol")
    with pytest.raises(LocalError, match="Shorten"):
        ask(carol, link, "x" * (MAX_INTRODUCTION + 1))


def test_requests_are_bounded(network: Network) -> None:
    alice = network.add("alice")
    chat = create(alice, "harbour")
    for number in range(MAX_REQUESTS + 5):
        said(Stranger(network.now), alice, chat.id, InvitationState.REQUEST, f"{number} " + "x" * 2_000)
    stored = groups(alice).requests(chat.id)
    assert len(stored) == MAX_REQUESTS
    assert all(len(request.introduction) == MAX_INTRODUCTION for request in stored)
    assert any(request.introduction.startswith(f"{MAX_REQUESTS + 4} ") for request in stored)


def test_groups_that_are_held_are_bounded(network: Network) -> None:
    alice = network.add("alice")
    chats = [create(alice, f"group {number}") for number in range(MAX_CACHED + 3)]
    assert len(groups(alice)._book._cache) == MAX_CACHED
    assert state(alice, chats[0])[0] == "group 0"


@pytest.mark.requirement("GC-13")
def test_what_is_rolled_back_is_not_remembered(network: Network) -> None:
    """A group that was made in an input which failed."""
    alice = network.add("alice")
    chat = create(alice, "harbour")

    def fail() -> None:
        groups(alice).rename(chat.id, "haven", network.now)
        raise LocalError("No.")

    with pytest.raises(LocalError, match="No"):
        alice.do(fail)
    assert state(alice, chat)[0] == "harbour"
    alice.do(lambda: groups(alice).rename(chat.id, "haven", network.now))
    assert state(alice, chat)[0] == "haven"
