"""Search in everything that was said: ``client.search``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from pystatus.client.features.feature import ClientFeature
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.links.people import parse_person
from pystatus.messenger.features.search import Query, SearchResult, parsed
from pystatus.messenger.features.search import Search as SearchFeature
from pystatus.messenger.records import Chat, Cursor, Message
from pystatus.payloads.kinds import ContentType

__all__ = ["Search", "SearchResult"]

PAGE = 50
"""Messages in one page unless asked otherwise."""


class Search(ClientFeature[SearchFeature]):
    """The words of all messages that are stored here. The index is in the encrypted profile, and nobody is asked."""

    NAME = "search"

    def find(
        self,
        words: str,
        *,
        chat: Chat | str | None = None,
        author: PublicKey | str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = PAGE,
        before: SearchResult | Message | Cursor | None = None,
        content_type: ContentType | int | None = None,
    ) -> Sequence[SearchResult]:
        """The messages in which all of ``words`` stand, the newest first. Case and accents make no difference.

        :param words: ``lunch``, ``"lunch tomorrow"`` for words that follow each other, ``lun*`` for what begins so.
            None at all where something else says what is wanted.
        :param chat: only what was said there.
        :param author: only what this person wrote, given by chat key in any form, or by a link.
        :param since: only what was written then or later. A time without a time zone is of the local one.
        :param until: only what was written then or earlier.
        :param limit: results at most.
        :param before: the last result of the page before.
        :param content_type: only messages of this kind, as pictures.
        :raises LocalError: no word to search for, too many of them, no such chat, not a chat key, or fewer results than
            none.
        """
        if limit < 0:
            raise LocalError(f"A page of results has none or more, not {limit}. Give a number from 0 on.")
        query = Query(
            terms=(),
            chat_id=None if chat is None else self._find_chat(chat).id,
            author=parse_person(author) if isinstance(author, str) else author,
            since_ms=None if since is None else int(since.timestamp() * 1_000),
            until_ms=None if until is None else int(until.timestamp() * 1_000),
            content_type=None if content_type is None else int(content_type),
        )
        if words.strip() or not query.is_narrowed:
            query = replace(query, terms=parsed(words))
        last = before.message if isinstance(before, SearchResult) else before
        place = last.cursor if isinstance(last, Message) else last
        return self._read(lambda search: search.find(query, limit, place))

    def authors(self, beginning: str, limit: int = PAGE) -> Sequence[PublicKey]:
        """Who wrote a message that is stored here, and is called so: by their three words, by words of them, or by the
        beginning of their chat key; small and capital letters are the same. Nicknames are names of contacts:
        ``client.names.called``.

        :param limit: people at most.
        :raises LocalError: fewer people than none.
        """
        if limit < 0:
            raise LocalError(f"A page of people has none or more, not {limit}. Give a number from 0 on.")
        return self._read(lambda search: search.authors(beginning, limit))
