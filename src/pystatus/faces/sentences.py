"""Sentences and names as every face shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pystatus import sanitise
from pystatus.account.names import Names
from pystatus.crypto.keys import PublicKey

if TYPE_CHECKING:  # this brings protobuf with it
    from pystatus.messenger.records import Chat

MAX_ERROR = 2_000
"""Code points of an error that are shown. Ours have below 500, what they quote included."""


def as_sentence(text: str) -> str:
    """``text``, which may quote what a stranger or a file says, as one line that begins like a sentence. What a colon
    stands behind is the name of a file or a host: it stays as it is. So does what is no word, and the end: there may be
    a command to copy. A file that may be called like a word has "The file" before it.
    """
    text = sanitise.one_line(text, MAX_ERROR)
    first = text.split(" ", 1)[0].rstrip(",;")
    return text[:1].upper() + text[1:] if first.replace("'", "").replace("-", "").isalpha() else text


def person(key: PublicKey, names: Names) -> str:
    """``Experienced Splendid Gibbon (zQ3shVgPq1a2b)``, or ``Bob (Experienced Splendid Gibbon, zQ3shVgPq1a2b)`` if our
    user calls them so: names may be alike, keys are not."""
    return names.of(key).full


def other_person(chat: Chat) -> PublicKey | None:
    """Who else is in a one-to-one chat; None for other chats."""
    from pystatus.payloads.chats import ChatKind, key_from_text  # with protobuf, which listing accounts does not need

    return key_from_text(chat.id) if chat.kind == ChatKind.ONE_TO_ONE else None
