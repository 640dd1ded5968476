"""How results of a search look: as fields for programs, as lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pystatus import sanitise
from pystatus.account.names import Names
from pystatus.apps.cli import views
from pystatus.apps.cli.output import Fields, Output
from pystatus.crypto.keys import PublicKey

if TYPE_CHECKING:
    from pystatus.messenger.features.search import SearchResult
    from pystatus.messenger.records import Chat

_BEGIN, _END = "\ufdd0", "\ufdd1"
"""Around a match while the text is made safe to show. A text that has one of them is found without matches."""


def result_fields(result: SearchResult, chat: Chat, own: PublicKey, names: Names) -> Fields:
    """One result: its message, the part of its text around the first match, and where the matches are in that."""
    return {
        **views.message_fields(result.message, chat, own, names),
        "snippet": result.snippet,
        "matches": [{"start": start, "end": end} for start, end in result.matches],
    }


def result_text(result: SearchResult, chat: Chat, own: PublicKey, names: Names, out: Output) -> str:
    """``2020-10-01 12:00:00 #status Experienced Splendid Gibbon (zQ3shVgPq1a2b): see you at lunch``."""
    marked, at = "", 0
    for start, end in result.matches:
        marked += f"{result.snippet[at:start]}{_BEGIN}{result.snippet[start:end]}{_END}"
        at = end
    text = sanitise.one_line(marked + result.snippet[at:], sanitise.BLOCK_LENGTH)
    if result.matches:
        plain, *parts = text.split(_BEGIN)
        text = plain
        for part in parts:
            inside, _, outside = part.partition(_END)
            text += out.emphasise(inside) + outside
    message = result.message
    return f"{views.when(message)} {views.chat_label(chat, names)} {views.author(message.author, own, names)}: {text}"
