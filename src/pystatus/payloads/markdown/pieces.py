"""What the parser finds in a text, before it is a tree: enough for our tree, and for the values of the reference."""

from __future__ import annotations

from enum import Enum, auto

from pystatus.records import dataclass


class Kind(Enum):
    """What a piece of a paragraph is."""

    TEXT = auto()
    ESCAPED = auto()
    """A character behind a backslash."""
    EMPHASIS = auto()
    STRONG = auto()
    STRONG_EMPHASIS = auto()
    DELETED = auto()
    CODE = auto()
    LINK = auto()
    ANCHOR = auto()
    """An HTML link from its address on; it is text."""
    MENTION = auto()
    TAG = auto()
    LINE_BREAK = auto()
    LOST = auto()
    """The reference reads it and shows nothing: a blank code span, a backslash at the end, a space before a line
    end."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters of a paragraph.

    ``source`` is what stands there, ``text`` what it says. ``closing`` is a bracket behind a link that the reference
    takes away from it, although it closes one of the link.
    """

    kind: Kind
    source: str
    text: str
    closing: str = ""


class BlockKind(Enum):
    """What a block is."""

    PARAGRAPH = auto()
    HEADING_1 = auto()
    HEADING_2 = auto()
    QUOTE = auto()
    CODE = auto()
    DEFINITION = auto()
    """``[x]: y``, of which the reference shows nothing."""
    CAPTION = auto()
    """``Figure: x`` behind a code block."""


@dataclass(frozen=True, slots=True)
class RawBlock:
    """A block whose lines are not parsed yet.

    ``source`` is the text of it that we show, ``text`` what the reference takes for its text; ``language`` is that of
    a code block.
    """

    kind: BlockKind
    source: str
    text: str
    language: str = ""
