"""groups.json through a whole messenger: what it takes of updates, messages in them, and requests to join."""

from __future__ import annotations

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.errors import RemoteError
from pystatus.messenger.dispatch import Incoming
from pystatus.messenger.features.chats import Chats
from pystatus.messenger.features.contacts import Contacts
from pystatus.messenger.features.groups import Groups
from pystatus.messenger.records import Chat
from pystatus.payloads.chats import ChatKind, KnownChat, Unmatched, match_chat
from pystatus.payloads.group_history import MAX_MEMBERS
from pystatus.payloads.groups import GroupChatInvitation, MembershipUpdateMessage
from pystatus.payloads.kinds import InvitationState, MessageType, PayloadType
from pystatus.payloads.messages import ChatMessage, EmojiReaction
from pystatus.payloads.registry import PAYLOADS
from pystatus.payloads.wrapper import unwrap, wrap
from tests.adversary.hostile.victims import contents
from tests.messenger.deliveries import deliver
from tests.support.people import Network, Person
from tests.support.vectors import Case, case_id, cases, load, unhex

FILE = load("groups")
BLOCKED_SENDER = "blocked sender"


def identity(case: Case, letter: str) -> PrivateKey:
    return PrivateKey(unhex((FILE["people"] | case.get("people", {}))[letter]["private_key"]))


def receiver_of(network: Network, case: Case) -> Person:
    network.now = FILE["now_ms"] / 1000
    return network.add("receiver", identity=identity(case, case["receiver"]), online=False)


def take(person: Person, wrapped: bytes) -> str | None:
    """Hand over what has come in private; why it is refused."""
    now_ms = FILE["now_ms"]
    message = unwrap(wrapped, person.key)
    payload = PAYLOADS[message.type].decode(message.payload)
    incoming = Incoming(message, None, forward_secrecy=True, now_ms=now_ms)
    taker: Groups = person.messenger.feature(Groups)
    try:
        payload.check(now_ms, now_ms)
        person.do(lambda: taker.receive(payload, incoming))
    except RemoteError as error:
        return str(error)
    return None


def update_of(case: Case, step: Case) -> bytes:
    """An update as its sender wraps it."""
    inner = step.get("message"), step.get("reaction")
    update = MembershipUpdateMessage(
        case["chat_id"],
        tuple(unhex(case["events"][number]["encoded"]) for number in step["events"]),
        ChatMessage.decode(unhex(inner[0])) if inner[0] else None,
        EmojiReaction.decode(unhex(inner[1])) if inner[1] else None,
    ).encode()
    if "update" in step:
        assert update == unhex(step["update"])
    return wrap(update, PayloadType.MEMBERSHIP_UPDATE_MESSAGE, identity(case, step["from"]))


@pytest.mark.requirement("PL-21")
def test_a_group_of_a_blocked_person_comes_from_others_alone(network: Network) -> None:
    """What A has done is taken from C, so that all members have one group; from A nothing is."""
    (case,) = [case for case in cases("groups", "history") if case["name"] == BLOCKED_SENDER]
    receiver = receiver_of(network, case)
    contacts = receiver.messenger.feature(Contacts)
    for somebody in case["setup"]["blocked"]:
        receiver.do(lambda somebody=somebody: contacts.block(identity(case, somebody).public_key, network.now))  # type: ignore[misc]
    before = contents(receiver)
    for step in case["steps"]:
        deliver(receiver, update_of(case, step), identity(case, step["from"]))
        if step["outcome"] == "ignored":
            assert contents(receiver) == before
        news = [unhex(case["events"][number]["system_message_id"]) for number in step["new_system_messages"]]
        assert all(map(receiver.store.has_message, news))
    chat = receiver.store.chat(case["chat_id"])
    assert chat is not None
    assert chat.active == case["steps"][-1]["chat"]["active"]


@pytest.mark.requirement("GC-11", "GC-12")
@pytest.mark.parametrize(
    "case", [case for case in cases("groups", "history") if case["name"] != BLOCKED_SENDER], ids=case_id
)
def test_updates_step_by_step(network: Network, case: Case) -> None:
    """Each is, as its sender makes it, the one of the reference. A message in it is taken where the reference takes it:
    by who has joined, from who has joined, for this group."""
    receiver = receiver_of(network, case)
    if "public_chats" in case.get("setup", {}) and case["setup"]["public_chats"] == ["status"]:
        receiver.join("status")
    same_as_reference = not case.get("has_equal_clocks")
    for step in case["steps"]:
        wrapped = update_of(case, step)
        assert unwrap(wrapped, receiver.key).id == unhex(step["message_id"])
        if step.get("before") == "inactive":
            chat = receiver.store.chat(case["chat_id"])
            assert chat is not None
            receiver.do(lambda chat=chat: receiver.store.save_chat(Chat(chat.id, chat.kind, active=False)))  # type: ignore[misc]
        take(receiver, wrapped)
        refused_for_an_event = (
            step["outcome"] == "refused" and step.get("error") != "did not find a matching group chat"
        )
        same_as_reference = same_as_reference and not refused_for_an_event
        taken = receiver.store.has_message(unhex(step["message_id"]))
        if "message" in step and same_as_reference and "setup" not in case:
            assert taken == bool(step["new_messages"])
        if "setup" in case:
            assert not taken, "a group carries nothing for other chats"
        for number in step["new_system_messages"]:
            system_id = unhex(case["events"][number]["system_message_id"])
            message = receiver.store.message(system_id)
            assert message is None or message.author.hex == case["events"][number].get("author_key", message.author.hex)
    if same_as_reference and "setup" not in case and case["steps"][-1]["chat"] is not None:
        expected = case["steps"][-1]["chat"]
        chat = receiver.store.chat(case["chat_id"])
        assert chat is not None
        assert chat.unread == expected["unviewed"]
        if case["receiver"] in [member["id"] for member in expected["members"]]:  # whoever has left sees no open chat
            assert chat.active == expected["active"]


