"""The line for messages of one chat: what was begun, what is pasted, what is sent.

The text itself is in the widget of a face, which says how it changes; here is what it means. Nothing that was written
is lost: a text that was not sent is put back, and what is begun is kept as the draft of the chat.
"""

from __future__ import annotations

from collections.abc import Sequence

from pystatus.faces import completion
from pystatus.faces.catalogue import Catalogue
from pystatus.faces.completion import Begun, Offer
from pystatus.faces.pasting import Paste, PasteChoice, pasted
from pystatus.faces.slash_commands import SLASH, SlashCommands, Typed
from pystatus.messenger.features.conversations import MAX_DRAFT, Draft
from pystatus.payloads.checks import MAX_TEXT
from pystatus.records import dataclass

COUNTED_FROM = 0.8
"""The part of the longest message from which on it is said how much is left. Ours."""
MAX_SENT = 50
"""Texts that were sent and can be taken up again, of one chat. Ours."""

_TOLD_BY = 2
"""Characters by which it is seen that what was pasted is still there."""


@dataclass(frozen=True, slots=True)
class ToSend:
    """A text for :meth:`pystatus.Client.send_text`, once ``client.mentions.typed`` has made it what is sent."""

    text: str
    reply_to: bytes | None = None


class Composer:
    """The line of one chat. ``text``, ``cursor`` (a place in it) and ``reply_to`` (the id of the message that is
    answered) are what is to be shown."""

    def __init__(self, commands: SlashCommands) -> None:
        self.text = ""
        self.cursor = 0
        self.reply_to: bytes | None = None
        self._commands = commands
        self._literal = ""
        """The beginning of a text with a slash that was pasted, so that it begins no command; empty: there is none."""
        self._sent: list[str] = []
        self._recalled = 0
        """How far back in what was sent; 0: not at all."""

    # what somebody does

    def typed(self, text: str, cursor: int | None = None) -> None:
        """The widget has another text now, by the keyboard."""
        if not text.startswith(self._literal):
            self._literal = ""
        self._recalled = self._recalled if text == self.text else 0
        self._set(text, cursor)

    def paste(self, text: str, start: int | None = None, end: int | None = None) -> Paste | None:
        """Something is pasted at the cursor, or in place of what is selected. Returned is what to ask about it, to be
        given to :meth:`put`; None: it was put in.
        """
        paste = pasted(text)
        if paste.choices:
            return paste
        self.put(paste, PasteChoice.AS_IS, start, end)
        return None

    def put(self, paste: Paste, choice: PasteChoice, start: int | None = None, end: int | None = None) -> None:
        """Put in what was pasted, as somebody wants it. For a file, and if it is cancelled, nothing changes."""
        new = paste.result(choice)
        start = self.cursor if start is None else start
        end = start if end is None else end
        if not new:
            return
        text = self.text[:start] + new + self.text[end:]
        if text.startswith(SLASH) and (start == 0 or self._literal):
            self._literal = text[:_TOLD_BY]
        self._set(text, start + len(new))

    def begun(self) -> Begun | None:
        """What can be completed at the cursor: see :mod:`pystatus.faces.completion`."""
        return completion.begun(self.text, self.cursor, can_be_command=not self._literal)

    def choose(self, what: Begun, offer: Offer) -> None:
        """Put in what was chosen of what is offered."""
        self._set(*completion.completed(self.text, self.cursor, what, offer))

    def submit(self) -> ToSend | Typed | None:
        """Somebody presses Enter: what is to be sent or done, and the line is empty; None: there is nothing.

        :raises LocalError: no such command, or its argument is missing. The line stays as it is.
        """
        if not self.text.strip():
            return None
        done: ToSend | Typed
        if self._literal:
            done = ToSend(self.text, self.reply_to)
        else:
            parsed = self._commands.parse(self.text)
            done = ToSend(parsed, self.reply_to) if isinstance(parsed, str) else parsed
        self._remember(self.text)
        reply_to = self.reply_to if isinstance(done, Typed) else None
        self._clear()
        self.reply_to = reply_to
        return done

    def give_back(self, text: str, reply_to: bytes | None = None) -> None:
        """Something could not be sent: it stands before what was written meanwhile."""
        both = "\n".join(one for one in (text, self.text) if one)
        self.reply_to = self.reply_to or reply_to
        self._set(both, len(both))

    def recall(self, step: int) -> bool:
        """Take up what was sent before (``1``) or after (``-1``), if the line is empty or shows such a text already.
        False: nothing changes."""
        if not self._recalled and self.text:
            return False
        place = self._recalled + step
        if not 0 <= place <= len(self._sent):
            return False
        text = self._sent[-place] if place else ""
        self._set(text, len(text))
        self._recalled = place
        self._literal = ""
        return True

    # what is kept

    @property
    def draft(self) -> Draft | None:
        """What to keep for the chat, by ``client.conversations.set_draft``; None: nothing was begun."""
        text = self.text[:MAX_DRAFT]
        return Draft(text, self.reply_to) if text.strip() else None

    def restore(self, draft: Draft | None) -> None:
        """Show what is kept for the chat, in place of what is there. It is no command: it was not typed now."""
        self._clear()
        if draft is not None:
            self._set(draft.text, len(draft.text))
            self.reply_to = draft.response_to
            self._literal = draft.text[:_TOLD_BY] if draft.text.startswith(SLASH) else ""

    @property
    def sent(self) -> Sequence[str]:
        """What was sent here, the oldest first."""
        return self._sent

    def _remember(self, text: str) -> None:
        if not self._sent or self._sent[-1] != text:
            self._sent.append(text)
        del self._sent[:-MAX_SENT]

    def _clear(self) -> None:
        self._set("", 0)
        self.reply_to = None
        self._literal = ""
        self._recalled = 0

    def _set(self, text: str, cursor: int | None) -> None:
        self.text = text
        self.cursor = len(text) if cursor is None else max(0, min(cursor, len(text)))


@dataclass(frozen=True, slots=True)
class Room:
    """How much of the longest message is left; ``left`` is negative where it is too long."""

    left: int

    @property
    def is_shown(self) -> bool:
        """Whether it is near enough to be said."""
        return self.left <= (1 - COUNTED_FROM) * MAX_TEXT

    def text(self, texts: Catalogue) -> str:
        """``12 left``, or ``3 too many``."""
        return texts.composer_left(n=self.left) if self.left >= 0 else texts.composer_too_many(n=-self.left)


def room(sent: str) -> Room:
    """What is left beside a text as it is sent: a mention is a key there, which is longer than a name."""
    return Room(MAX_TEXT - len(sent.strip()))
