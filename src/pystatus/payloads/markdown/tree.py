"""What a text says: blocks, and what stands in the lines of a paragraph. Frozen, and safe to hand to any face."""

from __future__ import annotations

from typing import TypeAlias

from pystatus.arguments import checked
from pystatus.crypto.keys import PublicKey
from pystatus.errors import StatusError
from pystatus.records import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """Text as it is, with its line ends."""

    text: str


@dataclass(frozen=True, slots=True)
class Emphasis:
    """``*x*`` or ``_x_``. What stands between marks is not parsed again."""

    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    """``**x**`` or ``__x__``."""

    text: str


@dataclass(frozen=True, slots=True)
class StrongEmphasis:
    """``***x***`` or ``___x___``."""

    text: str


@dataclass(frozen=True, slots=True)
class Deleted:
    """``~~x~~`` or ``~x~``."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """```x```, on one line or several of a paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """An address of one of :data:`LINK_SCHEMES`, which is shown as it is: there is no other text for it. Nothing is
    fetched from it."""

    url: str


@dataclass(frozen=True, slots=True)
class Mention:
    """``@0x04…``: ``key`` is ``0x`` and 130 digits, which need not be the key of anybody."""

    key: str

    @property
    def person(self) -> PublicKey | None:
        """Who is meant; None if it is no key."""
        try:
            return PublicKey.from_bytes(bytes.fromhex(self.key[2:]))
        except StatusError:
            return None


@dataclass(frozen=True, slots=True)
class Tag:
    """``#name``: a public chat, without the ``#``."""

    name: str


@dataclass(frozen=True, slots=True)
class LineBreak:
    """A line that ends with two spaces or a backslash."""


Inline: TypeAlias = Text | Emphasis | Strong | StrongEmphasis | Deleted | Code | Link | Mention | Tag | LineBreak
"""What stands in a paragraph."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that is underlined with ``=`` (level 1) or ``-`` (level 2)."""

    level: int
    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """Lines behind ``>``, without it. They are not parsed."""

    text: str


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Lines between fences, each with its line end. ``language`` is the word behind the first fence, or empty."""

    text: str
    language: str


Block: TypeAlias = Paragraph | Heading | Quote | CodeBlock
"""A part of a text that begins on a line of its own."""

LINK_SCHEMES = ("http", "https", "mailto")
"""What the address of a :class:`Link` begins with, before ``://``. Other addresses are text."""


@checked
@dataclass(frozen=True, slots=True)
class ParsedText:
    """All of a text.

    ``is_rtl`` says that it begins with a letter that is written from right to left. ``line_count`` counts line ends, so
    it is 0 for a text of one line.
    """

    blocks: tuple[Block, ...]
    is_rtl: bool
    line_count: int

    @property
    def mentions(self) -> tuple[str, ...]:
        """The keys that are mentioned, as texts, in their order; a key that is mentioned twice is there twice."""
        return tuple(node.key for node in self._inline() if isinstance(node, Mention))

    @property
    def people(self) -> tuple[PublicKey, ...]:
        """Who is mentioned, each once. Keys that belong to nobody are left out."""
        found = (node.person for node in self._inline() if isinstance(node, Mention))
        return tuple(dict.fromkeys(person for person in found if person is not None))

    @property
    def links(self) -> tuple[str, ...]:
        """The addresses of its links, in their order."""
        return tuple(node.url for node in self._inline() if isinstance(node, Link))

    @property
    def tags(self) -> tuple[str, ...]:
        """The public chats that it names, in their order."""
        return tuple(node.name for node in self._inline() if isinstance(node, Tag))

    def _inline(self) -> list[Inline]:
        return [node for block in self.blocks if isinstance(block, Paragraph | Heading) for node in block.children]
