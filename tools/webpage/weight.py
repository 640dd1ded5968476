"""How much a browser loads of the page."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

FIRST_LOAD = 80 * 1024
"""Bytes, compressed by gzip, that are loaded before the page shows something. Ours: a second on a slow disk or a
forwarded port."""
ALL = 300 * 1024
"""Bytes, compressed, of everything that the page may ever load."""
_REFERENCE = re.compile(r"""(?:src|href)="/?([^"#]+)\"""")
_IMPORT = re.compile(r"""(?:from|import)\s*["']\./([^"']+\.js)["']""")


def weigh(static: Path, manifest: Path) -> tuple[int, int]:
    """Bytes of the first load, and of all, compressed. A page in a language loads its texts first; the largest are
    counted."""
    first = {static / "index.html"}
    waiting = [static / "index.html"]
    while waiting:
        for path in _needed(static, waiting.pop()):
            if path not in first:
                first.add(path)
                waiting.append(path)
    files = [path for path in sorted(static.rglob("*")) if path.is_file() and path != manifest]
    languages = [_size(path) for path in files if re.fullmatch(r"(?:en|de)-.*\.js", path.name)]
    return sum(map(_size, first)) + max(languages, default=0), sum(map(_size, files))


def _needed(static: Path, path: Path) -> Iterator[Path]:
    if path.suffix not in (".html", ".js"):
        return
    text = path.read_text(encoding="utf-8")
    found = _REFERENCE.findall(text) if path.suffix == ".html" else _IMPORT.findall(text)
    base = static if path.suffix == ".html" else path.parent
    yield from (base / name for name in found if (base / name).is_file())


def _size(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), mtime=0))
