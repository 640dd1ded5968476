"""A requirement whose tests do not notice that the source breaks it is told, and so is a list that is out of date."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tools import mutants
from tools.mutation import running
from tools.mutation.checking import faults
from tools.mutation.entries import Fault, Mutant, Requirements, listed
from tools.mutation.running import Copy, Outcome

DOOR = '''
"""A door."""
LIMIT = 3


def opens(key: int) -> bool:
    """Whether the key is above the limit: key > LIMIT."""
    return key > LIMIT


class Bell:
    def ring(self) -> str:
        return "ring"  # ring
'''
REQUIREMENTS = [
    {
        "title": "Doors (1/DOOR)",
        "requirements": {
            "DO-1": ["MUST", "open for a key above the limit"],
            "DO-2": ["SHOULD / MUST NOT", "ring"],
            "DO-3": ["SHOULD", "be closed"],
            "DO-4": ["MUST", "have a number, one day"],
        },
    }
]
TESTS = """
import pytest
from pystatus.door import LIMIT, Bell, opens


@pytest.fixture
def bell():
    assert LIMIT < 9
    return Bell()


@pytest.mark.requirement("DO-1")
@pytest.mark.parametrize("key", [4, 9])
def test_a_key_above_the_limit_opens(key):
    assert opens(key)


class TestBells:
    @pytest.mark.requirement("DO-2")
    def test_it_rings(self, bell):
        assert bell.ring()
