"""Which chat a payload belongs to: ids, names, and the matching rule (payloads.md §6.2 and §6.3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType

from pystatus import typed
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError, RemoteError
from pystatus.payloads.kinds import MessageType, NamedNumber
from pystatus.records import dataclass

MAX_PARSED_KEYS = 4_096
"""Keys of people that are kept ready, about 300 bytes each: those of all chats that strangers may open, which a list
of chats goes through each time, and of some pages."""

_KEY_TEXT = re.compile(r"0x04[0-9a-f]{128}", re.IGNORECASE)
_PUBLIC_NAME = re.compile(r"[a-z0-9\-]+")
_GROUP_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-(0x.+)", re.IGNORECASE | re.DOTALL)


class ChatKind(NamedNumber):
    """Kinds of chat (payloads.md §6.1); the numbers are those of the reference."""

    ONE_TO_ONE = 1
    PUBLIC = 2
    PRIVATE_GROUP = 3
    PROFILE = 4
    TIMELINE = 5
    """Local only: nothing is addressed to it."""


MESSAGE_TYPES: Mapping[ChatKind, MessageType] = MappingProxyType(
    {
        ChatKind.ONE_TO_ONE: MessageType.ONE_TO_ONE,
        ChatKind.PUBLIC: MessageType.PUBLIC_GROUP,
        ChatKind.PRIVATE_GROUP: MessageType.PRIVATE_GROUP,
        ChatKind.PROFILE: MessageType.PUBLIC_GROUP,
    }
)
"""What messages and reactions say of the chat that they are for (payloads.md §6.3)."""


PUBLIC_KINDS = frozenset({ChatKind.PUBLIC, ChatKind.PROFILE})
"""Chats that have a topic of their own, named like them."""


@dataclass(frozen=True, slots=True)
class KnownChat:
    """What matching has to know of a chat. ``joined`` are the key texts of a group's joined members."""

    kind: ChatKind
    joined: frozenset[str] = frozenset()


class Unmatched(RemoteError):
    """The payload is for no chat of ours, or does not belong where it says."""


@lru_cache(MAX_PARSED_KEYS)
def key_from_text(text: str) -> PublicKey:
    """The key written as ``0x04`` and 128 hex digits, the form in which the messenger names people.

    :raises RemoteError: another form, or not a point of the curve.
    """
    if not _KEY_TEXT.fullmatch(text):
        raise RemoteError("a person is named by 0x04 and 128 hex digits")
    return PublicKey.from_bytes(bytes.fromhex(text[2:]))


def is_public_chat_name(name: str) -> bool:
    """Whether ``name`` is one for a public chat: ``[a-z0-9-]+`` and not a key (account.md §14), nor the id of a group,
    which consists of such characters, too.

    Implements: AC-12
    """
    return bool(_PUBLIC_NAME.fullmatch(name)) and not _KEY_TEXT.fullmatch(name) and not is_group_id(name)


def is_group_id(text: str) -> bool:
    """Whether a chat of this id is a private group: a UUID, a hyphen, and something that begins as a key."""
    return bool(_GROUP_ID.fullmatch(text))


def public_chat_name(text: str) -> str:
    """The name, which is the id, of the public chat that a person typed: in lower case, without a leading ``#``.

    :raises LocalError: no such chat can exist.

    Implements: AC-12
    """
    name = typed.chat_name(text)
    if not is_public_chat_name(name):
        raise LocalError(
            "The name of a public chat consists of the letters a to z, digits and hyphens, as in #status; a person is "
            "named by chat key, zQ3sh…"
        )
    return name


def group_chat_id(uuid: str, creator: PublicKey) -> str:
    """The id of a group made by ``creator``: ``<uuid>-0x04…``."""
    return f"{uuid}-{creator.hex}"


def group_creator(chat_id: str) -> PublicKey:
    """The creator that the id of a group names; whoever else claims to have created it did not (7/GROUP-CHAT, a MUST).

    :raises RemoteError: not a UUID, a hyphen and a key.
    """
    match = _GROUP_ID.fullmatch(chat_id)
    if not match:
        raise RemoteError("the id of a group is a UUID, a hyphen and the key of its creator")
    return key_from_text(match[1])


def profile_chat_id(owner: PublicKey) -> str:
    """The id, and topic name, of ``owner``'s profile chat: ``@0x04…``."""
    return f"@{owner.hex}"


def match_chat(
    chat_id: str,
    message_type: int,
    author: PublicKey,
    own: PublicKey,
    known: Callable[[str], KnownChat | None],
    channel: str | None,
    *,
    only_owner: bool = True,
) -> str:
    """The id of the chat that a validated message or reaction of ``author`` belongs to, by what
    it says: ``chat_id`` and ``message_type`` (payloads.md §6.3).

    ``own`` is our identity and ``known`` finds a chat that we are in by its id. A one-to-one chat need not be known:
    its id is returned for the caller to create it. ``channel`` is the name of the public chat whose key opened the
    envelope, None for a private one; the reference does not compare it with what the payload says, so that a message
    can appear in a chat whose other members never get it. In a profile chat its owner alone writes
    (``only_owner``), and everybody reacts.

    :raises Unmatched: not for us, not allowed to speak there, or sent through another channel than its chat's.

    Implements: PL-8, PL-13
    """
    if (message_type == MessageType.PUBLIC_GROUP) != (channel is not None):
        raise Unmatched("public messages travel in public, all others do not")
    match message_type:
        case MessageType.PUBLIC_GROUP:
            return _public(chat_id, author, known, channel, only_owner=only_owner)
        case MessageType.ONE_TO_ONE if author == own:  # another device of ours wrote to somebody
            try:  # whatever stands where 0x should, as in the reference
                return key_from_text(f"0x{chat_id[2:]}").hex
            except RemoteError as error:
                raise Unmatched("a one-to-one chat is named by the key of the other person") from error
        case MessageType.ONE_TO_ONE:
            return author.hex
        case MessageType.PRIVATE_GROUP:
            return _group(chat_id, author, own, known)
    raise Unmatched(f"message type {message_type} belongs to no kind of chat")


def _public(
    chat_id: str,
    author: PublicKey,
    known: Callable[[str], KnownChat | None],
    channel: str | None,
    *,
    only_owner: bool,
) -> str:
    if chat_id != channel:
        raise Unmatched("the message names another public chat than the one it came through")
    chat = known(chat_id)
    if chat is None or chat.kind not in PUBLIC_KINDS:
        raise Unmatched("not a public chat that we are in")
    if only_owner and chat.kind == ChatKind.PROFILE and chat_id != profile_chat_id(author):
        raise Unmatched("only its owner writes in a profile chat")
    return chat_id


def _group(chat_id: str, author: PublicKey, own: PublicKey, known: Callable[[str], KnownChat | None]) -> str:
    chat = known(chat_id)
    if chat is None or chat.kind != ChatKind.PRIVATE_GROUP:
        raise Unmatched("not a group that we are in")
    if not {author.hex, own.hex} <= chat.joined:
        raise Unmatched("both sides have to have joined the group")
    return chat_id
