"""The conformance vectors: one file per subject, read from ``PYSTATUS_VECTORS`` or from ``tests/vectors``."""

import json
import os
from pathlib import Path
from typing import Any

DIRECTORY = Path(os.environ.get("PYSTATUS_VECTORS") or Path(__file__).resolve().parent.parent / "vectors")

Case = dict[str, Any]


def load(name: str) -> Case:
    """The whole file ``name``.json."""
    contents: Case = json.loads((DIRECTORY / f"{name}.json").read_text(encoding="utf-8"))
    return contents


def cases(name: str, *kinds: str) -> list[Case]:
    """The cases of ``name``.json, of the given kinds only if any are given. Never empty."""
    selected = [case for case in load(name)["cases"] if not kinds or case["kind"] in kinds]
    assert selected, f"{name}.json has no case of kind {kinds}"
    return selected


def case_id(case: Case) -> str:
    """How pytest names the test of ``case``."""
    title = case.get("name_of_case") or case.get("name") or case.get("kind") or ""
    return f"{case['id']}-{title}".replace(" ", "-")


def unhex(text: str) -> bytes:
    """The bytes of ``0x…`` text."""
    assert text.startswith("0x"), text
    return bytes.fromhex(text[2:])
