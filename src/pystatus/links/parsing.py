"""Reading a link, in every form of the table in account.md §12."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

from pystatus import typed
from pystatus.account.key_encoding import parse_public_key
from pystatus.arguments import checked
from pystatus.errors import LocalError
from pystatus.links.values import (
    INVITATION,
    MAX_LINK,
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
    is_address,
    looks_like_key,
)
from pystatus.payloads.checks import MAX_LINE

MAX_TYPED = 4 * MAX_LINK
"""Characters that are looked at where a link is expected: what is invisible is taken out of them first. Ours."""
PAYMENT = "ethereum:"
"""How a request to pay begins (EIP-681)."""

_BEGINNING = re.compile(r"(?:status-im:(?://)?|https?://(?:www\.)?join\.status\.im/)", re.IGNORECASE)
_LONGEST_BEGINNING = 64
_MAX_FIELDS = 8
"""Fields of a link to a group that are looked at; it has three."""

_UNREADABLE = (
    "This is no link that Status knows. A link begins with https://join.status.im/ or status-im://, a chat key with "
    "zQ3sh or 0x04. Copy it again, all of it."
)
_TO_A_NETWORK = (
    "This is an invitation to a network of relays, no link to a person or a chat. Connect to it with --join; what is "
    "in it is shown by: pystatus network show"
)
_NO_GROUP = "This is no link to a group. It begins with https://join.status.im/g/args?a= and comes from an admin of it."


def is_link(text: str) -> bool:
    """Whether ``text`` begins as a link of Status does, whatever it means."""
    return _BEGINNING.match(typed.token(text[:_LONGEST_BEGINNING])) is not None


@checked
def parse_link(text: str) -> Link:
    """What a person typed or pasted, or a QR code holds: a link, a chat key (in any form), an Ethereum address or a
    request to pay. A chat key alone is the same as a link to that person.

    :raises NotALink: none of them. The sentence says what to do, and repeats nothing of ``text``.

    Implements: AC-33
    """
    if len(text) > MAX_TYPED:
        raise NotALink(_UNREADABLE)
    text = typed.token(text)
    if text[: len(INVITATION)].lower() == INVITATION:
        raise NotALink(_TO_A_NETWORK)
    if len(text) > MAX_LINK or not text.isascii():
        raise NotALink(_UNREADABLE)
    match = _BEGINNING.match(text)
    if match is not None:
        return _routed(text[match.end() :])
    if text[: len(PAYMENT)].lower() == PAYMENT:
        return PaymentRequest(PAYMENT + text[len(PAYMENT) :])
    if is_address(text):
        return Address(text)
    try:
        return UserLink(parse_public_key(text))
    except LocalError as error:
        raise NotALink(str(error) if looks_like_key(text) else _UNREADABLE) from error


@checked
def parse_group_link(text: str) -> GroupLink:
    """The link to a group that a person pasted, in any of the forms that clients make.

    :raises NotALink: it is none.

    Implements: GC-13
    """
    try:
        link = parse_link(text)
    except NotALink as error:
        raise NotALink(_NO_GROUP) from error
    if not isinstance(link, GroupLink):
        raise NotALink(_NO_GROUP)
    return link


def _routed(path: str) -> Link:
    """What stands behind the beginning.

    :raises NotALink: nothing that is known.
    """
    head, slash, rest = path.partition("/")
    if not slash:
        return PublicChatLink(path)
    match head:
        case "u" | "user":
            return UserLink(rest)
        case "p":
            return ChatLink(rest)
        case "b" | "browser":
            return BrowserLink(rest)
        case "referral":
            return ReferralLink(rest)
        case "g":
            return _group(rest)
        case "chat":
            kind, _, name = rest.partition("/")
            if kind == "public":
                return PublicChatLink(name)
    raise NotALink(_UNREADABLE)


def _group(text: str) -> GroupLink:
    """
    :raises NotALink: a part is missing, or stands there twice, or is wrong.
    """
    path, _, query = text.partition("?")
    try:
        fields = parse_qs(query, max_num_fields=_MAX_FIELDS, errors="strict")
    except ValueError as error:
        raise NotALink(_NO_GROUP) from error
    admin, names, chat_ids = (fields.get(name, []) for name in ("a", "a1", "a2"))
    if path.rstrip("/") != "args" or not len(admin) == len(names) == len(chat_ids) == 1:
        raise NotALink(_NO_GROUP)
    try:
        return GroupLink(parse_public_key(admin[0]), names[0][:MAX_LINE], chat_ids[0])
    except LocalError as error:
        raise NotALink(_NO_GROUP) from error
