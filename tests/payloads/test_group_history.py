"""Groups of any events: one result for every order, and bounds that nobody can turn against others."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import SIGNATURE_SIZE, PrivateKey
from pystatus.errors import LocalError, RemoteError
from pystatus.payloads import group_history
from pystatus.payloads.chats import group_chat_id
from pystatus.payloads.group_events import text_of, with_event
from pystatus.payloads.group_history import MAX_WAITING, Folded, Group, fold, verified
from pystatus.payloads.group_reference import strict_group
from pystatus.payloads.groups import MembershipUpdateEvent, SignedEvent
from pystatus.payloads.kinds import EventType
from tests.payloads.support import ALICE, BOB, CAROL

CHAT = group_chat_id("3b0f4e1c-6a3d-4f5e-9a59-0d8f5d6f7a11", ALICE.public_key)
KEYS = [ALICE, BOB, CAROL]
TEXTS = [key.public_key.hex for key in KEYS]
NOW = 1_600_000_000_000


def signed(
    author: PrivateKey, kind: EventType, clock: int, *members: str, name: str = "", chat_id: str = CHAT
) -> SignedEvent:
    return SignedEvent.sign(MembershipUpdateEvent(clock, members, name, kind), chat_id, author)


def people(count: int) -> tuple[str, ...]:
    return tuple(PrivateKey(number.to_bytes(32, "big")).public_key.hex for number in range(1_000, 1_000 + count))


BEGINNING = [
    signed(ALICE, EventType.CHAT_CREATED, 10, name="group"),
    signed(ALICE, EventType.MEMBERS_ADDED, 20, BOB.public_key.hex),
    signed(BOB, EventType.MEMBER_JOINED, 30),
]


@st.composite
def events(draw: st.DrawFn) -> SignedEvent:
    author = draw(st.sampled_from(KEYS))
    kind = draw(st.sampled_from([*EventType]))
    targets = draw(st.lists(st.sampled_from([*TEXTS, "not a key"]), max_size=2))
    return signed(author, kind, draw(st.integers(0, 6)), *targets, name=draw(st.sampled_from(["", "one", "two"])))


@pytest.mark.requirement("GC-11", "GC-14")
@settings(deadline=None)
@given(st.lists(events(), max_size=14), st.randoms())
def test_every_order_and_every_repetition_gives_the_same_group(some: list[SignedEvent], random: Random) -> None:
    """At once, and one after the other; clocks are equal more often than not."""
    some = [*BEGINNING[:1], *some]
    at_once = fold(CHAT, some)
    mixed = [*some, *random.sample(some, len(some) // 2)]
    random.shuffle(mixed)
    assert fold(CHAT, mixed) == at_once
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(group_history, "MAX_WAITING", len(some))
        kept = fold(CHAT, [])
        for event in mixed:
            kept = fold(CHAT, [*kept.history, *kept.waiting, event])
    assert (kept.group, kept.history) == (at_once.group, at_once.history)
    assert strict_group(CHAT, at_once.history) == at_once.group or not at_once.history


@pytest.mark.requirement("GC-2", "PL-3")
@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(bytes(65), id="a signature alone"),
        pytest.param(BEGINNING[1].raw[:64] + bytes([27]) + BEGINNING[1].raw[65:], id="another recovery id"),
        pytest.param(bytes(64) + BEGINNING[1].raw[64:], id="no signature"),
    ],
)
def test_an_event_without_an_author_counts_for_nothing_and_spoils_nothing(raw: bytes) -> None:
    """What a group passes on are its events, so nothing unsigned is passed on."""
    assert verified([raw, *(event.raw for event in BEGINNING)], CHAT) == BEGINNING


@pytest.mark.requirement("GC-2")
def test_events_of_another_group_have_another_author() -> None:
    other = group_chat_id("4b0f4e1c-6a3d-4f5e-9a59-0d8f5d6f7a11", ALICE.public_key)
    stolen = signed(ALICE, EventType.NAME_CHANGED, 40, name="stolen", chat_id=other)
    assert fold(CHAT, [*BEGINNING, *verified([stolen.raw], CHAT)]).group.name == "group"


@pytest.mark.requirement("GC-1")
@pytest.mark.parametrize("chat_id", ["", "status", ALICE.public_key.hex, f"group-{ALICE.public_key.hex}", CHAT.upper()])
def test_no_group_without_a_uuid_and_a_key(chat_id: str) -> None:
    with pytest.raises(RemoteError):
        fold(chat_id, BEGINNING)


@pytest.mark.requirement("GC-1", "GC-3")
def test_whoever_is_not_named_in_the_id_creates_nothing() -> None:
    forged = signed(BOB, EventType.CHAT_CREATED, 1, name="mine")
    assert fold(CHAT, [forged]).group == Group()
    assert fold(CHAT, [forged, *BEGINNING]).history == tuple(BEGINNING)


@pytest.mark.requirement("GC-3")
def test_what_is_before_the_creation_does_not_count() -> None:
    early = [signed(ALICE, EventType.NAME_CHANGED, 9, name="early"), signed(BOB, EventType.MEMBER_JOINED, 5)]
    assert fold(CHAT, [*early, *BEGINNING]).history == tuple(BEGINNING)


@pytest.mark.requirement("GC-6", "GC-14")
def test_what_comes_too_early_counts_as_soon_as_its_reason_is_there() -> None:
    kept = fold(CHAT, BEGINNING[:1])
    for event in (BEGINNING[2], BEGINNING[1]):
        kept = fold(CHAT, [*kept.history, *kept.waiting, event])
    assert kept.group.joined == {ALICE.public_key.hex, BOB.public_key.hex}


@pytest.mark.requirement("GC-8")
def test_whoever_is_removed_joins_no_more_unless_added_again() -> None:
    removed = [*BEGINNING, signed(ALICE, EventType.MEMBER_REMOVED, 40, BOB.public_key.hex)]
    again = signed(BOB, EventType.MEMBER_JOINED, 50)
    added = signed(ALICE, EventType.MEMBERS_ADDED, 60, BOB.public_key.hex)
    assert BOB.public_key.hex not in fold(CHAT, [*removed, again]).group.members
    group = fold(CHAT, [*removed, again, added]).group
    assert BOB.public_key.hex in group.members
    assert BOB.public_key.hex not in group.joined


# bounds


def test_members_beyond_the_bound_are_not_added() -> None:
    many = people(group_history.MAX_MEMBERS - 1)
    full = fold(CHAT, [BEGINNING[0], signed(ALICE, EventType.MEMBERS_ADDED, 11, *many)])
    assert len(full.group.members) == group_history.MAX_MEMBERS
    more = signed(ALICE, EventType.MEMBERS_ADDED, 12, BOB.public_key.hex)
    assert fold(CHAT, [*full.history, more]).group == full.group
    gone = signed(ALICE, EventType.MEMBER_REMOVED, 12, many[0])
    after = fold(CHAT, [*full.history, gone, signed(ALICE, EventType.MEMBERS_ADDED, 13, BOB.public_key.hex)])
    assert BOB.public_key.hex in after.group.members


def test_a_history_names_a_bounded_number_of_people(monkeypatch: pytest.MonkeyPatch) -> None:
    """They come and go: as many become people that we know, and are listened to."""
    monkeypatch.setattr(group_history, "MAX_PEOPLE", 3)
    some = people(5)
    made, clock = [BEGINNING[0]], 20
    for one in some:
        made += [
            signed(ALICE, EventType.MEMBERS_ADDED, clock, one),
            signed(ALICE, EventType.MEMBER_REMOVED, clock + 1, one),
        ]
        clock += 2
    assert fold(CHAT, made).people == {ALICE.public_key.hex, *some[:2]}


def test_an_admin_who_fills_a_history_keeps_nobody_in_the_group(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even with clocks before those of others: what removes people needs no room."""
    monkeypatch.setattr(group_history, "MAX_GROWTH", 20)
    flood = [signed(ALICE, EventType.NAME_CHANGED, 100 + number, name=f"name {number}") for number in range(50)]
    removal = signed(ALICE, EventType.MEMBER_REMOVED, 1_000, BOB.public_key.hex)
    folded = fold(CHAT, [*BEGINNING, *flood, removal])
    assert len(folded.history) == 20 + 2
    assert folded.group.members == (ALICE.public_key.hex,)


