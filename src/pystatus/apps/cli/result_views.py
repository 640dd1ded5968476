"""How results of a search look: as fields for programs, as lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pystatus.account.names import Names
from pystatus.apps.cli import views
from pystatus.apps.cli.output import Fields, Output
from pystatus.crypto.keys import PublicKey

if TYPE_CHECKING:
    from pystatus.messenger.features.search import SearchResult
    from pystatus.messenger.records import Chat


def result_fields(result: SearchResult, chat: Chat, own: PublicKey, names: Names) -> Fields:
    """One result: its message, the part of its text around the first match, and where the matches are in that."""
    return {
        **views.message_fields(result.message, chat, own, names),
        "snippet": result.snippet,
        "matches": [{"start": start, "end": end} for start, end in result.matches],
    }


def result_text(result: SearchResult, chat: Chat, own: PublicKey, names: Names, out: Output) -> str:
    """``2020-10-01 12:00:00 #status Experienced Splendid Gibbon (zQ3shVgPq1a2b): see you at lunch``."""
    from pystatus.faces.searching import result_pieces  # loaded late: most commands show no results

    pieces = result_pieces(result, lambda person: names.of(person).label)
    text = "".join(out.emphasise(one.text) if one.is_match else one.text for one in pieces)
    message = result.message
    return f"{views.when(message)} {views.chat_label(chat, names)} {views.author(message.author, own, names)}: {text}"
