"""Runs the tests of a requirement on a source that does not obey it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from queue import SimpleQueue
from xml.etree import ElementTree

from tools.mutation.entries import Mutant, sources

LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info")
TIMEOUT = 600.0
"""Seconds that the tests of one requirement may take; a test that would notice a mutant ends by itself."""


ENOUGH = ("--maxfail=2",)
"""Of the tests of a killed mutant, those that wait for something that never comes take a minute each."""


class Outcome(Enum):
    """What the tests of a requirement said of a mutant of it."""

    KILLED = "killed"
    SURVIVED = "SURVIVED"
    BROKEN = "BROKEN"
    """No test failed, but some could not begin or end: the program fell apart, which says nothing of the sentence."""
    HUNG = "HUNG"


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant."""

    outcome: Outcome
    failed: tuple[str, ...]
    """Tests that failed, without their parameters."""
    output: str
    """Of pytest."""


class Copy:
    """A copy of the tree in which one mutant after the other is tried."""

    def __init__(self, root: Path, folder: Path) -> None:
        shutil.copytree(root, folder, ignore=LEFT_OUT, symlinks=True)
        self.root = folder

    def run(self, mutant: Mutant, tests: Sequence[str], *options: str) -> Verdict:
        """The tests on the source with this change, which is undone afterwards."""
        path = mutant.path(sources(self.root))
        before = path.read_text(encoding="utf-8")
        _write(path, mutant.applied(before))
        try:
            return self.test(tests, *options)
        finally:
            _write(path, before)

    def test(self, tests: Sequence[str], *options: str) -> Verdict:
        """The tests on the source as it is."""
        report = self.root / "mutant-report.xml"
        report.unlink(missing_ok=True)
        command = [sys.executable, "-m", "pytest", *tests, *options, f"--junitxml={report}", "--tb=short"]
        command += ["-p", "no:cacheprovider"]
        environment = {**os.environ, "PYTHONPATH": str(self.root / "src")}
        # A session of its own: what a test has started ends with it.
        process = subprocess.Popen(
            command,
            cwd=self.root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            output, _ = process.communicate(timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return Verdict(Outcome.HUNG, (), process.communicate()[0])
        if not report.exists():
            return Verdict(Outcome.BROKEN, (), output)
        failed, broken = _read(report)
        outcome = Outcome.KILLED if failed else Outcome.BROKEN if broken or process.returncode else Outcome.SURVIVED
        return Verdict(outcome, failed, output)


def _write(path: Path, text: str) -> None:
    """Compiled files are compared by size and second of their source, which a mutant may share with it."""
    path.write_text(text, encoding="utf-8")
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink()


def _read(report: Path) -> tuple[tuple[str, ...], bool]:
    """The tests that failed, and whether any broke before it began or after its end, or could not be read at all."""
    cases = list(ElementTree.parse(report).iter("testcase"))
    failed = {
        f"{case.get('classname')}.{case.get('name', '').partition('[')[0]}"
        for case in cases
        if case.find("failure") is not None
    }
    return tuple(sorted(failed)), any(case.find("error") is not None for case in cases)


@contextmanager
def copies(root: Path, count: int) -> Iterator[list[Copy]]:
    """Copies of the tree, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        yield [Copy(root, Path(folder) / str(number)) for number in range(count)]


def judged(
    work: Sequence[tuple[Mutant, Sequence[str]]], trees: Sequence[Copy], *options: str
) -> Iterator[tuple[Mutant, Verdict]]:
    """What becomes of each mutant under its tests, one at a time in each tree, as they end.

    :param options: of pytest.
    """
    free: SimpleQueue[Copy] = SimpleQueue()
    for tree in trees:
        free.put(tree)

    def judge(mutant: Mutant, tests: Sequence[str]) -> tuple[Mutant, Verdict]:
        tree = free.get()
        try:
            return mutant, tree.run(mutant, tests, *options)
        finally:
            free.put(tree)

    with ThreadPoolExecutor(len(trees)) as pool:
        for done in as_completed([pool.submit(judge, mutant, tests) for mutant, tests in work]):
            yield done.result()
