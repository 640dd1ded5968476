"""The text of a message as every face and every export shows it: with styles where there are any, or as one plain text.

Everything is made safe here (:mod:`pystatus.sanitise`), and nothing of it is markup of a terminal or a page: a face
gives each piece its look. No address is fetched, and none but those of the tree is a link.

Implements: PL-6, PL-28
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Flag, auto
from typing import TypeAlias

from pystatus import sanitise
from pystatus.account.names import display_name
from pystatus.crypto.keys import PublicKey
from pystatus.messenger.records import Message
from pystatus.payloads.kinds import ContentType
from pystatus.payloads.markdown.parsing import parse_text
from pystatus.payloads.markdown.tree import (
    Block,
    Code,
    CodeBlock,
    Deleted,
    Emphasis,
    Heading,
    Inline,
    LineBreak,
    Link,
    Mention,
    Paragraph,
    Quote,
    Strong,
    StrongEmphasis,
    Tag,
    Text,
)
from pystatus.records import dataclass

NameOf: TypeAlias = Callable[[PublicKey], str]
"""How somebody is called. What it says is made safe to show."""

_MARK = re.compile(r"[*_~`>\n@\\]")
"""What a text without any style has none of; an address and a tag are shown as they were typed."""
_MENTION = re.compile(r"@0x[0-9a-f]{130}(?![0-9a-f])")


class Style(Flag):
    """How a piece of a text looks."""

    PLAIN = 0
    EMPHASIS = auto()
    STRONG = auto()
    DELETED = auto()
    CODE = auto()
    LINK = auto()
    TAG = auto()
    MENTION = auto()
    """Somebody's name."""
    OWN = auto()
    """With MENTION: it is our own."""
    QUOTE = auto()
    HEADING = auto()


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text of one style: safe to show, with line ends. ``person`` is who is mentioned."""

    text: str
    style: Style = Style.PLAIN
    person: PublicKey | None = None


_STYLES: dict[type[Inline], Style] = {
    Text: Style.PLAIN,
    Emphasis: Style.EMPHASIS,
    Strong: Style.STRONG,
    StrongEmphasis: Style.EMPHASIS | Style.STRONG,
    Deleted: Style.DELETED,
    Code: Style.CODE,
    Link: Style.LINK,
    Tag: Style.TAG,
}


def spans(text: str, own: PublicKey | None = None, name_of: NameOf = display_name) -> Sequence[Span]:
    """The pieces of ``text``, without the marks that make them; empty if nothing of it can be seen.

    :param own: who we are, so that it can be seen where we are mentioned.
    """
    shown, more = text[: sanitise.BLOCK_LENGTH], len(text) > sanitise.BLOCK_LENGTH
    found: list[Span] = []
    cleaner = sanitise.Fragments()
    before: Block | None = None
    for block in parse_text(shown).blocks:
        if before is not None:
            apart = isinstance(before, Paragraph) and isinstance(block, Paragraph)
            found.append(Span(cleaner.clean("\n\n" if apart else "\n")))
        before = block
        for span in _block(block, own, name_of):
            cleaned = cleaner.clean(span.text.replace("\r\n", "\n"))
            if cleaned:
                found.append(Span(cleaned, span.style, span.person))
    if not any(span.text.strip() for span in found):
        return ()
    found = list(_trimmed(reversed(list(_trimmed(found, str.lstrip))), str.rstrip))[::-1]
    return [*found, Span(sanitise.ELLIPSIS)] if more else found


def _trimmed(found: Iterable[Span], strip: Callable[[str], str]) -> Iterator[Span]:
    """Spans without the white space at the side that ``strip`` cuts, from where they begin."""
    begun = False
    for span in found:
        text = span.text if begun else strip(span.text)
        if text:
            begun = True
            yield Span(text, span.style, span.person)


def plain(text: str, name_of: NameOf = display_name) -> str:
    """``text`` as it was typed, marks included, with names in place of keys; empty if nothing of it can be seen."""
    return sanitise.block(_MENTION.sub(lambda match: _mention(Mention(match[0][1:]), None, name_of).text, text))


def unmarked(message: Message, name_of: NameOf = display_name) -> str:
    """What ``message`` says, without the marks that make its styles: for where there are none, and to be read aloud.
    Empty if nothing of it can be seen."""
    if message.content_type == ContentType.SYSTEM_PRIVATE_GROUP or not _MARK.search(message.text):
        return plain(message.text, name_of)  # nobody has typed it, or nothing in it is a mark
    return "".join(_unmarked(span) for span in spans(message.text, name_of=name_of))


def _unmarked(span: Span) -> str:
    return span.text.replace("\n> ", "\n").removeprefix("> ") if span.style & Style.QUOTE else span.text


def preview(message: Message, name_of: NameOf = display_name, limit: int = sanitise.LINE_LENGTH) -> str:
    """The beginning of the same in one line: below the name of a chat, above a reply, in a notice, in lists."""
    return sanitise.one_line(unmarked(message, name_of), limit)


def lines(pieces: Sequence[Span]) -> Sequence[Sequence[Span]]:
    """The same by lines, without the line ends."""
    found: list[list[Span]] = [[]]
    for piece in pieces:
        first, *others = piece.text.split("\n")
        found[-1].append(Span(first, piece.style, piece.person))
        found += [[Span(line, piece.style, piece.person)] for line in others]
    return [[piece for piece in line if piece.text] for line in found]


def named(text: str) -> str:
    """``text`` with everything named that cannot be seen: ``[U+202E RIGHT-TO-LEFT OVERRIDE]``."""
    shown = []
    for character in text[: sanitise.BLOCK_LENGTH]:
        if character == "\n" or (character.isprintable() and not unicodedata.combining(character)):
            shown.append(character)
        else:
            shown.append(f"[U+{ord(character):04X} {unicodedata.name(character, 'control')}]")
    return "".join(shown)


def structure(text: str) -> list[dict[str, object]]:
    """The tree of ``text`` for programs: its blocks, each with its ``type``, and ``text`` or ``children``. Nothing in
    it is made safe to show."""
    return [_fields(block) for block in parse_text(text).blocks]


def type_name(node: Block | Inline) -> str:
    """What a node of the tree is called for programs: ``strong-emphasis``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(node).__name__).lower()


