"""Our own events of a private group, who else needs to have them, and how events read in a chat (payloads.md §10)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.payloads.group_history import Folded, fold, verified
from pystatus.payloads.groups import MembershipUpdateEvent, SignedEvent
from pystatus.payloads.kinds import EventType


def with_event(
    chat_id: str,
    folded: Folded,
    event: MembershipUpdateEvent,
    sign: Callable[[MembershipUpdateEvent], SignedEvent],
    *,
    last_clock: int,
    now_ms: int,
) -> Folded:
    """A group after one more event, of our own and of now. Its clock is above that of every event, wherever our time
    stands: a join that sorted before the addition would count nowhere.

    :param last_clock: of the chat: the highest of its messages.
    :raises LocalError: it would not count: it is not allowed, changes nothing, or there is no room for it.

    Implements: GC-2, GC-12, PL-10
    """
    clock = max(now_ms, last_clock + 1, folded.last_clock + 1)
    signed = sign(replace(event, clock=clock))
    after = fold(chat_id, (*folded.history, *folded.waiting, signed))
    if signed not in after.history:
        raise LocalError(_refusal(event, signed.author.hex, folded))
    return after


def lacking(
    chat_id: str, own: PublicKey, sender: PublicKey, received: Collection[bytes], before: Folded, after: Folded
) -> frozenset[str]:
    """To whom we have to send the history after an update has brought something new: the author of an event sends it to
    all members that they know of, so somebody lacks it when two histories meet, and its author says so. The reference
    does not, so one more does: of all who are in both groups and have joined the one with the lowest key.

    :param sender: of the update.
    :param received: the events of the update, as they came.
    :param before: our group before the update.
    :param after: the same with it.
    """
    authors = {event.author.hex for event in after.history if event.raw not in received}
    if not authors or after.history == before.history:
        return frozenset()
    known_to_sender = frozenset(fold(chat_id, verified(received, chat_id)).group.members)
    known_to_us = frozenset(before.group.members)
    others = (known_to_sender & known_to_us & after.group.joined) - authors - {sender.hex}
    if own.hex not in authors and own.hex != min(others, default=None):
        return frozenset()
    members = frozenset(after.group.members)
    unknown_to_sender = members - known_to_sender
    new_to_us = members - known_to_us
    return (unknown_to_sender | new_to_us) - {own.hex}


def _refusal(event: MembershipUpdateEvent, author: str, folded: Folded) -> str:
    """Why our own event does not count, as a sentence for the user."""
    group, targets = folded.group, event.members
    if author not in group.members:
        return "You are not a member of this group."
    if event.type == EventType.MEMBER_JOINED:
        return "You have joined this group already."
    if author not in group.admins and not (event.type == EventType.MEMBER_REMOVED and targets == (author,)):
        return "Only an admin of the group can do this. Ask one of them."
    match event.type:
        case EventType.NAME_CHANGED:
            return "The group has this name already. Give another one."
        case EventType.MEMBERS_ADDED if set(targets) <= set(group.members):
            return "They are members of the group already."
        case EventType.MEMBERS_ADDED:
            return "The group has no room for that many members. Make another group."
        case EventType.ADMINS_ADDED | EventType.MEMBER_REMOVED if not set(targets) <= set(group.members):
            return "They are no members of this group."
        case EventType.ADMINS_ADDED:
            return "They are admins of the group already."
        case EventType.MEMBER_REMOVED:
            return "An admin cannot be removed by another one. They can only leave the group themselves."
    return "The group has seen too many changes to take another one of this kind. Make another group."


def text_of(event: SignedEvent) -> str:
    """An event as a chat shows it. People are written as mentions, which every face turns into names."""
    author = f"@{event.author.hex}"
    others = ", ".join(f"@{member}" for member in event.event.members)
    match event.event.type:
        case EventType.CHAT_CREATED:
            return f"{author} made this group: {event.event.name}"
        case EventType.NAME_CHANGED:
            return f"{author} named the group {event.event.name}"
        case EventType.MEMBERS_ADDED:
            return f"{author} added {others}"
        case EventType.MEMBER_JOINED:
            return f"{author} joined"
        case EventType.ADMINS_ADDED:
            return f"{author} made {others} admin"
        case EventType.ADMIN_REMOVED:
            return f"{author} is no admin any more"
        case EventType.MEMBER_REMOVED if event.event.members == (event.author.hex,):
            return f"{author} left"
        case _:
            return f"{author} removed {others}"
