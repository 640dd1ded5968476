"""Write what docs/architecture.md has from the code: the picture of the packages, the import contracts, the journeys.

``--check`` compares the picture and the contracts with the source and pyproject.toml, and looks whether the files that
the journeys name are there. ``--write`` writes them; it traces the journeys again, which takes half a minute.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.drawing.imports import house
from tools.drawing.picture import diagram, layers, rules, table
from tools.tracing.journey import Journey
from tools.tracing.world import journeys

PAGE = Path("docs") / "architecture.md"
PACKAGE = Path("src") / "pystatus"
ADVICE = "run `make architecture`"


def picture(root: Path) -> str:
    """The diagram and the table."""
    configuration = _configuration(root)
    found, order = house(root / PACKAGE), layers(configuration)
    lines = (*diagram(found, order, _without_io(configuration)), "", *table(found, order))
    return "\n".join(lines)


def contracts(root: Path) -> str:
    """The names of the import contracts."""
    return "\n".join(rules(_configuration(root)))


def trips(found: Sequence[Journey]) -> str:
    """The journeys, each with its files in the order of their first use."""
    return "\n".join(line for each in found for line in _trip(each)).rstrip()


def _trip(each: Journey) -> Iterator[str]:
    yield f"### {each.title}"
    yield ""
    yield (
        f"{len(each.files)} files. One gives the message to another {each.handed_over} times, {each.as_envelope} of "
        f"them as an envelope; {each.turns} turns of the event loop begin on the way."
    )
    yield ""
    yield ", ".join(f"`{file}`" for file in each.files)
    yield ""


def _configuration(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


def _without_io(configuration: dict[str, Any]) -> frozenset[str]:
    """The parts that a contract forbids to import an event loop."""
    settings = configuration["tool"]["importlinter"]
    return frozenset(
        name.removeprefix(settings["root_package"] + ".")
        for contract in settings["contracts"]
        if "asyncio" in contract.get("forbidden_modules", ())
        for name in contract["source_modules"]
    )


def section(page: str, name: str) -> str:
    """What stands between two marks of a page.

    :raises ValueError: the marks are not there.
    """
    begin, end = _marks(name)
    if begin not in page or end not in page:
        raise ValueError(f"{PAGE} has no section {name!r}")
    return page.partition(begin)[2].partition(end)[0].strip()


def with_section(page: str, name: str, text: str) -> str:
    """The page with another text between the marks."""
    section(page, name)
    begin, end = _marks(name)
    before, _, rest = page.partition(begin)
    return f"{before}{begin}\n\n{text}\n\n{end}{rest.partition(end)[2]}"


def _marks(name: str) -> tuple[str, str]:
    return f"<!-- {name}: written by tools/architecture.py -->", f"<!-- end of {name} -->"


def wrong(root: Path) -> Iterator[str]:
    """In what the page differs from the code."""
    page = (root / PAGE).read_text(encoding="utf-8")
    for name, text in (("picture", picture(root)), ("contracts", contracts(root))):
        if section(page, name) != text:
            yield f"{PAGE} does not have the {name} of the code; {ADVICE}"
    for file in re.findall(r"`([\w/]+\.py)`", section(page, "journeys")):
        if not (root / PACKAGE / file).exists():
            yield f"{PAGE}: a journey passes {PACKAGE / file}, which is not there; {ADVICE}"


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--check", action="store_true", help="compare the page with the code")
    action.add_argument("--write", action="store_true", help="write the page")
    if parser.parse_args(arguments).write:
        page = (root / PAGE).read_text(encoding="utf-8")
        for name, text in (
            ("picture", picture(root)),
            ("contracts", contracts(root)),
            ("journeys", trips(journeys(root / "src"))),
        ):
            page = with_section(page, name, text)
        (root / PAGE).write_text(page, encoding="utf-8")
        return 0
    found = list(wrong(root))
    print("\n".join(found), file=sys.stderr, end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
