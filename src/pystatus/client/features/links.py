"""Links and QR codes: ``client.links``."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pystatus.client.access import Access
from pystatus.client.features.feature import ClientFeature
from pystatus.client.link_pictures import links_in
from pystatus.errors import LocalError
from pystatus.links.parsing import parse_group_link, parse_link
from pystatus.links.people import key_of
from pystatus.links.qr_code import QrCode
from pystatus.links.values import (
    Address,
    BrowserLink,
    ChatLink,
    GroupLink,
    Link,
    NotALink,
    PaymentRequest,
    PublicChatLink,
    ReferralLink,
    UserLink,
)
from pystatus.messenger.features.chats import Chats
from pystatus.messenger.features.groups import Groups
from pystatus.messenger.features.links import Links as LinksFeature
from pystatus.messenger.group_records import JoinRequest
from pystatus.messenger.records import Chat
from pystatus.payloads.chats import ChatKind
from pystatus.sanitise import quoted

if TYPE_CHECKING:
    from pystatus.client.session import Session

__all__ = [
    "Address",
    "BrowserLink",
    "ChatLink",
    "GroupLink",
    "Link",
    "Links",
    "NotALink",
    "PaymentRequest",
    "PublicChatLink",
    "QrCode",
    "ReferralLink",
    "UserLink",
]


class Links(ClientFeature[LinksFeature]):
    """Links that lead to this account and its chats, and what the links of others mean here. A link is given as text or
    as a value of :func:`pystatus.parse_link`; ``str(link)`` is its text, and ``QrCode(str(link))`` its QR code."""

    NAME = "links"

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self._one_at_a_time = asyncio.Lock()

    def own(self) -> UserLink:
        """The link to ourselves.

        :raises LocalError: the client is not open.
        """
        return self._read(lambda links: links.own())

    def to(self, chat: Chat | str) -> Link:
        """The link to a chat: to a public one, to the person of a private one, or to a group, by which people ask us,
        as one of its admins, to be taken in.

        :raises LocalError: no such chat, or a group of which we are no admin.

        Implements: AC-33
        """
        found = self._find_chat(chat)
        if found.kind == ChatKind.PRIVATE_GROUP:
            with self._access.reading() as session:
                return parse_group_link(session.messenger.feature(Groups).invitation_link(found.id))
        return self._read(lambda links: links.to(found))

    async def open(self, link: Link | str, introduction: str = "") -> Chat | JoinRequest:
        """Do what a link is for: join a public chat, begin or find the chat with a person, or ask the admin of a group
        to be taken in, unless we are in it.

        :param introduction: who we are, for the admin of a group.
        :raises LocalError: it leads to no chat: to ourselves, to an ENS name, a page or a payment, for example.

        Implements: AC-13, AC-33
        """
        target = parse_link(link) if isinstance(link, str) else link
        match target:
            case PublicChatLink(name):
                return await self._access.submit(lambda session: _chats(session).join(name, session.now))
            case UserLink(person) | ChatLink(person):
                key = key_of(person)
                return await self._access.submit(lambda session: _chats(session).open_one_to_one(key, session.now))
            case GroupLink():
                return await self._access.submit(lambda session: _group(session, target, introduction))
        raise LocalError(f"{_why_not(target)} Nothing was done.")

    async def read(self, picture: Path | str | bytes) -> Sequence[Link]:
        """What the QR codes in a picture lead to. It is decoded in a process of its own, one at a time.

        :param picture: a path, or the contents of a file: a JPEG, PNG, GIF or WEBP.
        :raises LocalError: the file cannot be read, is no such picture, or has no QR code with a link.
        """
        async with self._one_at_a_time:
            return await links_in(picture)


def _chats(session: Session) -> Chats:
    return session.messenger.feature(Chats)


def _group(session: Session, link: GroupLink, introduction: str) -> Chat | JoinRequest:
    """The group itself, if we take part in it."""
    known = session.store.chat(link.chat_id)
    if known is not None and known.active:
        return known
    return session.messenger.feature(Groups).request_to_join(str(link), introduction, session.now)


def _why_not(link: Link) -> str:
    match link:
        case BrowserLink(page):
            return f"This link leads to a page, and pystatus opens none. It is {quoted(page)}."
        case ReferralLink():
            return "This link belongs to a campaign that is over."
    return "This asks for a payment, and pystatus has no wallet yet."
