"""Whatever code or documentation cites of the protocol notes is there, and what is not is found."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from tools import citations

WAKU = """
# Waku

## 0. Contradictions

| # | subject |
|---|---|
| D1 | code of an update |
| D9 | bloom of a topic |

## 7. Mailserver

### 7.6 Batching

| Id | Level |
|---|---|
| WK-1 | MUST |
| WU-6…WU-8 | MUST |
"""
DECISIONS = """
# Decisions

`x3dh` 8 verifies.

## Waku
"""
ATTACKS = """
| # | attack |
|---|---|
| A51 | tiny envelopes |
"""
VECTORS = """
## Facts

1. A code is an integer.
20. An empty list is nothing.
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small repository."""
    for path, text in {
        "docs/spec/waku.md": WAKU,
        "docs/spec/decisions.md": DECISIONS,
        "docs/attacks.md": ATTACKS,
        "tests/vectors/README.md": VECTORS,
        "tests/requirements.json": '[{"title": "Waku", "requirements": {"WK-2": ["MUST", "relay"]}}]',
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def faults(root: Path, text: str, path: str = "src/relay.py") -> list[str]:
    """What is wrong with a file's citations."""
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(textwrap.dedent(text), encoding="utf-8")
    return list(citations.wrong(root))


@pytest.mark.parametrize(
    "citation",
    [
        "waku.md",
        "waku.md §7.6",
        "waku.md §0, §7 and D9; attack A51",
        "waku.md §7 to §7.6, D1 to D9",
        "waku.md §7-7.6",
        'decisions.md "Waku"',
        "decisions.md: x3dh 8",
        'decisions.md "Waku", clock 2',
        "tests/vectors/README.md facts 1 and 20",
        "A51, WK-1, WK-2, WU-7",
        "RFC 8305 §5",
        "JSON-RPC 2.0 §5.1",
        '6/WAKU1 "Rate Limiting", waku.md §7',
        "the C1 controls, P2P, SHA1",
        "docs/attacks.md",
    ],
)
def test_what_is_there_may_be_cited(root: Path, citation: str) -> None:
    assert faults(root, f'"""It relays ({citation}).\n"""\n') == []


@pytest.mark.parametrize(
    ("citation", "fault"),
    [
        ("wako.md §7", "there is no page wako.md"),
        ("design.md", "there is no page design.md"),
        ("../shared/waku.md", "there is no page ../shared/waku.md"),
        ("waku.md §7.7", "docs/spec/waku.md has no section 7.7"),
        ("waku.md §7.6, §7.8", "docs/spec/waku.md has no section 7.8"),
        ("waku.md §7-7.9", "docs/spec/waku.md has no section 7.9"),
        ("waku.md 7.6", "a section of waku.md is written with §"),
        ("§7.6", "§7.6 needs the name of its page in front"),
        ("waku.md §7.6; but §7", "§7 needs the name of its page in front"),
        ("waku.md D2", "docs/spec/waku.md has no D2"),
        ("waku.md §0, T13", "docs/spec/waku.md has no T13"),
        ("D9", "D9 needs the name of its page in front"),
        ("rule A7", "A7 needs the name of its page in front"),
        ("C5", "C5 needs the name of its page in front"),
        ("attack A52", "there is no attack A52"),
        ("fact 20", "fact 20 needs the name of its page in front"),
        ("tests/vectors/README.md fact 21", "tests/vectors/README.md has no fact 21"),
        ('decisions.md "Whisper"', 'docs/spec/decisions.md has no heading "Whisper"'),
        ("decisions.md, x3dh 9", "docs/spec/decisions.md has no case x3dh 9"),
        ("WK-3", "there is no requirement WK-3"),
    ],
)
@pytest.mark.parametrize(
    "code",
    [
        '"""It relays.\n\n{}.\n"""',
        'LIMIT = 1\n"""A limit\n({})."""',
        "# It relays,\n# and how\n# ({}).",
        "A = 1  #\n#\n# {}",
    ],
    ids=["docstring", "constant", "comment", "block"],
)
def test_what_is_not_there_is_found(root: Path, code: str, citation: str, fault: str) -> None:
    assert faults(root, code.format(citation) + "\n") == [f"src/relay.py:3: {fault}"]


def test_a_citation_may_go_over_the_end_of_a_line(root: Path) -> None:
    assert faults(root, "# It relays (waku.md\n# §7.6, decisions.md\n# D1).\n") == [
        "src/relay.py:3: docs/spec/decisions.md has no D1"
    ]
    assert faults(root, '# It relays (decisions.md "Waku and\n# more").\n') == [
        'src/relay.py:1: docs/spec/decisions.md has no heading "Waku and more"'
    ]


def test_code_and_data_are_no_citations(root: Path) -> None:
    assert faults(root, 'A7 = "§3, D9 and waku.md §9"\n') == []


@pytest.mark.parametrize("path", ["docs/operators.md", "README.md", "packaging/notes.md", "tests/lists/peers.toml"])
def test_documents_are_read_too(root: Path, path: str) -> None:
    assert faults(root, "\n# waku.md §7.7\n", path) == [f"{path}:2: docs/spec/waku.md has no section 7.7"]


def test_the_notes_speak_of_their_own_sections_and_codes(root: Path) -> None:
    text = WAKU + "\nSee §7.6, D1, `rlpx.md` §3, decisions.md §1 and §7.7.\n"
    assert faults(root, text, "docs/spec/waku.md") == [
        f"docs/spec/waku.md:20: docs/spec/{problem}"
        for problem in ("decisions.md has no section 1", "decisions.md has no section 7.7")
    ]
    assert faults(root, WAKU + "\nSee §7.7.\n", "docs/spec/waku.md") == [
        "docs/spec/waku.md:20: docs/spec/waku.md has no section 7.7"
    ]


def test_the_command_says_what_is_wrong(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert citations.main(["--check"], root) == 0
    faults(root, '"""waku.md §8"""')
    assert citations.main(["--check"], root) == 1
    assert capsys.readouterr().err == "src/relay.py:1: docs/spec/waku.md has no section 8\n"
