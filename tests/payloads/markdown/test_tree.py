"""What people write, as a tree."""

from __future__ import annotations

import pytest

from pystatus.payloads.markdown.parsing import parse_text
from pystatus.payloads.markdown.tree import (
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
    Quote,
    Strong,
    StrongEmphasis,
    Tag,
    Text,
)
from tests.payloads.support import ALICE, BOB


def inline(text: str) -> tuple[Inline, ...]:
    (block,) = parse_text(text).blocks
    assert isinstance(block, Paragraph)
    return block.children


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        ("hello", [Text("hello")]),
        ("*a* _b_", [Emphasis("a"), Text(" "), Emphasis("b")]),
        ("**a** __b__", [Strong("a"), Text(" "), Strong("b")]),
        ("***a***", [StrongEmphasis("a")]),
        ("~~a~~ ~b~", [Deleted("a"), Text(" "), Deleted("b")]),
        ("`a`", [Code("a")]),
        ("see https://status.im/a_(b).", [Text("see "), Link("https://status.im/a_(b)"), Text(".")]),
        ("mailto://a@b.c", [Link("mailto://a@b.c")]),
        ("ftp://a.b/c, x", [Text("ftp://a.b/c, x")]),
        ("javascript:alert(1) data:text/html,x", [Text("javascript:alert(1) data:text/html,x")]),
        ("#status now", [Tag("status"), Text(" now")]),
        (r"\*a\*", [Text("*a*")]),
        ("a \nb", [Text("a \nb")]),
        ("a  \nb", [Text("a"), LineBreak(), Text("b")]),
        ("a\\\nb", [Text("a"), LineBreak(), Text("b")]),
        ("https://x.y/\\", [Link("https://x.y/"), Text("\\")]),
        ("[a]: b", [Text("[a]: b")]),
    ],
)
def test_what_stands_in_a_line(text: str, nodes: list[Inline]) -> None:
    assert inline(text) == tuple(nodes)


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("", []),
        ("a\n\nb", [Paragraph((Text("a"),)), Paragraph((Text("b"),))]),
        ("> a\n> b\n\nc", [Quote("a\nb"), Paragraph((Text("c"),))]),
        ("```py\nx\n```\ny", [CodeBlock("x\n", "py"), Paragraph((Text("y"),))]),
        ("```{ py }\nx\n```", [CodeBlock("x\n", "py")]),
        ("*a*\n===\nb", [Heading(1, (Emphasis("a"),)), Paragraph((Text("b"),))]),
        ("a\n-\n", [Heading(2, (Text("a"),))]),
    ],
)
def test_blocks(text: str, blocks: list[Block]) -> None:
    assert parse_text(text).blocks == tuple(blocks)


@pytest.mark.requirement("PL-6")
def test_who_is_mentioned() -> None:
    alice, bob = ALICE.public_key, BOB.public_key
    nobody = "0x04" + "ff" * 64
    text = f"@{alice.hex}, @{bob.hex} and @{alice.hex}; @{nobody} `@{bob.hex}`"
    parsed = parse_text(text)
    assert parsed.mentions == (alice.hex, bob.hex, alice.hex, nobody)
    assert parsed.people == (alice, bob)
    assert inline(f"@{nobody}") == (Mention(nobody),)
    assert Mention(nobody).person is None


@pytest.mark.requirement("PL-6")
@pytest.mark.parametrize("behind", ["", " ", "\n", "\t", ".", ",", ":", ";"])
def test_what_may_stand_behind_a_mention(behind: str) -> None:
    assert parse_text(f"@{ALICE.public_key.hex}{behind}").mentions == (ALICE.public_key.hex,)


@pytest.mark.requirement("PL-6")
@pytest.mark.parametrize("text", ["@{}x", "@{}!", "@ {}", "\uff20{}", "`@{}`", "> @{}", "@{}0"])
def test_what_is_no_mention(text: str) -> None:
    assert parse_text(text.format(ALICE.public_key.hex)).mentions == ()
    assert parse_text(f"@{ALICE.public_key.hex.upper()}").mentions == ()


def test_mentions_links_and_tags_in_a_heading_and_in_a_definition() -> None:
    """The reference loses the text of both."""
    key = ALICE.public_key.hex
    parsed = parse_text(f"@{key} https://status.im\n===\n[x]: @{key}\n#status")
    assert parsed.mentions == (key, key)
    assert parsed.links == ("https://status.im",)
    assert parsed.tags == ("status",)
    assert parsed.people == (ALICE.public_key,)
