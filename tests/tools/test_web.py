"""What is generated for the page, and how it is seen that it was not built again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tools import web
from tools.webpage.api_types import api_types
from tools.webpage.page_texts import page_texts


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """What belongs to the page, where it may be changed."""
    for name in ("web/src", "web/plugins", "src/pystatus/apps/web/static", "src/pystatus/faces/texts"):
        shutil.copytree(web.ROOT / name, tmp_path / name)
    for name in ("package.json", "package-lock.json", "tsconfig.json", "vite.config.ts", "index.html"):
        shutil.copy(web.ROOT / "web" / name, tmp_path / "web" / name)
    shutil.copytree(web.ROOT / "web" / "public", tmp_path / "web" / "public")
    (tmp_path / "docs").mkdir()
    shutil.copy(web.ROOT / "docs" / "openrpc.json", tmp_path / "docs")
    return tmp_path


def test_the_page_belongs_to_its_sources(copied: Path) -> None:
    assert list(web.faults(copied)) == []


@pytest.mark.parametrize("name", ["src/main.tsx", "vite.config.ts", "public/icon.svg", "plugins/icons.ts"])
def test_a_source_that_was_changed_is_noticed(copied: Path, name: str) -> None:
    (copied / "web" / name).write_text("// changed")
    assert any("(sources)" in fault and "make web" in fault for fault in web.faults(copied))


def test_an_output_that_was_changed_or_is_gone_is_noticed(copied: Path) -> None:
    static = copied / "src/pystatus/apps/web/static"
    (static / "index.html").write_text("<!doctype html>")
    gone = next((static / "assets").glob("style-*.css"))
    gone.unlink()
    (fault,) = web.faults(copied)
    assert "index.html" in fault
    assert gone.name in fault


def test_texts_and_calls_that_have_changed_are_noticed(copied: Path) -> None:
    path = copied / "src/pystatus/faces/texts/de.json"
    texts = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**texts, "web.back": "Rückwärts"}), encoding="utf-8")
    assert any("generated/de.ts" in fault for fault in web.faults(copied))


def test_a_page_that_is_too_large_is_noticed(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "FIRST_LOAD", 1_000)
    monkeypatch.setattr(web, "ALL", 2_000)
    first, everything = web.faults(copied)
    assert "at first; 1,000 is the most" in first
    assert "in all; 2,000 is the most" in everything


def test_a_text_that_is_used_and_not_there_is_named() -> None:
    with pytest.raises(ValueError, match=r"web\.nothing"):
        page_texts({"en": {"web.back": "Back"}}, {"web.back", "web.nothing"})


def test_types_of_calls() -> None:
    schema = {"type": "object", "properties": {"clock": {"type": ["integer", "string"]}}, "required": []}
    parameters = [{"name": "a", "required": False, "schema": {"anyOf": [{"enum": [1, "x"]}, {"type": "null"}]}}]
    document = {
        "components": {"schemas": {"Thing": schema}},
        "x-events": ["Thing"],
        "methods": [
            {
                "name": "get",
                "params": parameters,
                "result": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}},
            }
        ],
    }
    text = api_types(document)
    assert "  clock?: Int;" in text
    assert 'get: { params: { a?: 1 | "x" | null }; result: (Thing)[] };' in text
    assert '  | ({ event: "Thing" } & Thing);' in text
