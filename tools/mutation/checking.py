"""What is wrong with the lists of mutants, and with the markers, without running a test."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tools.mutation.entries import Fault, Mutant, Requirements, check, mutants, sources
from tools.mutation.names import undefined

MAX_ROWS_PER_TEST = 3
"""Requirements that one test may claim to prove. A test of more proves that something works, not which sentence."""


def faults(root: Path) -> Iterator[str]:
    """A sentence for everything that is wrong.

    :raises Fault: a list is not what it should be.
    """
    requirements = Requirements.read(root)
    everything = mutants(root)
    for page in sorted({one.page for one in everything} - set(requirements.rows)):
        yield f"{page}.toml: there is no such page; there are {', '.join(requirements.rows)}"
    for page, rows in requirements.rows.items():
        have = [one.row for one in everything if one.page == page]
        for row in sorted(set(have) - set(rows)):
            yield f"{page}.toml: {row}: there is no such requirement on this page"
        for row in sorted(set(have) & set(rows) - set(requirements.tests)):
            yield f"{page}.toml: {row}: no test is marked with it"
        for row in requirements.musts(page):
            if row not in have:
                yield f"{page}.toml: {row}: a requirement that is a must has a mutant"
    files = sources(root)
    changed: dict[Mutant, str] = {}
    for one in everything:
        try:
            changed[one] = check(one, files)
        except Fault as fault:
            yield str(fault)
    yield from undefined(changed)
    claims: dict[str, list[str]] = defaultdict(list)
    for row, tests in requirements.tests.items():
        for test in tests:
            claims[test].append(row)
    for test, claimed in claims.items():
        if len(claimed) > MAX_ROWS_PER_TEST:
            yield f"{test}: a test proves {MAX_ROWS_PER_TEST} requirements at most, not {', '.join(sorted(claimed))}"
