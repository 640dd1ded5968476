"""Every citation leads somewhere: the page, section, code or requirement that code or documentation names is there.

What can be cited, and how, is in ``docs/spec/README.md``.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.citing.pages import Pages
from tools.citing.scan import faults
from tools.citing.texts import passages

FOLDERS = ("src", "tests", "bench", "tools", "docs", "examples", "packaging")
SUFFIXES = {".py", ".md", ".toml", ".sql", ".proto"}
GENERATED = ("docs/conformance.md",)
"""Their sections are those of the page that the heading above them names."""


def cited_in(root: Path) -> Iterator[Path]:
    """The files in which citations are looked for."""
    yield from sorted(path for path in root.glob("*") if path.suffix in SUFFIXES)
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in SUFFIXES and path.relative_to(root).as_posix() not in GENERATED:
                yield path


def wrong(root: Path) -> Iterator[str]:
    """What is cited in a repository and is not there."""
    pages = Pages(root)
    for path in cited_in(root):
        name = path.relative_to(root).as_posix()
        page = pages.page(name)
        own = page if page and (page.sections or page.facts) else None
        for passage in passages(path):
            yield from faults(passage, pages, path, own)


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", required=True, help="say which citations lead nowhere")
    parser.parse_args(arguments)
    found = list(wrong(root))
    if found:
        print("\n".join(found), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
