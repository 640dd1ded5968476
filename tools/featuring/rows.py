"""The features, from ``tools/featuring/features.toml``, and the table of the specification that they have to fill."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path("tools") / "featuring" / "features.toml"
TABLE = Path("docs") / "spec" / "payloads.md"
SECTION = "## 17. "
"""The heading above the table."""


@dataclass(frozen=True)
class Feature:
    """One thing that users can do, and what does it; or what it waits for."""

    what: str
    calls: Sequence[str] = ()
    """What a program calls or is told, by the names that :mod:`pystatus` exports."""
    commands: Sequence[str] = ()
    """The words behind ``pystatus``."""
    tests: Sequence[str] = ()
    """``file::function`` or ``file::class::function``."""
    waits: str = ""


@dataclass(frozen=True)
class Row:
    """A row of the table."""

    area: str
    says: str
    features: Sequence[Feature]


def rows(root: Path) -> list[Row]:
    """All rows, in the order of the page.

    :raises ValueError: the file is not of its form.
    """
    data = tomllib.loads((root / DATA).read_text(encoding="utf-8"))
    return [Row(row["area"], row["says"], [_feature(one) for one in row.get("features", ())]) for row in data["row"]]


def _feature(entry: dict[str, Any]) -> Feature:
    try:
        return Feature(**entry)
    except TypeError:
        known = ", ".join(Feature.__dataclass_fields__)
        raise ValueError(f"{DATA.as_posix()}: {entry.get('what')!r} has other fields than {known}") from None


def specified(root: Path) -> list[tuple[str, str]]:
    """(area, features) of each row of the table in the specification."""
    text = (root / TABLE).read_text(encoding="utf-8")
    section = text[text.index(SECTION) :].partition("\n## ")[0]
    cells = re.findall(r"^\| (.+?) \| (.+?) \|", section, re.MULTILINE)
    return [(area, says) for area, says in cells if area not in ("area", "---")]
