"""Trace three journeys through the code, and count the source files that each passes.

A message of a public chat comes from the socket to an event of the client; one goes from ``Client.send_text`` to the
socket; a mailserver answers a person's request for history. One process of two is traced, between the first step and
the last, without its start. ``--source`` names another checkout: an older commit.

What counts: a file of ``src/pystatus`` is on the way if a function of it is given the message in one of its forms, or
returns it (``tools/tracing/forms.py``): bytes, envelope, payload, record, event. Helpers for bytes (``wire``,
``crypto``) and checks of arguments count when they are given it. Files that run meanwhile without it (timers, counters,
token buckets, tables that are asked for something else) do not; their number is printed beside it. A file counts in all
rounds or not at all.

At commit 09e48c4 that gives 41, 36 and 24 files.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.tracing.journey import Journey
from tools.tracing.world import journeys


def report(found: Sequence[Journey], *, with_functions: bool = False) -> Iterator[str]:
    """The journeys for a person to read."""
    for each in found:
        yield f"{each.title}: {len(each.files)} files; {len(each.others)} more run meanwhile"
        yield (
            f"handed over {each.handed_over} times, {each.as_envelope} of them as an envelope; "
            f"{each.turns} turns of the event loop begin on the way"
        )
        for file in each.files:
            yield f"  {file}" + (f": {', '.join(each.functions[file])}" if with_functions else "")
        yield "  meanwhile: " + " ".join(each.others)
        yield ""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", type=Path, default=ROOT, metavar="DIR", help="a checkout; default: this one")
    parser.add_argument("--functions", action="store_true", help="say which functions of each file have the message")
    options = parser.parse_args(arguments)
    print("\n".join(report(journeys(options.source.resolve() / "src"), with_functions=options.functions)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
