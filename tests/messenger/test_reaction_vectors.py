"""reactions.json: what the reference makes of emoji reactions, given to a messenger one by one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.errors import RemoteError
from pystatus.messenger.dispatch import Incoming
from pystatus.messenger.features.contacts import Contacts
from pystatus.messenger.features.reactions import Reactions
from pystatus.messenger.records import Chat, Cursor
from pystatus.payloads.chats import ChatKind, KnownChat
from pystatus.payloads.checks import MAX_CLOCK_AHEAD_MS
from pystatus.payloads.kinds import MessageType
from pystatus.payloads.registry import PAYLOADS
from pystatus.payloads.wrapper import message_id, unwrap, wrap
from tests.adversary.hostile.victims import contents
from tests.messenger.deliveries import deliver
from tests.payloads.support import build
from tests.support.people import Network, Person
from tests.support.vectors import Case, case_id, cases, load, unhex

FILE = load("reactions")
NOW_MS: int = FILE["now_ms"]
PEOPLE = {name: PrivateKey(unhex(person["private_key"])) for name, person in FILE["people"].items()}
LETTERS = {key.public_key: name for name, key in PEOPLE.items()}
OWN = PEOPLE["A"].public_key
STEPS = [
    pytest.param(step, id=f"{case['id']}-{number}")
    for case in cases("reactions")
    for number, step in enumerate(case["steps"])
]
"""Each step of each case, for what needs no receiver."""


def key_text(text: str) -> str:
    """People are letters in the file."""
    return PEOPLE[text].public_key.hex if text in PEOPLE else text


def author_of(step: Case) -> PrivateKey:
    return PEOPLE[step["author"] or step["transport_sender"]]


def payload_of(step: Case) -> Any:
    return build(PAYLOADS[step["type"]], {**step["fields"], "chat_id": key_text(step["fields"]["chat_id"])})


@pytest.mark.parametrize("step", STEPS)
def test_the_same_reaction_has_the_same_bytes(step: Case) -> None:
    wrapped = wrap(payload_of(step).encode(), step["type"], PEOPLE[step["author"]] if step["author"] else None)
    assert wrapped == unhex(step["wrapped"])
    author = author_of(step).public_key if step["author"] else None
    assert message_id(wrapped, author) == unhex(step["message_id"])


class Receiver:
    """A messenger of A, in the chats of a case."""

    def __init__(self, person: Person, setup: Case) -> None:
        self.person = person
        self._joined = {
            key_text(chat["id"]): frozenset(key_text(member["id"]) for member in chat["members"] if member["joined"])
            for chat in setup["chats"]
            if "members" in chat
        }
        with person.store.transaction():
            for chat in setup["chats"]:
                active, clock = chat.get("active", True), chat.get("last_clock", 0)
                made = Chat(key_text(chat["id"]), ChatKind(chat["chat_type"]), active, clock)
                person.store.save_chat(made)

    def take(self, step: Case, public_name: str | None) -> str:
        """Hand over one delivery. What became of it, in the words of the file."""
        now_ms = step.get("now_ms", NOW_MS)
        sent_ms = step.get("transport_timestamp_ms", NOW_MS)
        before = len(self.person.events)
        message = unwrap(unhex(step["wrapped"]), author_of(step).public_key)
        kind = PAYLOADS[message.type]
        kind.check_author(message.author, author_of(step).public_key, OWN)
        payload = kind.decode(message.payload)
        feature = self.person.messenger.feature(Reactions)
        if self._joined:
            feature._known_chat = self._known_group  # type: ignore[method-assign]
        dispatch = self.person.messenger._parts.receiver._dispatch
        try:
            payload.check(max(sent_ms, now_ms), now_ms)
            self.person.do(lambda: dispatch.take(payload, Incoming(message, public_name, False, now_ms)))
        except RemoteError:
            return "refused"
        return "accepted" if len(self.person.events) > before else "ignored"

    def _known_group(self, chat_id: str) -> KnownChat | None:
        joined = self._joined.get(chat_id)
        return None if joined is None else KnownChat(ChatKind.PRIVATE_GROUP, joined)

    def chats(self) -> list[tuple[str, int, bool, int]]:
        return sorted((chat.id, chat.kind, chat.active, chat.last_clock) for chat in self.person.store.chats())

    def reactions(self) -> list[dict[str, Any]]:
        """All that is kept, as in the file."""
        rows = self.person.database.connection.execute(
            "SELECT author, message_id, type, chat_id, clock, retracted FROM reactions"
        )
        return sorted(
            ({**dict(zip(ROW, row, strict=True)), "author": PublicKey.from_bytes(row[0])} for row in rows),
            key=repr,
        )


ROW = ("author", "message_id", "type", "chat_id", "clock", "retracted")


def expected(step: Case) -> list[dict[str, Any]]:
    found = []
    for kept in step["after_reactions"]:
        text = kept["message_id"]
        values = (
            PEOPLE[kept["from"]].public_key,
            unhex(text) if text.startswith("0x") else keccak256(text.encode()),
            kept["type"],
            key_text(kept["local_chat_id"]),
            kept["clock"],
            kept["retracted"],
        )
        found.append(dict(zip(ROW, values, strict=True)))
    return sorted(found, key=repr)


def expected_chats(step: Case) -> list[tuple[str, int, bool, int]]:
    """A clock at the edge of what is accepted does not drive ours over it, as it does in the reference."""
    most = NOW_MS + MAX_CLOCK_AHEAD_MS // 2
    return sorted(
        (key_text(chat["id"]), chat["chat_type"], chat["active"], min(chat["last_clock"], most))
        for chat in step["after_chats"]
    )


def is_foreign(step: Case) -> bool:
    """The reference lets a reaction of public type into a chat of two or of a group (a fault)."""
    chat_id = key_text(step["fields"]["chat_id"])
    return step["fields"]["message_type"] == MessageType.PUBLIC_GROUP and (chat_id.startswith("0x") or "-0x" in chat_id)


def alice(tmp_path: Path) -> Person:
    network = Network(tmp_path)
    network.now = NOW_MS / 1000
    return network.add("alice", identity=PEOPLE["A"], online=False)


@pytest.mark.requirement("PL-21")
def test_a_reaction_of_a_blocked_person_is_dropped(tmp_path: Path) -> None:
    (case,) = [case for case in cases("reactions") if "contacts" in case["setup"]]
    person = alice(tmp_path)
    Receiver(person, case["setup"])
    contacts = person.messenger.feature(Contacts)
    for contact in case["setup"]["contacts"]:
        person.do(lambda key=PEOPLE[contact["id"]].public_key: contacts.block(key, NOW_MS / 1000))  # type: ignore[misc]
    before = contents(person)
    for step in case["steps"]:
        deliver(person, unhex(step["wrapped"]), author_of(step), key_text(step["fields"]["chat_id"]))
        assert contents(person) == before
    person.close()


@pytest.mark.requirement("PL-18")
@pytest.mark.parametrize("case", [case for case in cases("reactions") if "contacts" not in case["setup"]], ids=case_id)
def test_what_becomes_of_reactions(tmp_path: Path, case: Case) -> None:
    person = alice(tmp_path)
    receiver = Receiver(person, case["setup"])
    for step in case["steps"]:
        fields = step["fields"]
        is_public = fields["message_type"] == MessageType.PUBLIC_GROUP
        if is_foreign(step):
            before = receiver.reactions(), receiver.chats()
            for public_name in (None, key_text(fields["chat_id"]), "lobby"):
                assert receiver.take(step, public_name) == "refused"
            assert (receiver.reactions(), receiver.chats()) == before
            continue
        outcome = receiver.take(step, key_text(fields["chat_id"]) if is_public else None)
        assert outcome == step["outcome"], step.get("note")
        assert receiver.reactions() == expected(step), step.get("note")
        if "after_chats" in step:
            assert receiver.chats() == expected_chats(step), step.get("note")
    person.close()


def test_the_reactions_of_a_page(tmp_path: Path) -> None:
    """Those of the messages of the page that came in the same chat."""
    (case,) = cases("reactions", "query")
    person = alice(tmp_path)
    receiver = Receiver(person, case["setup"])
    ids = {}
    for step in case["steps"]:
        receiver.take(step, step["fields"]["chat_id"])
        if step["type_name"] == "EMOJI_REACTION":
            reaction = payload_of(step)
            ids[reaction.message_id, reaction.type] = reaction.reaction_id(PEOPLE[step["author"]].public_key)
    feature = person.messenger.feature(Reactions)
    for query in case["queries"]:
        clock, _, last = query["cursor"].partition("0x")
        cursor = Cursor(int(clock), unhex("0x" + last)) if query["cursor"] else None
        page = person.store.messages(query["chat_id"], query["limit"] + (cursor is not None), None)
        page = [message for message in page if cursor is None or message.cursor <= cursor][: query["limit"]]
        counts = feature.counts(query["chat_id"], [message.id for message in page])
        found = {ids[f"0x{message.hex()}", one.type] for message, of_it in counts.items() for one in of_it}
        assert found == {unhex(reaction_id) for reaction_id in query["reaction_ids"]}
    person.close()
