"""matching.json, situations: what decides about a message beside its chat, given to a messenger one by one."""

from __future__ import annotations

from pathlib import Path

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.errors import RemoteError
from pystatus.messenger.dispatch import Incoming
from pystatus.messenger.features.contacts import Contacts
from pystatus.messenger.records import Chat
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.kinds import MessageType
from pystatus.payloads.messages import ChatMessage
from pystatus.payloads.wrapper import unwrap
from tests.adversary.hostile.victims import contents
from tests.messenger.deliveries import deliver
from tests.support.people import Network, Person
from tests.support.vectors import Case, case_id, cases, load, unhex

FILE = load("matching")
NOW_MS: int = FILE["now_ms"]
PEOPLE = {name: PrivateKey(unhex(person["private_key"])) for name, person in FILE["people"].items()}
OWN = PEOPLE["A"].public_key


def key_text(text: str) -> str:
    return PEOPLE[text].public_key.hex if text in PEOPLE else text


def take(person: Person, step: Case) -> str:
    """Hand over one delivery. What became of it, in the words of the file."""
    fields = step["fields"]
    sender = PEOPLE[step.get("transport_sender") or step["author"]].public_key
    before = len(stored(person))
    try:
        message = unwrap(unhex(step["wrapped"]), sender)
        assert message.id == unhex(step["message_id"])
        ChatMessage.check_author(message.author, sender, OWN)
        payload = ChatMessage.decode(message.payload)
        payload.check(NOW_MS, NOW_MS)
        is_public = fields["message_type"] == MessageType.PUBLIC_GROUP
        incoming = Incoming(message, key_text(fields["chat_id"]) if is_public else None, False, NOW_MS)
        person.do(lambda: person.messenger._parts.receiver._dispatch.take(payload, incoming))
    except RemoteError:
        return "refused"
    return "accepted" if len(stored(person)) > before else "ignored"


def stored(person: Person) -> list[tuple[str, str]]:
    return [
        (message.id.hex(), chat.id)
        for chat in person.store.chats()
        for message in person.store.messages(chat.id, 99, None)
    ]


def save(person: Person, chat: Case, cleared_clock: int) -> None:
    with person.store.transaction():
        made = Chat(key_text(chat["id"]), ChatKind(chat["chat_type"]), cleared_clock=cleared_clock)
        person.store.save_chat(made)


def outcome(case: Case, step: Case) -> str:
    """What is expected. A message of which its author did not send the envelope is refused (A38), and what the
    reference drops without a word is refused where there is a rule that says so."""
    if step["author"] and step.get("transport_sender", step["author"]) != step["author"]:
        return "refused"
    if step["outcome"] == "duplicate":
        return "ignored"
    if case["name"] == "own profile chat" and step["outcome"] == "ignored":
        return "refused"
    return str(step["outcome"])


@pytest.mark.requirement("PL-21")
def test_blocked(tmp_path: Path) -> None:
    """Nothing of B is taken. The reference takes what B hands on of C; we do not, whoever hands it on (A38)."""
    (case,) = [case for case in cases("matching", "situation") if "contacts" in case["setup"]]
    network = Network(tmp_path)
    network.now = NOW_MS / 1000
    person = network.add("alice", identity=PEOPLE["A"], online=False)
    for chat in case["setup"]["chats"]:
        save(person, chat, 0)
    contacts = person.messenger.feature(Contacts)
    for contact in case["setup"]["contacts"]:
        person.do(lambda key=PEOPLE[contact["id"]].public_key: contacts.block(key, NOW_MS / 1000))  # type: ignore[misc]
    before = contents(person)
    for step in case["steps"]:
        sender = PEOPLE[step.get("transport_sender") or step["author"]]
        deliver(person, unhex(step["wrapped"]), sender, key_text(step["fields"]["chat_id"]))
        assert contents(person) == before
    person.close()


@pytest.mark.requirement("PL-21")
@pytest.mark.parametrize(
    "case", [case for case in cases("matching", "situation") if "contacts" not in case["setup"]], ids=case_id
)
def test_situation(tmp_path: Path, case: Case) -> None:
    network = Network(tmp_path)
    network.now = NOW_MS / 1000
    person = network.add("alice", identity=PEOPLE["A"], online=False)
    setup = case["setup"]
    for chat in setup["chats"]:
        if chat["id"] != "later":
            save(person, chat, setup.get("deleted_at_clock", 0))
    refused = 0
    for step in case["steps"]:
        if "has been joined" in step.get("note", ""):
            save(person, {"id": "later", "chat_type": ChatKind.PUBLIC}, 0)
        assert take(person, step) == outcome(case, step), step.get("note")
        refused += outcome(case, step) == "refused" and step["outcome"] == "accepted"
        if "after_messages" in step and not refused:
            expected = {(one["id"][2:], key_text(one["local_chat_id"])) for one in step["after_messages"]}
            assert set(stored(person)) == expected
            unread = {key_text(chat["id"]): chat["unviewed"] for chat in step["after_chats"]}
            assert {chat.id: chat.unread for chat in person.store.chats() if chat.id in unread} == unread
    person.close()
