"""A text as a tree (payloads.md §13)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache

from pystatus.arguments import AnyText, checked
from pystatus.payloads.markdown.blocks import blocks
from pystatus.payloads.markdown.inline import pieces
from pystatus.payloads.markdown.pieces import BlockKind, Kind, Piece, RawBlock
from pystatus.payloads.markdown.scripts import is_rtl
from pystatus.payloads.markdown.tree import (
    LINK_SCHEMES,
    Block,
    Code,
    CodeBlock,
    Deleted,
    Emphasis,
    Heading,
    Inline,
    LineBreak,
    Link,
    Mention,
    Paragraph,
    ParsedText,
    Quote,
    Strong,
    StrongEmphasis,
    Tag,
    Text,
)

REMEMBERED = 16
"""Trees of texts that are kept, in entries: a message is asked for its text, its mentions and its links one behind the
other. One of 4,096 code points takes at most 1 MiB."""

_NODES: Mapping[Kind, Callable[[str], Inline]] = {
    Kind.EMPHASIS: Emphasis,
    Kind.STRONG: Strong,
    Kind.STRONG_EMPHASIS: StrongEmphasis,
    Kind.DELETED: Deleted,
    Kind.CODE: Code,
    Kind.MENTION: Mention,
    Kind.TAG: Tag,
}
_LEVELS = {BlockKind.HEADING_1: 1, BlockKind.HEADING_2: 2}


@checked
@lru_cache(maxsize=REMEMBERED)
def parse_text(text: AnyText) -> ParsedText:
    """What ``text`` says. Every text can be parsed, and all that is visible in it is in the tree.

    Implements: PL-6
    """
    return ParsedText(tuple(_block(block) for block in blocks(text)), is_rtl(text), text.count("\n"))


def _block(block: RawBlock) -> Block:
    match block.kind:
        case BlockKind.CODE:
            return CodeBlock(block.text, block.language)
        case BlockKind.QUOTE:
            return Quote(block.text.removesuffix("\n"))
        case BlockKind.HEADING_1 | BlockKind.HEADING_2:
            return Heading(_LEVELS[block.kind], _inline(block.source))
        case _:
            return Paragraph(_inline(block.source.strip(" \n")))


def _inline(text: str) -> tuple[Inline, ...]:
    return tuple(_joined(node for piece in _with_brackets(pieces(text)) for node in _nodes(piece)))


def _nodes(piece: Piece) -> Iterator[Inline]:
    """The nodes of one piece: what the reference does not show of it is text."""
    match piece.kind:
        case Kind.LINK:
            if piece.text.lower().startswith(tuple(f"{scheme}://" for scheme in LINK_SCHEMES)):
                yield Link(piece.text)
                if (len(piece.source) - len(piece.source.rstrip("\\"))) % 2:
                    yield Text("\\")
            else:
                yield Text(piece.source)
        case Kind.LINE_BREAK:
            yield LineBreak()
        case Kind.TEXT | Kind.ESCAPED | Kind.ANCHOR:
            yield Text(piece.text)
        case Kind.LOST:
            yield Text(piece.source)
        case _:
            yield _NODES[piece.kind](piece.text)


def _with_brackets(found: Iterable[Piece]) -> Iterator[Piece]:
    """Pieces in which a link ends behind the bracket that closes one of its own."""
    taken = 0
    for piece in found:
        if taken:  # a bracket begins nothing, so it is the first character of a text
            piece = Piece(piece.kind, piece.source[taken:], piece.text[taken:], piece.closing)
        taken = len(piece.closing)
        yield Piece(piece.kind, piece.source + piece.closing, piece.text + piece.closing)


def _joined(nodes: Iterable[Inline]) -> Iterator[Inline]:
    """Nodes without empty texts, and with one text where there are several side by side."""
    texts: list[str] = []
    for node in nodes:
        if isinstance(node, Text):
            texts.append(node.text)
            continue
        if text := "".join(texts):
            yield Text(text)
        texts.clear()
        yield node
    if text := "".join(texts):
        yield Text(text)
