"""Search in everything that was said: words, phrases and beginnings of words, newest first.

New messages are put into the index when nothing has come for a moment, so that a burst does not pay for it; what is not
in it yet is looked through by the search.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

from pystatus import typed
from pystatus.account.alias import alias_of_seed
from pystatus.account.key_encoding import encode
from pystatus.account.names import searched
from pystatus.arguments import checked
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.messenger.features.feature import Core, Feature
from pystatus.messenger.records import Cursor, Message
from pystatus.messenger.store import MessengerStore
from pystatus.records import dataclass

QUIET_SECONDS = 2.0
"""How long nothing has come when messages are put into the index. Ours: a conversation is not interrupted."""
MAX_WAITING = 2_000
"""Messages that are not in the index, after which they are put there all the same: a search that has to look through
them takes some 20 ms. Ours."""
STEP = 500
"""Messages that are put into the index in one transaction: some 10 ms. Ours."""
STEP_TEXT = 256 << 10
"""Code points of these, but for a first one that has more: some 10 ms, of the longest texts as well. Ours."""
MAX_QUERY = 1_000
"""Characters of what is searched for. Ours."""
MAX_WORDS = 32
"""Words and phrases of it. Ours."""
SNIPPET = 160
"""Characters of a text that are shown around what was found: two lines of a terminal. Ours."""
MAX_AUTHORS = 20_000
"""People among whom one is looked for who wrote something: 0.2 s the first time, then 5 ms, and 3 MB of
names. Ours."""
KEY_BEGINNINGS = ("zq3sh", "0x04")
"""What the two forms of a chat key begin with, in small letters."""
BEFORE_MATCH = 40
"""Of these, the most that are shown before the first match. Ours."""

_PIECE = re.compile(r'"([^"]*)"?(\*?)|([^\s"]+)')


@checked
@dataclass(frozen=True, slots=True)
class SearchResult:
    """A message in which everything that was searched for was found.

    ``snippet`` is the part of its text around the first match, with an ellipsis where something was left out, and
    ``matches`` are the places in it that matched, as first character and the one after the last.
    """

    message: Message
    snippet: str
    matches: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand one after another."""

    words: str
    is_prefix: bool
    """The last one may go on."""


