"""The rows of a chat for the page: messages with all that belongs to them, read a page at a time, and lines between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pystatus.account.names import ShownName
from pystatus.apps.web import shapes
from pystatus.apps.web.open_profile import OpenProfile
from pystatus.apps.web.shapes import PageValue
from pystatus.client.features.transactions import Transactions
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.faces import media as media_notes
from pystatus.faces import transactions
from pystatus.faces.catalogue import Catalogue
from pystatus.faces.delivery import CAN_BE_SENT_AGAIN, mark
from pystatus.faces.message_tree import tree
from pystatus.faces.moments import moment_text, time_text
from pystatus.faces.timeline_rows import BeginningRow, DayRow, GapRow, MessageRow, NewRow, Row
from pystatus.messenger import message_text
from pystatus.messenger.features.names import people_on
from pystatus.messenger.group_records import Delivery
from pystatus.messenger.records import NOT_LEFT, Chat, Message
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.kinds import ContentType

LONG_LINES, LONG_CHARACTERS = 20, 600
"""A message with more of them is shown short at first, as the mobile app does."""
MAX_NAMES = 4_000
"""People whose names are kept ready: more than the messages of a window have. Ours."""
_WITH_MEDIA = (ContentType.IMAGE, ContentType.AUDIO, ContentType.STICKER)


class MessageRows:
    """Makes rows of one chat. What belongs to a message is read by :meth:`load`, for a page together."""

    def __init__(self, profile: OpenProfile, texts: Catalogue, chat: Chat | None) -> None:
        self._profile = profile
        self.texts = texts
        self._chat = chat
        self._names: dict[PublicKey, ShownName] = {}
        self._people: dict[PublicKey, PageValue] = {}
        self._shown: dict[bytes, PageValue] = {}
        self._rows: dict[tuple[bytes, bool], PageValue] = {}

    def load(self, messages: Iterable[Message], held: Mapping[bytes, Message], *, names: bool = True) -> None:
        """Read what is shown beside messages, or read it anew.

        :param held: other messages that are known, which some of these may reply to.
        """
        wanted = list(messages)
        if not wanted:
            return
        profile = self._profile
        ids = {one.response_to for one in wanted if one.response_to is not None}
        quoted = {one: held[one] for one in ids if one in held}
        quoted |= profile.conversations.messages(ids - quoted.keys())
        if names:
            found = profile.names.of_people(people_on([*wanted, *quoted.values()]))
            self._names |= found
            self._people |= {key: profile.person(name) for key, name in found.items()}
        reactions = profile.reactions.of_all(wanted)
        for one in wanted:
            counts = [
                {"reaction": count.type, "emoji": count.emoji, "count": count.count, "own": count.own}
                for count in reactions.get(one.id, ())
            ]
            self._shown[one.id] = self._message(one, quoted, counts)
            for begins in (False, True):
                self._rows.pop((one.id, begins), None)

    def forget(self, kept: Iterable[bytes]) -> None:
        """Keep what belongs to these messages, and nothing else."""
        if len(self._names) > MAX_NAMES:  # those that are shown are asked for again
            self._names, self._people = {}, {}
        ids = set(kept)
        self._shown = {key: one for key, one in self._shown.items() if key in ids}
        self._rows = {key: one for key, one in self._rows.items() if key[0] in ids}

    def rows(self, rows: Sequence[Row]) -> list[PageValue]:
        """All rows, as the page is given them. A row that is as before is the same object."""
        return [self._row(row) for row in rows]

    def _row(self, row: Row) -> PageValue:
        texts = self.texts
        match row:
            case MessageRow(message, begins_group, time_ms):
                key = message.id, begins_group
                shown = self._rows.get(key)
                if shown is None:
                    times = {
                        "time": time_text(time_ms),
                        "moment": moment_text(time_ms, self._profile.today, texts),
                        "time_ms": time_ms,
                    }
                    shown = self._rows[key] = {**self._shown[message.id], "group": begins_group, **times}
                return shown
            case DayRow(day):
                text = row.text(texts, self._profile.today)
                return {"key": f"day {day.isoformat()}", "kind": "day", "text": text, "date": day.isoformat()}
            case NewRow(unread):
                return {"key": "new", "kind": "new", "text": row.text(texts), "count": unread}
            case GapRow(lower, upper):
                return {"key": f"gap {lower}", "kind": "gap", "text": row.text(texts), "lower": lower, "upper": upper}
            case BeginningRow():
                can_ask = self._chat is not None and self._chat.kind == ChatKind.PUBLIC
                return {"key": "beginning", "kind": "beginning", "text": row.text(texts), "can_ask": can_ask}

    def name(self, person: PublicKey) -> str:
        """How somebody is called."""
        found = self._names.get(person)
        if found is None:
            found = self._names[person] = self._profile.names.of(person)
        return found.label

    def _person(self, key: PublicKey) -> PageValue:
        found = self._people.get(key)
        if found is None:
            found = self._people[key] = self._profile.of_key(key)
        return found

    def _message(self, message: Message, quoted: Mapping[bytes, Message], reactions: list[PageValue]) -> PageValue:
        own = self._profile.own
        is_own = message.author == own
        system = message.content_type == ContentType.SYSTEM_PRIVATE_GROUP
        plain = message_text.plain(message.text, self.name)
        said = message_text.unmarked(message, self.name)
        attachment = self._profile.media.about(message) if message.content_type in _WITH_MEDIA else None
        delivery = self._delivery(message)
        parsed = message.parsed
        return {
            "key": shapes.hex_id(message.id),
            "kind": "message",
            "id": shapes.hex_id(message.id),
            "author": self._person(message.author),
            "own": is_own,
            "body": tree(message.text, own, self.name),
            "plain": plain,
            "said": None if said == plain else said,
            "long": len(plain) > LONG_CHARACTERS or plain.count("\n") >= LONG_LINES,
            "rtl": parsed.is_rtl,
            "system": system,
            "reply": self._quote(message, quoted),
            "media": shapes.media(message, attachment, self.texts),
            "note": self._note(message, attachment),
            "reactions": reactions,
            "mark": shapes.mark(mark(message, self.texts, delivery), message.state),
            "secret": message.forward_secrecy,
            "names_us": own in message.mentions,
            "can": self._actions(message, is_own=is_own, system=system),
        }

    def _quote(self, message: Message, quoted: Mapping[bytes, Message]) -> PageValue | None:
        if message.response_to is None:
            return None
        found = quoted.get(message.response_to)
        author = None if found is None else self._person(found.author)
        return shapes.quote(found, message.response_to, author, self.name)

    def _note(self, message: Message, attachment: object) -> str:
        if message.content_type in _WITH_MEDIA:
            if message.content_type != ContentType.STICKER and not getattr(attachment, "problem", ""):
                return ""  # it is shown
            return media_notes.note(message, attachment, self.texts) or ""  # type: ignore[arg-type]  # what is attached to such a message is media
        if message.content_type == ContentType.TRANSACTION_COMMAND:
            found = self._profile.client.feature(Transactions).get(message)
            return "" if found is None else transactions.note(found, self.texts)
        return ""

    def _delivery(self, message: Message) -> Delivery | None:
        if self._chat is None or self._chat.kind != ChatKind.PRIVATE_GROUP or message.state is None:
            return None
        try:
            return self._profile.groups.delivery(message)
        except LocalError:  # another device of ours has sent it
            return None

    @staticmethod
    def _actions(message: Message, *, is_own: bool, system: bool) -> list[str]:
        if system:
            return []
        again = ["resend"] if is_own and message.state in CAN_BE_SENT_AGAIN else []
        back = ["withdraw"] if is_own and message.state in NOT_LEFT else []
        return [*again, *back, "reply", "react", "copy", "explain", "delete"]
