"""What somebody pastes into the line for messages: whether they are asked, and what becomes of it.

Whatever is pasted costs time in proportion to :data:`MAX_PASTE` at most, and is never a command.
"""

from __future__ import annotations

import re
from enum import Enum

from pystatus import sanitise
from pystatus.faces.catalogue import Catalogue
from pystatus.faces.media import size
from pystatus.records import dataclass

QUIET_LINES = 5
"""Lines that are put in without a question. Ours: what fits into the line for messages."""
MAX_PASTE = 65_536
"""Characters that can be put in; more than these are a file. Ours: sixteen messages of the longest."""
_FENCE = re.compile(r"`{3,}|~{3,}")


class PasteChoice(Enum):
    """What can be done with what was pasted."""

    AS_IS = "as-is"
    AS_CODE = "as-code"
    """In a block of code."""
    JOINED = "joined"
    """In one line."""
    AS_FILE = "as-file"
    """Sent as a file, if the face can do that."""
    CANCEL = "cancel"

    def label(self, texts: Catalogue) -> str:
        """What a button says."""
        labels = {
            PasteChoice.AS_IS: texts.paste_as_is,
            PasteChoice.AS_CODE: texts.paste_as_code,
            PasteChoice.JOINED: texts.paste_joined,
            PasteChoice.AS_FILE: texts.paste_as_file,
            PasteChoice.CANCEL: texts.paste_cancel,
        }
        return labels[self]()


@dataclass(frozen=True, slots=True)
class Paste:
    """Something that was pasted. ``choices`` is empty where nobody has to be asked."""

    text: str
    lines: int
    choices: tuple[PasteChoice, ...]

    def question(self, texts: Catalogue) -> str:
        """What to ask."""
        if PasteChoice.AS_FILE in self.choices:
            return texts.paste_too_long(size=size(len(self.text), texts))
        return texts.paste_lines(n=self.lines)

    def result(self, choice: PasteChoice) -> str:
        """What is put in; nothing for a file and if it is cancelled."""
        match choice:
            case PasteChoice.AS_IS:
                return cleaned(self.text)
            case PasteChoice.AS_CODE:
                return as_code(cleaned(self.text))
            case PasteChoice.JOINED:
                return " ".join(cleaned(self.text).split())
            case _:
                return ""


def pasted(text: str) -> Paste:
    """What to do with ``text``."""
    lines = 1 + text.rstrip("\r\n").count("\n") if len(text) <= MAX_PASTE else 1 + text.count("\n")
    if len(text) > MAX_PASTE:
        return Paste(text, lines, (PasteChoice.AS_FILE, PasteChoice.CANCEL))
    if lines > QUIET_LINES:
        return Paste(text, lines, (PasteChoice.AS_IS, PasteChoice.AS_CODE, PasteChoice.JOINED, PasteChoice.CANCEL))
    return Paste(text, lines, ())


def cleaned(text: str) -> str:
    """``text`` without control characters and others that are not seen; its line ends are ``\\n``, and the spaces
    before a line stay."""
    cleaner = sanitise.Fragments()
    return cleaner.clean(text.replace("\r\n", "\n").replace("\t", "    ")).strip("\n").rstrip()


def as_code(text: str) -> str:
    """``text`` in a block of code that nothing in it ends."""
    longest = max((len(match[0]) for match in _FENCE.finditer(text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}\n{text}\n{fence}"
