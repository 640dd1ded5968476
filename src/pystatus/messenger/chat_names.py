"""Which public chat somebody means."""

from __future__ import annotations

from pystatus import typed
from pystatus.account.key_encoding import is_public_key
from pystatus.errors import LocalError
from pystatus.payloads.chats import public_chat_name


def public_chat(text: str) -> str:
    """The id of the public chat that a person typed, with or without ``#``.

    :raises LocalError: no such chat can exist, or this is the chat key of a person: in lower case it would be a name
        like others, and what is meant for that person would be said in public.
    """
    if is_public_key(typed.token(text).removeprefix("#")):
        raise LocalError(
            "This is the chat key of a person, not the name of a public chat, where everybody could read what is said. "
            "Open the chat with that person instead."
        )
    return public_chat_name(text)
