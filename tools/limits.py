"""``docs/limits.md``: what others can make grow in a node or a client, and what bounds it.

The source is searched for everything that can grow; ``tools/inventory/lists`` says of each who can cause it, and what
bounds it.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools.inventory.constants import Constants
from tools.inventory.entries import LISTS, Area, Fault, areas, unlisted
from tools.inventory.finder import things
from tools.inventory.page import page


def faults(root: Path, lists: list[Area]) -> Iterator[str]:
    """A sentence for everything that is wrong with the lists."""
    found = things(root / "src" / "pystatus")
    yield from unlisted([f"{thing.path}: {thing.name}" for thing in found], lists)
    constants = Constants(root / "src" / "pystatus")
    for area in lists:
        for entry in area.bounded:
            for text in (entry.count, entry.size, entry.gives_way):
                try:
                    constants.filled_in(text)
                except Fault as fault:
                    yield f"{area.title}: {entry.what}: {fault}"
            for test in entry.tests:
                if not exists(root, test):
                    yield f"{area.title}: {entry.what}: there is no test {test}"


def exists(root: Path, test: str) -> bool:
    """Whether there is a test ``path::name`` or ``path::Class::name``."""
    path, *names = test.split("::")
    if not (root / path).is_file() or not names:
        return False
    body: list[ast.stmt] = ast.parse((root / path).read_text(encoding="utf-8")).body
    for name in names:
        kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        inner = [node.body for node in body if isinstance(node, kinds) and node.name == name]
        if not inner:
            return False
        body = inner[0]
    return True


def main(root: Path = ROOT, folder: Path = LISTS) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--check", action="store_true", help="compare the lists and the page with the code")
    action.add_argument("--write", action="store_true", help="write the page")
    chosen = parser.parse_args()
    try:
        lists = areas(folder)
    except Fault as fault:
        print(fault, file=sys.stderr)
        return 1
    wrong = list(faults(root, lists))
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
        return 1
    written = root / "docs" / "limits.md"
    package = root / "src" / "pystatus"
    fresh = page(things(package), lists, Constants(package))
    if chosen.write:
        written.write_text(fresh, encoding="utf-8")
    elif not written.exists() or written.read_text(encoding="utf-8") != fresh:
        print("docs/limits.md is not what the lists and the code say; run `make limits`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