@dataclass(frozen=True, slots=True)
class Query:
    """What messages are wanted. All terms have to be there; without any, all that else is asked for are found."""

    terms: tuple[Term, ...]
    chat_id: str | None = None
    author: PublicKey | None = None
    since_ms: int | None = None
    """By the clock of the messages, Unix milliseconds, itself included; so is ``until_ms``."""
    until_ms: int | None = None
    content_type: int | None = None
    """One of :class:`~pystatus.payloads.kinds.ContentType`."""

    @property
    def is_narrowed(self) -> bool:
        """Whether it says anything beside words."""
        wanted = (self.chat_id, self.author, self.since_ms, self.until_ms, self.content_type)
        return any(one is not None for one in wanted)


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that was found, with the places in its text."""

    message_id: bytes
    matches: tuple[tuple[int, int], ...]


class MessageIndex(Protocol):
    """The storage of this module."""

    def find(self, query: Query, limit: int, before: Cursor | None) -> Sequence[Hit]:
        """The newest messages before a place in the order of all chats, the newest first."""

    def authors(self, limit: int) -> Sequence[bytes]:
        """The keys of those who wrote a message that is here, 0x04 and both coordinates: those who came last."""

    def waiting(self) -> tuple[int, int]:
        """How many messages are not in the index yet, at most, and when the last of them came, Unix milliseconds."""

    def take(self, most: int, most_text: int = STEP_TEXT) -> None:
        """Put the first messages that wait into the index: ``most`` of them, with ``most_text`` code points."""


class Search(Feature[MessageIndex]):
    """The words of all messages."""

    def __init__(self, core: Core, tables: MessageIndex, now: float) -> None:
        super().__init__(core, tables, now)

    def find(self, query: Query, limit: int, before: Cursor | None) -> Sequence[SearchResult]:
        """See :func:`find`."""
        return find(self._core.store, self._tables, query, limit, before)

    def authors(self, beginning: str, limit: int) -> Sequence[PublicKey]:
        """Who wrote a message that is here, and is called so: by their three words, or words of them, or by the
        beginning of their key. Those come first of whom the whole name was given, then those who came last.

        :param limit: people at most.
        """
        wanted = searched(typed.name(beginning))
        if not wanted:
            return ()
        found, is_key = [], wanted.startswith(KEY_BEGINNINGS)
        for raw in self._tables.authors(MAX_AUTHORS):
            name = _called(int.from_bytes(raw[25:33], "big"))
            if name == wanted:
                found.append((0, raw))
            elif f" {wanted}" in f" {name}" or (is_key and any(key.startswith(wanted) for key in _written(raw))):
                found.append((1, raw))
        return [PublicKey.from_bytes(raw) for _, raw in sorted(found, key=lambda one: one[0])[: max(0, limit)]]

    def next_timer(self) -> float | None:
        """When nothing has come for a moment; at once when very much waits."""
        count, last_ms = self._tables.waiting()
        if not count:
            return None
        return 0.0 if count >= MAX_WAITING else last_ms / 1_000 + QUIET_SECONDS

    def on_timer(self, now: float) -> None:
        """Put messages into the index, as many as do not hold up others."""
        due = self.next_timer()
        if due is not None and due <= now:
            self._tables.take(STEP)


@lru_cache(maxsize=MAX_AUTHORS)
def _called(seed: int) -> str:
    """The three words of a key, as they are looked up."""
    return searched(alias_of_seed(seed))


def _written(raw: bytes) -> Sequence[str]:
    """The forms in which a key is written, as they are looked up."""
    return encode(PublicKey.from_bytes(raw)).lower(), f"0x{raw.hex()}"


def find(
    store: MessengerStore, index: MessageIndex, query: Query, limit: int, before: Cursor | None
) -> Sequence[SearchResult]:
    """At most ``limit`` messages, the newest first; messages of one clock by id, as in a chat.

    :param before: only what stands before this place: that of the last message of the page before.
    """
    found = []
    for hit in index.find(query, limit, before):
        message = store.message(hit.message_id)
        if message is not None:
            found.append(_result(message, hit.matches))
    return found


def parsed(text: str) -> tuple[Term, ...]:
    """What a person searches for: words, ``"several words"`` that stand together, ``beginn*``.

    :raises LocalError: there is no word in it, or there are too many.
    """
    if len(text) > MAX_QUERY:
        raise LocalError(f"What is searched for has {len(text)} characters; {MAX_QUERY} are allowed. Give fewer words.")
    terms = []
    for phrase, star, word in _PIECE.findall(text):
        words = _readable(word.rstrip("*") or phrase)
        if any(map(_is_of_word, words)):
            terms.append(Term(words, is_prefix=bool(star) or word.endswith("*")))
    if not terms:
        raise LocalError("There is no word in it to search for. Give letters or digits.")
    if len(terms) > MAX_WORDS:
        raise LocalError(f"At most {MAX_WORDS} words can be searched for at once. Give fewer.")
    return tuple(terms)


def _readable(text: str) -> str:
    return "".join(" " if unicodedata.category(one) in ("Cc", "Cs") else one for one in text)


def _is_of_word(character: str) -> bool:
    """Whether the index takes it for a part of a word."""
    category = unicodedata.category(character)
    return category[0] in "LN" or category == "Co"


def _result(message: Message, matches: Sequence[tuple[int, int]]) -> SearchResult:
    text = message.text
    first = matches[0][0] if matches else 0
    start = 0 if len(text) <= SNIPPET else max(0, min(first - BEFORE_MATCH, len(text) - SNIPPET))
    end = min(len(text), start + SNIPPET)
    before, after = "…" * (start > 0), "…" * (end < len(text))
    shift = len(before) - start
    inside = tuple((a + shift, min(b, end) + shift) for a, b in matches if start <= a < end)
    return SearchResult(message, f"{before}{text[start:end]}{after}", inside)
