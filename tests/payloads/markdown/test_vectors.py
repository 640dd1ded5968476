"""markdown.json: what the reference makes of a text, and that our own tree loses none of it."""

from __future__ import annotations

import re

import pytest

from pystatus.payloads.checks import InvalidPayload
from pystatus.payloads.kinds import ContentType, MessageType
from pystatus.payloads.markdown.parsing import parse_text
from pystatus.payloads.markdown.reference import reference_text
from pystatus.payloads.markdown.tree import (
    CodeBlock,
    Heading,
    LineBreak,
    Link,
    Mention,
    Paragraph,
    ParsedText,
    Quote,
    Tag,
)
from pystatus.payloads.messages import ChatMessage
from pystatus.payloads.white_space import WHITE_SPACE
from tests.support.vectors import Case, case_id, cases

CASES = cases("markdown")
NOW_MS = 1_600_000_000_000


@pytest.mark.requirement("PL-6")
@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_the_values_of_the_reference(case: Case) -> None:
    found = reference_text(case["text"])
    assert found.parsed_text == case["parsed_text"]
    assert (list(found.mentions) or None) == case["mentions"]
    assert (list(found.links) or None) == case["links"]


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_direction_and_lines(case: Case) -> None:
    parsed = parse_text(case["text"])
    assert parsed.is_rtl == case["rtl"]
    assert parsed.line_count == case["line_count"]


@pytest.mark.requirement("PL-20")
@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_which_texts_are_refused(case: Case) -> None:
    message = ChatMessage(
        clock=NOW_MS,
        timestamp=NOW_MS,
        text=case["text"],
        chat_id="status",
        message_type=MessageType.PUBLIC_GROUP,
        content_type=ContentType.TEXT_PLAIN,
    )
    if case["valid"]:
        message.check(NOW_MS, NOW_MS)
    else:
        with pytest.raises(InvalidPayload):
            message.check(NOW_MS, NOW_MS)


MARKS = re.compile(r"[*_~`\\>#=@{}-]")
"""What may become a form, and is not shown as a character then."""


def words(parsed: ParsedText) -> str:
    """Everything that the tree says, in its order."""
    found: list[str] = []
    for block in parsed.blocks:
        match block:
            case Paragraph(children) | Heading(_, children):
                for node in children:
                    match node:
                        case Mention(key):
                            found.append(key)
                        case Tag(name):
                            found.append(name)
                        case LineBreak():
                            pass
                        case Link(url):
                            found.append(url)
                        case _:
                            found.append(node.text)
            case Quote(text):
                found.append(text)
            case CodeBlock(text, language):
                found += [language, text]
    return "".join(found)


def bare(text: str) -> str:
    """Without marks and white space."""
    return MARKS.sub("", text).translate(dict.fromkeys(map(ord, WHITE_SPACE)))


@pytest.mark.requirement("PL-6")
@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_our_tree_loses_nothing(case: Case) -> None:
    """Reference faults: headings, definitions and captions vanish there."""
    assert bare(words(parse_text(case["text"]))) == bare(case["text"])


FAULTS = {
    "underlined with =": "apple",
    "underlined with -": "apple",
    "a definition vanishes": "[apple]: https://example.com/a",
    "definition of a plain word vanishes": "[apple]: brick",
    "at the end": "apple\\",
    "only a backslash": "\\",
    "only spaces vanish": "apple `   ` brick",
    "caption with an id": "apple\nFigure: brick {#cloud}",
}
"""Cases in which the reference loses text, and all of what ours has there."""


@pytest.mark.parametrize("name", FAULTS)
def test_what_the_reference_loses(name: str) -> None:
    (case,) = (case for case in CASES if case["name"] == name)
    assert words(parse_text(case["text"])) == FAULTS[name]


def test_a_link_keeps_the_parenthesis_that_it_has_opened() -> None:
    """Reference fault: it takes the last one away, and the page is not found."""
    (case,) = cases_named("parentheses inside")
    assert case["links"] == ["https://example.com/a_(b"]
    assert parse_text(case["text"]).links == ("https://example.com/a_(b)",)
    (case,) = cases_named("in parentheses")
    assert parse_text(case["text"]).links == ("https://example.com/a",)
    (case,) = cases_named("parentheses inside and outside")
    assert parse_text(case["text"]).links == ("https://example.com/a_(b)",)


def cases_named(name: str) -> list[Case]:
    return [case for case in CASES if case["name"] == name]


def test_only_safe_addresses_are_links() -> None:
    """All that the reference has, but those of ftp."""
    seen = set()
    for case in CASES:
        links = parse_text(case["text"]).links
        seen |= {link.split("://")[0].lower() for link in links}
        ours = [link for link in case["links"] or () if not link.lower().startswith("ftp:")]
        missing = [link for link in ours if not any(one.startswith(link) for one in links)]
        assert not missing
    assert seen == {"http", "https", "mailto"}
