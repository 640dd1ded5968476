"""A requirement has code and a test, or is open and has neither; the page says where, both ways."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import pytest

from tools import conformance
from tools.conforming.places import Place, implementations, proofs

FAMILY = {
    "title": "Waku",
    "page": "waku.md §9.1",
    "requirements": {"WK-1": ["MUST", "relay"], "WK-2": ["MAY", "be light"], "WK-3": ["MUST", "have groups"]},
    "open": {"WK-3": "private groups"},
}
SOURCE = '''
"""A relay.

Implements: WK-1
"""

LIMIT = 1
"""Bytes.

Implements: WK-2
"""


class Relay:
    """Passes on.

    Implements: WK-1
    """

    light: bool
    """Does not.

    Implements: WK-2
    """

    async def receive(self) -> None:
        """Take.

        Implements: WK-1, WK-2
        """
        text = """Implements: WK-9"""
'''
TEST = """
import pytest


@pytest.mark.requirement("WK-1")
def test_relay(): ...


@pytest.mark.requirement("WK-1", "WK-2")
class TestLight:
    @pytest.mark.requirement("WK-2")
    def test_silence(self): ...
"""


class Tree:
    """A small repository."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.families(FAMILY)
        self.write("src/pystatus/relay.py", SOURCE)
        self.write("tests/test_relay.py", TEST)
        (root / "docs").mkdir()

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(textwrap.dedent(text), encoding="utf-8")

    def families(self, *families: object) -> None:
        self.write("tests/requirements.json", json.dumps(families))

    @property
    def page(self) -> str:
        return (self.root / "docs" / "conformance.md").read_text(encoding="utf-8")


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def test_places_are_found_in_code_and_tests(tree: Tree) -> None:
    file = "src/pystatus/relay.py"
    assert sorted(implementations(tree.root)) == [
        ("WK-1", Place(file)),
        ("WK-1", Place(file, "Relay")),
        ("WK-1", Place(file, "Relay.receive")),
        ("WK-2", Place(file, "LIMIT")),
        ("WK-2", Place(file, "Relay.light")),
        ("WK-2", Place(file, "Relay.receive")),
    ]
    assert sorted(proofs(tree.root)) == [
        ("WK-1", Place("tests/test_relay.py", "TestLight")),
        ("WK-1", Place("tests/test_relay.py", "test_relay")),
        ("WK-2", Place("tests/test_relay.py", "TestLight")),
        ("WK-2", Place("tests/test_relay.py", "TestLight::test_silence")),
    ]


def test_the_page_leads_both_ways(tree: Tree) -> None:
    assert conformance.main(["--write"], tree.root) == 0
    link = "[relay.py](../src/pystatus/relay.py)"
    code = f"{link} `LIMIT`<br>{link} `Relay.light`<br>{link} `Relay.receive`"
    test = "[test_relay.py](../tests/test_relay.py) "
    tests = f"{test}`TestLight`<br>{test}`TestLight::test_silence`"
    assert f"| WK-2 | MAY | be light | {code} | {tests} |" in tree.page
    assert "| WK-3 | MUST | have groups | *open:* private groups | |" in tree.page
    assert f"| {link} | WK-1, WK-2 |" in tree.page
    assert "2 of 3 are built. They rest on [waku.md](spec/waku.md) §9.1." in tree.page
    assert conformance.main(["--check"], tree.root) == 0


def test_lines_that_move_change_nothing(tree: Tree) -> None:
    assert conformance.main(["--write"], tree.root) == 0
    tree.write("src/pystatus/relay.py", SOURCE.replace("LIMIT = 1", "FIRST = 0\n\nLIMIT = 1"))
    assert conformance.main(["--check"], tree.root) == 0


def test_a_page_of_yesterday_is_stale(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    assert conformance.main(["--check"], tree.root) == 1
    assert "stale" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("source", "test", "fault"),
    [
        ("", TEST, "WK-1 has a test and no code"),
        (SOURCE, "", "WK-1 has code and no test"),
        ("", "", "WK-1 has neither code nor test"),
        (SOURCE.replace("WK-1, WK-2", "WK-3"), TEST, "WK-3 is open in tests/requirements.json, and has code"),
        (SOURCE, TEST.replace('"WK-1", ', '"WK-3", '), "WK-3 is open in tests/requirements.json, and has a test"),
        (SOURCE.replace("WK-1, WK-2", "WK-4"), TEST, "relay.py: there is no requirement WK-4 (Relay.receive)"),
        (SOURCE, TEST.replace('("WK-1")', '("WK-1", "WK-4")'), "there is no requirement WK-4 (test_relay)"),
        (SOURCE.replace("WK-1, WK-2", "WK-1 and WK-2"), TEST, "write ids with commas between them"),
        (SOURCE.replace("WK-1, WK-2", "WK-1."), TEST, "write ids with commas between them"),
        (SOURCE, TEST.replace('("WK-1")', "(NAMES)"), "test_relay names a requirement by NAMES"),
    ],
)
def test_what_does_not_fit_is_told(
    tree: Tree, capsys: pytest.CaptureFixture[str], source: str, test: str, fault: str
) -> None:
    assert conformance.main(["--write"], tree.root) == 0
    before = tree.page
    tree.write("src/pystatus/relay.py", source)
    tree.write("tests/test_relay.py", test)
    for action in ("--check", "--write"):
        assert conformance.main([action], tree.root) == 1
        assert fault in capsys.readouterr().err
    assert tree.page == before


@pytest.mark.parametrize(
    ("opened", "fault"),
    [({"WK-9": "groups"}, "WK-9 is open, and no requirement"), ({"WK-3": " "}, "say which feature WK-3 waits for")],
)
def test_the_list_of_what_is_open_is_checked(
    tree: Tree, capsys: pytest.CaptureFixture[str], opened: dict[str, str], fault: str
) -> None:
    tree.families({**FAMILY, "open": opened})
    assert conformance.main(["--check"], tree.root) == 1
    assert fault in capsys.readouterr().err
