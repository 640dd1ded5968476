"""Many schedules of tests/simulation/test_schedules.py, on all cores: ``fuzz_sessions.py [NUMBER]``.

They run in portions, each in a process of its own and with its own seed, so that there is something to see meanwhile
and a failure can be had again: it prints what hypothesis found, and the seed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import count
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TEST = "tests/simulation/test_schedules.py"
SCHEDULES = 100_000
PORTION = 5_000
"""Schedules in one process: a few minutes."""


def run(seed: int, schedules: int) -> tuple[int, subprocess.CompletedProcess[str]]:
    """One portion: its seed and how it ended."""
    command = [sys.executable, "-m", "pytest", TEST, f"--hypothesis-seed={seed}"]
    environment = {**os.environ, "PYSTATUS_SCHEDULES": str(schedules)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return seed, done


def main() -> int:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else SCHEDULES
    portions = [min(PORTION, wanted - start) for start in range(0, wanted, PORTION)]
    first_seed = int(time.time())
    started = time.monotonic()
    passed = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = {pool.submit(run, seed, size): size for seed, size in zip(count(first_seed), portions, strict=False)}
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
