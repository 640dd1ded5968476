"""Search as somebody types it: ``lunch from:bob in:#status has:image before:2026-11-20``, and its results as lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, tzinfo
from itertools import product

from pystatus import sanitise
from pystatus.account.names import display_name
from pystatus.errors import LocalError
from pystatus.faces.catalogue import Catalogue, texts_in
from pystatus.messenger.features.search import BEFORE_MATCH, SNIPPET, SearchResult
from pystatus.messenger.message_text import NameOf, unmarked
from pystatus.payloads.kinds import ContentType
from pystatus.records import dataclass

MAX_TYPED = 1_024
"""Characters of what is typed that are looked at. Ours: the client takes fewer words than these."""
_FIELD = re.compile(r'(?<!\S)(from|in|has|before|after):("[^"]*"|\S+)', re.IGNORECASE)
_HAS = {"image": ContentType.IMAGE, "audio": ContentType.AUDIO, "sticker": ContentType.STICKER}

_BEGIN, _END = "\ufdd0", "\ufdd1"
"""Around a match while the marks of styles are taken away: no characters, so no text has a use for them."""
_EITHER = re.compile(f"([{_BEGIN}{_END}])")


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What is searched for: ``author`` and ``chat`` are what somebody wrote for them, empty for anybody and everywhere;
    a face asks ``client.contacts.get`` and ``client.find_chat`` who and what that is. ``since`` and ``until`` are as
    ``client.search.find`` wants them, and so is ``content_type``, what a message has to be."""

    words: str
    author: str = ""
    chat: str = ""
    since: datetime | None = None
    until: datetime | None = None
    content_type: ContentType | None = None

    @property
    def is_anything(self) -> bool:
        """Whether it says what is wanted: words, or what else narrows it."""
        return self != SearchRequest("")


def search_request(text: str, texts: Catalogue | None = None, zone: tzinfo | None = None) -> SearchRequest:
    """What somebody typed.

    :param zone: of the days; None: of this machine.
    :raises LocalError: a day is none, or nothing can be had so.
    """
    texts = texts or texts_in()
    text = text[:MAX_TYPED]
    fields = {match[1].lower(): match[2].strip('"') for match in _FIELD.finditer(text)}
    words = " ".join(_FIELD.sub(" ", text).split())
    content_type = None
    if "has" in fields:
        content_type = _HAS.get(fields["has"].lower())
        if content_type is None:
            raise LocalError(texts.search_has(what=sanitise.name(fields["has"])))
    return SearchRequest(
        words,
        fields.get("from", ""),
        fields.get("in", ""),
        _day(fields["after"], time.max, texts, zone) if "after" in fields else None,
        _day(fields["before"], time.min, texts, zone) if "before" in fields else None,
        content_type,
    )


def _day(text: str, at: time, texts: Catalogue, zone: tzinfo | None) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), at, zone).astimezone(zone)
    except (ValueError, OverflowError):
        raise LocalError(texts.search_day(what=sanitise.name(text))) from None


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a result: safe to show, in one line. ``is_match``: it is what was searched for."""

    text: str
    is_match: bool


def result_pieces(result: SearchResult, name_of: NameOf = display_name) -> Sequence[Piece]:
    """The line of a result as chats show it, without marks of styles and with names, and what was found in it."""
    line = _line(result, name_of)
    begin = line.find(_BEGIN)
    start = 0 if len(line) <= SNIPPET else max(0, min(begin - BEFORE_MATCH, len(line) - SNIPPET))
    after = sanitise.ELLIPSIS if start + SNIPPET < len(line) else ""
    shown = f"{sanitise.ELLIPSIS if start else ''}{line[start : start + SNIPPET]}{after}"
    cleaner = sanitise.Fragments()
    found, is_match = [], False
    for part in _EITHER.split(shown):
        if part in (_BEGIN, _END):
            is_match = part == _BEGIN
        elif cleaned := cleaner.clean(part).replace("\n", " "):
            found.append(Piece(cleaned, is_match))
    return found


def _line(result: SearchResult, name_of: NameOf) -> str:
    """All of the text around what was found, in one line, with a sign before and behind each match."""
    text, matches = _in_whole(result)
    text = _EITHER.sub("\ufffd", text)  # what somebody has typed is no sign
    signed, done = "", 0
    for start, end in matches:
        signed += f"{text[done:start]}{_BEGIN}{text[start:end]}{_END}"
        done = end
    signed += text[done:]
    with_signs, without = (unmarked(replace(result.message, text=one), name_of) for one in (signed, text))
    # A sign may stand between a mark and the letter that makes it one: then the text is shown as it was typed.
    return " ".join((with_signs if _EITHER.sub("", with_signs) == without else signed).split())


def _in_whole(result: SearchResult) -> tuple[str, Sequence[tuple[int, int]]]:
    """The whole text and its matches, so that a mark has the one that ends it; of a very long one what was cut out."""
    text, snippet = result.message.text, result.snippet
    if len(text) + 2 * len(result.matches) > sanitise.BLOCK_LENGTH:
        return snippet, result.matches
    for before, after in product((0, 1), repeat=2):  # with an ellipsis of the search at this side, or none
        at = text.find(snippet[before : len(snippet) - after])
        if at >= 0:
            return text, [(start + at - before, end + at - before) for start, end in result.matches]
    return snippet, result.matches
