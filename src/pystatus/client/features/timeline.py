"""What people write about themselves: ``client.timeline``."""

from __future__ import annotations

from collections.abc import Sequence

from pystatus.client.features.feature import ClientFeature
from pystatus.client.pages import timeline
from pystatus.client.sending import Receipt
from pystatus.crypto.keys import PublicKey
from pystatus.links.people import parse_person
from pystatus.messenger.features.chats import Chats
from pystatus.messenger.records import Chat, Cursor, Message
from pystatus.payloads.chats import profile_chat_id

__all__ = ["Timeline"]

PAGE = 50
"""Messages in one page unless asked otherwise."""


class Timeline(ClientFeature[Chats]):
    """Profile chats, in which one person writes and their followers read, and all of them in one order.

    A profile chat is public: everybody who knows the person's key can read what is written there. The timeline is made
    here, of those that we follow; nobody else knows it.
    """

    NAME = "timeline"

    async def follow(self, person: PublicKey | str) -> Chat:
        """Read a person's profile chat from now on; given by chat key in any form, or by a link.

        :raises LocalError: not a chat key.
        """
        key = person if isinstance(person, PublicKey) else parse_person(person)
        return await self._do(lambda chats, now: chats.follow(key, now))

    async def unfollow(self, person: PublicKey | str) -> Chat:
        """Stop reading a person's profile chat; what was said stays.

        :raises LocalError: not a chat key, or we do not follow them.
        """
        key = person if isinstance(person, PublicKey) else parse_person(person)
        return await self._do(lambda chats, now: chats.leave(profile_chat_id(key)))

    async def post(self, text: str) -> Receipt:
        """Write into our own profile chat, for everybody who follows us.

        :raises LocalError: the text is blank or too long.
        """
        chat = await self._do(lambda chats, now: chats.follow_ourselves(now))
        return await self._access.taking.sending.send_text(chat.id, text, None, None)

    def page(self, limit: int = PAGE, before: Message | Cursor | bytes | None = None) -> Sequence[Message]:
        """The last messages of all that we follow, ourselves included, the newest first.

        :param before: the oldest one that is known already.
        :raises LocalError: fewer messages than none, or the client is not open.
        """
        with self._access.reading() as session:
            return timeline(session.store, limit, before)
