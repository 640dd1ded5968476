"""People, groups, devices and results of a search on a page: what is said of each, and what can be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from pystatus.account.alias import alias
from pystatus.account.key_encoding import encode
from pystatus.account.names import Aliases, KnownNames, ShownName, shown_name
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.faces.catalogue import texts_in
from pystatus.faces.device_page import DeviceState, device_page, stolen_words
from pystatus.faces.group_page import GroupAction, Standing, group_page
from pystatus.faces.people import PersonAction, claimed_name, people_page, person_states
from pystatus.faces.searching import Piece, SearchRequest, result_pieces, search_request
from pystatus.messenger.contact_records import Contact
from pystatus.messenger.features import search
from pystatus.messenger.features.device_sync import SyncProgress
from pystatus.messenger.features.devices import Device
from pystatus.messenger.features.search import SearchResult
from pystatus.messenger.group_records import GroupMember, JoinRequest
from pystatus.messenger.records import Chat
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.kinds import ContentType, InvitationState
from tests.faces.support import ALICE, BOB, CAROL, NOON, message, person

ENGLISH = texts_in()
TODAY = date(2020, 8, 26)
DAVE, ERIN = person(4), person(5)


class Nicknames:
    """Everybody is called as was given."""

    def __init__(self, given: dict[PublicKey, str]) -> None:
        self._given = given

    def of(self, person: PublicKey) -> ShownName:
        return shown_name(person, KnownNames(self._given.get(person, "")))

    def of_people(self, people: object) -> dict[PublicKey, ShownName]:
        return {person: self.of(person) for person in (ALICE, BOB, CAROL, DAVE, ERIN)}


# people


def test_everybody_is_in_one_place() -> None:
    contacts = [
        Contact(BOB, added=True, has_added_us=True),
        Contact(CAROL, has_added_us=True),
        Contact(DAVE, blocked=True, added=True),
        Contact(ERIN, nickname="Erin"),
    ]
    page = people_page(contacts, Nicknames({BOB: "Bob", CAROL: "Воb", ERIN: "Erin"}), ALICE)  # noqa: RUF001
    assert [one.contact.key for one in page.requests] == [CAROL]
    assert [one.contact.key for one in page.contacts] == [BOB]
    assert [one.contact.key for one in page.blocked] == [DAVE]
    assert [one.contact.key for one in page.others] == [ERIN]
    (asking,), (bob,) = page.requests, page.contacts
    assert asking.imitates == bob.name
    assert asking.warning(ENGLISH) == f"This name looks like that of {bob.name.full}, and the key is another one"
    assert asking.label.endswith(f"({encode(CAROL)[:13]})")
    assert (bob.label, bob.warning(ENGLISH), bob.chat_key) == ("Bob", "", encode(BOB))


@pytest.mark.parametrize(
    ("contact", "actions", "states"),
    [
        (
            Contact(BOB, has_added_us=True),
            (PersonAction.ACCEPT, PersonAction.DISMISS, PersonAction.BLOCK),
            ["has added you and waits for an answer"],
        ),
        (Contact(BOB, blocked=True), (PersonAction.UNBLOCK,), ["blocked"]),
        (
            Contact(BOB, added=True, has_added_us=True),
            (PersonAction.WRITE, PersonAction.REMOVE, PersonAction.NAME, PersonAction.BLOCK),
            ["added", "has added you"],
        ),
        (
            Contact(BOB),
            (PersonAction.WRITE, PersonAction.ADD, PersonAction.NAME, PersonAction.BLOCK),
            ["neither added nor blocked"],
        ),
    ],
)
def test_what_can_be_done_about_somebody(
    contact: Contact, actions: tuple[PersonAction, ...], states: list[str]
) -> None:
    page = people_page([contact], Aliases(), ALICE, texts_in("de"))
    (entry,) = [*page.requests, *page.contacts, *page.others, *page.blocked]
    assert entry.actions == actions
    assert list(person_states(contact)) == states
    assert list(entry.states) != states


def test_a_name_that_nobody_has_checked_is_no_name() -> None:
    assert claimed_name(Contact(BOB, ens_name="bob.eth\x1b[2J")) == "says to be bob.eth, which nobody has checked"
    assert claimed_name(Contact(BOB, ens_name="bob.eth", ens_verified=True)) == ""
    assert claimed_name(Contact(BOB)) == ""


# groups

GROUP = Chat(f"00000000-0000-4000-8000-000000000000-{ALICE.hex}", ChatKind.PRIVATE_GROUP, name="harbour")
MEMBERS = [
    GroupMember(DAVE, False, False),
    GroupMember(BOB, True, False),
    GroupMember(CAROL, True, True),
    GroupMember(ALICE, True, True),
]


def asks(person: PublicKey, state: InvitationState = InvitationState.REQUEST) -> JoinRequest:
    return JoinRequest(bytes(32), GROUP.id, person, ALICE, "hello", "", 1, state)


def test_members_stand_with_what_they_are() -> None:
    page = group_page(
        GROUP, MEMBERS, ALICE, Aliases(), ENGLISH, [asks(ERIN), asks(ALICE), asks(BOB, InvitationState.REJECTED)]
    )
    assert (page.title, page.standing, page.standing_text) == ("harbour", Standing.ADMIN, "You are an admin")
    assert page.summary == "4 members, 3 joined"
    assert [(one.member.person, one.role) for one in page.members] == [
        (ALICE, "you, admin"),
        (CAROL, "admin"),
        (BOB, ""),
        (DAVE, "not joined"),
    ]
    assert [bool(one.actions) for one in page.members] == [False, False, True, True]
    assert [(request.person, name.name) for request, name in page.requests] == [(ERIN, alias(ERIN))]
    assert GroupAction.RENAME in page.actions


@pytest.mark.parametrize(
    ("own", "chat", "standing", "actions"),
    [
        (BOB, GROUP, Standing.MEMBER, (GroupAction.LEAVE,)),
        (DAVE, GROUP, Standing.INVITED, (GroupAction.JOIN, GroupAction.DECLINE)),
        (ERIN, GROUP, Standing.NO_MEMBER, ()),
        (BOB, Chat(GROUP.id, ChatKind.PRIVATE_GROUP, active=False), Standing.NO_MEMBER, ()),
    ],
)
def test_what_can_be_done_in_a_group(
    own: PublicKey, chat: Chat, standing: Standing, actions: Sequence[GroupAction]
) -> None:
    page = group_page(chat, MEMBERS, own, Aliases(), ENGLISH, [asks(ERIN)])
    assert (page.standing, tuple(page.actions), page.requests) == (standing, actions, [])
    assert page.title == (chat.name or "A group without a name")
    assert all(one.actions == () for one in page.members)


# devices

THIS = Device("this", "laptop", "desktop", True, None)
ACTIVE = NOON / 1_000


def other(name: str = "phone", *, enabled: bool = True, number: int = 1) -> Device:
    return Device(f"other-{number}", name, "ios", enabled, ACTIVE)


@pytest.mark.parametrize(
    ("device", "progress", "state", "text", "here", "there"),
    [
        (THIS, None, DeviceState.THIS, "this device", 0, 0),
        (Device("this", "", "desktop", True, None), None, DeviceState.THIS, "this device", 1, 0),
        (other(enabled=False), None, DeviceState.NEW, "new, seen 12:00", 1, 1),
        (other("", enabled=False), None, DeviceState.NEW, "new, seen 12:00", 1, 2),
        (other(), None, DeviceState.UP_TO_DATE, "up to date, seen 12:00", 0, 0),
        (
            other(),
            SyncProgress("other-1", unanswered=3),
            DeviceState.SILENT,
            "enabled here, answers nothing yet, seen 12:00",
            0,
            1,
        ),
        (
            other(),
            SyncProgress("other-1", waiting=2, arrived=1, unanswered=3),
            DeviceState.SYNCING,
            "2 things are on their way to it, seen 12:00",
            0,
            1,
        ),
    ],
)
def test_how_far_a_device_is_and_what_is_left_to_do(
    device: Device, progress: SyncProgress | None, state: DeviceState, text: str, here: int, there: int
) -> None:
    page = device_page([device], [] if progress is None else [progress], TODAY, ENGLISH, UTC)
    (entry,) = page.devices
    assert (entry.state, entry.state_text, len(entry.here), len(entry.there)) == (state, text, here, there)
    assert bool(page.question) == (state is DeviceState.NEW)


def test_at_most_three_devices_take_part() -> None:
    devices = [other(number=1), other(number=2), THIS, other("", number=3, enabled=False)]
    page = device_page(devices, [], TODAY, ENGLISH, UTC)
    assert [entry.title for entry in page.devices] == ["laptop", "phone", "phone", "Device other-3"]
    assert not page.can_enable
    assert page.devices[-1].here == ("Three devices take part already. Disable one of them first",)
    assert device_page(devices[1:], [], TODAY, ENGLISH, UTC).can_enable


def test_what_to_do_if_somebody_has_our_words() -> None:
    assert len(stolen_words(ENGLISH)) == 4
    assert all(stolen_words(ENGLISH))


# search


@pytest.mark.parametrize(
    ("typed", "request_"),
    [
        ("lunch  tomorrow", SearchRequest("lunch tomorrow")),
        ('"lunch tomorrow"', SearchRequest('"lunch tomorrow"')),
        ("lunch from:bob in:#status", SearchRequest("lunch", author="bob", chat="#status")),
        ('FROM:"Experienced Gibbon" lunch', SearchRequest("lunch", author="Experienced Gibbon")),
        ("has:image cat", SearchRequest("cat", content_type=ContentType.IMAGE)),
        (
            "x after:2026-11-19 before:2026-11-21",
            SearchRequest(
                "x",
                since=datetime(2026, 11, 19, 23, 59, 59, 999_999, UTC),
                until=datetime(2026, 11, 21, tzinfo=UTC),
            ),
        ),
        ("http://a from: b", SearchRequest("http://a from: b")),
    ],
)
def test_what_is_searched_for(typed: str, request_: SearchRequest) -> None:
    assert search_request(typed, zone=UTC) == request_


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("has:everything", "has:everything finds nothing"),
        ("before:yesterday", "yesterday is no day"),
        ("after:2026-13-01", "2026-13-01 is no day"),
    ],
)
def test_what_cannot_be_searched_for(typed: str, said: str) -> None:
    with pytest.raises(LocalError, match=said):
        search_request(typed)


def test_a_picture_is_searched_for_among_the_results() -> None:
    wanted = search_request("cat has:image")
    assert wanted.content_type is ContentType.IMAGE
    assert search_request("cat").content_type is None
    assert search_request("has:image").is_anything
    assert not search_request("  ").is_anything


def test_a_result_shows_what_was_found_and_nothing_that_a_terminal_obeys() -> None:
    result = SearchResult(message(1), "…the \x1b[2Jcat\nsat\u200b\u202e", ((5 + 4, 8 + 4), (13, 16)))
    assert list(result_pieces(result)) == [
        Piece("…the ", False),
        Piece("cat", True),
        Piece(" ", False),
        Piece("sat", True),
    ]


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("**Lunch** on `Monday`?", ["Lunch", "Monday"], "[Lunch] on [Monday]?"),
        ("> lunch\n\n_late_ *lunch*", ["lunch"], "lunch late [lunch]"),
        ("lunch_list_of", ["lunch"], "[lunch]_list_of"),
        (f"lunch with @{BOB.hex}", ["lunch"], "[lunch] with @Bob"),
        ("\ufdd0lunch\ufdd1", ["lunch"], "\ufffd[lunch]\ufffd"),
    ],
)
def test_a_result_is_shown_without_the_marks_of_its_styles(text: str, words: Sequence[str], shown: str) -> None:
    matches = tuple((text.rindex(word), text.rindex(word) + len(word)) for word in words)
    found = result_pieces(SearchResult(replace(message(1), text=text), text, matches), lambda _: "Bob")
    assert "".join(f"[{one.text}]" if one.is_match else one.text for one in found) == shown


def test_of_a_long_text_what_is_around_the_match_is_shown_and_marks_outside_of_it_count() -> None:
    text = f"**{'before ' * 30}needle {'after ' * 900}**"
    at = text.index("needle")
    result = search._result(replace(message(1), text=text[:3_000] + "**"), [(at, at + 6)])
    found = result_pieces(result)
    assert [one.text for one in found if one.is_match] == ["needle"]
    line = "".join(one.text for one in found)
    assert (line[0], line[-1], "*" in line) == ("…", "…", False)
    longest = search._result(replace(message(1), text=text), [(at, at + 6)])
    assert [one.text for one in result_pieces(longest) if one.is_match] == ["needle"], "longer than what is parsed"
