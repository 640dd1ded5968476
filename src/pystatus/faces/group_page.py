"""A group on a page: who is in it, what each of them is, and what can be done."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from pystatus import sanitise
from pystatus.account.names import Names, Page, ShownName, searched
from pystatus.crypto.keys import PublicKey
from pystatus.faces.catalogue import Catalogue
from pystatus.messenger.group_records import GroupMember, JoinRequest
from pystatus.messenger.records import Chat
from pystatus.payloads.kinds import InvitationState
from pystatus.records import dataclass


class Standing(Enum):
    """What we are in a group."""

    NO_MEMBER = "no-member"
    INVITED = "invited"
    MEMBER = "member"
    ADMIN = "admin"


class GroupAction(Enum):
    """What we can do in a group; each is a method of ``client.groups``."""

    JOIN = "join"
    DECLINE = "decline"
    LEAVE = "leave"
    RENAME = "rename"
    ADD = "add"
    REMOVE = "remove"
    PROMOTE = "promote"
    STEP_DOWN = "step-down"
    INVITATION_LINK = "invitation-link"


_OF_ADMINS = (
    GroupAction.RENAME, GroupAction.ADD, GroupAction.REMOVE, GroupAction.PROMOTE, GroupAction.INVITATION_LINK,
    GroupAction.STEP_DOWN,
)  # fmt: skip
_ACTIONS = {
    Standing.NO_MEMBER: (),
    Standing.INVITED: (GroupAction.JOIN, GroupAction.DECLINE),
    Standing.MEMBER: (GroupAction.LEAVE,),
    Standing.ADMIN: (*_OF_ADMINS, GroupAction.LEAVE),
}


@dataclass(frozen=True, slots=True)
class MemberEntry:
    """Somebody in the group. ``role`` is in words: what they are beside a member; empty for nothing."""

    member: GroupMember
    name: ShownName
    is_own: bool
    role: str
    actions: Sequence[GroupAction]
    """What we can do to them."""


@dataclass(frozen=True, slots=True)
class GroupPage:
    """The whole page."""

    chat: Chat
    title: str
    standing: Standing
    standing_text: str
    summary: str
    """How many there are, and how many of them have joined."""
    members: Sequence[MemberEntry]
    """Ourselves first, then admins, then those who have joined, then the others; by name."""
    actions: Sequence[GroupAction]
    requests: Sequence[tuple[JoinRequest, ShownName]]
    """Who wants to be taken in, for admins: ``client.groups.approve`` or ``reject``."""


def group_page(
    chat: Chat,
    members: Sequence[GroupMember],
    own: PublicKey,
    names: Names,
    texts: Catalogue,
    requests: Sequence[JoinRequest] = (),
) -> GroupPage:
    """The page of a group.

    :param members: ``client.groups.members(chat)``.
    :param requests: ``client.groups.requests(chat)``.
    """
    page = Page(names, [*(member.person for member in members), *(request.person for request in requests)])
    standing = standing_in(chat, members, own)
    entries = [_entry(member, page, own, standing, texts) for member in members]
    entries.sort(key=lambda one: (_rank(one), searched(one.name.name), one.member.person.compressed))
    waiting = [one for one in requests if one.state == InvitationState.REQUEST and one.person != own]
    joined = sum(member.has_joined for member in members)
    said = {
        Standing.NO_MEMBER: texts.group_no_member,
        Standing.INVITED: texts.group_invited,
        Standing.MEMBER: texts.group_member,
        Standing.ADMIN: texts.group_admin,
    }
    return GroupPage(
        chat,
        sanitise.name(chat.name) or texts.group_nameless(),
        standing,
        said[standing](),
        texts.group_summary(n=len(members), joined=joined),
        entries,
        _ACTIONS[standing],
        [(one, page.of(one.person)) for one in waiting] if standing is Standing.ADMIN else [],
    )


def standing_in(chat: Chat, members: Sequence[GroupMember], own: PublicKey) -> Standing:
    """What we are in a group."""
    ours = next((member for member in members if member.person == own), None)
    if ours is None:
        return Standing.NO_MEMBER
    if not ours.has_joined:
        return Standing.INVITED
    if not chat.active:
        return Standing.NO_MEMBER
    return Standing.ADMIN if ours.is_admin else Standing.MEMBER


def _entry(member: GroupMember, names: Names, own: PublicKey, standing: Standing, texts: Catalogue) -> MemberEntry:
    is_own = member.person == own
    roles = [texts.group_role_you()] if is_own else []
    roles += [texts.group_role_admin()] if member.is_admin else []
    roles += [] if member.has_joined else [texts.group_role_invited()]
    can = standing is Standing.ADMIN and not is_own and not member.is_admin
    actions = (GroupAction.REMOVE, GroupAction.PROMOTE) if can else ()
    return MemberEntry(member, names.of(member.person), is_own, ", ".join(roles), actions)


def _rank(entry: MemberEntry) -> tuple[bool, bool, bool]:
    return not entry.is_own, not entry.member.is_admin, not entry.member.has_joined
