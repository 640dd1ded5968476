"""Who and what is meant where somebody types a name, a person or a chat, or searches."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from pystatus import sanitise
from pystatus.account.key_encoding import encode
from pystatus.account.names import ShownName
from pystatus.client import Client
from pystatus.client.features.contacts import Contacts
from pystatus.client.features.names import Names
from pystatus.client.features.search import Search
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.faces import fuzzy
from pystatus.faces.catalogue import Catalogue
from pystatus.faces.chat_list import ChatList, Order, destinations
from pystatus.faces.chat_names import chat_title
from pystatus.faces.searching import search_request
from pystatus.messenger.features.search import SearchResult
from pystatus.messenger.records import Chat

MOST_NAMED = 3
"""People or chats that are named where several are meant. Ours: they stand in a sentence."""
MIN_KEY = 6
"""Characters of a key from which its beginning names somebody: all keys begin with zQ3sh."""


class Meant:
    """Of one client."""

    def __init__(self, client: Client, texts: Catalogue) -> None:
        self._client = client
        self._texts = texts

    def person(self, text: str) -> PublicKey:
        """A chat key or a link, a nickname, a verified ENS name, three words or some of them, or the beginning of a
        key, of a contact or of somebody who has written something that is here.

        :raises LocalError: nobody is meant, or several people are.
        """
        contacts, names = self._client.feature(Contacts), self._client.feature(Names)
        wanted = text.strip().removeprefix("@")
        with contextlib.suppress(LocalError):  # it is no key: a name, then
            return contacts.get(wanted).key
        found = list(names.called(wanted))
        if not found:
            known = names.of_people(one.key for one in contacts.all())
            began = [person for person, name in known.items() if _begins(name, wanted)]
            found = list(dict.fromkeys([*began, *self._client.feature(Search).authors(wanted, MOST_NAMED + 1)]))
            whole = [person for person, name in names.of_people(found).items() if wanted.lower() in _whole(name)]
            found = whole or found
        if not found:
            raise LocalError(self._texts.meant_nobody(name=sanitise.name(wanted)))
        if len(found) > 1:
            named = ", ".join(names.of(one).full for one in found[:MOST_NAMED])
            raise LocalError(self._texts.meant_several_people(name=sanitise.name(wanted), names=named))
        return found[0]

    def chat(self, text: str) -> Chat:
        """The name of a public chat with or without ``#``, the name or the key of a person, or the name of a group.

        :raises LocalError: there is no such chat, or there are several.
        """
        with contextlib.suppress(LocalError):  # it is no id: a title, then
            return self._client.find_chat(text)
        names = self._client.feature(Names)
        listed = ChatList(Order.LATEST_FIRST, self._texts)
        listed.show(self._client.chats(), names)
        wanted = fuzzy.plain(text.strip())
        titles = {
            one.chat.id: (one.chat, fuzzy.plain(one.title))
            for one in destinations(text, listed.entries, (), names)
            if one.chat is not None
        }
        found = [chat for chat, title in titles.values() if title == wanted]
        found = found or [chat for chat, title in titles.values() if wanted in title]
        if not found:
            raise LocalError(self._texts.meant_no_chat(name=sanitise.name(text)))
        if len(found) > 1:
            named = ", ".join(chat_title(one, names, self._texts) for one in found[:MOST_NAMED])
            raise LocalError(self._texts.meant_several_chats(name=sanitise.name(text), names=named))
        return found[0]

    def messages(self, typed: str, chat: Chat | str | None, limit: int) -> Sequence[SearchResult]:
        """Messages with these words. ``from:``, ``in:``, ``has:``, ``before:`` and ``after:`` narrow it, or say alone
        what is wanted; nothing is found where nothing is.

        :param chat: where, if nothing says ``in:``; None: everywhere.
        :raises LocalError: somebody, a chat or a day is not understood.
        """
        wanted = search_request(typed, self._texts)
        if not wanted.is_anything:
            return ()
        return self._client.feature(Search).find(
            wanted.words,
            chat=self.chat(wanted.chat) if wanted.chat else chat,
            author=self.person(wanted.author) if wanted.author else None,
            since=wanted.since,
            until=wanted.until,
            limit=limit,
            content_type=wanted.content_type,
        )


def _whole(name: ShownName) -> tuple[str, ...]:
    return tuple(one.lower() for one in (name.name, name.second) if one)


def _begins(name: ShownName, wanted: str) -> bool:
    """Whether a name, a word of one, or the key begins so."""
    beginning = wanted.lower()
    if beginning and any(f" {beginning}" in f" {one}" for one in _whole(name)):
        return True
    keys = (encode(name.key).lower(), f"0x{name.key.hex}".lower())
    return len(beginning) >= MIN_KEY and any(key.startswith(beginning) for key in keys)
