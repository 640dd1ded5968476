"""A settings file of before means what it meant."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support.environment import clean_environment
from tests.survival.changes import unintended

MADE = Path(__file__).parent / "made"


def effective(file: Path) -> dict[str, Any]:
    """The values of a settings file, by key, as the command prints them."""
    done = subprocess.run(
        [sys.executable, "-m", "pystatus", "config", "show", "--effective", "--json", "--config", str(file)],
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {row["key"]: row["value"] for row in rows if row["source"] != "default"}


def differences(before: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    for key, value in before.items():
        if isinstance(value, str) and now.get(key) == value.split(", "):
            yield f"{key} is printed as a list"
        elif now.get(key) != value:
            yield f"{key} was {value!r}, and is {now.get(key)!r}"


def test_every_setting_has_the_value_that_it_had() -> None:
    before = json.loads((MADE / "settings.json").read_text(encoding="utf-8"))
    assert len(before) == 49
    assert unintended(differences(before, effective(MADE / "settings.toml"))) == []


def test_a_setting_that_is_lost_is_noticed() -> None:
    assert list(differences({"listen": "[::]:0", "workers": 2}, {"listen": "[::]:0"})) == ["workers was 2, and is None"]
    assert list(differences({"peers": "a, b"}, {"peers": ["a", "c"]})) == ["peers was 'a, b', and is ['a', 'c']"]
