"""What a passage cites, and what of it leads nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tools.citing.pages import Page, Pages
from tools.citing.texts import Passage

TOKEN = re.compile(
    r"""
    (?<![\w/.*-]) (?P<page> (?:[\w.-]+/)* [\w-]+\.md ) \b
    | (?P<other> \bRFC\s\d+ | \bJSON-RPC\s2\.0 )
    | §\s? (?P<section> \d+(?:\.\d+)* ) (?: \s?[-\u2013]\s? (?P<last> \d+(?:\.\d+)* ) )?
    | \b facts? \s (?P<fact> \d+ )
    | (?<![\w$/-]) (?P<code> [ADTCEP]\d{1,2} ) (?![\w=/] | \.\d)
    | \b (?P<requirement> [A-Z]{2}-\d+ ) \b
    | \b (?P<file> [a-z]\w+ ) \s (?P<case> \d+ ) \b
    | "(?P<heading> [^"]{1,80} )"
    """,
    re.VERBOSE,
)
BETWEEN = re.compile(r"(?:[\s,;:`)\]\u2013-]|\(wire\)|\]\(|\band\b|\bto\b|\bor\b)*")
"""What may stand between the parts of one citation."""
NAMES = {"C0", "C1", "C4"}
"""Of control characters, and of rules of ruff; as codes of a page they need its name like all others."""
ATTACK = re.compile(r"A\d\d")
FAMILIES = {"ST", "DS", "WK", "WD", "WU", "WM", "WS", "WR", "WH", "AC", "PL", "GC", "CL", "PN", "ET", "EI"}


def faults(passage: Passage, pages: Pages, path: Path, own: Page | None = None) -> Iterator[str]:
    """What a passage of the file ``path`` cites and is not there, as sentences that begin with the place.

    :param own: the page that the passage is on, if it is one of the protocol notes: a section or code alone is its own.
    """
    cited: Page | None = None  # whose sections and codes come next
    other = False  # they belong to a document that is not ours
    end = -1
    place = path.relative_to(pages.root).as_posix()
    for token in TOKEN.finditer(passage.text):
        connected = end >= 0 and BETWEEN.fullmatch(passage.text, end, token.start()) is not None
        if not connected:
            cited, other = None, False
        problem: str | None = None
        match token.lastgroup:
            case "page":
                cited = pages.find(token["page"], path.parent)
                other = cited is None
                # Between backticks the notes name files of other repositories.
                if cited is None and not (own and passage.text[token.start() - 1] == "`"):
                    problem = f"there is no page {token['page']}"
                elif re.match(r"\s\d+\.\d", passage.text[token.end() :]):
                    problem = f"a section of {token['page']} is written with §"
            case "other":
                cited, other = None, True
            case "section" | "last" if not other:
                problem = section_problem(token, cited or own)
            case "fact" if cited or not own:
                problem = fact_problem(token["fact"], cited)
            case "code":
                problem = code_problem(token["code"], cited, own, pages)
            case "requirement" if token["requirement"][:2] in FAMILIES:
                if token["requirement"] not in pages.requirements:
                    problem = f"there is no requirement {token['requirement']}"
            case "case" if cited and token["file"] in {name for name, _ in cited.cases}:
                if (token["file"], token["case"]) not in cited.cases:
                    problem = f"{cited.path} has no case {token['file']} {token['case']}"
            case "heading" if cited:
                heading = " ".join(token["heading"].split())
                if heading not in cited.headings:
                    problem = f'{cited.path} has no heading "{heading}"'
            case "case" | "heading" | "requirement":
                continue  # ordinary words: they end a citation
        end = token.end()
        if problem:
            yield f"{place}:{passage.line_of(token.start())}: {problem}"


def section_problem(token: re.Match[str], page: Page | None) -> str | None:
    if page is None:
        return f"§{token['section']} needs the name of its page in front"
    for number in (token["section"], token["last"]):
        if number and number not in page.sections:
            return f"{page.path} has no section {number}"
    return None


def fact_problem(number: str, page: Page | None) -> str | None:
    if page is None or not page.facts:
        return f"fact {number} needs the name of its page in front"
    return None if number in page.facts else f"{page.path} has no fact {number}"


def code_problem(code: str, cited: Page | None, own: Page | None, pages: Pages) -> str | None:
    if ATTACK.fullmatch(code):
        known = code in pages.attacks or (own is not None and code in own.text)
        return None if known else f"there is no attack {code}"
    if cited is None:
        if own is not None or code in NAMES:
            return None
        return f"{code} needs the name of its page in front"
    return None if code in cited.codes else f"{cited.path} has no {code}"
