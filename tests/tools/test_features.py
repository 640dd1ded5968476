"""What the page of features names exists: a method, a command or a test that does not is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tools import features
from tools.featuring.page import faults
from tools.featuring.rows import Feature, Row, rows, specified

ROOT = Path(__file__).resolve().parents[2]
GOOD = Feature(
    "good", ("Client.join",), ("group create",), ("tests/tools/test_features.py::test_the_list_is_that_of_the_code",)
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A repository that is ours, but for the list and its page."""
    for name in ("src", "tests"):
        (tmp_path / name).symlink_to(ROOT / name)
    for name in ("docs/spec", "docs/commands.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "tools/featuring").mkdir(parents=True)
    (tmp_path / "tools/featuring/features.toml").write_text(
        (ROOT / "tools/featuring/features.toml").read_text(encoding="utf-8")
    )
    return tmp_path


def test_the_list_is_that_of_the_code() -> None:
    assert list(faults(rows(ROOT), ROOT)) == []


def test_every_row_of_the_specification_is_there() -> None:
    assert len(specified(ROOT)) == 24
    assert specified(ROOT)[0] == ("account", "create key pair / start from raw private key")
    missing = rows(ROOT)[1:]
    assert [fault for fault in faults(missing, ROOT) if "is missing" in fault]
    twice = [*rows(ROOT), rows(ROOT)[0]]
    assert [fault for fault in faults(twice, ROOT) if "is there twice" in fault]
    other = [*rows(ROOT), Row("chat", "telepathy", [GOOD])]
    assert [fault for fault in faults(other, ROOT) if "has no row 'chat', 'telepathy'" in fault]


@pytest.mark.parametrize(
    ("planted", "sentence"),
    [
        (replace(GOOD, calls=("Client.jion",)), "pystatus has no Client.jion"),
        (replace(GOOD, calls=("Nobody",)), "pystatus has no Nobody"),
        (replace(GOOD, commands=("group",)), "there is no command “pystatus group”"),
        (replace(GOOD, commands=("group creat",)), "there is no command “pystatus group creat”"),
        (replace(GOOD, tests=("tests/tools/test_features.py::test_nothing",)), "there is no test"),
        (replace(GOOD, tests=("tests/tools/test_nothing.py::test_nothing",)), "there is no test"),
        (replace(GOOD, tests=("tests/tools/test_features.py::copy",)), "there is no test"),
        (replace(GOOD, tests=()), "needs a method or a command, and a test"),
        (replace(GOOD, calls=(), commands=()), "needs a method or a command, and a test"),
        (replace(GOOD, waits="the chain"), "waits for something, and is done"),
        (Feature("nothing"), "or say what it waits for"),
    ],
)
def test_what_does_not_exist_is_told(planted: Feature, sentence: str) -> None:
    found = rows(ROOT)
    changed = [replace(found[0], features=[GOOD, planted]), *found[1:]]
    (fault,) = faults(changed, ROOT)
    assert sentence in fault


def test_a_row_without_features_is_told() -> None:
    found = rows(ROOT)
    (fault,) = faults([replace(found[0], features=[]), *found[1:]], ROOT)
    assert "no feature of 'create key pair" in fault


def test_the_page_is_written_and_compared(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert features.main(["--check"], copy) == 1
    assert "run `make features`" in capsys.readouterr().err
    assert features.main(["--write"], copy) == 0
    assert features.main(["--check"], copy) == 0
    text = (copy / "docs/features.md").read_text(encoding="utf-8")
    assert text == (ROOT / "docs/features.md").read_text(encoding="utf-8")
    assert "[`Client.join`](../src/pystatus/client/client.py)" in text
    assert "[`group create`](commands.md#pystatus-group-create)" in text
    assert "*waits for the wallet*" in text


def test_a_planted_fault_fails_the_check(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert features.main(["--write"], copy) == 0
    page = (copy / "docs/features.md").read_text(encoding="utf-8")
    file = copy / "tools/featuring/features.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('"Groups.create"', '"Groups.creat"'))
    for action in ("--check", "--write"):
        assert features.main([action], copy) == 1
        assert "pystatus has no Groups.creat" in capsys.readouterr().err
    assert (copy / "docs/features.md").read_text(encoding="utf-8") == page


def test_a_field_that_is_misspelt_is_told(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = copy / "tools/featuring/features.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("commands = ", "command = ", 1))
    assert features.main(["--check"], copy) == 1
    assert "has other fields than what, calls, commands, tests, waits" in capsys.readouterr().err