def padded(author: PrivateKey, kind: EventType, clock: int, *members: str) -> SignedEvent:
    """As large as such an event may be, by a field that nobody knows."""
    encoded = MembershipUpdateEvent(clock, members, "", kind).encode()
    missing = group_history.MAX_CHANGE_BYTES - SIGNATURE_SIZE - len(encoded) - 4
    encoded += b"\xa2\x06" + bytes([missing & 127 | 128, missing >> 7]) + bytes(missing)
    return SignedEvent.decode(author.sign(keccak256(CHAT.encode() + encoded)) + encoded, CHAT)


def test_the_bytes_of_a_history_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    most = 4_000
    monkeypatch.setattr(group_history, "MAX_HISTORY_BYTES", most)
    flood = [signed(ALICE, EventType.NAME_CHANGED, 100 + number, name=f"{number}" * 90) for number in range(50)]
    folded = fold(CHAT, [*BEGINNING, *flood])
    assert most / 2 < sum(len(event.raw) for event in folded.history) <= most
    assert fold(CHAT, reversed([*BEGINNING, *flood])) == folded


def test_whoever_is_in_a_full_history_can_join_and_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    """However large the events are by which others come and go: the bound holds all the same."""
    most = 20_000
    monkeypatch.setattr(group_history, "MAX_HISTORY_BYTES", most)
    others = [PrivateKey(number.to_bytes(32, "big")) for number in range(1_000, 1_010)]
    names = [other.public_key.hex for other in others]
    flood, clock = [*BEGINNING[:2]], 100
    for _ in range(9):
        flood.append(signed(ALICE, EventType.MEMBERS_ADDED, clock, *names))
        flood += [padded(other, EventType.MEMBER_JOINED, clock + 1) for other in others]
        flood += [signed(ALICE, EventType.ADMINS_ADDED, clock + 2, *names[:3])]
        flood += [padded(other, EventType.ADMIN_REMOVED, clock + 3, other.public_key.hex) for other in others[:3]]
        flood += [padded(ALICE, EventType.MEMBER_REMOVED, clock + 4, name) for name in names[1:]]
        clock += 10
    folded = fold(CHAT, flood)
    assert most / 2 < sum(len(event.raw) for event in folded.history) <= most
    assert flood[-1] not in folded.history
    for member in [BOB, *(other for other in others if other.public_key.hex in folded.group.members)]:
        for kind, members in ((EventType.MEMBER_JOINED, ()), (EventType.MEMBER_REMOVED, (member.public_key.hex,))):
            if kind == EventType.MEMBER_JOINED and member.public_key.hex in folded.group.joined:
                continue
            clock += 1
            event = padded(member, kind, clock, *members)
            folded = fold(CHAT, [*folded.history, event])
            assert event in folded.history
    assert folded.group.members == (ALICE.public_key.hex,)
    assert sum(len(event.raw) for event in folded.history) <= most
    assert strict_group(CHAT, folded.history) is not None


