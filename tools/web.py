"""The page of ``pystatus web``: what is generated for it, and whether what was built belongs to the sources.

python tools/web.py --types     writes web/src/generated: the types of the calls and the texts
python tools/web.py --write     that, and builds the page into src/pystatus/apps/web/static (needs Node.js 20.19)
python tools/web.py --rebuild   builds it elsewhere, and compares that with what is there (needs Node.js)
python tools/web.py --test      type checks, lints and tests the sources (needs Node.js)
python tools/web.py --check     compares sums and sizes; needs no Node.js
"""

from __future__ import annotations

import argparse
import filecmp
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "src"))

from tools.texts import read
from tools.webpage.api_types import api_types
from tools.webpage.manifest import manifest_text, output_files
from tools.webpage.page_texts import page_texts, used_keys
from tools.webpage.weight import ALL, FIRST_LOAD, weigh

WEB = ROOT / "web"
STATIC = ROOT / "src" / "pystatus" / "apps" / "web" / "static"
MANIFEST = STATIC / "MANIFEST"
REMEDY = "run make web"


def generated(root: Path = ROOT) -> dict[Path, str]:
    """What is made for the page of the rest of the project."""
    folder = root / "web" / "src" / "generated"
    document = json.loads((root / "docs" / "openrpc.json").read_text(encoding="utf-8"))
    texts = page_texts(read(root), used_keys(root / "web" / "src"))
    return {folder / "api.ts": api_types(document), **{folder / name: text for name, text in texts.items()}}


def faults(root: Path = ROOT) -> Iterator[str]:
    """A sentence for everything that does not belong together."""
    for path, text in generated(root).items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            yield f"{path.relative_to(root)} is not what the calls and texts say: {REMEDY}"
    static = root / STATIC.relative_to(ROOT)
    manifest = static / MANIFEST.name
    if not manifest.exists():
        yield f"the page was not built: {REMEDY}"
        return
    wanted, found = (
        text.splitlines() for text in (manifest.read_text("utf-8"), manifest_text(root / "web", static, manifest))
    )
    changed = sorted({line.partition("  ")[2] for line in set(wanted) ^ set(found)})
    if changed:
        yield f"the page is not what its sources make of it ({', '.join(changed)}): {REMEDY}"
    first, everything = weigh(static, manifest)
    if first > FIRST_LOAD:
        yield f"the page loads {first:,} bytes (gzip) at first; {FIRST_LOAD:,} is the most"
    if everything > ALL:
        yield f"the page has {everything:,} bytes (gzip) in all; {ALL:,} is the most"


def prepare() -> None:
    """What the page is built with, as the lock says; nothing that it brings is run."""
    lock = WEB / "package-lock.json"
    mark = WEB / "node_modules" / ".pystatus-lock"
    if mark.exists() and mark.read_bytes() == lock.read_bytes():
        return
    _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"])
    mark.write_bytes(lock.read_bytes())


def build(folder: Path) -> None:
    """Build the page into a folder."""
    prepare()
    _run(["npx", "vite", "build", "--outDir", str(folder), "--emptyOutDir"])


def _run(command: list[str]) -> None:
    if shutil.which(command[0]) is None:
        raise SystemExit(f"{command[0]} is not installed: building the page needs Node.js 20.19 or later")
    subprocess.run(command, cwd=WEB, check=True, env={**os.environ, "TZ": "UTC", "LC_ALL": "C", "CI": "1"})


def write_generated() -> None:
    """Write what is made for the page."""
    for path, text in generated().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def main() -> int:
    """Do what is asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    action = parser.add_mutually_exclusive_group(required=True)
    for name in ("types", "write", "rebuild", "test", "check"):
        action.add_argument(f"--{name}", action="store_true")
    arguments = parser.parse_args()
    if arguments.check:
        found = list(faults())
        print("\n".join(found), file=sys.stderr, end="\n" if found else "")
        return bool(found)
    if arguments.test:
        prepare()
        for command in (["npx", "tsc", "--noEmit"], ["npx", "oxlint"], ["npx", "vitest", "run"]):
            _run(command)
        return 0
    if arguments.rebuild:
        with tempfile.TemporaryDirectory() as name:
            build(Path(name))
            return _compare(Path(name))
    write_generated()
    if arguments.write:
        build(STATIC)
        MANIFEST.write_text(manifest_text(WEB, STATIC, MANIFEST), encoding="utf-8")
        first, everything = weigh(STATIC, MANIFEST)
        print(f"first load {first:,} of {FIRST_LOAD:,} bytes, all {everything:,} of {ALL:,} (gzip)")
    return 0


def _compare(folder: Path) -> int:
    names = {path.relative_to(folder) for path in output_files(folder, folder / MANIFEST.name)}
    names |= {path.relative_to(STATIC) for path in output_files(STATIC, MANIFEST)}
    other = [
        name.as_posix()
        for name in sorted(names)
        if not (folder / name).is_file() or not (STATIC / name).is_file()
        or not filecmp.cmp(folder / name, STATIC / name, shallow=False)
    ]  # fmt: skip
    if other:
        print(f"what is built now differs from what is committed ({', '.join(other)}): {REMEDY}", file=sys.stderr)
    return bool(other)


if __name__ == "__main__":
    sys.exit(main())
