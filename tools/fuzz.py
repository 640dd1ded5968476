"""Many schedules of a stateful test, on all cores.

They run in portions, each in a process of its own and with its own seed, so that there is something to see meanwhile
and a failure can be had again: it prints what hypothesis found, and the seed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from itertools import count
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Suite:
    """A stateful test."""

    test: str
    variable: str
    """Says how many schedules it runs."""
    schedules: int
    portion: int
    """Schedules in one process: a few minutes."""


SUITES = {
    "sessions": Suite("tests/simulation/test_schedules.py", "PYSTATUS_SCHEDULES", 100_000, 5_000),
    "groups": Suite("tests/payloads/test_group_convergence.py", "PYSTATUS_GROUP_HISTORIES", 100_000, 2_000),
    "inbox": Suite("tests/mailserver/test_fetch_schedules.py", "PYSTATUS_INBOX_SCHEDULES", 10_000, 1_000),
}


def run(suite: Suite, seed: int, schedules: int) -> tuple[int, subprocess.CompletedProcess[str]]:
    """One portion: its seed and how it ended."""
    command = [sys.executable, "-m", "pytest", suite.test, f"--hypothesis-seed={seed}"]
    environment = {**os.environ, suite.variable: str(schedules)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return seed, done


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suite", choices=SUITES)
    parser.add_argument(
        "schedules",
        type=int,
        nargs="?",
        help=f"how many ({', '.join(f'{name}: {suite.schedules:,}' for name, suite in SUITES.items())})",
    )
    chosen = parser.parse_args()
    suite = SUITES[chosen.suite]
    wanted = chosen.schedules or suite.schedules
    portions = [min(suite.portion, wanted - start) for start in range(0, wanted, suite.portion)]
    first_seed = int(time.time())
    started = time.monotonic()
    passed = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        seeded = zip(count(first_seed), portions, strict=False)
        jobs = {pool.submit(run, suite, seed, size): size for seed, size in seeded}
        for job in as_completed(jobs):
            seed, done = job.result()
            if done.returncode:
                print(done.stdout, done.stderr, f"failed: --hypothesis-seed={seed}", sep="\n", flush=True)
                pool.shutdown(cancel_futures=True)
                return 1
            passed += jobs[job]
            print(f"{passed} of {wanted} schedules passed, {time.monotonic() - started:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