def test_a_member_fills_nothing() -> None:
    """Whoever is no admin joins once and leaves once; nothing else of theirs counts, nor displaces what others keep."""
    flood = [signed(BOB, EventType.MEMBER_JOINED, 31 + number) for number in range(50)]
    waits = signed(CAROL, EventType.MEMBER_JOINED, 25)
    folded = fold(CHAT, [*BEGINNING, *flood, waits])
    assert folded.history == tuple(BEGINNING)
    assert waits in folded.waiting
    assert len([event for event in folded.waiting if event.author == BOB.public_key]) == MAX_WAITING


def test_long_texts_in_place_of_keys_are_not_remembered() -> None:
    before = group_history._is_key.cache_info().currsize
    for number in range(20):
        fold(CHAT, [BEGINNING[0], signed(ALICE, EventType.MEMBERS_ADDED, 20, f"{number}" * 5_000)])
    assert group_history._is_key.cache_info().currsize == before


def test_strangers_make_us_keep_a_bounded_number_of_events() -> None:
    flood = [
        signed(PrivateKey(number.to_bytes(32, "big")), EventType.MEMBER_JOINED, number)
        for number in range(1_000, 1_200)
    ]
    folded = fold(CHAT, [*BEGINNING, *flood])
    assert len(folded.waiting) == group_history.MAX_WAITING_OF_OTHERS
    assert fold(CHAT, [*folded.history, *folded.waiting, *reversed(flood)]) == folded


