"""Sentences and names as every face shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pystatus import sanitise
from pystatus.account.alias import alias
from pystatus.account.key_encoding import encode
from pystatus.crypto.keys import PublicKey

if TYPE_CHECKING:  # this brings protobuf with it
    from pystatus.messenger.records import Chat

MAX_ERROR = 2_000
"""Code points of an error that are shown. Ours have below 500, what they quote included."""
KEY_PREFIX = 13
"""Characters of a chat key that are shown beside a name: ``zQ3sh``, which they all begin with, and 8 that differ."""


def as_sentence(text: str) -> str:
    """``text``, which may quote what a stranger or a file says, as one line that begins like a sentence. What a colon
    stands behind is the name of a file or a host: it stays as it is. So does what is no word, and the end: there may be
    a command to copy. A file that may be called like a word has "The file" before it.
    """
    text = sanitise.one_line(text, MAX_ERROR)
    first = text.split(" ", 1)[0].rstrip(",;")
    return text[:1].upper() + text[1:] if first.replace("'", "").replace("-", "").isalpha() else text


def person(key: PublicKey) -> str:
    """``Experienced Splendid Gibbon (zQ3shVgPq1a2b)``: names may be alike, keys are not."""
    return f"{alias(key)} ({encode(key)[:KEY_PREFIX]})"


def other_person(chat: Chat) -> PublicKey | None:
    """Who else is in a one-to-one chat; None for other chats."""
    from pystatus.payloads.chats import ChatKind, key_from_text  # with protobuf, which listing accounts does not need

    return key_from_text(chat.id) if chat.kind == ChatKind.ONE_TO_ONE else None
