"""How people and chats look on a screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from textual.content import Content

from pystatus import sanitise
from pystatus.account.alias import alias
from pystatus.account.identicon import Identicon
from pystatus.account.key_encoding import encode
from pystatus.account.names import KEY_PREFIX
from pystatus.crypto.keys import PublicKey
from pystatus.faces.message_text import Span, Style, spans
from pystatus.faces.sentences import other_person
from pystatus.messenger.records import Chat, Message, MessageState

KNOWN_PEOPLE = 4_096
"""People whose looks are remembered, because they are shown again and again: half a megabyte."""

MARKS = {
    MessageState.SENDING: "⏳",
    MessageState.SENT: "✓",
    MessageState.SEEN: "✓ seen",
    MessageState.ARCHIVED: "✓ archived",
    MessageState.DELIVERED: "✓✓",
    MessageState.FAILED: "✗ not sent",
    MessageState.UNCONFIRMED: "✓ not confirmed",
}
LOCK = "🔒"
"""Stands behind a message that nobody can read who gets hold of the keys later (forward secrecy)."""
_LOOKS = {
    Style.EMPHASIS: "italic",
    Style.STRONG: "bold",
    Style.DELETED: "strike",
    Style.CODE: "$accent",
    Style.LINK: "underline",
    Style.TAG: "bold",
    Style.MENTION: "bold",
    Style.QUOTE: "dim",
    Style.HEADING: "bold underline",
}
"""How the text of a message is drawn."""


@dataclass(frozen=True, slots=True)
class Person:
    """What is shown of somebody. Names may be alike; keys are not."""

    name: str
    color: str
    picture: tuple[str, str, str]
    short_key: str

    @property
    def styled_name(self) -> Content:
        """The name in their colour."""
        return Content.styled(self.name, f"bold {self.color}")

    @property
    def styled_picture(self) -> Content:
        """The identicon in their colour: three lines of five characters."""
        return Content.styled("\n".join(self.picture), self.color)


@lru_cache(maxsize=KNOWN_PEOPLE)
def person(key: PublicKey) -> Person:
    """The looks of ``key``."""
    identicon = Identicon.of(key)
    return Person(alias(key), identicon.color, identicon.half_blocks(), f"{encode(key)[:KEY_PREFIX]}…")


def chat_title(chat: Chat) -> Content:
    """``# status``, or the other person."""
    other = other_person(chat)
    if other is not None:
        return Content.assemble(("● ", person(other).color), person(other).styled_name)
    return Content.assemble(("# ", "dim"), (sanitise.name(chat.id), "bold"))


def chat_subtitle(chat: Chat) -> str:
    """Who can read what is written here."""
    other = other_person(chat)
    if other is not None:
        return f"{person(other).short_key}  only the two of you can read this"
    return "public chat: everybody who knows its name can read this"


def time_of(message: Message) -> str:
    """Hours and minutes when it arrived at the network, in local time; the author cannot make it up."""
    return f"{datetime.fromtimestamp(message.received_ms / 1_000).astimezone():%H:%M}"


def message_text(message: Message) -> Content:
    """The text, safe to show, with the marks of delivery and forward secrecy behind it."""
    pieces = spans(message.text)
    text = Content("").join(map(_drawn, pieces)) if pieces else Content("(nothing that can be shown)")
    marks = [MARKS[message.state]] if message.state is not None else []
    if message.forward_secrecy:
        marks.append(LOCK)
    if not marks:
        return text
    failed = message.state in (MessageState.FAILED, MessageState.UNCONFIRMED)
    return Content.assemble(text, "  ", (" ".join(marks), "bold $error" if failed else "dim"))


def _drawn(span: Span) -> Content:
    look = [look for style, look in _LOOKS.items() if style in span.style]
    if span.person is not None:
        look.append(person(span.person).color)
    return Content.styled(span.text, " ".join(look)) if look else Content(span.text)
