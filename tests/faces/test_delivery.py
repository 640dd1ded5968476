"""How far a message got, in a mark and in words; and who gets one before it is sent."""

from __future__ import annotations

from datetime import UTC, date

import pytest

from pystatus.account.alias import alias
from pystatus.account.names import Aliases
from pystatus.faces.audience import audience
from pystatus.faces.catalogue import texts_in
from pystatus.faces.delivery import (
    ASCII_MARKS,
    CAN_BE_SENT_AGAIN,
    MARKS,
    UNDER_WAY,
    Circumstances,
    explanation,
    legend,
    mark,
    state_words,
)
from pystatus.messenger.group_records import Delivery, GroupMember
from pystatus.messenger.records import Chat, MessageState
from pystatus.payloads.chats import ChatKind, profile_chat_id
from tests.faces.support import ALICE, BOB, CAROL, NOON, message

ENGLISH = texts_in()
TODAY = date(2020, 8, 26)
KNOWN = Circumstances(is_public=False, today=TODAY, zone=UTC)


@pytest.mark.parametrize(
    ("state", "sign", "plain", "words"),
    [
        (MessageState.SENDING, "…", "_", "on its way to a relay"),
        (MessageState.SENT, "·", ".", "with a relay"),
        (MessageState.SEEN, "·", ".", "relayed further"),
        (MessageState.ARCHIVED, "▪", "#", "kept by a mailserver"),
        (MessageState.DELIVERED, "✓", "+", "delivered to a device"),
        (MessageState.UNCONFIRMED, "?", "?", "not confirmed"),
        (MessageState.FAILED, "!", "!", "not sent"),
    ],
)
def test_every_state_has_a_mark_and_words(state: MessageState, sign: str, plain: str, words: str) -> None:
    own = message(1, author=ALICE, state=state)
    shown = mark(own, ENGLISH)
    assert shown is not None
    assert (shown.sign, shown.words, shown.asks) == (sign, words, state in CAN_BE_SENT_AGAIN)
    in_ascii = mark(own, ENGLISH, ascii_only=True)
    assert in_ascii is not None
    assert in_ascii.sign == plain
    assert state_words(state, texts_in("de")) != words


def test_all_states_are_told_apart_but_those_of_relays() -> None:
    for signs in (MARKS, ASCII_MARKS):
        assert set(signs) == set(MessageState)
        assert len(set(signs.values())) == len(MessageState) - 1
        assert all(len(sign) == 1 for sign in signs.values())
    assert all(sign.isascii() for sign in ASCII_MARKS.values())
    assert [one.sign for one in legend(ENGLISH)] == ["…", "·", "▪", "✓", "?", "!"]
    assert [one.sign for one in legend(ENGLISH, ascii_only=True)] == ["_", ".", "#", "+", "?", "!"]
    assert UNDER_WAY.isdisjoint(CAN_BE_SENT_AGAIN)


def test_a_message_of_somebody_else_has_no_mark() -> None:
    assert mark(message(1), ENGLISH) is None


@pytest.mark.parametrize(
    ("delivered", "members", "sign", "words"),
    [
        (3, 5, "✓ 3/5", "delivered to 3 of 5 members"),
        (5, 5, "✓ 5/5", "delivered to 5 of 5 members"),
        (0, 5, "·", "with a relay"),
        (1, 1, "·", "with a relay"),
    ],
)
def test_in_a_group_it_is_said_how_many_have_it(delivered: int, members: int, sign: str, words: str) -> None:
    shown = mark(message(1, author=ALICE, state=MessageState.SENT), ENGLISH, Delivery(delivered, members))
    assert shown is not None
    assert (shown.sign, shown.words) == (sign, words)


