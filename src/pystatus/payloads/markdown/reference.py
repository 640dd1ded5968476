"""The values of the reference, status-go v0.64.0: what a program that answers its JSON-RPC calls has to say of a text.

Headings have no text there, definitions vanish, and so do a backslash at the end, a blank code span and the last
bracket of a link. People are shown the tree of :mod:`~pystatus.payloads.markdown.parsing`, which has all of that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from pystatus.payloads.markdown.blocks import blocks
from pystatus.payloads.markdown.inline import pieces
from pystatus.payloads.markdown.pieces import BlockKind, Kind, RawBlock
from pystatus.records import dataclass

JsonValue: TypeAlias = "str | int | bool | list[JsonNode] | None"
JsonNode: TypeAlias = dict[str, JsonValue]

_TYPES = {
    Kind.EMPHASIS: "emph",
    Kind.STRONG: "strong",
    Kind.STRONG_EMPHASIS: "strong-emph",
    Kind.DELETED: "del",
    Kind.CODE: "code",
    Kind.MENTION: "mention",
    Kind.TAG: "status-tag",
}


@dataclass(frozen=True, slots=True)
class ReferenceText:
    """``parsed_text`` is the JSON value of ``parsedText``; ``mentions`` and ``links`` are texts, in their order."""

    parsed_text: Sequence[JsonNode]
    mentions: Sequence[str]
    links: Sequence[str]


def reference_text(text: str) -> ReferenceText:
    """What the reference makes of ``text``."""
    nodes = list(_blocks(text))
    inline = [child for node in nodes for child in _children(node)]
    mentions = [str(node["literal"]) for node in inline if node.get("type") == "mention"]
    links = [str(node["destination"]) for node in inline if node.get("type") == "link"]
    return ReferenceText(nodes, mentions, links)


def _children(node: JsonNode) -> Iterator[JsonNode]:
    """All nodes below ``node``: at most two levels, the second one that of a caption."""
    children = node.get("children")
    for child in children if isinstance(children, list) else ():
        yield child
        yield from _children(child)


def _blocks(text: str) -> Iterator[JsonNode]:
    before: JsonNode | None = None
    """The last block, which waits for a caption."""
    for block in blocks(text):
        if block.kind is BlockKind.CAPTION:
            caption: JsonNode = {"children": _inline(block.text) or None, "literal": ""}
            yield {"children": [node for node in (before, caption) if node is not None], "literal": ""}
            before = None
            continue
        if before is not None:
            yield before
        before = _block(block)
    if before is not None:
        yield before


def _block(block: RawBlock) -> JsonNode | None:
    match block.kind:
        case BlockKind.CODE:
            return {"type": "codeblock", "literal": block.text}
        case BlockKind.QUOTE:
            return {"type": "blockquote", "literal": block.text, "children": None}
        case BlockKind.HEADING_1 | BlockKind.HEADING_2:
            level = 1 if block.kind is BlockKind.HEADING_1 else 2
            return {"type": "heading", "literal": "", "children": None, "level": level, "isTitleBlock": False}
        case BlockKind.DEFINITION:
            return None
        case _:
            return {"type": "paragraph", "children": _inline(block.text) or None}


def _inline(text: str) -> list[JsonNode]:
    """Before every node stands one of text, which may be empty."""
    nodes: list[JsonNode] = []
    plain = ""
    for piece in pieces(text):
        if piece.kind is Kind.TEXT:
            plain = piece.text
            continue
        nodes.append({"literal": plain})
        plain = ""
        if piece.kind is Kind.LINK:
            address: JsonNode = {"literal": piece.text}
            link: JsonNode = {
                "type": "link",
                "destination": piece.text,
                "literal": "",
                "title": "",
                "children": [address],
            }
            nodes.append(link)
        elif piece.kind in _TYPES:
            nodes.append({"type": _TYPES[piece.kind], "literal": piece.text})
        elif piece.kind is not Kind.LOST:
            nodes.append({"literal": piece.text})
    if plain:
        nodes.append({"literal": plain.removesuffix("\n")})
    return nodes