def _fields(node: Block | Inline) -> dict[str, object]:
    fields: dict[str, object] = {"type": type_name(node)}
    for field in type(node).__match_args__:
        value = getattr(node, field)
        fields[field] = [_fields(child) for child in value] if field == "children" else value
    return fields


def _block(block: Block, own: PublicKey | None, name_of: NameOf) -> Iterator[Span]:
    match block:
        case CodeBlock(text):
            yield Span(text.removesuffix("\n"), Style.CODE)
        case Quote(text):
            yield Span("> " + text.replace("\n", "\n> "), Style.QUOTE)
        case Heading(_, children):
            yield from (_with(_inline(node, own, name_of), Style.HEADING) for node in children)
        case Paragraph(children):
            yield from (_inline(node, own, name_of) for node in children)


def _inline(node: Inline, own: PublicKey | None, name_of: NameOf) -> Span:
    match node:
        case Mention():
            return _mention(node, own, name_of)
        case LineBreak():
            return Span("\n")
        case Link(url):
            return Span(url, Style.LINK)
        case Tag(name):
            return Span(f"#{name}", Style.TAG)
        case _:
            return Span(node.text, _STYLES[type(node)])


def _mention(mention: Mention, own: PublicKey | None, name_of: NameOf) -> Span:
    """A name, or the key as it stands there if it is none."""
    person = mention.person
    if person is None:
        return Span(f"@{mention.key}")
    name = sanitise.name(name_of(person)) or person.hex
    return Span(f"@{name.removeprefix('@')}", Style.MENTION | (Style.OWN if person == own else Style.PLAIN), person)


def _with(span: Span, style: Style) -> Span:
    return Span(span.text, span.style | style, span.person)
