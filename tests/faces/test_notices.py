"""Who is told what, by a table: nothing that they see, muted or have read, and nothing that a terminal obeys."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from pystatus.account.alias import alias
from pystatus.account.names import Aliases
from pystatus.client.events import Event, PeerConnected
from pystatus.faces.catalogue import texts_in
from pystatus.faces.notices import (
    MAX_NOTICE,
    Kind,
    Notice,
    NoticeSettings,
    Preview,
    Situation,
    gathered,
    notices,
    withdrawn,
)
from pystatus.messenger.contact_records import Contact
from pystatus.messenger.events import CopySuspected, DeviceFound, MessageReceived, MessageStateChanged, MessageSynced
from pystatus.messenger.features.contacts import ContactRequested
from pystatus.messenger.features.conversations import ChatChanged, ChatCleared
from pystatus.messenger.features.group_changes import AddedToGroup
from pystatus.messenger.features.group_invitations import JoinRequested
from pystatus.messenger.group_records import JoinRequest
from pystatus.messenger.records import Chat, MessageState
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.kinds import InvitationState
from pystatus.sanitise import NAME_LENGTH
from tests.faces.support import ALICE, BOB, CAROL, message

ENGLISH = texts_in()
BOB_NAME = alias(BOB)
PRIVATE = Chat(BOB.hex, ChatKind.ONE_TO_ONE, unread=1)
PUBLIC = Chat("status", ChatKind.PUBLIC, unread=1)
GROUP = Chat(f"00000000-0000-4000-8000-000000000000-{BOB.hex}", ChatKind.PRIVATE_GROUP, name="harbour", unread=1)
NOON = datetime(2020, 8, 26, 12, tzinfo=UTC)
AWAY = Situation(ALICE, Aliases(), NOON, added=frozenset([BOB]))
WANTS = NoticeSettings()
HELLO = MessageReceived(message(1, text="hello"), PRIVATE)
NAMED = MessageReceived(message(1, text=f"hi @{ALICE.hex}"), PUBLIC)
REQUEST = JoinRequest(bytes(32), GROUP.id, BOB, ALICE, "", "", 1, InvitationState.REQUEST)


@pytest.mark.parametrize(
    ("event", "situation", "wanted", "told"),
    [
        # whom somebody looks at
        (HELLO, AWAY, WANTS, (Kind.MESSAGE, BOB_NAME, "hello")),
        (HELLO, replace(AWAY, is_focused=True), WANTS, (Kind.MESSAGE, BOB_NAME, "hello")),
        (HELLO, replace(AWAY, open_chat=BOB.hex), WANTS, (Kind.MESSAGE, BOB_NAME, "hello")),
        (HELLO, replace(AWAY, is_focused=True, open_chat=BOB.hex), WANTS, None),
        (HELLO, replace(AWAY, is_focused=True, open_chat="status"), WANTS, (Kind.MESSAGE, BOB_NAME, "hello")),
        # muted, read, own
        (replace(HELLO, chat=replace(PRIVATE, muted=True)), AWAY, WANTS, None),
        (replace(NAMED, chat=replace(PUBLIC, muted=True)), AWAY, WANTS, None),
        (replace(HELLO, chat=replace(PRIVATE, unread=0)), AWAY, WANTS, None),
        (replace(HELLO, message=message(1, author=ALICE)), AWAY, WANTS, None),
        (MessageSynced(message(1), PRIVATE), AWAY, WANTS, None),
        (HELLO, AWAY, NoticeSettings(enabled=False), None),
        # public chats and groups
        (MessageReceived(message(1), PUBLIC), AWAY, WANTS, None),
        (
            MessageReceived(message(1), PUBLIC),
            AWAY,
            NoticeSettings(all_of_public=True),
            (Kind.MESSAGE, f"{BOB_NAME} in #status", "hello"),
        ),
        (NAMED, AWAY, WANTS, (Kind.MENTION, f"{BOB_NAME} in #status", f"hi @{alias(ALICE)}")),
        (MessageReceived(message(1), GROUP), AWAY, WANTS, (Kind.MESSAGE, f"{BOB_NAME} in harbour", "hello")),
        # strangers
        (replace(HELLO, message=message(1, author=CAROL)), AWAY, WANTS, (Kind.MESSAGE, alias(CAROL), "hello")),
        (replace(HELLO, message=message(1, author=CAROL)), AWAY, NoticeSettings(strangers=False), None),
        (HELLO, AWAY, NoticeSettings(strangers=False), (Kind.MESSAGE, BOB_NAME, "hello")),
        (ContactRequested(Contact(BOB)), AWAY, NoticeSettings(strangers=False), None),
        (ContactRequested(Contact(BOB)), AWAY, WANTS, (Kind.REQUEST, BOB_NAME, "wants to write to you")),
        (AddedToGroup(GROUP, BOB), AWAY, WANTS, (Kind.REQUEST, BOB_NAME, "has added you to harbour")),
        (
            AddedToGroup(GROUP, BOB),
            AWAY,
            NoticeSettings(strangers=False, preview=Preview.NAME),
            (Kind.REQUEST, BOB_NAME, "has added you to a group"),
        ),
        (AddedToGroup(GROUP, CAROL), AWAY, NoticeSettings(strangers=False), None),
        (JoinRequested(REQUEST, GROUP), AWAY, WANTS, (Kind.REQUEST, BOB_NAME, "wants to join a group of yours")),
        # previews
        (HELLO, AWAY, NoticeSettings(preview=Preview.NAME), (Kind.MESSAGE, BOB_NAME, "New message")),
        (HELLO, AWAY, NoticeSettings(preview=Preview.NOTHING), (Kind.MESSAGE, "pystatus", "New message")),
        (NAMED, AWAY, NoticeSettings(preview=Preview.NOTHING), (Kind.MENTION, "pystatus", "New message")),
        (
            ContactRequested(Contact(BOB)),
            AWAY,
            NoticeSettings(preview=Preview.NOTHING),
            (Kind.REQUEST, "Somebody", "wants to write to you"),
        ),
        (replace(HELLO, message=message(1, text="\u200b")), AWAY, WANTS, (Kind.MESSAGE, BOB_NAME, "New message")),
        # ourselves
        (
            MessageStateChanged(bytes(32), MessageState.FAILED, "Every relay refuses it."),
            AWAY,
            WANTS,
            (Kind.FAILURE, "pystatus", "A message was not sent. Every relay refuses it."),
        ),
        (MessageStateChanged(bytes(32), MessageState.SENT), AWAY, WANTS, None),
        (
            DeviceFound("id"),
            AWAY,
            WANTS,
            (Kind.WARNING, "pystatus", "A device that you have not confirmed uses your account"),
        ),
        (CopySuspected(BOB), AWAY, WANTS, (Kind.WARNING, "pystatus", "A copy of your profile may be in use")),
        (PeerConnected("ab" * 64), AWAY, WANTS, None),
    ],
)
def test_who_is_told_what(
    event: Event, situation: Situation, wanted: NoticeSettings, told: tuple[Kind, str, str] | None
) -> None:
    found = notices(event, situation, wanted, ENGLISH)
    assert [(one.kind, one.title, one.body) for one in found] == ([] if told is None else [told])


@pytest.mark.parametrize(
    ("begin", "end", "hour", "quiet"),
    [
        (22, 7, 23, True),
        (22, 7, 6, True),
        (22, 7, 7, False),
        (22, 7, 12, False),
        (12, 14, 12, True),
        (12, 14, 14, False),
        (12, 12, 12, False),
        (None, 7, 6, False),
        (22, None, 23, False),
    ],
)
def test_quiet_hours(begin: int | None, end: int | None, hour: int, quiet: bool) -> None:
    wanted = NoticeSettings(
        quiet_from=None if begin is None else time(begin), quiet_until=None if end is None else time(end)
    )
    situation = replace(AWAY, now=NOON.replace(hour=hour))
    assert notices(HELLO, situation, wanted, ENGLISH) == () if quiet else notices(HELLO, situation, wanted, ENGLISH)
    (warning,) = notices(DeviceFound("id"), situation, wanted, ENGLISH)
    assert warning.rings == (not quiet)


def test_a_notice_without_a_sound() -> None:
    assert [one.rings for one in notices(HELLO, AWAY, NoticeSettings(sound=False), ENGLISH)] == [False]
    assert [one.rings for one in notices(HELLO, AWAY, WANTS, ENGLISH)] == [True]


def test_nothing_in_a_notice_is_obeyed_by_a_terminal_and_all_of_it_is_short() -> None:
    evil = "\x1b]9;evil\x07\x9b2J\x00\n\r\u202e" + "long " * 900
    (notice,) = notices(MessageReceived(message(1, text=evil), replace(GROUP, name=evil)), AWAY, WANTS, ENGLISH)
    for text, most in ((notice.title, NAME_LENGTH), (notice.body, MAX_NOTICE)):
        assert len(text) <= most
        assert text.isprintable()
        assert "evil" not in text
    (failed,) = notices(MessageStateChanged(bytes(32), MessageState.FAILED, evil), AWAY, WANTS, ENGLISH)
    assert failed.body.isprintable()
    assert len(failed.body) <= MAX_NOTICE


def test_a_notice_leads_to_its_message_and_goes_when_the_chat_is_read() -> None:
    (notice,) = notices(HELLO, AWAY, WANTS, ENGLISH)
    assert (notice.chat_id, notice.message_id) == (BOB.hex, message(1).id)
    assert withdrawn(ChatChanged(replace(PRIVATE, unread=0))) == notice.tag
    assert withdrawn(ChatCleared(PRIVATE)) == notice.tag
    assert withdrawn(ChatChanged(PRIVATE)) is None
    assert withdrawn(HELLO) is None


def test_many_messages_of_one_chat_are_one_notice() -> None:
    several = [*notices(NAMED, AWAY, WANTS, ENGLISH), *notices(HELLO, AWAY, WANTS, ENGLISH)]
    more = notices(MessageReceived(message(2, text="again"), PUBLIC), AWAY, NoticeSettings(all_of_public=True), ENGLISH)
    found = gathered([*several, *more, *notices(DeviceFound("id"), AWAY, WANTS, ENGLISH)], ENGLISH)
    assert [(one.kind, one.body, one.count) for one in found] == [
        (Kind.MESSAGE, "hello", 1),
        (Kind.MENTION, "2 new messages", 2),
        (Kind.WARNING, "A device that you have not confirmed uses your account", 1),
    ]
    failed = Notice(Kind.FAILURE, "pystatus", "not sent", "failed")
    assert gathered([failed, failed], ENGLISH) == [replace(failed, count=2)]
