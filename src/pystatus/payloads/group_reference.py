"""How the reference reads the events of a group: all of them are allowed, or none counts (payloads.md §10).

Nothing is decided by it here. It says what a member with the reference takes of what we send, and tests hold every
update against it.
"""

from __future__ import annotations

from collections.abc import Sequence

from pystatus.payloads.group_history import Group
from pystatus.payloads.groups import SignedEvent
from pystatus.payloads.kinds import EventType


def strict_group(chat_id: str, events: Sequence[SignedEvent]) -> Group | None:
    """The group that the reference makes of these events and no others; ``None``: it refuses them.

    It sorts by clock alone; equal ones stay in their order, which is so in the reference for up to twelve events.
    """
    ordered = sorted(events, key=lambda event: event.event.clock)
    if not ordered or ordered[0].event.type != EventType.CHAT_CREATED:
        return None
    creator = ordered[0].author.hex
    if not chat_id.endswith(creator) or chat_id == creator:
        return None
    group: Group | None = Group()
    for event in ordered:
        assert group is not None
        group = _after(group, event)
        if group is None:
            return None
    return group


def strict_merge(
    chat_id: str, stored: Sequence[SignedEvent], update: Sequence[SignedEvent]
) -> list[SignedEvent] | None:
    """What the reference has stored of a known group after an update; ``None``: it refuses the update. An update has to
    be allowed by itself, and together with what is stored."""
    if strict_group(chat_id, update) is None:
        return None
    merged = list(stored)
    known = {event.raw[:65] for event in stored}
    for event in update:
        if event.raw[:65] not in known:
            known.add(event.raw[:65])
            merged.append(event)
    return None if strict_group(chat_id, merged) is None else sorted(merged, key=lambda event: event.event.clock)


def _after(group: Group, event: SignedEvent) -> Group | None:
    """The group after one more event; ``None``: it is not allowed."""
    author, targets, name = event.author.hex, event.event.members, event.event.name
    is_admin = author in group.admins
    match event.event.type:
        case EventType.CHAT_CREATED if not group.admins and not group.members:
            return Group(name, (author,), frozenset({author}), frozenset({author}))
        case EventType.NAME_CHANGED if is_admin and name:
            return Group(name, group.members, group.joined, group.admins)
        case EventType.MEMBERS_ADDED if is_admin:
            members = tuple(dict.fromkeys((*group.members, *targets)))
            return Group(group.name, members, group.joined, group.admins)
        case EventType.MEMBER_JOINED if author in group.members:
            return Group(group.name, group.members, group.joined | {author}, group.admins)
        case EventType.ADMINS_ADDED if is_admin and set(targets) & set(group.members):
            return Group(group.name, group.members, group.joined, group.admins | set(targets))
        case EventType.MEMBER_REMOVED if len(targets) == 1 and (
            author == targets[0] or (is_admin and targets[0] not in group.admins)
        ):
            gone = set(targets)
            members = tuple(member for member in group.members if member not in gone)
            return Group(group.name, members, group.joined - gone, group.admins - gone)
        case EventType.ADMIN_REMOVED if is_admin and targets == (author,):
            return Group(group.name, group.members, group.joined, group.admins - {author})
    return None
