"""The list of chats: its numbers are those that are stored, whatever happens and whoever looks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pystatus.account.alias import alias
from pystatus.account.key_encoding import encode
from pystatus.account.names import Aliases, KnownNames, ShownName, shown_name
from pystatus.client.events import HistoryProgress, PeerConnected
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.faces.catalogue import texts_in
from pystatus.faces.chat_list import Change, ChatList, Order, destinations
from pystatus.faces.chat_names import badge, chat_label, chat_state_text, chat_title
from pystatus.messenger.contact_records import Contact
from pystatus.messenger.events import ChatOpened, MessageReceived
from pystatus.messenger.features.chats import Chats
from pystatus.messenger.features.contacts import Contacts
from pystatus.messenger.features.conversations import Conversations
from pystatus.messenger.records import Chat
from pystatus.payloads.chats import ChatKind, profile_chat_id
from tests.faces.support import ALICE, BOB, CAROL, message
from tests.support.people import Network, Person

ENGLISH = texts_in()
GROUP = "00000000-0000-4000-8000-000000000000-" + ALICE.hex


class Called:
    """Names that are given."""

    def __init__(self, **known: KnownNames) -> None:
        self._known = {{"bob": BOB, "carol": CAROL}[name]: names for name, names in known.items()}

    def of(self, person: PublicKey) -> ShownName:
        return shown_name(person, self._known.get(person, KnownNames()))

    def of_people(self, people: Iterable[PublicKey]) -> dict[PublicKey, ShownName]:
        return {person: self.of(person) for person in people}


NAMES = Called(
    bob=KnownNames("Böb the Builder", "bob.stateofus.eth", True),
    carol=KnownNames(ens_name="carol.eth", ens_verified=True),
)
STATUS = Chat("status", ChatKind.PUBLIC, unread=3, mentions=1, updated_ms=5)
LOUD = Chat("loud", ChatKind.PUBLIC, unread=120, muted=True, updated_ms=9)
QUIET = Chat("quiet", ChatKind.PUBLIC, updated_ms=8)
WITH_BOB = Chat(BOB.hex, ChatKind.ONE_TO_ONE, unread=1, updated_ms=3)
HARBOUR = Chat(GROUP, ChatKind.PRIVATE_GROUP, name="harbour\x1b[2J", unread=1, updated_ms=7)
LEFT = Chat("left", ChatKind.PUBLIC, active=False, unread=4, mentions=2)
PROFILE = Chat(profile_chat_id(CAROL), ChatKind.PROFILE, updated_ms=1)
ALL = (STATUS, LOUD, QUIET, WITH_BOB, HARBOUR, LEFT, PROFILE)


def listed(order: Order = Order.UNREAD_FIRST, drafts: Sequence[str] = ()) -> ChatList:
    made = ChatList(order)
    made.show(ALL, NAMES, drafts)
    return made


@pytest.mark.parametrize(
    ("order", "titles"),
    [
        (
            Order.UNREAD_FIRST,
            ["#status", "harbour", "Böb the Builder", "#loud", "#quiet", "the profile of @carol.eth"],
        ),
        (
            Order.LATEST_FIRST,
            ["#loud", "#quiet", "harbour", "#status", "Böb the Builder", "the profile of @carol.eth"],
        ),
        (Order.STEADY, ["#loud", "#quiet", "#status", "the profile of @carol.eth", "harbour", "Böb the Builder"]),
    ],
)
def test_chats_stand_in_the_order_that_is_wanted(order: Order, titles: list[str]) -> None:
    made = ChatList()
    made.show(ALL, NAMES)
    made.set_order(order)
    assert [entry.title for entry in made.entries] == titles


def test_what_is_unread_is_counted_but_in_muted_and_left_chats() -> None:
    made = listed()
    assert (made.unread, made.mentions) == (5, 1)
    assert made.window_title(ENGLISH) == "(5) pystatus"
    assert ChatList().window_title(ENGLISH) == "pystatus"
    entries = {entry.chat.id: entry for entry in made.entries}
    assert [(entries[one].unread_badge, entries[one].mention_badge) for one in ("status", "loud", "quiet")] == [
        ("3", "@1"),
        ("99+", ""),
        ("", ""),
    ]
    assert badge(99) == "99"


def test_an_entry_is_said_in_words() -> None:
    made = listed(drafts=["quiet"])
    said = {entry.chat.id: entry.description(ENGLISH) for entry in made.entries}
    assert said["status"] == "#status, 3 unread, 1 of them for you"
    assert said["loud"] == "#loud, 120 unread, muted"
    assert said["quiet"] == "#quiet, with a draft"
    assert said[PROFILE.id] == "the profile of @carol.eth"
    entry = made.entry("quiet")
    assert entry is not None
    assert replace(entry, chat=LEFT).description(ENGLISH) == "#quiet, 4 unread, 2 of them for you, with a draft, left"
    assert made.entry("left") is None


def test_the_newest_message_is_shown() -> None:
    made = ChatList()
    last = {"status": message(5, text="he\nllo\x1b[2J"), BOB.hex: message(1, author=ALICE), PROFILE.id: message(1)}
    made.show(ALL, NAMES, last=last)

    def preview(chat_id: str) -> str:
        entry = made.entry(chat_id)
        assert entry is not None
        return entry.preview(ALICE, NAMES, ENGLISH)

    assert [preview(one) for one in ("status", BOB.hex, PROFILE.id, "quiet")] == [
        "Böb the Builder: he llo",
        "you: hello",
        "hello",
        "",
    ]
    made.note(MessageReceived(message(4, text="late"), replace(STATUS, unread=4)))
    assert preview("status") == "Böb the Builder: he llo"
    made.note(MessageReceived(message(6, text="again"), replace(STATUS, unread=5)))
    assert preview("status") == "Böb the Builder: again"
    made.note(MessageReceived(message(6, text="again"), replace(QUIET, unread=1)))
    assert preview("quiet") == ""


def test_the_next_chat_to_read() -> None:
    made = listed()
    assert made.next_unread() == "status"
    assert made.next_unread("status") == BOB.hex
    assert ChatList().next_unread() is None
    made.show([STATUS, LOUD], NAMES)
    assert made.next_unread("status") is None


def test_one_goes_round_the_list() -> None:
    made = listed(Order.STEADY)
    assert made.neighbour("loud", -1) == BOB.hex
    assert made.neighbour(BOB.hex, 1) == "loud"
    assert made.neighbour("left", 1) == "loud"
    assert ChatList().neighbour(None, 1) is None


def test_an_event_changes_its_chat_or_makes_the_list_be_read_again() -> None:
    made = listed()
    revision = made.revision
    assert made.note(PeerConnected("ab" * 64)) is Change.NOTHING
    assert made.note(HistoryProgress(1, 2, 3)) is Change.NOTHING
    assert made.note(MessageReceived(message(1), STATUS)) is Change.NOTHING
    assert made.revision == revision
    assert made.note(MessageReceived(message(1), replace(STATUS, unread=4))) is Change.SHOWN
    assert made.unread == 6
    assert made.note(MessageReceived(message(1), replace(STATUS, id="new"))) is Change.READ_AGAIN
    assert made.note(ChatOpened(STATUS)) is Change.READ_AGAIN


def test_names_of_chats() -> None:
    assert chat_label(WITH_BOB, NAMES) == f"Böb the Builder (@bob, {encode(BOB)[:13]})"
    assert chat_label(HARBOUR, NAMES) == "harbour (group)"
    assert chat_label(PROFILE, NAMES).startswith("the profile of @carol.eth (zQ3sh")
    assert chat_title(WITH_BOB, Aliases()) == alias(BOB)
    assert chat_label(HARBOUR, NAMES, texts_in("de")) == "harbour (Gruppe)"
    assert chat_state_text(LEFT, NAMES) == "#left [4 unread, 2 of them for you, left]"
    assert chat_state_text(LOUD, NAMES) == "#loud [120 unread, muted]"
    assert chat_state_text(QUIET, NAMES) == "#quiet"


# the switcher


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("sta", "#status"),
        ("#status", "#status"),
        ("sts", "#status"),
        ("bob", "Böb the Builder"),
        ("builder", "Böb the Builder"),
        ("btb", "Böb the Builder"),
        ("@bob", "Böb the Builder"),
        (alias(BOB).split()[-1], "Böb the Builder"),
        (encode(BOB)[:16], "Böb the Builder"),
        (BOB.hex[:20], "Böb the Builder"),
        ("arb", "harbour"),
        (alias(ALICE)[:12], alias(ALICE)),
    ],
)
def test_a_chat_is_found_by_some_letters_of_any_name(query: str, first: str) -> None:
    people = [Contact(ALICE, added=True), Contact(BOB, added=True)]
    assert destinations(query, listed().entries, people, NAMES)[0].title == first


def test_what_is_found() -> None:
    people = [Contact(ALICE, added=True), Contact(BOB, added=True)]
    everything = destinations("", listed().entries, people, NAMES)
    assert [one.title for one in everything] == [*(entry.title for entry in listed().entries), alias(ALICE)]
    assert (everything[-1].chat, everything[-1].person) == (None, ALICE)
    assert destinations("", listed().entries, [Contact(ALICE, blocked=True)], NAMES, 2)[1].title == "harbour"
    assert destinations("zzzz", listed().entries, people, NAMES) == []
    assert destinations("x" * 1_000_000, listed().entries, people, NAMES) == []


def test_pinned_chats_come_first_and_those_put_away_are_found() -> None:
    chats = [Chat(name, ChatKind.PUBLIC, updated_ms=number) for number, name in enumerate("abcd")]
    found = ChatList(Order.LATEST_FIRST)
    found.show([chats[0], replace(chats[1], pinned=True), replace(chats[2], archived=True, unread=3), chats[3]], NAMES)
    assert [entry.title for entry in found.entries] == ["#b", "#d", "#a"]
    assert (found.archived, found.unread, found.next_unread()) == (1, 0, None)
    assert [entry.title for entry in found.everything] == ["#b", "#d", "#a", "#c"]
    assert [one.title for one in destinations("c", found.everything, [], NAMES)] == ["#c"]
    before = found.revision
    found.show_archived(True)
    assert found.revision != before
    assert found.entries == found.everything
    texts = texts_in()
    assert found.entries[0].description(texts) == "#b, pinned"
    assert found.entries[-1].description(texts) == "#c, 3 unread, archived"


# against the messenger itself


def act(network: Network, people: Sequence[Person], what: int, number: int) -> None:
    """Something that people do with their chats."""
    alice, bob, carol = people[:3]
    chats = alice.messenger.feature(Conversations)
    target = ("status", bob.key.hex)[number % 2]
    stored = alice.store.messages(target, 10, None)
    match what:
        case 0:
            alice.do(lambda: alice.messenger.feature(Contacts).block(carol.key, network.now))
        case 1:
            alice.do(lambda: chats.mark_read(target))
        case 2:
            alice.do(lambda: chats.mark_read(target, number % 3))
        case 3:
            alice.do(lambda: chats.mark_unread(target, 1 + number % 3))
        case 4 if stored:
            alice.do(lambda: chats.delete_message(stored[number % len(stored)].id))
        case 5:
            alice.do(lambda: chats.clear(target))
        case 6:
            alice.do(lambda: chats.set_muted(target, bool(number % 3)))
        case 14:
            alice.do(lambda: chats.set_pinned(target, bool(number % 3)))
        case 15:
            alice.do(lambda: chats.set_archived(target, bool(number % 3)))
        case 7:
            alice.do(lambda: alice.messenger.feature(Chats).leave(target))
        case 8:
            alice.restart_in_place()
        case 9:
            alice.do(lambda: alice.messenger.feature(Chats).join("status", network.now))
        case 10:
            alice.say(bob.key.hex, "mine")
        case 11 | 12:
            carol.say("status", f"hello @{alice.key.hex}")
        case 13:
            people[3].say(bob.key.hex, "from my other device")
        case _:
            bob.say(("status", alice.key.hex)[number % 2], f"number {number}")


class Face:
    """Somebody who looks at a list, and reads events when there is time."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._read = len(person.events)
        self.list = ChatList()
        self.reads = 0
        self._show()

    def _show(self) -> None:
        self.reads += 1
        self.list.show(self._person.store.chats(), Aliases())

    def catch_up(self) -> None:
        changes = {self.list.note(event) for event in self._person.events[self._read :]}
        self._read = len(self._person.events)
        if Change.READ_AGAIN in changes:
            self._show()

    def check(self) -> None:
        stored = {chat.id: chat for chat in self._person.store.chats() if chat.active}
        assert {entry.chat.id: entry.chat for entry in self.list.everything} == stored
        assert {entry.chat.id for entry in self.list.entries} == {one for one in stored if not stored[one].archived}


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 19), st.integers(0, 99), st.booleans(), st.booleans()), min_size=8, max_size=25)
)
def test_shown_is_stored_in_two_faces_whatever_happens(actions: list[tuple[int, int, bool, bool]]) -> None:
    with TemporaryDirectory() as folder:
        network = Network(Path(folder))
        alice, bob, carol = network.add("alice"), network.add("bob"), network.add("carol")
        other = network.add("other", identity=alice.identity)
        people = (alice, bob, carol, other)
        try:
            for person in (alice, bob, carol):
                person.join("status")
            bob.say(bob.meet(alice), "hello")
            other.meet(bob)
            quick, slow = Face(alice), Face(alice)
            for what, number, is_quick, is_slow in actions:
                try:
                    act(network, people, what, number)
                except LocalError:
                    continue  # the chat was left, or somebody is blocked already
                finally:
                    for face, looks in ((quick, is_quick), (slow, is_slow)):
                        if looks:
                            face.catch_up()
                            face.check()
            for face in (quick, slow):
                face.catch_up()
                face.check()
            assert quick.list.entries == slow.list.entries
        finally:
            for person in people:
                person.close()
