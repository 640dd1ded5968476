"""Run benchmarks and print a table."""

import argparse
import dataclasses
import importlib
import json
import pkgutil
from pathlib import Path

from bench.harness import Measurement

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results.json"
NOT_BENCHMARKS = {"__main__", "attacks", "harness", "support"}


def main() -> None:
    available = sorted(m.name for m in pkgutil.iter_modules([str(HERE)]) if m.name not in NOT_BENCHMARKS)
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"all by default; there are: {', '.join(available)}")
    parser.add_argument("--write", action="store_true", help="write what is measured to bench/results.json too")
    chosen = parser.parse_args()
    unknown = sorted(set(chosen.names) - set(available))
    if unknown:
        parser.error(f"no benchmark called {', '.join(unknown)}; there are: {', '.join(available)}")
    kept: dict[str, dict[str, object]] = {}
    if chosen.names and RESULTS.exists():
        kept = {entry["name"]: entry for entry in json.loads(RESULTS.read_text())}
    for name in chosen.names or available:
        for measurement in importlib.import_module(f"bench.{name}").measure():
            assert isinstance(measurement, Measurement)
            print(
                f"{measurement.name:28} {measurement.value:>14,.4g} {measurement.unit:6} {measurement.note}", flush=True
            )
            kept[measurement.name] = dataclasses.asdict(measurement)
    if chosen.write:
        RESULTS.write_text(json.dumps([kept[key] for key in sorted(kept)], indent=1) + "\n")


if __name__ == "__main__":
    main()
