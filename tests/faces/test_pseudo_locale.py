"""Whatever a face shows in words is of the catalogue: in the pseudo-locale it can be seen."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime

from pystatus.account.names import Aliases
from pystatus.client.events import HistoryProgress, PeerConnected, PeerUnreachable
from pystatus.faces import media, transactions
from pystatus.faces.audience import audience
from pystatus.faces.catalogue import texts_in
from pystatus.faces.chat_list import ChatList
from pystatus.faces.chat_names import chat_label, chat_state_text, chat_title
from pystatus.faces.composer import room
from pystatus.faces.delivery import Circumstances, explanation, legend, mark
from pystatus.faces.device_page import device_page, stolen_words
from pystatus.faces.group_page import group_page
from pystatus.faces.language import PSEUDO, PSEUDO_END, PSEUDO_START
from pystatus.faces.link_check import check_link
from pystatus.faces.moments import day_text, span_text
from pystatus.faces.network_view import PATIENCE, NetworkView
from pystatus.faces.notices import NoticeSettings, Preview, Situation, notices
from pystatus.faces.pasting import PasteChoice, pasted
from pystatus.faces.people import claimed_name, people_page, person_states
from pystatus.faces.timeline import Timeline
from pystatus.faces.timeline_rows import DayRow, MessageRow
from pystatus.mailserver.time_ranges import TimeRange
from pystatus.messenger.contact_records import Contact
from pystatus.messenger.events import DeviceFound, MessageReceived
from pystatus.messenger.features.devices import Device
from pystatus.messenger.group_records import Delivery, GroupMember
from pystatus.messenger.media_keeping import Attachment
from pystatus.messenger.records import Chat, MessageState
from pystatus.messenger.transaction_records import Announcement, AnnouncementState, Transaction, TransactionState
from pystatus.payloads.chats import ChatKind, profile_chat_id
from pystatus.payloads.kinds import AudioType, ContentType, ImageType
from tests.faces.support import ALICE, BOB, NOON, message

PLAIN = texts_in(PSEUDO)
TODAY = date(2020, 8, 26)
GIVEN = re.compile(f"{PSEUDO_START}[^{PSEUDO_START}{PSEUDO_END}]*{PSEUDO_END}")
_WORDS = re.compile(r"(?!JPEG|AAC)[A-Za-z]{3}")


def bare(text: str) -> str:
    """What of a text is not of the catalogue: texts may be in texts."""
    while GIVEN.search(text):
        text = GIVEN.sub("", text)
    return text


def shown() -> list[str]:
    """Words of all pages; their values are numbers, or texts of the catalogue themselves."""
    names = Aliases()
    public = Chat("1", ChatKind.PUBLIC, unread=3, mentions=1, muted=True, active=False)
    profile = Chat(profile_chat_id(BOB), ChatKind.PROFILE)
    group = Chat(f"00000000-0000-4000-8000-000000000000-{ALICE.hex}", ChatKind.PRIVATE_GROUP, name="1")
    members = [GroupMember(ALICE, True, True), GroupMember(BOB, False, False)]
    entries = ChatList(texts=PLAIN)
    entries.show([Chat("1", ChatKind.PUBLIC, unread=1)], names, ["1"])
    chat = Timeline("status")
    chat.show([message(1), message(9)], has_older=False)
    chat.set_unread(1, ALICE)
    chat.set_gaps([TimeRange(NOON // 1_000 + 120, NOON // 1_000 + 180)])
    network = NetworkView(0, 3)
    network.note(PeerUnreachable("1" * 128, "1:2", "3"), 0)
    line = network.trouble(PATIENCE, PLAIN)
    connected = NetworkView(0)
    connected.note(PeerConnected("1" * 128), 0)
    connected.note(HistoryProgress(1, 2, 3), 0)
    connected.set_waiting(3)
    own = message(1, author=ALICE, state=MessageState.UNCONFIRMED)
    known = Circumstances(is_public=False, today=TODAY, delivery=Delivery(1, 2), missing=["1"], reason="2", zone=UTC)
    marks = [*legend(PLAIN), mark(own, PLAIN, Delivery(1, 2))]
    devices = device_page([Device("1", "", "", True, None), Device("2", "", "", False, 1.0)], [], TODAY, PLAIN, UTC)
    page = group_page(group, members, ALICE, names, PLAIN)
    situation = Situation(ALICE, names, datetime(2020, 8, 26, 12, tzinfo=UTC))
    settings = NoticeSettings(preview=Preview.NOTHING)
    told = [
        *notices(MessageReceived(message(1), Chat(BOB.hex, ChatKind.ONE_TO_ONE, unread=1)), situation, settings, PLAIN),
        *notices(DeviceFound("1"), situation, settings, PLAIN),
    ]
    contact = Contact(BOB, has_added_us=True, ens_name="1.2")
    picture = Attachment(bytes(32), "1", ContentType.IMAGE, ImageType.JPEG, 80_000, 12, 8, 3)
    sound = Attachment(bytes(32), "1", ContentType.AUDIO, AudioType.AAC, 80, duration_ms=1_500)
    lost = Attachment(bytes(32), "1", ContentType.AUDIO, AudioType.AAC, 2_000_000, problem="1")
    return [
        chat_state_text(public, names, PLAIN).removeprefix("#1"),
        chat_label(group, names, PLAIN),
        entries.entries[0].description(PLAIN),
        entries.window_title(PLAIN),
        *(row.text(PLAIN, TODAY) for row in chat.rows if isinstance(row, DayRow)),
        *(row.text(PLAIN) for row in chat.rows if not isinstance(row, MessageRow | DayRow)),
        *line,
        network.status(PATIENCE, PLAIN),
        connected.status(PATIENCE, PLAIN),
        *(relay.text(PLAIN) for relay in [*network.relays, *connected.relays]),
        *explanation(own, known, PLAIN),
        *(one.words for one in marks if one is not None),
        *(text for one in devices.devices for text in (one.title, one.state_text, *one.here, *one.there)),
        devices.question,
        *stolen_words(PLAIN),
        page.standing_text,
        page.summary,
        *(one.role for one in page.members),
        audience(group, ALICE, names, PLAIN, members=members).text,
        audience(public, ALICE, names, PLAIN).text,
        *(text for one in told for text in (one.title, one.body)),
        *person_states(contact, PLAIN),
        claimed_name(contact, PLAIN),
        *(one for entry in people_page([contact], names, ALICE, PLAIN).requests for one in entry.states),
        *check_link("https://1@2/").sentences(PLAIN),
        *(choice.label(PLAIN) for choice in PasteChoice),
        pasted("1\n" * 9).question(PLAIN),
        room("1" * 4_000).text(PLAIN),
        day_text(TODAY, date(2020, 1, 1), PLAIN),
        span_text(5, PLAIN),
        media.size(80_000, PLAIN),
        chat_title(profile, names, PLAIN),
        *(media.note(message(1), one, PLAIN) or "" for one in (picture, sound, lost)),
        *paid(),
    ]


def paid() -> list[str]:
    step = Transaction(bytes(32), bytes(32), "1", BOB, 1, TransactionState.PENDING)
    steps = [
        step,
        replace(step, contract="1"),
        replace(step, value=2, address="1", transaction_hash="2", as_asked=False, replaced=True),
        replace(step, value=2, contract="1", as_asked=True),
    ]
    states = [announcement(state) for state in AnnouncementState]
    return [*(transactions.note(one, PLAIN) for one in steps), *(transactions.announced(one, PLAIN) for one in states)]


def announcement(state: AnnouncementState) -> Announcement:
    return Announcement(bytes(32), BOB, 1, 2, "1", b"", state, problem="3")


def test_everything_that_is_shown_in_words_is_of_the_catalogue() -> None:
    texts = shown()
    assert len(texts) > 70
    assert [text for text in texts if text and PSEUDO_START not in text and not text.isdigit()] == []
    assert [text for text in texts if _WORDS.search(bare(text))] == []
