"""A message in lines that are read out: what it replies to and what others put under it are said in words."""

from __future__ import annotations

from collections.abc import Sequence

from pystatus import sanitise
from pystatus.apps.terminal.face import Face
from pystatus.faces import media
from pystatus.faces.moments import time_text
from pystatus.faces.reactions import reaction_word
from pystatus.messenger import message_text
from pystatus.messenger.features.reactions import Reaction
from pystatus.messenger.records import Message
from pystatus.payloads.kinds import ContentType

MAX_QUOTED = 60
"""Characters of what is replied to that are said again."""
MAX_NAMES = 5
"""People of one emoji who are named. Ours: the rest is counted."""


class Printing:
    """Messages with numbers, by which commands name them."""

    def __init__(self, face: Face, most: int) -> None:
        """
        :param most: messages that can be named, the newest ones.
        """
        self._face = face
        self._most = most
        self._numbers: dict[int, bytes] = {}
        self._ids: dict[bytes, int] = {}
        self._last = 0

    @property
    def last(self) -> int:
        """The number of the last message that was given one; 0: there is none."""
        return self._last

    def number(self, message_id: bytes) -> int | None:
        """The last number of a message; None: it has none."""
        return self._ids.get(message_id)

    def id(self, number: int) -> bytes | None:
        """The message with a number."""
        return self._numbers.get(number)

    def give(self, message_id: bytes) -> int:
        """The number of a message, a new one if it has none."""
        if message_id in self._ids:
            return self._ids[message_id]
        self._last += 1
        self._numbers[self._last] = message_id
        self._ids[message_id] = self._last
        gone = self._numbers.pop(self._last - self._most, None)
        if gone is not None:
            del self._ids[gone]
        return self._last

    def lines(self, message: Message) -> Sequence[str]:
        """A message as lines; those behind the first are indented."""
        face, texts = self._face, self._face.texts
        number = self.give(message.id)
        text = sanitise.block(message_text.plain(message.text, face.name_of)) or texts.terminal_empty()
        if message.content_type in (ContentType.IMAGE, ContentType.AUDIO, ContentType.STICKER):
            text = media.line(message, face.media.about(message), number, texts) or text
        you = f" ({texts.terminal_you()})" if message.author == face.client.public_key else ""
        head = f"[{number}] {time_text(message.sent_ms)} {face.name_of(message.author)}{you}"
        first, *rest = text.split("\n")
        if message.response_to is not None:
            return [f"{head}, {self._quote(message.response_to)}", *(f"    {line}" for line in (first, *rest))]
        return [f"{head}: {first}", *(f"    {line}" for line in rest)]

    def _quote(self, message_id: bytes) -> str:
        face, texts = self._face, self._face.texts
        quoted = face.client.message(message_id)
        if quoted is None:
            return texts.terminal_plain_answers_missing()
        text = message_text.preview(quoted, face.name_of, MAX_QUOTED) or texts.terminal_empty()
        name, number = face.name_of(quoted.author), self.number(message_id)
        if number is None:
            return texts.terminal_plain_answers(name=name, text=text)
        return texts.terminal_plain_answers_number(n=number, name=name, text=text)

    def reactions(self, found: Sequence[Reaction]) -> Sequence[str]:
        """What is under a message, a line for each emoji."""
        face = self._face
        people: dict[int, list[str]] = {}
        for one in found:
            people.setdefault(one.type, []).append(face.name_of(one.author))
        lines = []
        for kind, names in people.items():
            more = f" +{len(names) - MAX_NAMES}" if len(names) > MAX_NAMES else ""
            what = reaction_word(kind, face.texts)
            lines.append(
                "    " + face.texts.terminal_plain_reactions(what=what, names=", ".join(names[:MAX_NAMES]) + more)
            )
        return lines

    def reacted(self, reaction: Reaction) -> str | None:
        """Somebody has put an emoji under a message, or taken it back; None: the message was not printed."""
        number, texts = self.number(reaction.message_id), self._face.texts
        if number is None:
            return None
        name, what = self._face.name_of(reaction.author), reaction_word(reaction.type, texts)
        if reaction.retracted:
            return texts.terminal_plain_reacted_back(name=name, n=number, what=what)
        return texts.terminal_plain_reacted(name=name, n=number, what=what)
