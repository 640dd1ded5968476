"""What a person types, as it is sent: ``@name`` as the key of that person, ``:name:`` as an emoji.

Neither happens in code and in addresses, nor a name in a quote, where nothing would be a mention.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import count

from pystatus.crypto.keys import PublicKey
from pystatus.payloads.markdown.parsing import parse_text
from pystatus.payloads.markdown.tree import Code, CodeBlock, Heading, Link, Paragraph, ParsedText
from pystatus.records import dataclass

_EMOJI = re.compile(r"(?<!\w):([a-z0-9_+-]{1,64}):(?!\w)", re.ASCII)
_MARKER = 0xF0000
"""The first of the private characters of plane 15, which stand for emoji while it is seen where they are. A text that
has characters of this plane is left as it is."""
_MARKERS = 0xFFFE

_AT = re.compile(r"(?<!\w)@(?=\w)")
_MENTION_ENDS = " \t\n\r\f\v.,:;"
"""What may stand behind a mention; before anything else it needs a space."""
_MARKS = "*_~`"
"""Before these it gets none, which would keep them from closing: between marks nothing is a mention."""


def with_emoji(text: str, names: Mapping[str, str]) -> str:
    """``text`` with each ``:name:`` of an emoji replaced by it."""
    found = [match for match in _EMOJI.finditer(text) if match[1] in names][:_MARKERS]
    if not found or any(_MARKER <= ord(character) <= _MARKER + _MARKERS for character in text):
        return text
    marked = _replaced(text, [(*match.span(), chr(_MARKER + number)) for number, match in enumerate(found)])
    kept = set(_code_and_addresses(parse_text(marked)))
    return _replaced(
        text,
        [(*match.span(), names[match[1]]) for number, match in enumerate(found) if chr(_MARKER + number) not in kept],
    )


def with_mentions(text: str, people: Iterable[tuple[str, PublicKey]]) -> str:
    """``text`` with each ``@name`` replaced by the key of the one person who has that name. The longest name counts.
    One that several people have stays, since nobody can tell who is meant.

    :param people: those who may be meant, each with a name; small and capital letters are the same.
    """
    found = list(_named(text, people))
    # As if each were somebody of their own, so that it can be seen which of them become mentions.
    unused = next(prefix for prefix in (f"0x{number:0100x}" for number in count()) if prefix not in text)
    keys = [f"{unused}{number:030x}" for number in range(len(found))]
    marked = _replaced(text, [_mention(text, place, key) for key, place in zip(keys, found, strict=True)])
    recognised = set(parse_text(marked).mentions)
    places = [place for key, place in zip(keys, found, strict=True) if key in recognised]
    return _replaced(text, [_mention(text, place, place.person.hex) for place in places])


def name_begun(text: str) -> str | None:
    """The beginning of a name behind the last ``@`` of ``text``, for completion at its end; None: there is no ``@``
    that a name could stand behind."""
    places = [match.end() for match in re.finditer(r"(?<!\w)@", text)]
    return None if not places or "\n" in text[places[-1] :] else text[places[-1] :]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a name stands, with its ``@``, and whose it is."""

    start: int
    end: int
    person: PublicKey


def _named(text: str, people: Iterable[tuple[str, PublicKey]]) -> Iterator[_Place]:
    by_name: dict[str, set[PublicKey]] = {}
    lengths: set[int] = set()
    for name, key in people:
        by_name.setdefault(name.casefold(), set()).add(key)
        lengths.add(len(name))
    for match in _AT.finditer(text):
        for length in sorted(lengths, reverse=True):
            end = match.end() + length
            owners = by_name.get(text[match.end() : end].casefold())
            if owners is not None and not text[end : end + 1].isalnum():
                if len(owners) == 1:
                    yield _Place(match.start(), end, *owners)
                break


def _mention(text: str, place: _Place, key: str) -> tuple[int, int, str]:
    """A mention in place of a name."""
    following = text[place.end : place.end + 1]
    space = "" if following in _MENTION_ENDS + _MARKS else " "
    return place.start, place.end, f"@{key}{space}"


def _replaced(text: str, replacements: Iterable[tuple[int, int, str]]) -> str:
    pieces: list[str] = []
    done = 0
    for start, end, new in replacements:
        pieces += [text[done:start], new]
        done = end
    return "".join([*pieces, text[done:]])


def _code_and_addresses(parsed: ParsedText) -> str:
    """All of a text that stays as it is typed."""
    kept: list[str] = []
    for block in parsed.blocks:
        match block:
            case CodeBlock(text, language):
                kept += [language, text]
            case Paragraph(children) | Heading(_, children):
                kept += [node.text for node in children if isinstance(node, Code)]
                kept += [node.url for node in children if isinstance(node, Link)]
    return "".join(kept)
