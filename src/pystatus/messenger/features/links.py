"""Links that lead to an account and to its chats (account.md §12)."""

from __future__ import annotations

from pystatus.errors import LocalError
from pystatus.links.values import PublicChatLink, UserLink
from pystatus.messenger.features.feature import Feature
from pystatus.messenger.records import Chat
from pystatus.payloads.chats import ChatKind, key_from_text


class Links(Feature[None]):
    """What others are given, so that they find us or a chat."""

    def own(self) -> UserLink:
        """The link to ourselves."""
        return UserLink(self._core.own)

    def to(self, chat: Chat) -> PublicChatLink | UserLink:
        """The link to a public chat, or to the person of a private one. A group has a link that names one of its
        admins: see :meth:`~pystatus.messenger.features.groups.Groups.invitation_link`.

        :raises LocalError: nobody else can be led there.
        """
        match chat.kind:
            case ChatKind.PUBLIC:
                return PublicChatLink(chat.id)
            case ChatKind.ONE_TO_ONE:
                return UserLink(key_from_text(chat.id))
            case ChatKind.PROFILE:
                return UserLink(key_from_text(chat.id.removeprefix("@")))
        raise LocalError("There is no link to this chat. Give the link to a public chat, a person or a group.")