"""
KILLED = Mutant("doors", "DO-1", "door.py", "opens", ">", "<")
SURVIVOR = Mutant("doors", "DO-2", "door.py", "Bell.ring", '"ring"', '"knock"')


@dataclass
class Tree:
    """A small repository."""

    root: Path

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def list(self, *entries: Mutant) -> None:
        """Make these the mutants."""
        tables = (
            f"[[{one.row}]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys(one).items())
            for one in entries
        )
        self.write("tests/mutants/doors.toml", "\n".join(tables))

    def faults(self) -> str:
        return "\n".join(faults(self.root))

    def run(self, *options: str) -> int:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["mutants.py", *options])
            return mutants.main(self.root)

    def git(self, *arguments: str) -> None:
        who = ["-c", "user.name=tests", "-c", "user.email=tests"]
        subprocess.run(["git", *who, *arguments], cwd=self.root, check=True, capture_output=True)


def keys(one: Mutant) -> dict[str, str]:
    return {"file": one.file, "in": one.place, "old": one.old, "new": one.new}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # what this small repository needs not takes seconds
    tree = Tree(tmp_path / "tree")
    tree.write("pyproject.toml", '[tool.pytest.ini_options]\nmarkers = ["requirement(*ids): what a test proves"]\n')
    tree.write("src/pystatus/__init__.py", "")
    tree.write("src/pystatus/door.py", DOOR)
    tree.write("tests/requirements.json", json.dumps(REQUIREMENTS))
    tree.write("tests/test_door.py", TESTS)
    tree.list(KILLED, SURVIVOR)
    return tree


# The lists


def test_a_list_that_fits_the_source_has_no_faults(tree: Tree) -> None:
    """DO-3 is no must, and DO-4 is not built."""
    assert tree.faults() == ""
    assert tree.run("--check") == 0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"old": "=="}, "the text is there 0 times, not once"),
        ({"place": "Bell", "old": "ring"}, "the text is there 2 times, not once"),
        ({"old": "key > LIMIT.", "new": ""}, "the text is there 0 times, not once"),  # it is in the docstring
        ({"place": "closes"}, "there is no closes in door.py"),
        ({"place": "opens.LIMIT"}, "there is no opens.LIMIT in door.py"),
        ({"file": "gate.py"}, "there is no file gate.py"),
        ({"file": "oor.py"}, "there is no file oor.py"),
        ({"new": "> >"}, "the changed file is no Python: invalid syntax"),
        ({"new": ">"}, "it changes nothing"),
        ({"new": "> SMALLEST +"}, "Undefined name `SMALLEST`"),
        ({"row": "DO-3"}, "doors.toml: DO-3: no test is marked with it"),
        ({"row": "DO-9"}, "doors.toml: DO-9: there is no such requirement on this page"),
    ],
)
def test_what_is_wrong_with_a_list(
    tree: Tree, capsys: pytest.CaptureFixture[str], change: dict[str, str], sentence: str
) -> None:
    tree.list(KILLED, SURVIVOR, replace(KILLED, **change))
    assert sentence in tree.faults()
    assert tree.run("--check") == 1
    assert sentence in capsys.readouterr().err


def test_a_requirement_that_is_a_must_has_a_mutant(tree: Tree) -> None:
    tree.list(KILLED)
    assert tree.faults() == "doors.toml: DO-2: a requirement that is a must has a mutant"


def test_a_list_belongs_to_a_page(tree: Tree) -> None:
    tree.write("tests/mutants/gates.toml", (tree.root / "tests" / "mutants" / "doors.toml").read_text("utf-8"))
    assert tree.faults() == "gates.toml: there is no such page; there are doors"


def test_a_test_proves_few_requirements(tree: Tree) -> None:
    tree.write("tests/test_door.py", TESTS.replace('"DO-2"', '"DO-1", "DO-2", "DO-3", "DO-4"'))
    tree.list(KILLED, SURVIVOR, replace(KILLED, row="DO-4"))
    assert tree.faults() == (
        "tests/test_door.py::TestBells::test_it_rings: a test proves 3 requirements at most, not DO-1, DO-2, DO-3, DO-4"
    )


@pytest.mark.parametrize("text", ["[[DO-1]]\nfile = 'door.py'", "[[DO-1]]\nfile = 1", "[DO-1", "DO-1 = 3"])
def test_a_mutant_has_four_texts(text: str) -> None:
    with pytest.raises(Fault, match=r"doors\.toml"):
        listed("doors", text)


def test_a_module_may_move_and_a_place_that_two_have_needs_a_folder(tree: Tree) -> None:
    (tree.root / "src/pystatus/door.py").unlink()
    tree.write("src/pystatus/house/door.py", DOOR)
    tree.write("src/pystatus/car/door.py", "LIMIT = 2\n")
    assert tree.faults() == ""
    tree.list(KILLED, SURVIVOR, replace(KILLED, place="LIMIT", old="3"))
    assert "there is such a place in several folders, car, house: name one" in tree.faults()
    tree.list(KILLED, SURVIVOR, replace(KILLED, place="LIMIT", old="3", new="4", file="house/door.py"))
    assert tree.faults() == ""


def test_a_place_may_be_a_constant_and_lines_may_hold_any_character() -> None:
    source = 'é = "é"; LIMIT: int = 3; OTHER = 3\n'
    assert Mutant("", "", "", "LIMIT", "3", "4").applied(source) == 'é = "é"; LIMIT: int = 4; OTHER = 3\n'


# What becomes of mutants


def test_a_mutant_that_the_tests_do_not_notice_is_told(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.read_bytes() for path in tree.root.rglob("*") if path.is_file()}
    assert tree.run("--jobs", "2") == 1
    told = capsys.readouterr().out
    assert "killed by 1 of 1  DO-1: door.py: opens: `>` -> `<`" in told
    assert 'SURVIVED  DO-2: door.py: Bell.ring: `"ring"` -> `"knock"`' in told
    assert "2 mutants of 2 requirements, 1 not killed" in told
    assert "not killed: DO-2" in told
    assert "    tests/test_door.py::TestBells::test_it_rings\n" in told
    assert {path: path.read_bytes() for path in tree.root.rglob("*") if path.is_file()} == before


def test_one_row_or_page_can_be_chosen(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    assert tree.run("DO-1", "--page", "doors", "--verbose") == 0
    told = capsys.readouterr().out
    assert "    fails  tests/test_door.py::test_a_key_above_the_limit_opens" in told
    assert "1 mutants of 1 requirements, 0 not killed" in told
    assert tree.run("DO-1", "--page", "gates") == 1
    assert "no mutants of DO-1" in capsys.readouterr().err


def test_a_program_that_falls_apart_proves_nothing(tree: Tree, tmp_path: Path) -> None:
    copy = Copy(tree.root, tmp_path / "copy")
    tests = Requirements.read(tree.root).tests
    for change in (
        {"place": "LIMIT", "old": "3", "new": "3 / 0"},  # at import
        {"place": "LIMIT", "old": "3", "new": "9"},  # in a fixture
    ):
        verdict = copy.run(replace(SURVIVOR, **change), tests["DO-2"])
        assert (verdict.outcome, verdict.failed) == (Outcome.BROKEN, ())
    assert copy.test(tests["DO-2"]).outcome is Outcome.SURVIVED


def test_a_program_that_does_not_end_proves_nothing(
    tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "TIMEOUT", 0.1)
    copy = Copy(tree.root, tmp_path / "copy")
    for_ever = replace(KILLED, old="return", new="while True: pass\n    return")
    assert copy.run(for_ever, ["tests/test_door.py"]).outcome is Outcome.HUNG


def test_tests_that_fail_anyway_kill_nothing(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    tree.write("tests/test_door.py", TESTS.replace("assert opens(key)", "assert not opens(key)"))
    assert tree.run("DO-1") == 1
    told = capsys.readouterr().out
    assert "The tests do not pass on the source as it is" in told
    assert "killed" not in told


def test_what_has_changed_since_a_branch(tree: Tree) -> None:
    tree.git("init", "--initial-branch=main")
    tree.git("add", ".")
    tree.git("commit", "--message=doors")
    both = [KILLED, SURVIVOR]
    tests = Requirements.read(tree.root).tests

    def changed() -> list[Mutant]:
        return mutants.changed(tree.root, "main", both, tests)

    assert changed() == []
    with pytest.raises(Fault, match="elsewhere"):
        mutants.changed(tree.root, "elsewhere", both, tests)
    both[1] = replace(SURVIVOR, new='"thump"')
    assert changed() == [both[1]]
    both[1] = SURVIVOR
    tree.write("tests/test_door.py", TESTS + "\n")
    assert changed() == both
    tree.git("checkout", "--", ".")
    tree.write("src/pystatus/door.py", DOOR + "\n")
    assert changed() == both
