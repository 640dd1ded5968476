"""Who gets what is written in a chat, and how: said before it is sent."""

from __future__ import annotations

from collections.abc import Sequence

from pystatus.account.names import Names
from pystatus.crypto.keys import PublicKey
from pystatus.faces.catalogue import Catalogue
from pystatus.faces.chat_names import chat_person
from pystatus.messenger.group_records import GroupMember
from pystatus.messenger.records import Chat
from pystatus.payloads.chats import ChatKind
from pystatus.records import dataclass


@dataclass(frozen=True, slots=True)
class Audience:
    """Who gets it. ``can_write`` is False where nobody would."""

    text: str
    can_write: bool = True
    warns: bool = False
    """Whether somebody should look twice."""


def audience(
    chat: Chat,
    own: PublicKey,
    names: Names,
    texts: Catalogue,
    *,
    members: Sequence[GroupMember] = (),
    forward_secrecy: bool | None = None,
) -> Audience:
    """Who gets what is written in ``chat``.

    :param members: of a group: ``client.groups.members(chat)``.
    :param forward_secrecy: of a private chat, whether our last message there had it; None: nothing was sent.
    """
    person = chat_person(chat)
    if chat.kind == ChatKind.PRIVATE_GROUP:
        return _of_group(chat, own, texts, members)
    if not chat.active:
        return Audience(texts.audience_left(), can_write=False, warns=True)
    if person is not None and chat.kind == ChatKind.ONE_TO_ONE:
        name = names.of(person).label
        if forward_secrecy is None:
            return Audience(texts.audience_person(name=name))
        if forward_secrecy:
            return Audience(texts.audience_person_secret(name=name))
        return Audience(texts.audience_person_not_secret(name=name), warns=True)
    if person is not None and person != own:
        return Audience(texts.audience_profile_of_other(), can_write=False)
    return Audience(texts.audience_public())


def _of_group(chat: Chat, own: PublicKey, texts: Catalogue, members: Sequence[GroupMember]) -> Audience:
    ours = next((member for member in members if member.person == own), None)
    if ours is None or not chat.active:
        return Audience(texts.audience_no_member(), can_write=False, warns=True)
    if not ours.has_joined:
        return Audience(texts.audience_not_joined(), can_write=False, warns=True)
    others = [member for member in members if member.person != own]
    joined = sum(member.has_joined for member in others)
    invited = len(others) - joined
    if not joined:
        return Audience(texts.audience_nobody(), warns=True)
    if invited:
        return Audience(texts.audience_members_and_invited(n=joined, invited=invited))
    return Audience(texts.audience_members(n=joined))
