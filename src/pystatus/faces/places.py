"""Which chat somebody means who writes ``#name`` or a chat key."""

from __future__ import annotations

from typing import TypeAlias

from pystatus import typed
from pystatus.account.key_encoding import parse_public_key
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.messenger.chat_names import public_chat

MAX_BARE_NAME = 40
"""Characters of a public name without ``#``. What is longer is taken for a mistyped key rather than for a name, so that
a private key that is pasted by mistake does not become one."""

Place: TypeAlias = str | PublicKey
"""The name of a public chat, or the person of a private one."""


def named(text: str) -> Place:
    """The chat that ``text`` names where nothing is posted and nobody is known: ``name`` is ``#name``.

    :raises LocalError: none.
    """
    if typed.token(text).startswith("#"):
        return public_chat(text)
    try:
        return parse_public_key(text)
    except LocalError:
        if looks_like_key(text):
            raise
    return public_chat(text)


def check(text: str) -> None:
    """
    :raises LocalError: it can be nothing, whatever people and profiles are called: a key that is none, for example.
    """
    token = typed.token(text)
    if not token or token.startswith("#") or looks_like_key(text):
        named(text)


def looks_like_key(text: str) -> bool:
    """Whether ``text`` is rather a mistyped key than a name."""
    token = typed.token(text)
    if len(token.split()) > 1:
        return False
    return len(token) > MAX_BARE_NAME or token.startswith(("0x", "zQ3sh"))
