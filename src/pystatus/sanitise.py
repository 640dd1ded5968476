"""Text of strangers made safe to show: terminals, logs and lists of names (A41).

What comes out has no control characters, no escape sequences, nothing that turns the direction of the text around it,
nothing that is invisible, and a bounded length. It is for showing only: what is stored, hashed and compared stays as
received.

Implements: PL-28
"""

from __future__ import annotations

import re
import unicodedata

from pystatus.arguments import AnyText, checked

NAME_LENGTH = 64
"""Code points of a name on the screen."""
LINE_LENGTH = 255
"""Code points of another single line, a log message for example."""
BLOCK_LENGTH = 4_096
"""Code points of a text of several lines: as long as a message may be."""
MAX_MARKS = 4
"""Combining marks on one letter. More than Vietnamese, Hebrew or Tibetan need; piles of them paint over other lines."""
SCAN_FACTOR = 4
"""Characters looked at for each one that may be shown, so that a megabyte of invisible ones costs nothing."""

ELLIPSIS = "…"
_JOINERS = "\u200c\u200d"  # zero-width, but Persian and Indian scripts and composed emoji need them
_LOOSE_ENDS = " \n" + _JOINERS
_INVISIBLE = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"  # joiner, Hangul and Khmer fillers, empty Braille cell
    "\u180b\u180c\u180d\u180f"  # Mongolian variation selectors
) | frozenset(map(chr, (*range(0xFE00, 0xFE0E), *range(0xE0100, 0xE01F0))))  # all but the two that choose emoji form
_NEWLINES = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")

# ESC and C1 forms of control sequences, control strings with their contents, and two-character escapes. Each begins
# where the one before has ended, and takes all that it has looked at, so that this is linear on any input: a control
# string without an end, too, whose contents are looked at again (they hold no ESC) and stay.
_SEQUENCE = r"\x9b[0-?]*+[ -/]*+[@-~]"
_ESCAPES = re.compile(
    rf"\x1b\[[0-?]*+[ -/]*+[@-~]|{_SEQUENCE}"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])([^\x07\x1b\x9c]*+)(\x07|\x1b\\|\x9c)?+"
    r"|\x1b[ -/]*+[0-~]"
)
_IN_ENDLESS = re.compile(_SEQUENCE)


def _left(escape: re.Match[str]) -> str:
    """What is left of an escape: the contents of a control string that does not end."""
    if escape[1] is None or escape[2] is not None:
        return ""
    return _IN_ENDLESS.sub("", escape[1])


@checked
def one_line(text: AnyText, limit: int = LINE_LENGTH) -> str:
    """``text`` as one line of at most ``limit`` code points, white space collapsed. Empty if nothing is visible."""
    if len(text) <= limit and text.isascii() and text.isprintable():
        return " ".join(text.split())
    cleaned = _clean(text[: limit * SCAN_FACTOR])
    return _shorten(" ".join(cleaned.split()), len(text) > limit * SCAN_FACTOR, limit)


@checked
def name(text: AnyText) -> str:
    """``text`` as somebody's name. Empty if nothing is visible: then show what names the person for certain."""
    return one_line(text, NAME_LENGTH)


@checked
def block(text: AnyText, limit: int = BLOCK_LENGTH) -> str:
    """``text`` with its line ends (all as ``\\n``), at most ``limit`` code points, white space at both ends cut."""
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text.strip()
    cleaned = _clean(text[: limit * SCAN_FACTOR].replace("\r\n", "\n"))
    return _shorten(cleaned.strip(), len(text) > limit * SCAN_FACTOR, limit)


def quoted(text: str) -> str:
    """What somebody gave, in quotation marks, for a sentence about it: in one line, and as long as a name at most."""
    return repr(name(text))


def _clean(text: str) -> str:
    return Fragments().clean(text)


class Fragments:
    """A text that is shown in several pieces, one behind the other: what is left of each depends on the one before."""

    def __init__(self) -> None:
        self._previous = "\n"
        self._marks = 0

    def clean(self, text: str) -> str:
        """The next piece, with its line ends and its white space. Its length is not bounded."""
        if text.isascii() and text.isprintable():  # nearly all: nothing of it is taken away, whatever came before
            if text:
                self._previous, self._marks = text[-1], 0
            return text
        kept: list[str] = []
        for character in _ESCAPES.sub(_left, text):
            shown = _shown(character, self._previous, self._marks)
            if shown:
                if unicodedata.category(shown) in ("Mn", "Me"):
                    self._marks += 1
                elif shown not in _JOINERS:  # a letter; joiners between marks start no new pile
                    self._marks = 0
                kept.append(shown)
                self._previous = shown
        return "".join(kept)


def _shown(character: str, previous: str, marks: int) -> str:
    """What is shown for ``character`` behind ``previous`` with its ``marks`` combining marks: one character or none."""
    if " " <= character <= "~":
        return character
    if character in _NEWLINES:
        return "\n"
    if character in _INVISIBLE:
        return ""
    category = unicodedata.category(character)
    if character == "\t" or category == "Zs":
        return " "
    if character in _JOINERS:  # between Latin letters they only fake another name, and one is always enough
        return "" if previous.isascii() or previous in _JOINERS else character
    if category in ("Mn", "Me"):
        return "" if previous.isspace() or marks >= MAX_MARKS else character
    return "" if category in ("Cc", "Cf", "Cs") else character


def _shorten(text: str, more: bool, limit: int) -> str:
    if more or len(text) > limit:
        return text[: max(limit - len(ELLIPSIS), 0)].rstrip(_LOOSE_ENDS) + ELLIPSIS
    return text.rstrip(_LOOSE_ENDS)
