"""``make fuzz``: a decoder, or all of them, under atheris, which follows the coverage to new inputs.

It fails for an exception that the decoder may not raise, and for an input that takes more than 50 ms of processor time
in each of three tries. atheris is installed beside the environment, into ``.fuzzing``, when it is first wanted; it
has builds for Linux on x86-64 only. What it found interesting stays there, too, and is where the next run begins.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".fuzzing"
PACKAGES = FOLDER / "packages"
CORPUS = FOLDER / "corpus"
LOCK = ROOT / "requirements" / "fuzz.txt"
DEFAULT_RUNS = 200_000
TRIES = 3
"""An input that was slow once may have met the collector of garbage, or another process."""
PRIVATE = "--one"
"""What a process is told that fuzzes one decoder: libFuzzer ends it when it is done."""
NO_BUILD = (
    "There is no atheris for this Python on this system (it has builds for Linux on x86-64, for Python 3.11 to 3.13), "
    "or it could not be downloaded. The same decoders run everywhere without it, 20,000 inputs each: "
    "make test, or pytest tests/fuzzing."
)


def install() -> bool:
    """Whether atheris is there; if need be it is downloaded."""
    sys.path.insert(0, str(PACKAGES))
    if importlib.util.find_spec("atheris") is not None:
        return True
    print("installing atheris (35 MB)", flush=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    command += ["--only-binary=:all:", "--target", str(PACKAGES), "-r", str(LOCK)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    importlib.invalidate_caches()
    if done.returncode == 0 and importlib.util.find_spec("atheris") is not None:
        return True
    print(done.stderr.strip()[-2000:], file=sys.stderr)
    return False


def timed(execute: Callable[[bytes], object], data: bytes, limit: float) -> None:
    """Run once.

    :raises TimeoutError: it takes longer than ``limit`` seconds of processor time, each time.
    """
    fastest = limit
    for _ in range(TRIES):
        started = time.thread_time()
        execute(data)
        fastest = min(fastest, time.thread_time() - started)
        if fastest < limit:
            return
    raise TimeoutError(f"an input of {len(data)} bytes takes more than {limit * 1000:.0f} ms of processor time")


def fuzz_one(name: str, runs: int) -> NoReturn:
    """Fuzz a decoder in this process, which ends with it."""
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["pystatus"]):
        registry = importlib.import_module("tests.fuzzing.registry")
        target_module = importlib.import_module("tests.fuzzing.target")
    target = registry.TARGETS[name]
    corpus = CORPUS / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds()):
        (corpus / f"seed-{number:03}").write_bytes(seed)
    slow = target_module.SLOW
    options = [f"-runs={runs}", f"-max_len={target.max_input}", f"-artifact_prefix={FOLDER}/", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], lambda data: timed(target.execute, data, slow))
    atheris.Fuzz()
    raise AssertionError("libFuzzer ends the process")


def run_input(name: str, data: bytes) -> int:
    """Decode one input, without atheris: what a failure has named."""
    registry = importlib.import_module("tests.fuzzing.registry")
    target_module = importlib.import_module("tests.fuzzing.target")
    started = time.thread_time()
    accepted = registry.TARGETS[name].execute(data)
    took = time.thread_time() - started
    print(f"{name}: {'accepted' if accepted else 'refused'}, {took * 1000:.1f} ms")
    return int(took > target_module.SLOW)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parser", nargs="?", help="the decoder; all without a name, --list prints the names")
    parser.add_argument("--runs", type=int, default=DEFAULT_RUNS, help=f"executions of each ({DEFAULT_RUNS:,})")
    parser.add_argument("--input", type=bytes.fromhex, help="decode this one input, in hexadecimal digits")
    parser.add_argument("--list", action="store_true", help="print the names")
    parser.add_argument(PRIVATE, action="store_true", dest="one", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    if chosen.one:
        sys.path.insert(0, str(PACKAGES))
        fuzz_one(chosen.parser, chosen.runs)
    names = list(importlib.import_module("tests.fuzzing.registry").TARGETS)
    if chosen.list:
        print("\n".join(names))
        return 0
    if chosen.parser is not None and chosen.parser not in names:
        print(f"There is no decoder {chosen.parser}. There are: {', '.join(names)}.", file=sys.stderr)
        return 2
    if chosen.input is not None:
        if chosen.parser is None:
            print("Name the decoder of this input: PARSER=name.", file=sys.stderr)
            return 2
        return run_input(chosen.parser, chosen.input)
    if not install():
        print(NO_BUILD, file=sys.stderr)
        return 1
    return fuzz_all([chosen.parser] if chosen.parser else names, chosen.runs)


def fuzz_all(names: list[str], runs: int) -> int:
    """Fuzz these decoders one after the other, each in a process of its own."""
    failed = []
    for name in names:
        started = time.monotonic()
        command = [sys.executable, __file__, PRIVATE, name, "--runs", str(runs)]
        done = subprocess.run(command, cwd=ROOT, env={**os.environ}, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stdout, done.stderr, f"{name} failed; the input is in {FOLDER}/crash-*", sep="\n", flush=True)
            failed.append(name)
            continue
        coverage = [line for line in done.stderr.splitlines() if " cov: " in line][-1:]
        shown = coverage[0].split("cov:")[1].split("exec/s")[0].strip() if coverage else "no coverage is known"
        print(f"{name}: {runs:,} executions in {time.monotonic() - started:.0f} s, cov: {shown}", flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}", flush=True)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
