"""Search as somebody types it: ``lunch from:bob in:#status has:image before:2026-11-20``, and its results as lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, tzinfo

from pystatus import sanitise
from pystatus.errors import LocalError
from pystatus.faces.catalogue import Catalogue, texts_in
from pystatus.messenger.features.search import SearchResult
from pystatus.payloads.kinds import ContentType
from pystatus.records import dataclass

MAX_TYPED = 1_024
"""Characters of what is typed that are looked at. Ours: the client takes fewer words than these."""
_FIELD = re.compile(r'(?<!\S)(from|in|has|before|after):("[^"]*"|\S+)', re.IGNORECASE)
_HAS = {"image": ContentType.IMAGE, "audio": ContentType.AUDIO, "sticker": ContentType.STICKER}


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


def result_pieces(result: SearchResult) -> Sequence[Piece]:
    """The line of a result, with what was found in it."""
    cleaner = sanitise.Fragments()
    found = []
    for text, is_match in _cut(result):
        shown = cleaner.clean(text).replace("\n", " ")
        if shown:
            found.append(Piece(shown, is_match))
    return found


def _cut(result: SearchResult) -> Iterator[tuple[str, bool]]:
    done = 0
    for start, end in result.matches:
        yield result.snippet[done:start], False
        yield result.snippet[start:end], True
        done = end
    yield result.snippet[done:], False
