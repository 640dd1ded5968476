"""Who can be mentioned in a chat, and by which name (payloads.md §13)."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Protocol, TypeAlias

from pystatus.account.key_encoding import CHAT_KEY_START, encode
from pystatus.account.names import NOTHING_KNOWN, KnownNames, ShownName, searched, shown_name, texts_of
from pystatus.arguments import checked
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.messenger.features.feature import Core, Feature
from pystatus.messenger.features.names import NameReader
from pystatus.messenger.records import Chat
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.emoji import emoji_names
from pystatus.records import dataclass
from pystatus.sanitise import NAME_LENGTH, quoted

RECENT_MESSAGES = 1_000
"""Messages of a chat, the newest ones, whose authors can be mentioned by name. Ours: people answer those who are
there."""
MAX_PEOPLE = 1_000
"""People of a chat who are listed as those who can be mentioned. Ours: as many as there are recent messages."""
MAX_NAMED = 100
"""Places of one text, the first ones, at which contacts are looked up who have not written in the chat. Ours: a text
has room for some thirty mentions."""
MAX_FOUND = 500
"""People who are found by what stands at one place. Ours: one name, and those that it begins with."""

Holders: TypeAlias = Callable[[Sequence[str]], Iterable[tuple[str, bytes]]]
"""Who else has one of these names: pairs of name and compressed key."""

_CHAT_KEY = f"@{CHAT_KEY_START}"
_AT = re.compile(r"(?<!\w)@(?=\w)")


@checked
@dataclass(frozen=True, slots=True)
class Mentionable:
    """Somebody who can be mentioned: behind an ``@`` the ``name`` is replaced by the ``key``.

    ``name`` is what they are called, without the ``@`` of an ENS name; their chat key where others in the chat are
    called the same. ``second`` is the line below it.
    """

    key: PublicKey
    name: str
    second: str = ""


class Authors(Protocol):
    """The storage of this module."""

    def recent_authors(self, chat_id: str, messages: int) -> Sequence[bytes]:
        """The keys (65 bytes) of those who wrote the newest ``messages`` of a chat, the last one first."""

    def partners(self) -> Sequence[str]:
        """The ids of the one-to-one chats that are not with strangers, the newest one first."""


class Mentions(Feature[Authors]):
    """Names for keys while somebody writes. Nobody who is blocked has one."""

    def __init__(self, core: Core, tables: Authors, now: float) -> None:
        super().__init__(core, tables, now)
        self._reader = NameReader(core.own, core.store)
        self._names = self._reader.tables

    def people(self, chat_id: str) -> Sequence[Mentionable]:
        """Who can be mentioned in a chat: the members of a group, the other person and ourselves in private, and who
        wrote lately in a public one, with those that we have a chat with and our contacts.

        :raises LocalError: there is no such chat.

        Implements: PL-6
        """
        chat = self._chat(chat_id)
        there = self._there(chat)
        if _is_open(chat):
            found = dict.fromkeys(one.identity for one in there)
            others = self._names.beginning("", MAX_PEOPLE)
            there = [*there, *self._candidates([identity for identity in others if identity not in found])]
        return _mentionable(there[:MAX_PEOPLE], there, self._others(chat))

    def complete(self, chat_id: str, beginning: str, limit: int) -> Sequence[Mentionable]:
        """At most ``limit`` others of whom a name begins so, small and capital letters being the same: nickname,
        verified ENS name or three words. Those who are in the chat come first, then contacts in the order of their
        names.

        :raises LocalError: there is no such chat, or fewer people than none.
        """
        if limit < 0:
            raise LocalError(f"Nobody or more can be named, not {limit}. Give a number from 0 on.")
        chat, wanted = self._chat(chat_id), searched(beginning)
        own = self._core.own.compressed
        there = self._there(chat)
        chosen = [one for one in there if one.identity != own and one.begins(wanted)]
        if _is_open(chat) and len(chosen) < limit:
            found = {own, *(one.identity for one in chosen)}
            contacts = self._names.beginning(wanted, limit + len(found))
            chosen += self._candidates([identity for identity in contacts if identity not in found])
        return _mentionable(chosen[:limit], there, self._others(chat))

    def typed(self, chat_id: str, text: str) -> str:
        """What is sent of a text that a person typed: ``:name:`` as an emoji, and ``@name`` as a key, by whichever name
        somebody has.

        :raises LocalError: there is no such chat.
        """
        from pystatus.payloads.markdown.typed_text import (
            with_emoji,
            with_mentions,
        )  # who types nothing loads none of it

        if ":" in text:
            text = with_emoji(text, emoji_names())
        if "@" not in text:
            return text
        chat = self._chat(chat_id)
        people, names = self._there(chat), _typed_names(text)
        if _is_open(chat):
            found = {one.identity for one in people}
            called = self._names.holders(names, MAX_FOUND)
            people += self._candidates(list({identity: None for _, identity in called if identity not in found}))
        typed = frozenset(names)
        by_key = _CHAT_KEY in text
        meant = [(one, one.key) for one in people if by_key or one.has_any(typed)]
        return with_mentions(
            text,
            (
                (name, key)
                for one, key in meant
                for name in (*(text.removeprefix("@") for text in one.texts), *([encode(key)] if by_key else ()))
            ),
        )

    def _others(self, chat: Chat) -> Holders:
        """Who has which name and can be mentioned in ``chat`` without having written there."""
        return (lambda names: self._names.holders(names, MAX_FOUND)) if _is_open(chat) else (lambda names: ())

    def _chat(self, chat_id: str) -> Chat:
        chat = self._core.store.chat(chat_id)
        if chat is None:
            raise LocalError(f"There is no chat {quoted(chat_id)}.")
        return chat

    def _there(self, chat: Chat) -> list[_Candidate]:
        """Those who are in a chat, but for contacts who have not written there."""
        return self._candidates(list(dict.fromkeys(self._identities(chat))))

    def _candidates(self, identities: Sequence[bytes]) -> list[_Candidate]:
        """People by their compressed keys, without those who are blocked."""
        known = self._reader.known(identities)
        own = self._core.own.compressed
        people = ((identity, known.get(identity)) for identity in identities)
        return [
            _Candidate(identity, NOTHING_KNOWN if kept is None else kept.names, identity == own)
            for identity, kept in people
            if kept is None or not kept.blocked
        ]

    def _identities(self, chat: Chat) -> Iterator[bytes]:
        match chat.kind:
            case ChatKind.ONE_TO_ONE:
                yield _compressed(chat.id)
            case ChatKind.PRIVATE_GROUP:
                yield from map(_compressed, sorted(self._core.dispatch.known(chat).joined))
            case _:
                for author in self._tables.recent_authors(chat.id, RECENT_MESSAGES):
                    yield bytes([2 + (author[-1] & 1)]) + author[1:33]
                yield from map(_compressed, self._tables.partners())
        yield self._core.own.compressed


def _is_open(chat: Chat) -> bool:
    """Whether contacts can be mentioned who have not written there."""
    return chat.kind not in (ChatKind.ONE_TO_ONE, ChatKind.PRIVATE_GROUP)


def _compressed(key_text: str) -> bytes:
    """The 33 bytes of a key as the id of a chat has it, without a look at whether it is one: it was one when the chat
    was made."""
    key = bytes.fromhex(key_text[2:])
    return bytes([2 + (key[-1] & 1)]) + key[1:33]


@lru_cache(MAX_PEOPLE)
def _called(identity: bytes, names: KnownNames, is_own: bool) -> tuple[Sequence[str], Sequence[str]]:
    texts = texts_of(identity, names, own=is_own)
    return texts, [searched(text) for text in texts]


class _Candidate:
    """Somebody who may be mentioned. To make a key of its bytes takes longer than the rest."""

    __slots__ = ("_names", "forms", "identity", "is_own", "texts")

    def __init__(self, identity: bytes, names: KnownNames, is_own: bool) -> None:
        self.identity = identity
        self.is_own = is_own
        self._names = names
        self.texts, self.forms = _called(identity, names, is_own)
        """All names, the one to show first; and the same as they are looked up."""

    def begins(self, beginning: str) -> bool:
        """Whether one of the names does."""
        return any(form.startswith(beginning) for form in self.forms)

    def has_any(self, names: Container[str]) -> bool:
        """Whether one of the names is among these."""
        return any(form in names for form in self.forms)

    @property
    def key(self) -> PublicKey:
        return PublicKey.from_bytes(self.identity)

    @property
    def shown(self) -> ShownName:
        """How they are called."""
        return shown_name(self.key, self._names, own=self.is_own)


def _mentionable(chosen: Iterable[_Candidate], everybody: Iterable[_Candidate], others: Holders) -> list[Mentionable]:
    """How people are offered: by a name that only they have, among ``everybody`` and ``others``, else by chat key."""
    shown = {one.identity: one.shown for one in chosen}
    holders: dict[str, set[bytes]] = {searched(name.name): set() for name in shown.values()}
    for one in everybody:
        for form in one.forms:
            if form in holders:
                holders[form].add(one.identity)
    for form, identity in others(list(holders)):
        holders[form].add(identity)
    return [
        Mentionable(name.key, name.name.removeprefix("@"), name.second)
        if holders[searched(name.name)] <= {identity}
        else Mentionable(name.key, encode(name.key), name.name)
        for identity, name in shown.items()
    ]


def _typed_names(text: str) -> list[str]:
    """What may be a name behind an ``@`` of a text, in the form that is looked up."""
    found: dict[str, None] = {}
    for match in islice(_AT.finditer(text), MAX_NAMED):
        typed = text[match.end() : match.end() + NAME_LENGTH + 1]
        ends = (end for end in range(1, len(typed) + 1) if not typed[end : end + 1].isalnum())
        found.update(dict.fromkeys(searched(typed[:end]) for end in ends))
    return list(found)
