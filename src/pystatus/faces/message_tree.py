"""The text of a message as a tree for a face that draws with elements of its own, as a page does: blocks and what
stands in them, each a mapping with its ``type``. Everything in it is made safe (:mod:`pystatus.sanitise`), and nothing
is markup.

Implements: PL-28
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from pystatus import sanitise
from pystatus.account.names import display_name
from pystatus.crypto.keys import PublicKey
from pystatus.messenger.message_text import NameOf, type_name
from pystatus.payloads.markdown.parsing import parse_text
from pystatus.payloads.markdown.tree import (
    Block,
    CodeBlock,
    Heading,
    Inline,
    LineBreak,
    Link,
    Mention,
    Quote,
    Tag,
)

TreeNode: TypeAlias = dict[str, Any]


def tree(text: str, own: PublicKey | None = None, name_of: NameOf = display_name) -> Sequence[TreeNode]:
    """The blocks of ``text``; none if nothing of it can be seen.

    ``paragraph`` and ``heading`` (with ``level``) have ``children``; ``quote`` and ``code-block`` (with ``language``)
    have ``text``. Among the children ``link`` has a ``url``, ``tag`` and ``mention`` a ``name``, ``line-break``
    nothing, and all others ``text``. A mention has the ``key`` of the person too, in hexadecimal, and ``own`` says
    whether it is ours.

    :param own: who we are.
    """
    shown, more = text[: sanitise.BLOCK_LENGTH], len(text) > sanitise.BLOCK_LENGTH
    cleaner = sanitise.Fragments()
    found = []
    for block in parse_text(shown).blocks:
        node = _block(block, cleaner, own, name_of)
        if _is_visible(node):
            found.append(node)
        cleaner.clean("\n")
    if more:
        found.append({"type": "paragraph", "children": [{"type": "text", "text": sanitise.ELLIPSIS}]})
    return found


def _block(block: Block, cleaner: sanitise.Fragments, own: PublicKey | None, name_of: NameOf) -> TreeNode:
    match block:
        case CodeBlock(text, language):
            return {
                "type": "code-block",
                "text": _clean(cleaner, text.removesuffix("\n")),
                "language": sanitise.name(language),
            }
        case Quote(text):
            return {"type": "quote", "text": _clean(cleaner, text)}
        case Heading(level, children):
            return {"type": "heading", "level": level, "children": _children(children, cleaner, own, name_of)}
        case _:
            return {"type": "paragraph", "children": _children(block.children, cleaner, own, name_of)}


def _children(
    children: Sequence[Inline], cleaner: sanitise.Fragments, own: PublicKey | None, name_of: NameOf
) -> list[TreeNode]:
    nodes = [_inline(child, cleaner, own, name_of) for child in children]
    return [node for node in nodes if node["type"] != "text" or node["text"]]


def _inline(node: Inline, cleaner: sanitise.Fragments, own: PublicKey | None, name_of: NameOf) -> TreeNode:
    match node:
        case LineBreak():
            cleaner.clean("\n")
            return {"type": "line-break"}
        case Link(url):
            shown = _clean(cleaner, url)
            # An address in which something cannot be seen leads elsewhere than it seems to: it is no link.
            return {"type": "link", "url": url} if shown == url else {"type": "text", "text": shown}
        case Tag(name):
            shown = _clean(cleaner, name)
            return {"type": "tag", "name": name} if shown == name else {"type": "text", "text": f"#{shown}"}
        case Mention():
            return _mention(node, cleaner, own, name_of)
        case _:
            return {"type": type_name(node), "text": _clean(cleaner, node.text)}


def _mention(mention: Mention, cleaner: sanitise.Fragments, own: PublicKey | None, name_of: NameOf) -> TreeNode:
    person = mention.person
    if person is None:
        return {"type": "text", "text": _clean(cleaner, f"@{mention.key}")}
    name = sanitise.name(name_of(person)) or person.hex
    cleaner.clean(name)
    return {"type": "mention", "key": person.hex, "name": f"@{name.removeprefix('@')}", "own": person == own}


def _clean(cleaner: sanitise.Fragments, text: str) -> str:
    return cleaner.clean(text.replace("\r\n", "\n"))


def _is_visible(node: TreeNode) -> bool:
    if "children" not in node:
        return bool(node["text"].strip())
    return any(
        child["type"] in ("link", "tag", "mention") or child.get("text", "").strip() for child in node["children"]
    )
