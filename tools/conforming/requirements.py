"""The requirements, from ``tests/requirements.json``.

A list of families, each an object::

    {"title": "Waku (6/WAKU1)",
     "page": "waku.md §9.1",                               the catalogue, in docs/spec
     "requirements": {"WK-1": ["MUST", "run devp2p over RLPx"], …},
     "open": {"WK-9": "private groups"}}                   what does not exist yet, and the feature it waits for
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

LIST = Path("tests") / "requirements.json"


@dataclass(frozen=True)
class Family:
    """The requirements of one specification."""

    title: str
    page: str
    requirements: dict[str, tuple[str, str]]
    """Level and text by id."""
    open: dict[str, str] = field(default_factory=dict)
    """The feature that a requirement waits for, by id."""


def families(root: Path) -> list[Family]:
    """All families, in the order of the page.

    :raises ValueError: the list is not of the form above, or opens what is no requirement.
    """
    found: list[Family] = []
    for entry in json.loads((root / LIST).read_text(encoding="utf-8")):
        requirements = {name: (level, text) for name, (level, text) in entry["requirements"].items()}
        family = Family(entry["title"], entry["page"], requirements, entry.get("open", {}))
        for name, feature in family.open.items():
            if name not in requirements:
                raise ValueError(f"{LIST.as_posix()}: {name} is open, and no requirement")
            if not feature.strip():
                raise ValueError(f"{LIST.as_posix()}: say which feature {name} waits for")
        found.append(family)
    return found
