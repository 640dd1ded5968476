"""The code in the documentation, and the examples, are correct as far as a type checker can tell."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from mypy import api

ROOT = Path(__file__).resolve().parents[2]

PREAMBLE = """
import os
from collections.abc import AsyncGenerator, Iterable
from pystatus import Chat, ChatKind, Client, MessageReceived, MessageUndecryptable, Node, NodeConfig
from pystatus.waku.envelope import Envelope

password = "correct horse"

def stored_between(since: float, until: float) -> Iterable[Envelope]:
    raise NotImplementedError
"""


def snippets(page: Path) -> list[str]:
    """The blocks of Python on a page."""
    return re.findall(r"^```python\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def test_types(tmp_path: Path) -> None:
    blocks = snippets(ROOT / "docs" / "bots.md")
    assert len(blocks) >= 6
    module = tmp_path / "bots.py"
    functions = [
        f"async def snippet_{number}(client: Client, chat: Chat, relays: list[str]) -> None:\n"
        + textwrap.indent(block, "    ")
        for number, block in enumerate(blocks)
    ]
    module.write_text(PREAMBLE + "\n\n".join(functions), encoding="utf-8")
    examples = sorted(str(path) for path in (ROOT / "examples").glob("*.py"))
    configuration = ["--config-file", str(ROOT / "pyproject.toml")]
    output, errors, code = api.run([*configuration, str(module), *examples])
    assert code == 0, output + errors


def test_the_picture_loads_nothing_from_outside() -> None:
    picture = (ROOT / "docs" / "images" / "demo.svg").read_text(encoding="utf-8")
    assert "@font-face" not in picture
    assert "url(http" not in picture
    assert "href" not in picture