def test_a_group_cannot_have_the_id_of_a_public_chat(network: Network) -> None:
    """A public chat may be called like a group where the reference is; here no name is the id of a group."""
    (case,) = [case for case in cases("groups", "history") if case["name"] == "update for the id of a public chat"]
    receiver = receiver_of(network, case)
    with pytest.raises(Exception, match="consists of"):
        receiver.do(lambda: receiver.messenger.feature(Chats).join(case["chat_id"], network.now))


# requests to join


@pytest.mark.requirement("GC-13")
@pytest.mark.parametrize("case", cases("groups", "invitation"), ids=case_id)
def test_requests_and_answers(network: Network, case: Case) -> None:
    """A request counts for an admin of the group, and nothing else that strangers say of it: the reference keeps
    everything, whoever says it, and lets anybody reject what we have asked for."""
    receiver = receiver_of(network, case)
    for step in case["steps"]:
        wrapped = unhex(step["wrapped"])
        fields = step["fields"]
        payload = GroupChatInvitation(**fields)
        made = wrap(payload.encode(), PayloadType.GROUP_CHAT_INVITATION, identity(case, step["from"]))
        assert made == wrapped
        before = receiver.messenger.feature(Groups).requests()
        refusal = take(receiver, wrapped)
        assert (refusal is not None) == (step["outcome"] == "refused" or "future" in fields["introduction_message"])
        assert receiver.messenger.feature(Groups).requests() == before == []


@pytest.mark.requirement("GC-13")
def test_a_request_counts_once_and_the_newest_of_one_person(network: Network) -> None:
    """The steps of "request, older, equal, newer" for somebody who is admin of the group."""
    (case,) = [case for case in cases("groups", "invitation") if case["name"] == "request, older, equal, newer"]
    receiver = receiver_of(network, case)
    groups = receiver.messenger.feature(Groups)
    events = [unhex(event["encoded"]) for event in FILE["truth_table_base"]["events"]]
    chat_id = FILE["truth_table_base"]["chat_id"]
    assert chat_id == case["steps"][0]["fields"]["chat_id"]
    take(receiver, wrap(MembershipUpdateMessage(chat_id, tuple(events)).encode(), 3, identity(case, "A")))
    for step in case["steps"]:
        assert take(receiver, unhex(step["wrapped"])) is None
        (stored,) = groups.requests()
        (expected,) = step["stored"]
        assert stored.id == unhex(expected["id"])
        assert (stored.clock, stored.introduction) == (expected["clock"], expected["introduction_message"])
        assert stored.state == InvitationState.REQUEST


# matching.json


@pytest.mark.requirement("PL-13")
@pytest.mark.parametrize(
    "case", [case for case in cases("matching", "match") if ", group" in case["name"]], ids=case_id
)
def test_what_belongs_to_a_group(case: Case) -> None:
    """What says that it is for a group, and is: nothing of another type reaches one (``type_mismatch``)."""
    file = load("matching")
    keys = {letter: PrivateKey(unhex(person["private_key"])).public_key for letter, person in file["people"].items()}
    known = {}
    for chat in case["setup"].get("chats", []):
        joined = frozenset(keys[one["id"]].hex for one in chat.get("members", []) if one["joined"])
        known[chat["id"]] = KnownChat(ChatKind(chat["chat_type"]), joined)
    channel = case["chat_id_text"] if case["message_type"] == MessageType.PUBLIC_GROUP else None
    arguments = (case["chat_id_text"], case["message_type"], keys[case["author"]], keys["A"], known.get, channel)
    if case["outcome"] != "accepted" or case.get("type_mismatch"):
        with pytest.raises(Unmatched):
            match_chat(*arguments)
        return
    expected = case["local_chat_id"]
    assert match_chat(*arguments) == (keys[expected].hex if expected in keys else expected)


def test_more_than_the_app_has() -> None:
    """Ten members are what the app allows; the page says what more of them cost."""
    assert MAX_MEMBERS > 50
