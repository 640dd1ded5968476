"""A change that people were told of is allowed, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.survival import changes


@pytest.fixture(autouse=True)
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text("- The metric `peers` is called\n  `peers_now`.\n")
    monkeypatch.setattr(changes, "CHANGELOG", changelog)
    monkeypatch.setattr(
        changes,
        "INTENDED",
        {"peers is missing": "The metric `peers` is called `peers_now`.", "bans is missing": "`bans` is no more."},
    )


@pytest.mark.parametrize(
    ("fault", "is_allowed"),
    [("peers is missing", True), ("bans is missing", False), ("bytes is missing", False)],
)
def test_a_change_is_allowed_if_it_is_listed_and_told(fault: str, is_allowed: bool) -> None:
    assert changes.unintended([fault]) == ([] if is_allowed else [fault])
