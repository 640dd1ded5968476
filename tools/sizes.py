"""Say which source files are longer than a person reads at once."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILE = 400
"""Lines, with comments and blank ones. Ours: it is some six screens, which a person reads at once. The files of this
project that were longer had more than one purpose, each of them."""
GENERATED = ("src/pystatus/wire/proto/", "src/pystatus/faces/catalogue.py")
"""Nobody reads these."""
KNOWN: frozenset[str] = frozenset()
"""Files that may be longer. There is none; one that is added has its reason beside it."""


def too_long(root: Path) -> Iterator[str]:
    """A sentence for each source file that is too long."""
    for path in sorted((root / "src").rglob("*.py")):
        name = path.relative_to(root).as_posix()
        if name.startswith(GENERATED) or name in KNOWN:
            continue
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LONGEST_FILE:
            yield f"{name} has {lines} lines; {LONGEST_FILE} is the most: give a part of it a module of its own"


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", required=True, help="fail if there is one")
    parser.parse_args(arguments)
    found = list(too_long(root))
    print("\n".join(found), file=sys.stderr, end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
