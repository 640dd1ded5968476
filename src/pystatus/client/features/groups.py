"""Private groups: ``client.groups``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from pystatus.client.features.feature import ClientFeature
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.links.people import parse_person
from pystatus.messenger.features.group_changes import AddedToGroup, GroupChanged
from pystatus.messenger.features.group_deliveries import GroupMessageDelivered
from pystatus.messenger.features.group_invitations import JoinRequested, JoinRequestRejected
from pystatus.messenger.features.groups import Groups as GroupsFeature
from pystatus.messenger.group_records import Delivery, GroupEvent, GroupMember, GroupState, JoinRequest
from pystatus.messenger.records import Chat, Message
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.group_history import MAX_MEMBERS
from pystatus.payloads.kinds import InvitationState

__all__ = [
    "AddedToGroup",
    "Delivery",
    "GroupChanged",
    "GroupEvent",
    "GroupMember",
    "GroupMessageDelivered",
    "GroupState",
    "Groups",
    "InvitationState",
    "JoinRequest",
    "JoinRequestRejected",
    "JoinRequested",
]


class Groups(ClientFeature[GroupsFeature]):
    """The private groups of this account. People are given by chat key, in any form, or by a link to them; a group as
    its chat, its id, or its name if only one has it."""

    NAME = "groups"

    async def create(self, name: str, members: Iterable[PublicKey | str] = ()) -> Chat:
        """Make a group. Its members can join it, or decline; until they do, they get none of its messages.

        :raises LocalError: not a name, not a chat key, or too many members.
        """
        people = _people(members)
        return await self._do(lambda groups, now: groups.create(name, people, now))

    async def rename(self, group: Chat | str, name: str) -> Chat:
        """Give a group another name, as one of its admins.

        :raises LocalError: no such group, we are no admin of it, or not a name.
        """
        chat_id = self._id(group)
        return await self._do(lambda groups, now: groups.rename(chat_id, name, now))

    async def add(self, group: Chat | str, members: Iterable[PublicKey | str]) -> Chat:
        """Add people, also such as were in the group before, as one of its admins.

        :raises LocalError: no such group, we are no admin of it, nobody is given, or there is no room for them.
        """
        chat_id, people = self._id(group), _people(members)
        return await self._do(lambda groups, now: groups.add(chat_id, people, now))

    async def remove(self, group: Chat | str, member: PublicKey | str) -> Chat:
        """Remove a member who is no admin, as an admin. They hear that, and nothing else any more.

        :raises LocalError: no such group, we are no admin of it, or no such member.
        """
        chat_id, (person,) = self._id(group), _people([member])
        return await self._do(lambda groups, now: groups.remove(chat_id, person, now))

    async def promote(self, group: Chat | str, members: Iterable[PublicKey | str]) -> Chat:
        """Make members admins, as one of them. An admin cannot be removed by others.

        :raises LocalError: no such group, we are no admin of it, or they are no members.
        """
        chat_id, people = self._id(group), _people(members)
        return await self._do(lambda groups, now: groups.promote(chat_id, people, now))

    async def step_down(self, group: Chat | str) -> Chat:
        """Be an admin no longer.

        :raises LocalError: no such group, or we are no admin of it.
        """
        chat_id = self._id(group)
        return await self._do(lambda groups, now: groups.step_down(chat_id, now))

    async def join(self, group: Chat | str) -> Chat:
        """Take part in a group that we were added to.

        :raises LocalError: no such group, we are not in it, or have joined already.
        """
        chat_id = self._id(group)
        return await self._do(lambda groups, now: groups.join(chat_id, now))

    async def leave(self, group: Chat | str) -> Chat:
        """Leave a group; what was said in it stays here.

        :raises LocalError: no such group, or we are not in it.
        """
        chat_id = self._id(group)
        return await self._do(lambda groups, now: groups.leave(chat_id, now))

    async def decline(self, group: Chat | str) -> Chat:
        """Do not join a group that we were added to: the same as leaving it.

        :raises LocalError: no such group, or we are not in it.
        """
        return await self.leave(group)

    def members(self, group: Chat | str) -> Sequence[GroupMember]:
        """Who is in a group, in the order in which they were added.

        :raises LocalError: no such group, or the client is not open.
        """
        chat_id = self._id(group)
        return self._read(lambda groups: groups.members(chat_id))

    def states(self, groups: Iterable[Chat | str]) -> Mapping[str, GroupState]:
        """The members of several groups, and the signed events that made them so, by their ids: for a list of chats.
        What is no group is left out.

        :raises LocalError: no such chat, or the client is not open.
        """
        chat_ids = [self._find_chat(group).id for group in groups]
        return self._read(lambda feature: feature.states(chat_ids))

    def delivery(self, message: Message | bytes) -> Delivery:
        """How many of the members to whom a message of ours went have it. A member who has joined later counts not.

        :raises LocalError: this device has not sent such a message to a group, or the client is not open.
        """
        message_id = message.id if isinstance(message, Message) else message
        return self._read(lambda groups: groups.delivery(message_id))

    def missing(self, message: Message | bytes) -> Sequence[PublicKey]:
        """Which of the members to whom a message of ours went have not confirmed it: those of :meth:`delivery` who are
        lacking.

        :raises LocalError: as there.
        """
        message_id = message.id if isinstance(message, Message) else message
        return self._read(lambda groups: groups.deliveries.missing(message_id))

    def invitation_link(self, group: Chat | str) -> str:
        """A link by which people ask us, as an admin, to be taken into a group.

        :raises LocalError: no such group, or we are no admin of it.
        """
        chat_id = self._id(group)
        return self._read(lambda groups: groups.invitation_link(chat_id))

    async def request_to_join(self, link: str, introduction: str = "") -> JoinRequest:
        """Ask the admin that a link names to be taken into the group. If they do, :class:`AddedToGroup` says so.

        :raises LocalError: not a link to a group, one of our own, or to a group that we are in.
        """
        return await self._do(lambda groups, now: groups.request_to_join(link, introduction, now))

    def requests(self, group: Chat | str | None = None) -> Sequence[JoinRequest]:
        """Who has asked to be taken into a group, or into any, and what we have asked for; the oldest first.

        :raises LocalError: no such group, or the client is not open.
        """
        chat_id = None if group is None else self._id(group)
        return self._read(lambda groups: groups.requests(chat_id))

    async def approve(self, request: JoinRequest | bytes) -> Chat:
        """Take somebody into the group that they have asked for.

        :raises LocalError: there is no such request, or we are no admin of the group.
        """
        number = request.id if isinstance(request, JoinRequest) else request
        return await self._do(lambda groups, now: groups.approve(number, now))

    async def reject(self, request: JoinRequest | bytes) -> JoinRequest:
        """Tell somebody that they are not taken into the group.

        :raises LocalError: there is no such request.
        """
        number = request.id if isinstance(request, JoinRequest) else request
        return await self._do(lambda groups, now: groups.reject(number, now))

    def _id(self, group: Chat | str) -> str:
        chat = self._find_chat(group)
        if chat.kind != ChatKind.PRIVATE_GROUP:
            raise LocalError("This chat is no group. Give a group by its name or id.")
        return chat.id


def _people(given: Iterable[PublicKey | str]) -> list[PublicKey]:
    if isinstance(given, str):
        given = [given]
    people = list(islice(given, MAX_MEMBERS + 1))
    if len(people) > MAX_MEMBERS:  # before they are read: a key takes some 20 µs
        raise LocalError(f"A group has at most {MAX_MEMBERS} members. Name fewer people.")
    return [one if isinstance(one, PublicKey) else parse_person(one) for one in people]
