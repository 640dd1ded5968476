"""``docs/limits.md``: what others can make grow, area by area."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from tools.inventory.constants import Constants
from tools.inventory.entries import FIXED, WHO, Area, Bounded
from tools.inventory.things import SORTS, Thing

HEAD = """# What others can make grow

Every table, container, cache, queue, timer, task, log line and place where something is sent in `src` is in one of the
lists that this page is made from (`tools/inventory/lists`), by `make limits`. `make check` finds what is new, what is
gone, and constants and tests that do not exist; the numbers are read from the code. What happens in an attack is in
[attacks.md](attacks.md), what an operator can set in [operators.md](operators.md#what-it-accepts).

Where a bound is reached, who gives way is whoever uses most, or is drawn by lot, or is the oldest of the same source;
each line says which.
"""


def page(found: Iterable[Thing], lists: Iterable[Area], constants: Constants) -> str:
    """The whole page."""
    lists = list(lists)
    areas = [line for area in lists for line in _area(area, constants)]
    return "\n".join([HEAD, *_who(), *areas, *_rest(found, lists)])


def _who() -> Iterator[str]:
    yield "| who | that is |"
    yield "|---|---|"
    for who, meaning in WHO.items():
        yield f"| {who} | {meaning} |"
    yield ""


def _area(area: Area, constants: Constants) -> Iterator[str]:
    if not area.bounded:
        return
    yield f"## {area.title}"
    yield ""
    yield area.about
    yield ""
    yield "| what | who | how many | bytes | who gives way | in the code | test |"
    yield "|---|---|---|---|---|---|---|"
    for entry in area.bounded:
        cells = [
            entry.what,
            ", ".join(entry.who),
            constants.filled_in(entry.count),
            constants.filled_in(entry.size),
            constants.filled_in(entry.gives_way),
            "<br>".join(_places(entry)),
            "<br>".join(f"`{test.removeprefix('tests/')}`" for test in entry.tests),
        ]
        yield f"| {' | '.join(cells)} |"
    yield ""


def _places(entry: Bounded) -> Iterator[str]:
    by_file: dict[str, list[str]] = defaultdict(list)
    for thing in entry.things:
        path, _, name = thing.partition(": ")
        by_file[path].append(name)
    for path, names in by_file.items():
        yield f"{path}: {', '.join(f'`{name}`' for name in names)}"


def _rest(found: Iterable[Thing], lists: Iterable[Area]) -> Iterator[str]:
    sorts = Counter(thing.sort for thing in found)
    fixed: Counter[str] = Counter()
    for area in lists:
        for entry in area.fixed:
            fixed[entry.why] += len(entry.things)
    yield "## What others cannot make grow"
    yield ""
    yield "| why | entries in the lists |"
    yield "|---|---|"
    for why, meaning in FIXED.items():
        yield f"| {meaning} | {fixed[why]} |"
    yield ""
    counted = ", ".join(f"{words}: {sorts[sort]}" for sort, words in SORTS.items())
    yield f"What was found in the source, by its sort. {counted}."
    yield ""
