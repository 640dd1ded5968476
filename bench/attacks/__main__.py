"""``python -m bench.attacks``: every attack, or some, a row for each; it fails if a bound does not hold."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.attacks import victims
from bench.attacks.measuring import Scenario, measure
from bench.attacks.rows import Bounds
from pystatus.messenger.people import StrangerConfig
from pystatus.net.loop import run

SECONDS = 60.0
"""How long each attack lasts."""
SHORT = Bounds(p99=0.020, times_quiet=2.0)
"""Where what one peer sends is divided into turns: honest envelopes wait for few of them (A17: attacks.md)."""

BUDGET = Bounds(disk=StrangerConfig().writers.bytes + StrangerConfig().silent.bytes + (4 << 20))
"""Where one small message makes hundreds of keys, which are kept: of all strangers together no more than this (A53),
with the journal of the database."""

SCENARIOS: dict[str, Scenario] = {
    "A17": Scenario(victims.relay, SHORT),
    "A18": Scenario(victims.relay, SHORT),
    "A20": Scenario(victims.relay, SHORT),
    "A49": Scenario(victims.client),
    "A50": Scenario(victims.relay),
    "A51": Scenario(victims.two_relays),
    "A52": Scenario(victims.relay),
    "A53": Scenario(victims.client, BUDGET),
    "A54": Scenario(victims.client),
    "A55": Scenario(victims.metrics),
    "A56": Scenario(victims.mailserver),
    "A57": Scenario(victims.rpc),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; its exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.attacks", description=__doc__)
    parser.add_argument(
        "--only", nargs="+", default=list(SCENARIOS), choices=SCENARIOS, metavar="ATTACK", help=", ".join(SCENARIOS)
    )
    parser.add_argument(
        "--seconds", type=float, default=SECONDS, help="how long each attack lasts (default: %(default)g)"
    )
    options = parser.parse_args(arguments)
    exceeded: list[str] = []
    for name in options.only:
        scenario = SCENARIOS[name]
        with tempfile.TemporaryDirectory() as folder:
            row = run(measure(name, scenario, options.seconds, Path(folder)))
        found = row.exceeded(scenario.bounds)
        print(f"{row}  {'MISSED' if found else 'ok'}", flush=True)
        exceeded += found
    for sentence in exceeded:
        print(sentence, file=sys.stderr)
    return 1 if exceeded else 0


if __name__ == "__main__":
    sys.exit(main())
