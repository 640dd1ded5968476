"""Finding chats, people and messages by what somebody types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from pystatus.account.names import ShownName
from pystatus.apps.terminal.dialogs.windows import Entry
from pystatus.apps.terminal.face import Face
from pystatus.crypto.keys import PublicKey
from pystatus.faces.chat_list import ChatEntry, destinations
from pystatus.faces.imitation import Known
from pystatus.faces.moments import moment_text
from pystatus.faces.searching import result_pieces
from pystatus.messenger import message_text
from pystatus.messenger.features.names import people_on
from pystatus.messenger.features.search import SearchResult
from pystatus.messenger.records import Chat

RESULTS = 50
"""Messages that a search shows."""


def matching(face: Face, entries: Sequence[ChatEntry], typed: str) -> list[Entry]:
    """Chats, and people with whom there is none yet, by some letters of their names, or by their keys. The id of an
    entry is that of the chat, or the key of the person."""
    found = []
    for one in destinations(typed, entries, face.contacts.all(), face.names):
        key = "" if one.person is None else face.names.of(one.person).key_prefix
        if one.chat is None:
            assert one.person is not None, "it is a chat or a person"
            found.append(Entry(one.person.hex, f"@ {one.title}", key))
        else:
            unread = face.texts.terminal_unread(n=one.chat.unread) if one.chat.unread else ""
            title = face.label(one.chat, one.title)
            found.append(Entry(one.chat.id, title, "  ".join(filter(None, (unread, key)))))
    return found


def search(face: Face, typed: str, chat: Chat | None) -> Sequence[Entry]:
    """Messages with these words. ``from:``, ``in:``, ``has:``, ``before:`` and ``after:`` narrow it, or say alone what
    is wanted.

    :raises LocalError: no such person, chat or date.
    """
    found = face.meant.messages(typed, chat, RESULTS)
    messages = [one.message for one in found]
    names = face.names.of_people(people_on(messages))
    titles = {one.id: face.title(one) for one in face.client.chats() if one.id in {m.chat_id for m in messages}}
    today = parsed_today(face)
    entries = []
    for result in found:
        one = result.message
        detail = moment_text(one.sent_ms, today, face.texts), titles.get(one.chat_id, ""), names[one.author].label
        text, matches = _marked(face, result, names)
        entries.append(Entry(one.id.hex(), text, " · ".join(detail), matches=matches))
    return entries


def _marked(
    face: Face, result: SearchResult, names: Mapping[PublicKey, ShownName]
) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The line of a result, and what in it was searched for. Where nothing was, it is the text as chats show it."""
    if not result.matches:
        text = message_text.preview(result.message, lambda one: names[one].name)
        return text or face.texts.terminal_empty(), ()
    text, matches = "", []
    for piece in result_pieces(result, lambda one: names[one].name):
        if piece.is_match:
            matches.append((len(text), len(text) + len(piece.text)))
        text += piece.text
    return text, tuple(matches)


def parsed_today(face: Face) -> date:
    """The day that it is on the clock of the client."""
    return datetime.fromtimestamp(face.client.now).astimezone().date()


def imitated(face: Face, person: PublicKey) -> ShownName | None:
    """Whom of those that we know another one's name looks like; ``None``: nobody, or we know that other one, too."""
    if face.contacts.get(person).is_decided:
        return None
    known = [one.key for one in face.contacts.all() if one.is_decided and not one.blocked]
    names = face.names.of_people([*known, face.client.public_key])
    return Known(names.values()).imitated(face.names.of(person))
