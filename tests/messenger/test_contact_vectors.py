"""contacts.json: contact updates, names in messages, and contacts that another device of ours has, one by one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.errors import RemoteError
from pystatus.messenger.contact_records import Contact
from pystatus.messenger.features.contacts import Contacts
from pystatus.messenger.own_profile import SharedProfile, stored_profile
from pystatus.messenger.records import Chat
from pystatus.payloads.chats import ChatKind, key_from_text
from pystatus.payloads.checks import MAX_CLOCK_AHEAD_MS, MAX_LINE
from pystatus.payloads.registry import PAYLOADS
from pystatus.payloads.wrapper import message_id, wrap
from tests.adversary.hostile.victims import contents
from tests.messenger.deliveries import deliver
from tests.payloads.support import build
from tests.support.people import Network, Person
from tests.support.vectors import Case, case_id, cases, load, unhex

FILE = load("contacts")
NOW_MS: int = FILE["now_ms"]
PEOPLE = {name: PrivateKey(unhex(person["private_key"])) for name, person in FILE["people"].items()}
KEYS = {name: key.public_key for name, key in PEOPLE.items()}
LETTERS = {key: name for name, key in KEYS.items()}
TAGS = {":contact/added": "added", ":contact/request-received": "has_added_us", ":contact/blocked": "blocked"}


def key_text(text: str) -> str:
    return KEYS[text].hex if text in KEYS else text


def payload_of(step: Case) -> Any:
    fields = {name: [] if value is None else value for name, value in step["fields"].items()}
    for name in ("id", "chat_id"):
        if name in fields:
            fields[name] = key_text(fields[name])
    return build(PAYLOADS[step["type"]], fields)


def alice(tmp_path: Path, setup: Case) -> Person:
    network = Network(tmp_path)
    network.now = NOW_MS / 1000
    person = network.add("alice", identity=PEOPLE["A"], online=False)
    with person.store.transaction():
        for kept in setup.get("contacts", ()):
            person.store.tables(Contacts).save(stored_contact(kept))
        for chat in setup.get("chats", ()):
            made = Chat(key_text(chat["id"]), ChatKind(chat["chat_type"]), chat["active"], chat["last_clock"])
            person.store.save_chat(made)
    return person


def stored_contact(kept: Case) -> Contact:
    tags = {TAGS[tag]: True for tag in kept["system_tags"] or ()}
    return Contact(
        KEYS[kept["id"]],
        nickname=kept["local_nickname"],
        ens_name=kept["name"],
        ens_verified=kept["ens_verified"],
        ens_clock=kept.get("last_ens_clock", 0),
        last_updated=kept["last_updated"],
        **tags,
    )


def contacts(person: Person) -> dict[str, tuple[Any, ...]]:
    """What is kept of everybody else, in the words of the file."""
    tables = person.store.tables(Contacts)
    return {
        LETTERS[one.key]: (
            {tag for tag, field in TAGS.items() if getattr(one, field)},
            one.nickname,
            one.ens_name,
            one.ens_verified,
            one.ens_clock,
            one.last_updated,
            tables.picture(one.key),
        )
        for one in tables.contacts()
    }


def expected_contacts(step: Case) -> dict[str, tuple[Any, ...]]:
    """Of ourselves there is no contact; of somebody of whom nothing is known nothing is kept."""
    return {
        kept["id"]: (
            set(kept["system_tags"] or ()),
            kept["local_nickname"],
            kept["name"],
            kept["ens_verified"],
            kept["last_ens_clock"],
            kept["last_updated"],
            kept["photo"],
        )
        for kept in step["after_contacts"]
        if kept["id"] != "A" and (kept["system_tags"] or kept["name"] or kept["last_updated"])
    }


def is_refused_by_us(step: Case) -> bool:
    """A clock far ahead, a name longer than a line, what somebody else has sent, and a person who is named by no key or
    is ourselves: the reference takes all of these."""
    fields = step["fields"]
    relayed = step["author"] is not None and step.get("transport_sender", step["author"]) != step["author"]
    odd = "id" in fields and not is_other_person(fields["id"])
    return relayed or odd or fields["clock"] > NOW_MS + MAX_CLOCK_AHEAD_MS or len(fields["ens_name"]) > MAX_LINE


def is_other_person(text: str) -> bool:
    try:
        return key_from_text(key_text(text)) != KEYS["A"]
    except RemoteError:
        return False


def signer_of(step: Case) -> PrivateKey:
    return PEOPLE[step.get("transport_sender") or step["author"]]


@pytest.mark.parametrize("case", cases("contacts"), ids=case_id)
def test_the_same_payload_has_the_same_bytes(case: Case) -> None:
    for step in case["steps"]:
        author = PEOPLE[step["author"]] if step["author"] else None
        wrapped = wrap(payload_of(step).encode(), step["type"], author)
        assert wrapped == unhex(step["wrapped"])
        assert message_id(wrapped, author.public_key if author else None) == unhex(step["message_id"])


@pytest.mark.requirement("PL-21")
@pytest.mark.parametrize("case", cases("contacts"), ids=case_id)
def test_what_becomes_of_contacts(tmp_path: Path, case: Case) -> None:
    """As in the reference. Two things are ours: what it takes and should not changes nothing, and a chat is made when
    somebody has written, not when they say who they are."""
    person = alice(tmp_path, case["setup"])
    apart: set[str] = set()
    """People of whom the reference knows what we have refused."""
    for step in case["steps"]:
        before = contacts(person), person.store.chats()
        deliver(person, unhex(step["wrapped"]), signer_of(step))
        if is_refused_by_us(step) or step["outcome"] in ("refused", "ignored"):
            assert (contacts(person), person.store.chats()) == before, step.get("note")
        if is_refused_by_us(step):
            apart |= {step["author"], step["fields"].get("id", "")} if case["id"] != 14 else {"C"}
        mine, theirs = contacts(person), {**before[0], **expected_contacts(step)}
        for somebody in set(PEOPLE) - apart:
            assert mine.get(somebody) == theirs.get(somebody), step.get("note")
        chats = {chat.id: (chat.active, chat.last_clock, chat.unread) for chat in person.store.chats()}
        for chat in step["after_chats"]:
            kept = chats.get(key_text(chat["id"]))
            if kept is not None and chat["id"] not in apart:
                assert (kept[0], kept[2]) == (chat["active"], chat["unviewed"]), step.get("note")
                # Of one that is made later the clock begins with what was written first.
                assert kept[1] == chat["last_clock"] or (not case["setup"] and kept[1] < chat["last_clock"])
            assert kept is not None or not chat["active"]
    person.close()


def case_of(number: int) -> Case:
    return cases("contacts")[number]


def test_a_clock_far_ahead_silences_nobody(tmp_path: Path) -> None:
    """In the reference the update after it counts no more."""
    case = case_of(1)
    person = alice(tmp_path, case["setup"])
    for step in case["steps"]:
        deliver(person, unhex(step["wrapped"]), signer_of(step))
    assert contacts(person)["B"][2] == "cecil.eth"
    person.close()


@pytest.mark.requirement("PL-20")
def test_a_number_that_the_database_cannot_hold_costs_itself(tmp_path: Path) -> None:
    """In the reference the whole poll is lost with it."""
    (step,) = case_of(2)["steps"]
    person = alice(tmp_path, {})
    deliver(person, unhex(step["wrapped"]), signer_of(step))
    assert contacts(person) == {}
    (step, *_) = case_of(0)["steps"]
    deliver(person, unhex(step["wrapped"]), signer_of(step))
    assert contacts(person)["B"][2] == "betty.eth"
    person.close()


def test_what_our_own_key_says_is_our_profile(tmp_path: Path) -> None:
    """In the reference it is a contact and a chat with ourselves; another device of ours has set it."""
    person = alice(tmp_path, {})
    for step in case_of(6)["steps"]:
        deliver(person, unhex(step["wrapped"]), signer_of(step))
        fields = step["fields"]
        shared = SharedProfile(fields["ens_name"], fields["profile_image"], fields["clock"])
        assert stored_profile(person.store) == shared
    assert contacts(person) == {}
    assert person.store.chats() == []
    person.close()


def test_an_update_that_somebody_else_hands_on_counts_for_nobody(tmp_path: Path) -> None:
    """In the reference it counts for its author (A38)."""
    unsigned, relayed = case_of(9)["steps"]
    person = alice(tmp_path, {})
    deliver(person, unhex(unsigned["wrapped"]), signer_of(unsigned))
    deliver(person, unhex(relayed["wrapped"]), signer_of(relayed))
    assert {one: kept[2] for one, kept in contacts(person).items()} == {"B": "betty.eth"}
    person.close()


def test_a_name_is_no_longer_than_a_line_and_any_picture_a_text(tmp_path: Path) -> None:
    """In the reference nothing bounds them. What is no picture is seen when it is to be shown: by nobody."""
    large, odd = case_of(10)["steps"]
    person = alice(tmp_path, {})
    deliver(person, unhex(large["wrapped"]), signer_of(large))
    assert contacts(person) == {}
    deliver(person, unhex(odd["wrapped"]), signer_of(odd))
    assert contacts(person)["B"][2] == odd["fields"]["ens_name"]
    person.close()


@pytest.mark.requirement("PL-21")
def test_of_a_blocked_person_nothing_is_noted(tmp_path: Path) -> None:
    (step,) = case_of(5)["steps"]
    person = alice(tmp_path, case_of(5)["setup"])
    before = contents(person)
    deliver(person, unhex(step["wrapped"]), signer_of(step))
    assert contents(person) == before
    person.close()