@pytest.mark.parametrize(
    ("state", "meaning"),
    [
        (MessageState.SENDING, "It is on its way to a relay."),
        (MessageState.SENT, "A relay has it. Nothing is known yet of the other side."),
        (MessageState.SEEN, "A relay has handed it on. Nothing is known yet of the other side."),
        (MessageState.ARCHIVED, "A mailserver keeps it for 30 days. Who is away gets it from there."),
        (MessageState.DELIVERED, "A device of the other side has it. Whether somebody has read it, nobody learns."),
        (MessageState.UNCONFIRMED, "A relay has it, but nobody has confirmed it. It may have arrived."),
        (MessageState.FAILED, "No relay took it. It was not sent."),
    ],
)
def test_a_message_of_ours_is_explained(state: MessageState, meaning: str) -> None:
    own = message(1, author=ALICE, state=state, clock=0)
    said = explanation(own, KNOWN, ENGLISH)
    assert said[:2] == ["Written 12:00.", meaning]
    assert ("You can send it again; the other side sees it once." in said) == (state in CAN_BE_SENT_AGAIN)
    assert said[-1].startswith("It had no forward secrecy")


def test_what_else_is_known_is_said() -> None:
    own = message(1, author=ALICE, state=MessageState.UNCONFIRMED, clock=0, forward_secrecy=True)
    known = Circumstances(
        is_public=False,
        today=TODAY,
        delivery=Delivery(1, 3),
        missing=("Bob\x1b[2J", "Carol"),
        reason="The relay\nis gone.",
        zone=UTC,
    )
    assert list(explanation(own, known, ENGLISH))[2:] == [
        "The relay is gone.",
        "1 of 3 members has it.",
        "It is not confirmed by Bob, Carol.",
        "You can send it again; the other side sees it once.",
        "Nobody can open it later who gets hold of keys (forward secrecy).",
    ]
    waiting = Circumstances(is_public=True, today=TODAY, waits_for_relay=True, zone=UTC)
    assert list(explanation(message(1, author=ALICE, state=MessageState.SENDING, clock=0), waiting, ENGLISH)) == [
        "Written 12:00.",
        "No relay is connected. It is kept, and goes out by itself.",
        "As long as it has not left you can withdraw it: then nobody gets it.",
    ]


def test_a_message_of_somebody_else_is_explained() -> None:
    late = message(1, clock=0, received_ms=NOON + 3_600_000)
    known = Circumstances(is_public=True, today=TODAY, zone=UTC)
    assert list(explanation(late, known, ENGLISH)) == ["Written 12:00, arrived here 13:00."]


# who gets it

PRIVATE = Chat(BOB.hex, ChatKind.ONE_TO_ONE)
GROUP = Chat(f"00000000-0000-4000-8000-000000000000-{ALICE.hex}", ChatKind.PRIVATE_GROUP, name="harbour")
WE = GroupMember(ALICE, True, True)


@pytest.mark.parametrize(
    ("chat", "members", "secrecy", "text", "can_write"),
    [
        (Chat("status", ChatKind.PUBLIC), [], None, "Everybody who knows the name of this chat can read this", True),
        (Chat("status", ChatKind.PUBLIC, active=False), [], None, "You have left this chat", False),
        (PRIVATE, [], None, f"Only {alias(BOB)} and you can read this", True),
        (PRIVATE, [], True, f"Only {alias(BOB)} and you can read this, with forward secrecy", True),
        (
            PRIVATE,
            [],
            False,
            f"Only {alias(BOB)} and you can read this; until they answer it has no forward secrecy",
            True,
        ),
        (
            Chat(profile_chat_id(BOB), ChatKind.PROFILE),
            [],
            None,
            "Only the owner of this profile can write here",
            False,
        ),
        (
            Chat(profile_chat_id(ALICE), ChatKind.PROFILE),
            [],
            None,
            "Everybody who knows the name of this chat can read this",
            True,
        ),
        (GROUP, [], None, "You are not a member of this group any more", False),
        (GROUP, [GroupMember(ALICE, False, False)], None, "Join this group to write in it", False),
        (GROUP, [WE], None, "Nobody else has joined this group yet", True),
        (GROUP, [WE, GroupMember(BOB, True, False)], None, "1 member gets this", True),
        (
            GROUP,
            [WE, GroupMember(BOB, True, False), GroupMember(CAROL, False, False)],
            None,
            "1 member gets this; 1 invited do not, until they join",
            True,
        ),
    ],
)
def test_who_gets_what_is_written(
    chat: Chat, members: list[GroupMember], secrecy: bool | None, text: str, can_write: bool
) -> None:
    found = audience(chat, ALICE, Aliases(), ENGLISH, members=members, forward_secrecy=secrecy)
    assert (found.text, found.can_write) == (text, can_write)