def test_large_events_that_do_not_count_are_not_kept() -> None:
    large = signed(BOB, EventType.NAME_CHANGED, 40, name="x" * group_history.MAX_WAITING_BYTES)
    too_large = signed(BOB, EventType.MEMBER_JOINED, 40, name="x" * group_history.MAX_CHANGE_BYTES)
    folded = fold(CHAT, [*BEGINNING[:2], large, too_large])
    assert folded.group.joined == {ALICE.public_key.hex}
    assert folded.waiting == (too_large,)


# our own events


def act(folded: Folded, author: PrivateKey, kind: EventType, *members: str, name: str = "", now: int = NOW) -> Folded:
    return with_event(
        CHAT,
        folded,
        MembershipUpdateEvent(0, members, name, kind),
        lambda event: SignedEvent.sign(event, CHAT, author),
        last_clock=0,
        now_ms=now,
    )


@pytest.mark.requirement("GC-12", "PL-10")
def test_our_own_event_comes_after_all_others_wherever_our_clock_stands() -> None:
    """A join with a clock behind that of the addition makes the group unusable for the reference."""
    folded = fold(CHAT, BEGINNING[:2])
    joined = act(folded, BOB, EventType.MEMBER_JOINED, now=3)
    assert joined.history[-1].event.clock == 21
    renamed = with_event(
        CHAT,
        joined,
        MembershipUpdateEvent(0, (), "new", EventType.NAME_CHANGED),
        lambda event: SignedEvent.sign(event, CHAT, ALICE),
        last_clock=500,
        now_ms=3,
    )
    assert renamed.history[-1].event.clock == 501
    assert strict_group(CHAT, renamed.history) == renamed.group


@pytest.mark.parametrize(
    ("author", "kind", "members", "sentence"),
    [
        (CAROL, EventType.MEMBER_JOINED, (), "not a member"),
        (BOB, EventType.MEMBER_JOINED, (), "joined this group already"),
        (BOB, EventType.NAME_CHANGED, (), "Only an admin"),
        (BOB, EventType.MEMBER_REMOVED, (TEXTS[0],), "Only an admin"),
        (ALICE, EventType.NAME_CHANGED, (), "name already"),
        (ALICE, EventType.MEMBERS_ADDED, (TEXTS[1],), "members of the group already"),
        (ALICE, EventType.MEMBERS_ADDED, people(100), "no room"),
        (ALICE, EventType.ADMINS_ADDED, (TEXTS[2],), "no members"),
        (ALICE, EventType.ADMINS_ADDED, (TEXTS[0],), "admins of the group already"),
        (ALICE, EventType.MEMBER_REMOVED, (TEXTS[2],), "no members"),
    ],
)
def test_what_would_not_count_is_never_made(
    author: PrivateKey, kind: EventType, members: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(LocalError, match=sentence):
        act(fold(CHAT, BEGINNING), author, kind, *members)


def test_every_event_has_a_text_that_names_people() -> None:
    texts = {kind: text_of(signed(ALICE, kind, 1, TEXTS[1], name="harbour")) for kind in [*EventType][1:]}
    assert len(set(texts.values())) == len(texts)
    assert all(f"@{TEXTS[0]}" in text for text in texts.values())
    assert "harbour" in texts[EventType.CHAT_CREATED]
    assert f"@{TEXTS[1]}" in texts[EventType.MEMBER_REMOVED]
    assert "left" in text_of(signed(ALICE, EventType.MEMBER_REMOVED, 1, TEXTS[0]))
