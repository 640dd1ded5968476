"""``static/MANIFEST``: the sums of the sources of the page and of what was built of them, so that somebody without
Node.js sees whether the one was made of the other."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

SOURCES = (
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "vite.config.ts",
    "index.html",
    "src",
    "plugins",
    "public",
)
"""What of ``web/`` decides how the output looks."""
_TESTS = (".test.ts", ".test.tsx")


def source_files(web: Path) -> Iterator[Path]:
    """The sources, in the order of their names, without tests."""
    for name in SOURCES:
        path = web / name
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (one for one in found if one.is_file() and not one.name.endswith(_TESTS))


def output_files(static: Path, manifest: Path) -> Iterator[Path]:
    """What was built, in the order of the names."""
    yield from (one for one in sorted(static.rglob("*")) if one.is_file() and one != manifest)


def manifest_text(web: Path, static: Path, manifest: Path) -> str:
    """The file: a line for all sources together, and one for each file of the output."""
    sources = sha256()
    for path in source_files(web):
        sources.update(f"{path.relative_to(web).as_posix()} {_sum(path)}\n".encode())
    lines = [f"{sources.hexdigest()}  sources\n"]
    lines += [f"{_sum(path)}  {path.relative_to(static).as_posix()}\n" for path in output_files(static, manifest)]
    return "".join(lines)


def _sum(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
