"""Private groups. The first parameter of most calls is ``null``: it is a context of Go."""

from __future__ import annotations

from collections.abc import Awaitable

from pystatus.client.client import Client
from pystatus.client.features.groups import Groups
from pystatus.errors import LocalError
from pystatus.links.values import GroupLink
from pystatus.messenger.records import Chat
from pystatus.payloads.chats import ChatKind
from pystatus.rpc.dispatcher import Method
from pystatus.rpc.wakuext import shapes
from pystatus.rpc.wakuext.calls import Calls
from pystatus.rpc.wakuext.chats import chat_of
from pystatus.rpc.wakuext.reading import message_id, person
from pystatus.rpc.wakuext.view import View

MAX_NEWS = 200
"""Lines of a group among which those are looked for that a call has made. Ours: a call makes a few."""
MAX_NAMED = 100
"""Names of groups that we have not asked for yet, which are remembered until we ask. Ours."""
_UNNAMED = 8
"""Characters of its id by which a group is called of which nobody has told us the name."""


class GroupCalls(Calls):
    """The calls about groups."""

    def __init__(self, client: Client, view: View) -> None:
        super().__init__(client, view)
        self._names: dict[str, str] = {}
        """Of groups to which somebody has invited us by a link."""

    @property
    def methods(self) -> dict[str, Method]:
        """By name."""
        return {
            "wakuext_createGroupChatWithMembers": self.create,
            "wakuext_confirmJoiningGroup": self.confirm_joining,
            "wakuext_addMembersToGroupChat": self.add_members,
            "wakuext_removeMemberFromGroupChat": self.remove_member,
            "wakuext_addAdminsToGroupChat": self.add_admins,
            "wakuext_leaveGroupChat": self.leave,
            "wakuext_changeGroupChatName": self.change_name,
            "wakuext_createGroupChatFromInvitation": self.create_from_invitation,
            "wakuext_sendGroupChatInvitationRequest": self.send_request,
            "wakuext_sendGroupChatInvitationRejection": self.send_rejection,
            "wakuext_getGroupChatInvitations": self.invitations,
        }

    @property
    def _groups(self) -> Groups:
        return self._client.feature(Groups)

    async def create(self, context: None, name: str, members: list[str] | None = None) -> shapes.Answer:
        """Make a group."""
        chat = await self._groups.create(name, members or ())
        return self._changed(chat, frozenset())

    async def confirm_joining(self, chat_id: str) -> shapes.Answer:
        """Take part in a group that we were added to."""
        group = self._group(chat_id)
        return await self._after(group, self._groups.join(group))

    async def add_members(self, context: None, chat_id: str, members: list[str]) -> shapes.Answer:
        """Add people, as an admin. Whoever of them has asked for it learns it so."""
        group = self._group(chat_id)
        answer = await self._after(group, self._groups.add(group, members))
        people = {person(one) for one in members}
        asked = [one for one in self._groups.requests(group) if one.person in people]
        answer.invitations = [self._view.invitation(one) for one in asked] or None
        return answer

    async def remove_member(self, context: None, chat_id: str, member: str) -> shapes.Answer:
        """Remove somebody, as an admin."""
        group = self._group(chat_id)
        return await self._after(group, self._groups.remove(group, person(member)))

    async def add_admins(self, context: None, chat_id: str, members: list[str]) -> shapes.Answer:
        """Make members admins, as one of them."""
        group = self._group(chat_id)
        return await self._after(group, self._groups.promote(group, members))

    async def leave(self, context: None, chat_id: str, remove: bool = True) -> shapes.Answer:
        """Leave a group; what was said in it stays. It is not active any more, whatever ``remove`` says."""
        group = self._group(chat_id)
        return await self._after(group, self._groups.leave(group))

    async def change_name(self, context: None, chat_id: str, name: str) -> shapes.Answer:
        """Give a group another name, as an admin."""
        group = self._group(chat_id)
        return await self._after(group, self._groups.rename(group, name))

    def create_from_invitation(self, name: str, chat_id: str, admin: str) -> shapes.Answer:
        """A group to which a link leads. It is among the chats once its admin was asked."""
        link = GroupLink(person(admin), name, chat_id)
        self._names[chat_id] = name
        while len(self._names) > MAX_NAMED:
            del self._names[next(iter(self._names))]
        now_ms = int(self._client.now * 1000)
        return shapes.Answer(chats=[self._view.asked_group(chat_id, name, link.admin, now_ms)])

    async def send_request(self, context: None, chat_id: str, admin: str, message: str = "") -> shapes.Answer:
        """Ask an admin to be taken into a group."""
        name = self._names.get(chat_id) or chat_id[:_UNNAMED]
        link = GroupLink(person(admin), name, chat_id)
        request = await self._groups.request_to_join(str(link), message)
        self._names.pop(chat_id, None)
        return shapes.Answer(invitations=[self._view.invitation(request)])

    async def send_rejection(self, context: None, request_id: str) -> shapes.Answer:
        """Tell somebody that they are not taken into a group."""
        request = await self._groups.reject(message_id(request_id))
        return shapes.Answer(invitations=[self._view.invitation(request)])

    def invitations(self) -> list[shapes.Invitation] | None:
        """Who has asked to be taken into groups of ours, and what we have asked for."""
        return [self._view.invitation(request) for request in self._groups.requests()] or None

    def _group(self, chat_id: str) -> Chat:
        chat = chat_of(self._client, chat_id)
        if chat.kind is not ChatKind.PRIVATE_GROUP:
            raise LocalError("This chat is no group.")
        return chat

    async def _after(self, group: Chat, change: Awaitable[Chat]) -> shapes.Answer:
        before = frozenset(message.id for message in self._client.history(group, MAX_NEWS))
        return self._changed(await change, before)

    def _changed(self, chat: Chat, before: frozenset[bytes]) -> shapes.Answer:
        """The group, and the lines that say what has happened, the oldest first."""
        news = [message for message in self._client.history(chat, MAX_NEWS) if message.id not in before]
        return shapes.Answer(chats=[self._view.chat(chat)], messages=self._view.page(news[::-1], chat) or None)
