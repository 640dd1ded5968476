"""What is wrong with the texts of the faces is named, and what is made of them fits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from pystatus.faces.language import Text
from tools.texts import FACES, ROOT, faults, main, read

GOOD: dict[str, Text] = {"chat.title": "{name}", "chat.members": {"one": "{n:int} member", "other": "{n:int} members"}}


def folder(tmp_path: Path, en: str, de: str) -> Path:
    texts = tmp_path / FACES / "texts"
    texts.mkdir(parents=True)
    (texts / "en.json").write_text(en)
    (texts / "de.json").write_text(de)
    return tmp_path


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"chat.more": "more"}, "de.json has chat.more, which en.json lacks"),
        ({"chat.title": "{nam}"}, "de.json: chat.title has other arguments than in en.json"),
        ({"chat.title": "{name:int}"}, "de.json: chat.title has other arguments than in en.json"),
        ({"chat.title": "{name} {name:int}"}, "has an argument that is a text and a number"),
        ({"chat.title": "{name} {Name}"}, "has a brace that is no argument"),
        ({"chat.title": " {name}"}, "is empty, no text, or begins or ends with a space"),
        ({"chat.title": ""}, "is empty, no text, or begins or ends with a space"),
        ({"Chat": "{name}"}, "is no key"),
        ({"chat.members": {"one": "{n:int}"}}, "is neither a text nor one and other"),
        ({"chat.members": "{n:int} members"}, ""),
        ({"chat.members": {"one": "ein Mitglied", "other": "Mitglieder"}}, ""),
    ],
)
def test_what_is_wrong_is_said(change: Mapping[str, Text], said: str) -> None:
    found = list(faults({"en": GOOD, "de": {**GOOD, **change}}))
    assert any(said in one for one in found) if said else found == []


def test_what_a_language_lacks_is_said() -> None:
    assert list(faults({"en": GOOD, "de": {"chat.title": "{name}"}})) == ["de.json lacks chat.members"]


def test_the_catalogue_is_made_and_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = folder(tmp_path, json.dumps(GOOD), json.dumps(GOOD))
    assert main(["--check"], root) == 1
    assert "catalogue.py is stale; run `make texts`" in capsys.readouterr().err
    assert main(["--write"], root) == 0
    assert main(["--check"], root) == 0
    made = (root / FACES / "catalogue.py").read_text()
    assert "def chat_members(self, *, n: int) -> str:" in made
    assert "def chat_title(self, *, name: str) -> str:" in made
    assert list(json.loads((root / FACES / "texts" / "de.json").read_text())) == sorted(GOOD)


@pytest.mark.parametrize("de", ["{", '{"chat.title": "{name}", "chat.title": "{name}"}', "{}"])
def test_a_file_that_is_none_is_no_reason_to_write(de: str, tmp_path: Path) -> None:
    root = folder(tmp_path, json.dumps(GOOD), de)
    assert main(["--write"], root) == 1
    assert not (root / FACES / "catalogue.py").exists()


def test_ours_are_right() -> None:
    assert list(faults(read(ROOT))) == []
    assert main(["--check"]) == 0
