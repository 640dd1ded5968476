"""How the text of a message is shown: its styles, names in place of keys, and nothing that a terminal obeys."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

import pystatus
from pystatus.account.alias import alias
from pystatus.account.names import Aliases, display_name
from pystatus.apps.cli import said
from pystatus.apps.web import shapes
from pystatus.crypto.keys import PrivateKey
from pystatus.faces.catalogue import texts_in
from pystatus.faces.chat_list import ChatList
from pystatus.faces.notices import NoticeSettings, Situation, notices
from pystatus.messenger.events import MessageReceived
from pystatus.messenger.message_text import Span, Style, lines, plain, preview, spans, structure, unmarked
from pystatus.messenger.records import Chat
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.kinds import ContentType
from pystatus.sanitise import BLOCK_LENGTH
from tests.faces.support import ALICE, BOB, message

SOURCE = Path(pystatus.__file__).parent

FOX = PrivateKey(bytes(31) + b"\x07").public_key
OWL = PrivateKey(bytes(31) + b"\x08").public_key


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("hi", [Span("hi")]),
        ("*a* **b**", [Span("a", Style.EMPHASIS), Span(" "), Span("b", Style.STRONG)]),
        ("***a***", [Span("a", Style.EMPHASIS | Style.STRONG)]),
        ("~~a~~ `b`", [Span("a", Style.DELETED), Span(" "), Span("b", Style.CODE)]),
        ("https://a.b", [Span("https://a.b", Style.LINK)]),
        ("#status", [Span("#status", Style.TAG)]),
        ("> a\n> b", [Span("> a\n> b", Style.QUOTE)]),
        ("```py\na\nb\n```", [Span("a\nb", Style.CODE)]),
        ("a\n===\n", [Span("a", Style.HEADING)]),
        ("a\n\nb", [Span("a"), Span("\n\n"), Span("b")]),
        ("a\n```\nb\n```", [Span("a"), Span("\n"), Span("b", Style.CODE)]),
        ("a  \nb", [Span("a"), Span("\n"), Span("b")]),
        ("\u200b\u2060", []),
        ("\x1b[m a \u200b", [Span("a")]),
        ("\x1b[m *a*", [Span("a", Style.EMPHASIS)]),
        ("`\u200b`", []),
    ],
)
def test_styles(text: str, shown: list[Span]) -> None:
    assert list(spans(text)) == shown


@pytest.mark.requirement("PL-6")
def test_a_mention_is_shown_as_a_name() -> None:
    name = f"@{alias(FOX)}"
    assert list(spans(f"hi @{FOX.hex}")) == [Span("hi "), Span(name, Style.MENTION, FOX)]
    assert list(spans(f"@{FOX.hex}", own=FOX)) == [Span(name, Style.MENTION | Style.OWN, FOX)]
    assert list(spans(f"@{FOX.hex}", own=OWL)) == [Span(name, Style.MENTION, FOX)]
    assert plain(f"*hi* @{FOX.hex}, `@{OWL.hex}`") == f"*hi* {name}, `@{alias(OWL)}`"


@pytest.mark.requirement("PL-6")
def test_what_only_looks_like_a_mention() -> None:
    nobody = "0x04" + "f" * 128
    assert list(spans(f"@{nobody}")) == [Span(f"@{nobody}")]
    assert plain(f"@{nobody}") == f"@{nobody}"
    assert all(span.person is None for span in spans(f"@{alias(FOX)}"))
    assert plain(f"@{FOX.hex}0") == f"@{FOX.hex}0"


def test_a_name_is_made_safe_wherever_it_comes_from() -> None:
    def evil(_: object) -> str:
        return "\x1b[2J\u202eevil\n" + "x" * 1_000

    (span,) = spans(f"@{FOX.hex}", name_of=evil)
    assert span.text.startswith("@evil xxx")
    assert len(span.text) < 70
    assert plain(f"@{FOX.hex}", evil) == span.text
    (span,) = spans(f"@{FOX.hex}", name_of=lambda _: "\u200b")
    assert span.text == f"@{FOX.hex}"


def test_piles_of_marks_are_counted_across_styles() -> None:
    shown = "".join(span.text for span in spans("**Z\u0301\u0301\u0301**\u0301\u0301\u0301"))
    assert shown == "Z\u0301\u0301\u0301\u0301"


def test_an_escape_sequence_does_not_come_together_from_two_styles() -> None:
    shown = "".join(span.text for span in spans("\x1b*[31m* \x1b[*31m*"))
    assert shown.isprintable()


def test_a_long_text_is_cut() -> None:
    for make in (plain, lambda text: "".join(span.text for span in spans(text))):
        shown = make("x" * (BLOCK_LENGTH + 1))
        assert shown.endswith("…")
        assert len(shown) <= BLOCK_LENGTH + 1


MARKED = "**bold** *and* ***both***, ~~gone~~ `code` and https://status.im/a_b_c"
UNMARKED = "bold and both, gone code and https://status.im/a_b_c"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (MARKED, UNMARKED),
        ("> they said\n> this\n\nno", "they said this no"),
        ("```py\nfor wave in sea:\n    look()\n```", "for wave in sea: look()"),
        ("Title\n===\nbelow", "Title below"),
        (f"`a` @{FOX.hex}", f"a @{alias(FOX)}"),
        ("2 * 3 * 4, a_b_c, x > y, ~5", "2 * 3 * 4, a_b_c, x > y, ~5"),
        ("****", "****"),
        ("hello", "hello"),
        ("\u200b", ""),
    ],
)
def test_one_line_of_a_message_has_no_marks(text: str, shown: str) -> None:
    assert preview(message(1, text=text)) == shown
    assert " ".join(unmarked(message(1, text=text)).split()) == shown


def test_one_line_is_cut_behind_its_marks() -> None:
    assert preview(message(1, text="**bold** and more"), limit=6) == "bold…"


def test_news_of_a_group_are_typed_by_nobody() -> None:
    news = message(1, text="the group is called *harbour*", content_type=ContentType.SYSTEM_PRIVATE_GROUP)
    assert preview(news) == "the group is called *harbour*"


def test_every_face_shows_one_line_alike() -> None:
    """In the list of chats, above a reply, in a notice; in the terminal, line by line, in the page, and where somebody
    listens."""
    marked, reply = message(1, text=MARKED), message(2, text="yes", response_to=message(1).id)
    names = Aliases()
    chat = Chat(BOB.hex, ChatKind.ONE_TO_ONE, unread=1)
    situation = Situation(ALICE, names, datetime(2020, 8, 26, 12, tzinfo=UTC), added=frozenset([BOB]))
    (notice,) = notices(MessageReceived(marked, chat), situation, NoticeSettings(), texts_in())
    assert notice.body == UNMARKED
    listed = ChatList()
    listed.show([chat], names, last={chat.id: marked})
    assert [one.preview(ALICE, names, texts_in()) for one in listed.entries] == [UNMARKED]
    assert shapes.quote(marked, marked.id, None, display_name)["text"] == UNMARKED
    assert f'"{UNMARKED}"' in said.answer_text(reply, ALICE, names, lambda _: marked)


def test_no_face_and_no_export_makes_a_line_of_a_text_by_itself() -> None:
    """One function does it for all of them: :func:`preview`."""
    parts = ("faces", "apps", "messenger/transcript")
    faces = [path for part in parts for path in (SOURCE / part).rglob("*.py")]
    assert len(faces) > 100
    by_itself = re.compile(
        r"one_line\((message_text\.)?plain\(|one_line\((\w+\.)*(message|quoted|answer|answered|last)\.text"
    )
    assert [str(path) for path in faces if by_itself.search(path.read_text(encoding="utf-8"))] == []


def test_lines() -> None:
    assert lines(spans("a *b\nc* d")) == [
        [Span("a "), Span("b", Style.EMPHASIS)],
        [Span("c", Style.EMPHASIS), Span(" d")],
    ]


def test_the_structure_for_programs() -> None:
    assert structure(f"*a* @{FOX.hex}\n\n```py\nx\n```\n> q\n\nh\n-\n") == [
        {
            "type": "paragraph",
            "children": [
                {"type": "emphasis", "text": "a"},
                {"type": "text", "text": " "},
                {"type": "mention", "key": FOX.hex},
            ],
        },
        {"type": "code-block", "text": "x\n", "language": "py"},
        {"type": "quote", "text": "q"},
        {"type": "heading", "level": 2, "children": [{"type": "text", "text": "h"}]},
    ]
