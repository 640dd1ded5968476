"""Which chat somebody means who writes ``#name`` or a chat key, or gives a link."""

from __future__ import annotations

from typing import TypeAlias

from pystatus import typed
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.links.parsing import is_link
from pystatus.links.people import linked_chat, parse_person
from pystatus.messenger.chat_names import public_chat
from pystatus.payloads.chats import is_group_id

MAX_BARE_NAME = 40
"""Characters of a public name without ``#``. What is longer is taken for a mistyped key rather than for a name, so that
a private key that is pasted by mistake does not become one."""

Place: TypeAlias = str | PublicKey
"""The name of a public chat or the id of a group, or the person of a private chat."""


def named(text: str) -> Place:
    """The chat that ``text`` names where nothing is posted and nobody is known: ``name`` is ``#name``.

    :raises LocalError: none.
    """
    if is_link(text):
        return linked_chat(text)
    if typed.token(text).startswith("#"):
        return public_chat(text)
    if is_group_id(typed.token(text)):
        return typed.token(text)
    try:
        return parse_person(text)
    except LocalError:
        if looks_like_key(text):
            raise
    return public_chat(text)


def check(text: str) -> None:
    """
    :raises LocalError: it can be nothing, whatever people and profiles are called: a key that is none, for example.
    """
    token = typed.token(text)
    if is_group_id(token):
        return
    if not token or token.startswith("#") or is_link(text) or looks_like_key(text):
        named(text)


def looks_like_key(text: str) -> bool:
    """Whether ``text`` is rather a mistyped key than a name."""
    token = typed.token(text)
    if len(token.split()) > 1:
        return False
    return len(token) > MAX_BARE_NAME or token.startswith(("0x", "zQ3sh"))
