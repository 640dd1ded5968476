"""Run the benchmarks, print a table and write ``bench/results.json``."""

import dataclasses
import importlib
import json
import pkgutil
import sys
from pathlib import Path

from bench.harness import Measurement

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results.json"
NOT_BENCHMARKS = {"__main__", "harness", "support"}


def main(names: list[str]) -> None:
    available = sorted(m.name for m in pkgutil.iter_modules([str(HERE)]) if m.name not in NOT_BENCHMARKS)
    unknown = set(names) - set(available)
    if unknown:
        sys.exit(f"no benchmark called {', '.join(sorted(unknown))}; there are: {', '.join(available)}")
    kept: dict[str, dict[str, object]] = {}
    if names and RESULTS.exists():
        kept = {entry["name"]: entry for entry in json.loads(RESULTS.read_text())}
    for name in names or available:
        for measurement in importlib.import_module(f"bench.{name}").measure():
            assert isinstance(measurement, Measurement)
            print(
                f"{measurement.name:28} {measurement.value:>14,.4g} {measurement.unit:6} {measurement.note}", flush=True
            )
            kept[measurement.name] = dataclasses.asdict(measurement)
    RESULTS.write_text(json.dumps([kept[key] for key in sorted(kept)], indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
