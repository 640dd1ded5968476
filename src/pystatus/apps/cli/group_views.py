"""How groups, their members and requests look: as fields for programs, as lines for people."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pystatus import sanitise, typed
from pystatus.account.names import Names
from pystatus.apps.cli.output import Fields, Output
from pystatus.apps.cli.views import chat_fields, chat_label, hex_id
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.faces.sentences import person
from pystatus.wording import counted

if TYPE_CHECKING:
    from pystatus.apps.cli.profile_reader import Reader
    from pystatus.messenger.group_records import GroupMember, JoinRequest
    from pystatus.messenger.records import Chat

ID_PREFIX = 10
"""Characters of the id of a request that a line shows: enough to name it."""
_MENTION = re.compile(r"@0x04[0-9a-f]{128}")


def groups_of(reader: Reader) -> list[Chat]:
    """The groups of a profile, the most recently used first."""
    from pystatus.payloads.chats import ChatKind

    return [chat for chat in reader.chats() if chat.kind == ChatKind.PRIVATE_GROUP]


def members_of(reader: Reader, chat: Chat) -> Sequence[GroupMember]:
    """Who is in a group.

    :raises LocalError: the chat is none.
    """
    found = reader.members(chat)
    if found is None:
        raise LocalError("This chat is no group. See: pystatus group list")
    return found


def requests_of(reader: Reader) -> Sequence[JoinRequest]:
    """Those that are not answered."""
    from pystatus.payloads.kinds import InvitationState

    return [request for request in reader.join_requests() if request.state == InvitationState.REQUEST]


def name_of(reader: Reader, request: JoinRequest) -> str:
    """What the group of a request is called."""
    chat = reader.chat(request.chat_id)
    return request.name if chat is None else chat.name


def find_request(requests: Sequence[JoinRequest], text: str) -> JoinRequest:
    """The one whose id begins so.

    :raises LocalError: none, or several.
    """
    wanted = typed.token(text).removeprefix("0x").lower()
    found = [request for request in requests if wanted and request.id.hex().startswith(wanted)]
    if len(found) == 1:
        return found[0]
    if found:
        raise LocalError(f"Several requests begin with {text!r}. Give more of the id.")
    raise LocalError(f"No request begins with {text!r}. See: pystatus group list")


def member_fields(member: GroupMember, own: PublicKey, names: Names) -> Fields:
    """Somebody in a group."""
    shown = names.of(member.person)
    return {
        "public_key": member.person.hex,
        "name": shown.name,
        "second_name": shown.second or None,
        "own": member.person == own,
        "joined": member.has_joined,
        "admin": member.is_admin,
    }


def group_fields(chat: Chat, members: Sequence[GroupMember], own: PublicKey, names: Names) -> Fields:
    """A group with its members."""
    return {
        "event": "group",
        "chat": chat.id,
        "chat_name": chat.name,
        "active": chat.active,
        "unread": chat.unread,
        "members": [member_fields(member, own, names) for member in members],
    }


def show_summary(chat: Chat, members: Sequence[GroupMember], own: PublicKey, names: Names, out: Output) -> None:
    """Print a group on one line."""
    joined = sum(member.has_joined for member in members)
    line = (
        f"{sanitise.name(chat.name)}: {counted(len(members), 'member')}, {joined} joined{_standing(chat, members, own)}"
    )
    out.result(group_fields(chat, members, own, names), f"{line}  {chat.id}")


def show_group(chat: Chat, members: Sequence[GroupMember], own: PublicKey, names: Names, out: Output) -> None:
    """Print a group, and each member on a line."""
    lines = [f"{sanitise.name(chat.name)}{_standing(chat, members, own)}", chat.id]
    for member in members:
        who = "you" if member.person == own else person(member.person, names)
        marks = [mark for mark, holds in (("admin", member.is_admin), ("not joined", not member.has_joined)) if holds]
        lines.append(f"  {who}" + (f" [{', '.join(marks)}]" if marks else ""))
    out.result(group_fields(chat, members, own, names), "\n".join(lines))


def _standing(chat: Chat, members: Sequence[GroupMember], own: PublicKey) -> str:
    """What the account is in the group, where there is something to say."""
    ours = [member for member in members if member.person == own]
    if not ours:
        return " (you are not in it any more)"
    if not ours[0].has_joined:
        return " (you have not joined it)"
    return "" if chat.active else " (left)"


def show_request(request: JoinRequest, name: str, names: Names, out: Output) -> None:
    """Print a request to join."""
    fields: Fields = {
        "event": "request",
        "id": hex_id(request.id),
        "chat": request.chat_id,
        "chat_name": name,
        "public_key": request.person.hex,
        "admin": request.admin.hex,
        "introduction": request.introduction,
        "state": request.state.name.lower(),
    }
    introduction = f": {sanitise.one_line(request.introduction)}" if request.introduction else ""
    out.result(
        fields,
        f"request 0x{request.id.hex()[:ID_PREFIX]} of {person(request.person, names)} to join {sanitise.name(name)}, "
        f"{request.state.name.lower()}{introduction}",
    )


def tell(event: object, names: Names, out: Output) -> None:
    """Print what has happened to a group; nothing of any other event."""
    from pystatus.client.features import groups

    match event:
        case groups.AddedToGroup(chat, by):
            out.event(
                {"event": "added-to-group", **chat_fields(chat, names), "by": by.hex, "by_name": names.of(by).name},
                f"{person(by, names)} has brought you the group {sanitise.name(chat.name)}. "
                "To join it: pystatus group join",
            )
        case groups.GroupChanged(chat, news):
            for message in news:
                out.event(
                    {"event": "group-news", **chat_fields(chat, names), "id": hex_id(message.id), "text": message.text},
                    f"{chat_label(chat, names)}: {with_names(message.text, names)}",
                )
        case groups.GroupMessageDelivered(message_id, member, delivery):
            have = {"delivered": delivery.delivered, "members": delivery.members}
            out.event(
                {"event": "group-delivery", "id": hex_id(message_id), "member": member.hex, **have},
                f"{hex_id(message_id)} is with {delivery.delivered} of {counted(delivery.members, 'member')}",
            )
        case groups.JoinRequested(request, chat):
            show_request(request, chat.name, names, out)
        case groups.JoinRequestRejected(request):
            show_request(request, request.name, names, out)


def with_names(text: str, names: Names) -> str:
    """The news of a group with the names of people instead of their keys."""
    from pystatus.payloads.chats import key_from_text

    named = _MENTION.sub(lambda match: person(key_from_text(match[0][1:]), names), text)
    return sanitise.one_line(named)
