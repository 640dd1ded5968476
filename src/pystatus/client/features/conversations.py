"""What somebody does with their chats, for themselves alone: ``client.conversations``."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pystatus.client.features.feature import ClientFeature
from pystatus.client.pages import unsent, unsent_ids
from pystatus.errors import LocalError
from pystatus.messenger.features.conversations import ChatChanged, ChatCleared, Draft, MessageDeleted
from pystatus.messenger.features.conversations import Conversations as ConversationsFeature
from pystatus.messenger.features.names import Names
from pystatus.messenger.records import Chat, Cursor, Message
from pystatus.storage import files

__all__ = ["ChatChanged", "ChatCleared", "Conversations", "Draft", "MessageDeleted"]

TURN = 0.01
"""Seconds of an event loop that writing a chat down takes at a time, about; others have their turns in between."""


class Conversations(ClientFeature[ConversationsFeature]):
    """Read and unread, muted, pinned, archived, cleared, begun. Nothing of it is sent to anybody.

    A chat is given as such or by its id, a message as such or by the 32 bytes of its id.
    """

    NAME = "conversations"

    async def delete_message(self, message: Message | bytes) -> Message:
        """Delete a message here, with its reactions. It does not come back, and others keep it.

        :raises LocalError: there is no such message.
        """
        message_id = message.id if isinstance(message, Message) else message
        return await self._do(lambda conversations, now: conversations.delete_message(message_id))

    async def clear(self, chat: Chat | str) -> Chat:
        """Delete everything that was said in a chat, here. What comes late of it is not shown again.

        :raises LocalError: there is no such chat.
        """
        chat_id = self._find_chat(chat).id
        return await self._do(lambda conversations, now: conversations.clear(chat_id))

    async def delete(self, chat: Chat | str) -> Chat:
        """Leave a chat, and delete what was said there and the draft. A person who writes again opens it again.

        :raises LocalError: there is no such chat, or it is a group that we are in: leave it first.
        """
        chat_id = self._find_chat(chat).id
        return await self._do(lambda conversations, now: conversations.delete(chat_id))

    async def mark_read(self, chat: Chat | str, messages: int | None = None) -> Chat:
        """Something in the chat has been seen: :attr:`Chat.unread` and :attr:`Chat.mentions` go down.

        :param messages: how many of the unread messages, the oldest first; None: all.
        :raises LocalError: no such chat, or fewer messages than none.
        """
        chat_id = self._find_chat(chat).id
        return await self._do(lambda conversations, now: conversations.mark_read(chat_id, messages))

    async def mark_unread(self, chat: Chat | str, messages: int = 1) -> Chat:
        """The last messages of others in a chat are to be seen once more.

        :param messages: how many; fewer where there are fewer.
        :raises LocalError: no such chat, or less than one message.
        """
        chat_id = self._find_chat(chat).id
        return await self._do(lambda conversations, now: conversations.mark_unread(chat_id, messages))

    async def mark_seen(self, chat: Chat | str, messages: Iterable[Message | bytes]) -> int:
        """These messages have been seen. As many of the chat are unread no longer, the oldest first, as only the last
        ones of a chat can be unread. Returns how many of them were unread.

        :raises LocalError: there is no such chat.
        """
        chat_id = self._find_chat(chat).id
        seen = frozenset(one.id if isinstance(one, Message) else one for one in messages)
        return await self._do(lambda conversations, now: conversations.mark_seen(chat_id, seen))

    def first_unread(self, chat: Chat | str) -> Message | None:
        """The oldest message of a chat that has not been read; ``None``: all have. It and all that others have written
        after it are unread.

        :raises LocalError: there is no such chat, or the client is not open.
        """
        chat_id = self._find_chat(chat).id
        return self._read(lambda conversations: conversations.first_unread(chat_id))

    def last_messages(self, chats: Iterable[Chat | str]) -> Mapping[str, Message]:
        """The newest message of each of these chats, by their ids: for a list of chats. One without any is left out.

        :raises LocalError: no such chat, or the client is not open.
        """
        chat_ids = [self._find_chat(chat).id for chat in chats]
        return self._read(lambda conversations: conversations.last_messages(chat_ids))

    def messages(self, message_ids: Iterable[bytes]) -> Mapping[bytes, Message]:
        """The messages with these ids of 32 bytes, whatever chats they are in: as those that others reply to. One that
        is not here is left out.

        :raises LocalError: the client is not open.
        """
        wanted = tuple(dict.fromkeys(message_ids))
        return self._read(lambda conversations: conversations.messages(wanted))

    def unsent(self, limit: int = 50, *, before: Message | Cursor | bytes | None = None) -> Sequence[Message]:
        """Messages of ours, of all chats, that wait for a relay, failed, or were not confirmed: the newest first.

        :param limit: how many at most.
        :param before: the message, its place, or the 32 bytes of its id, before which they were written.
        :raises LocalError: no such message, less than no message, or the client is not open.
        """
        with self._access.reading() as session:
            return unsent(session.store, limit, before)

    def unsent_ids(self, limit: int = 50) -> Sequence[bytes]:
        """The ids of the messages of :meth:`unsent`, for somebody who counts them: without what is in them.

        :param limit: how many at most.
        :raises LocalError: less than no message, or the client is not open.
        """
        with self._access.reading() as session:
            return unsent_ids(session.store, limit)

    async def set_muted(self, chat: Chat | str, muted: bool = True) -> Chat:
        """A muted chat asks for no attention: :attr:`Chat.muted`. Its messages come and are counted all the same.

        :raises LocalError: there is no such chat.
        """
        chat_id = self._find_chat(chat).id
        return await self._do(lambda conversations, now: conversations.set_muted(chat_id, muted))

    async def set_pinned(self, chat: Chat | str, pinned: bool = True) -> Chat:
        """A pinned chat stands before the others: :attr:`Chat.pinned`. It is archived no longer.

        :raises LocalError: there is no such chat.
        """
        chat_id = self._find_chat(chat).id
        return await self._do(lambda conversations, now: conversations.set_pinned(chat_id, pinned))

    async def set_archived(self, chat: Chat | str, archived: bool = True) -> Chat:
        """An archived chat is put away: :attr:`Chat.archived`. It comes back when somebody else writes there, unless it
        is muted. It is pinned no longer.

        :raises LocalError: there is no such chat.
        """
        chat_id = self._find_chat(chat).id
        return await self._do(lambda conversations, now: conversations.set_archived(chat_id, archived))

    def draft(self, chat: Chat | str) -> Draft | None:
        """What was begun in a chat; None: nothing.

        :raises LocalError: there is no such chat, or the client is not open.
        """
        chat_id = self._find_chat(chat).id
        return self._read(lambda conversations: conversations.draft(chat_id))

    def drafted_chats(self) -> Sequence[str]:
        """The ids of the chats in which something was begun.

        :raises LocalError: the client is not open.
        """
        return self._read(lambda conversations: conversations.drafted_chats())

    async def set_draft(self, chat: Chat | str, text: str, reply_to: Message | bytes | None = None) -> Draft | None:
        """Keep what was begun in a chat, in place of what was before; an empty text deletes it.

        :param reply_to: the message, or the 32 bytes of its id, that it is to be shown below.
        :raises LocalError: there is no such chat, the text is too long, or not an id.
        """
        chat_id = self._find_chat(chat).id
        response_to = reply_to.id if isinstance(reply_to, Message) else reply_to
        return await self._do(lambda conversations, now: conversations.set_draft(chat_id, text, response_to))

    async def export(
        self,
        chat: Chat | str,
        path: Path | str,
        format: str = "html",  # noqa: A002 - as the command calls it
        *,
        media: bool = True,
    ) -> Path:
        """Write a chat into a new file, to be read without pystatus: docs/accounts.md says what is in it. Everything
        else goes on meanwhile; what comes meanwhile is not in it.

        :param path: the file; it has its name only when it is complete.
        :param format: ``html``, ``json`` (an object a line) or ``text``.
        :param media: with the pictures and sounds, where the format has them.
        :raises LocalError: no such chat or format; the file cannot be written, or exists.
        """
        from pystatus.messenger.transcript import formats  # few programs write chats down
        from pystatus.messenger.transcript.entries import Source, StoredShelf

        formats.check_format(format)
        chosen, target = self._find_chat(chat), Path(path)
        with self._access.reading() as session:
            names, own = session.messenger.feature(Names).reader, session.profile.account.public_key
            shelf = StoredShelf(session.store, own)
            source = Source(shelf, own, chosen, lambda person: names.of(person).name, media=media)
            pieces = formats.pieces(source, format, int(session.now * 1_000))
        with files.explained_files(str(target)):
            try:
                with files.created_whole(target) as file:
                    while (text := self._turn(pieces)) is not None:
                        file.write(text.encode())
                        await asyncio.sleep(0)
            except FileExistsError:
                raise LocalError(f"{target} is there already. Choose another name.") from None
        return target

    def _turn(self, pieces: Iterator[str]) -> str | None:
        """What comes next, as much as is there in :data:`TURN`, which may be nothing; ``None``: that was all."""
        end = time.monotonic() + TURN
        found = []
        with self._access.reading():
            for piece in pieces:
                found.append(piece)
                if time.monotonic() >= end:
                    break
        return "".join(found) if found else None
