"""Which chat somebody means on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pystatus.account.keytext import parse_public_key
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.payloads.chats import public_chat_name

if TYPE_CHECKING:
    from pystatus.client import Client
    from pystatus.messenger.records import Chat

MAX_BARE_NAME = 40
"""Characters of a public name without ``#``. What is longer is taken for a mistyped key rather than for a name, so that
a private key that is pasted by mistake does not become one."""


def meant(text: str) -> str | PublicKey:
    """The name of the public chat, or the person, that ``text`` names: ``#name``, ``name``, or a chat key in any form.

    :raises LocalError: neither.
    """
    text = text.strip()
    if text.startswith("#"):
        return public_chat_name(text)
    try:
        return parse_public_key(text)
    except LocalError:
        if len(text) > MAX_BARE_NAME or text.startswith(("0x", "zQ3sh")):
            raise
    return public_chat_name(text)


def id_of(text: str) -> str:
    """The id of the chat that ``text`` names.

    :raises LocalError: no such chat can exist.
    """
    chat = meant(text)
    return chat if isinstance(chat, str) else chat.hex


async def enter(client: Client, text: str) -> Chat:
    """Join, open or find the chat that ``text`` names.

    :raises LocalError: no such chat can exist.
    """
    chat = meant(text)
    return await (client.join(chat) if isinstance(chat, str) else client.open_chat(chat))
