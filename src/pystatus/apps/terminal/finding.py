"""Finding chats, people and messages by what somebody types."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from pystatus import sanitise
from pystatus.account.names import NameKind, ShownName, folded
from pystatus.apps.terminal.dialogs.windows import Entry
from pystatus.apps.terminal.face import Face
from pystatus.apps.terminal.obeying import parsed_date
from pystatus.crypto.keys import PublicKey
from pystatus.faces import message_text
from pystatus.faces.chat_list import ChatEntry, destinations
from pystatus.faces.moments import moment_text
from pystatus.messenger.records import Chat

RESULTS = 50
"""Messages that a search shows."""
_FILTER = re.compile(r"(?:^|\s)(from|in|before|after):(\"[^\"]+\"|\S+)")
_LOOKALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u0261\u03bf\u03b1\u03b5\u03c1\u03c5\u03bd\u03ba\u03c4\u03b901|",
    "aeopcyxijsdgoaepuvktioll",
)
"""Letters of other scripts, and digits, that look like Latin ones (unicode.org/reports/tr39, the common ones)."""


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
    """Messages with these words. ``from:``, ``in:``, ``before:`` and ``after:`` narrow it.

    :raises LocalError: no such person, chat or date.
    """
    given = {match[1]: match[2].strip('"') for match in _FILTER.finditer(typed)}
    words = _FILTER.sub(" ", typed).strip()
    if not words:
        return ()
    author = face.contacts.get(given["from"]).key if "from" in given else None
    place: Chat | str | None = given.get("in", chat)
    until = parsed_date(given["before"], face) - timedelta(milliseconds=1) if "before" in given else None
    since = parsed_date(given["after"], face) if "after" in given else None
    found = face.search.find(words, chat=place, author=author, since=since, until=until, limit=RESULTS)
    messages = [one.message for one in found]
    names = face.names.of_messages(messages)
    titles = {one.id: face.title(one) for one in face.client.chats() if one.id in {m.chat_id for m in messages}}
    today = parsed_today(face)
    return [
        Entry(
            one.id.hex(),
            sanitise.one_line(message_text.plain(one.text, lambda person: names[person].name)) or "-",
            " · ".join(
                (moment_text(one.sent_ms, today, face.texts), titles.get(one.chat_id, ""), names[one.author].label)
            ),
        )
        for one in messages
    ]


def parsed_today(face: Face) -> date:
    """The day that it is on the clock of the client."""
    return datetime.fromtimestamp(face.client.now).astimezone().date()


def skeleton(name: str) -> str:
    """A form of a name in which names that look alike are the same."""
    decomposed = unicodedata.normalize("NFKD", folded(name))
    letters = "".join(one for one in decomposed if not unicodedata.combining(one)).translate(_LOOKALIKES)
    return re.sub(r"[^\w]|_", "", letters).replace("rn", "m").replace("vv", "w")


def imitated(face: Face, person: PublicKey) -> ShownName | None:
    """Somebody whom we know and whose name another one's looks like: the same letters as far as one sees, or the same
    first two of the three words. ``None``: nobody, or we know that other one, too."""
    known = face.contacts.get(person)
    if known.is_decided:
        return None
    shown = face.names.of(person)
    others = [one.key for one in face.contacts.all() if one.is_decided and not one.blocked and one.key != person]
    for other in face.names.of_people(others).values():
        if skeleton(other.name) == skeleton(shown.name):
            return other
        if shown.kind is NameKind.ALIAS and other.kind is NameKind.ALIAS:
            first, second = shown.name.split()[:2], other.name.split()[:2]
            if first == second:
                return other
    return None
