"""Pictures of the screen, compared with those that are kept in ``tests/snapshots``.

``UPDATE=1 pytest tests/apps/terminal/test_pictures.py`` draws them again; look at them then. pytest-textual-snapshot
wants an older pytest, so this is its idea in some lines.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from textual.app import App

PICTURES = Path(__file__).resolve().parents[2] / "snapshots"
FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace"
"""What the machine that shows a picture has: no font is fetched."""


def drawn(app: App[Any]) -> str:
    """The screen as an SVG that is the same for the same cells."""
    svg = app.export_screenshot(title="pystatus")
    svg = re.sub(r"terminal-\d+", "terminal", svg)
    svg = re.sub(r"@font-face\s*\{[^}]*\}\s*", "", svg)
    svg = re.sub(r"font-family:\s*[^;]+;", f"font-family: {FONTS};", svg)
    svg = svg.replace("<text ", '<text xml:space="preserve" ').replace("&#160;", " ")
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def check(app: App[Any], name: str) -> None:
    """
    :raises AssertionError: the screen looks otherwise than the picture; what it looks like now is beside that.
    """
    kept, now = PICTURES / f"{name}.svg", drawn(app)
    if os.environ.get("UPDATE"):
        kept.write_text(now, encoding="utf-8")
        return
    assert kept.exists(), f"there is no picture {name}: draw it with UPDATE=1, and look at it"
    if kept.read_text(encoding="utf-8") != now:
        other = PICTURES / f"{name}.now.svg"
        other.write_text(now, encoding="utf-8")
        page = PICTURES / "differences.html"
        page.write_text(f"<h1>{name}</h1><p>kept</p><img src='{kept.name}'><p>now</p><img src='{other.name}'>", "utf-8")
        raise AssertionError(f"{name} looks otherwise: open {page}, or draw it again with UPDATE=1")
