"""pairing.json: what the reference makes of pairing messages, and of public chats that an own device has joined."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.errors import RemoteError
from pystatus.messenger.copies import INSTALLATION_ID
from pystatus.messenger.dispatch import Incoming
from pystatus.messenger.features.devices import DeviceName, Devices
from pystatus.messenger.records import Chat
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.kinds import PayloadType
from pystatus.payloads.registry import PAYLOADS
from pystatus.payloads.wrapper import unwrap
from pystatus.secure_transport.store import Installation
from tests.support.people import Network, Person
from tests.support.vectors import Case, case_id, cases, load, unhex

FILE = load("pairing")
NOW_MS: int = FILE["now_ms"]
PEOPLE = {name: PrivateKey(unhex(person["private_key"])) for name, person in FILE["people"].items()}
OWN = PEOPLE["A"].public_key

OURS = {
    # An envelope's time is vouched for by nobody: what is not ahead of ourselves is taken, whatever it says.
    ("validation", "the clock is measured against the envelope's time"): "accepted",
    # Nobody could join such a chat here, and a name that is a key would catch the messages of a person.
    ("public chats", "an empty id makes a chat without a name"): "refused",
    ("public chats", "no check of the name"): "refused",
    ("public chats", "a key as the name: a public chat of this id, later one-to-one messages of B go there"): "refused",
}
"""Steps for which pystatus decides otherwise, and why; the state is compared without what follows from them."""


def key_text(text: str) -> str:
    return PEOPLE[text].public_key.hex if text in PEOPLE else text


def installation(identity: PublicKey, name: str) -> Installation:
    return Installation(identity.compressed, name, 1, False, 1, b"\x02" * 33, 1, 1)


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Person]:
    """A, on the installation ``installation-A``."""
    network = Network(tmp_path)
    network.now = NOW_MS / 1000
    person = network.add("alice", identity=PEOPLE["A"], online=False)
    with person.store.transaction():
        person.store.save_setting(INSTALLATION_ID, "installation-A")
    person.restart_in_place()
    yield person
    network.close()


def prepare(person: Person, setup: Case) -> None:
    active = setup.get("note") != "the chat is inactive"
    with person.store.transaction():
        for known in setup.get("installations", ()):
            if known["id"] != "installation-A":
                person.store.encryption.save_installation(installation(OWN, known["id"]))
        for chat in setup.get("chats", ()):
            person.store.save_chat(Chat(chat["id"], ChatKind(chat["chat_type"]), active))


def take(person: Person, step: Case) -> str:
    """Hand over one delivery. What became of it, in the words of the file."""
    sender = PEOPLE[step.get("transport_sender") or step["author"]].public_key
    sent_ms = step.get("transport_timestamp_ms", NOW_MS)
    before = len(person.events)
    message = unwrap(unhex(step["wrapped"]), sender)
    kind = PAYLOADS[message.type]
    incoming = Incoming(message, None, False, NOW_MS, device="other" if sender == OWN else None)
    try:
        kind.check_author(message.author, sender, OWN)
        payload = kind.decode(message.payload)
        payload.check(max(sent_ms, NOW_MS), NOW_MS)
        person.do(lambda: person.messenger._parts.receiver._dispatch.take(payload, incoming))
    except RemoteError:
        return "refused"
    return "accepted" if len(person.events) > before else "ignored"


def installations(person: Person) -> list[tuple[str, bool, tuple[str, str] | None]]:
    """All of our own, as in the file: with what they are called, if anybody has said so."""
    found = []
    for device in person.messenger.feature(Devices).all():
        named: DeviceName | None = person.store.tables(Devices).device_name(device.installation_id)
        called = None if named is None else (named.device_type, named.name)
        if device.is_this and device.name != "pystatus":  # what another device calls us is our name from then on
            called = ("android", device.name)
        found.append((device.installation_id, device.enabled, called))
    return sorted(found)


def expected_installations(step: Case) -> list[tuple[str, bool, tuple[str, str] | None]]:
    found = []
    for known in step["after_installations"]:
        metadata = known["metadata"]
        called = None if metadata is None else (metadata["device_type"], metadata["name"])
        found.append((known["id"], known["enabled"], called))
    return sorted(found)


def is_possible(chat_id: str) -> bool:
    return chat_id not in ("", "Upper Case & Spaces", key_text("B"))


@pytest.mark.requirement("PL-16")
@pytest.mark.parametrize("case", [pytest.param(case, id=case_id(case)) for case in cases("pairing")])
def test_what_becomes_of_pairing_messages(person: Person, case: Case) -> None:
    prepare(person, case["setup"])
    named_otherwise: set[str] = set()
    for step in case["steps"]:
        if "event" in step:  # a bundle has named an installation, and a foreign one another
            with person.store.transaction():
                person.store.encryption.save_installation(installation(OWN, "late"))
                person.store.encryption.save_installation(installation(PEOPLE["B"].public_key, "foreign"))
            continue
        if step["outcome"] == "not_handled":  # see the test below
            continue
        ours = OURS.get((case["name"], step.get("note", "")))
        assert take(person, step) == (ours or step["outcome"]), step
        if ours == "accepted":
            named_otherwise.add(step["fields"]["installation_id"])
            continue
        if step["type"] == PayloadType.PAIR_INSTALLATION and step["outcome"] == "accepted":
            named_otherwise.discard(step["fields"]["installation_id"])
        kept = [one for one in installations(person) if one[0] not in named_otherwise]
        assert kept == [one for one in expected_installations(step) if one[0] not in named_otherwise]
        if step.get("after_chats") is not None and step["type"] != PayloadType.CHAT_MESSAGE:
            there = sorted((chat.id, int(chat.kind), chat.active) for chat in person.store.chats())
            wanted = ((key_text(chat["id"]), chat["chat_type"], chat["active"]) for chat in step["after_chats"])
            assert there == sorted(one for one in wanted if is_possible(one[0]))


def test_a_message_of_somebody_whose_key_is_said_to_be_a_public_chat(person: Person) -> None:
    """The reference shows it in that chat; here there is none, and it is theirs."""
    (case,) = (case for case in cases("pairing") if case["name"] == "public chats")
    prepare(person, case["setup"])
    for step in case["steps"]:
        take(person, step)
    chat = person.store.chat(key_text("B"))
    assert chat is not None
    assert chat.kind is ChatKind.ONE_TO_ONE


def test_what_the_reference_does_not_handle_is_handled(person: Person) -> None:
    """The batch of older clients: the public chat in it is joined."""
    (case,) = cases("pairing", "sync_others")
    prepare(person, case["setup"])
    (batch,) = (step for step in case["steps"] if step["type"] == PayloadType.SYNC_INSTALLATION)
    assert take(person, batch) == "accepted"
    assert [(chat.id, chat.active) for chat in person.store.chats()] == [("desk", True)]
