"""Whether the tests of a requirement notice a source that does not obey it.

``tests/mutants`` has, for every requirement that is a must, a small change of the source that breaks it: a mutant. The
tests that are marked with the requirement run on the changed source, and one of them has to fail. A list has::

    [[WK-6]]                                 # the requirement; it may have several mutants
    file = "peer_queue.py"                   # the end of its path
    in = "PeerQueue.take"                    # a function, class, method or constant
    old = "if envelope.expiry >= second"     # what is there once, docstrings aside
    new = ""
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools.mutation.checking import faults
from tools.mutation.entries import (
    FOLDER,
    Fault,
    Mutant,
    Requirements,
    check,
    listed,
    mutants,
    sources,
)
from tools.mutation.running import ENOUGH, Outcome, copies, judged

FEW_TESTS = 20
"""Tests that are over before more processes to run them have started."""


def changed(root: Path, base: str, everything: list[Mutant], tests: dict[str, list[str]]) -> list[Mutant]:
    """The mutants that were changed since ``base``, or whose source or tests were."""
    since = git(root, "merge-base", base, "HEAD").strip()
    files = {*git(root, "diff", "--name-only", since).splitlines()}
    files |= {*git(root, "ls-files", "--others", "--exclude-standard").splitlines()}
    before: set[Mutant] = set()
    for path in git(root, "ls-tree", "--name-only", since, f"{FOLDER.as_posix()}/").splitlines():
        before |= {*listed(Path(path).stem, git(root, "show", f"{since}:{path}"))}
    python = sources(root)
    return [
        one
        for one in everything
        if one not in before
        or one.path(python).relative_to(root).as_posix() in files
        or any(test.partition("::")[0] in files for test in tests.get(one.row, []))
    ]


def git(root: Path, *arguments: str) -> str:
    """
    :raises Fault: git refuses, because there is no such branch, say.
    """
    done = subprocess.run(["git", *arguments], cwd=root, check=False, capture_output=True, text=True)
    if done.returncode:
        raise Fault(f"git {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


def run(root: Path, chosen: list[Mutant], tests: dict[str, list[str]], jobs: int, *, verbose: bool) -> int:
    """Try the mutants and print what becomes of them.

    :returns: 0 if all are killed.
    """
    begun = time.monotonic()
    rows = dict.fromkeys(one.row for one in chosen)
    named = sorted({test for row in rows for test in tests[row]})
    left: list[Mutant] = []
    with copies(root, max(1, min(jobs, len(chosen)))) as trees:
        cores = ("--numprocesses", str(jobs), "--dist=worksteal") if jobs > 1 and len(named) > FEW_TESTS else ()
        print(f"{len(named)} tests on the source as it is ...", flush=True)
        before = trees[0].test(named, *cores)
        if before.outcome is not Outcome.SURVIVED:
            print(before.output, "\nThe tests do not pass on the source as it is: see above.", sep="")
            return 1
        options = () if verbose else ENOUGH
        for mutant, verdict in judged([(one, tests[one.row]) for one in chosen], trees, *options):
            by = f" by {len(verdict.failed)} of {len(tests[mutant.row])}" if verdict.failed else ""
            print(f"{verdict.outcome.value}{by}  {mutant}", flush=True)
            if verbose:
                for test in tests[mutant.row]:
                    print(f"    {'fails ' if is_in(test, verdict.failed) else 'passes'} {test}")
            if verdict.outcome is not Outcome.KILLED:
                left.append(mutant)
                print(verdict.output)
    print(
        f"{len(chosen)} mutants of {len(rows)} requirements, {len(left)} not killed, {time.monotonic() - begun:.0f} s"
    )
    for mutant in left:
        print(f"not killed: {mutant}")
        print("\n".join(f"    {test}" for test in tests[mutant.row]))
    return 1 if left else 0


def is_in(test: str, failed: tuple[str, ...]) -> bool:
    """Whether ``path.py::Class::name`` is among names as in a report, ``path.Class.name``."""
    return test.replace(".py::", ".").replace("::", ".").replace("/", ".") in failed


def main(root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="requirements, as WK-6; none: all of them")
    parser.add_argument("--check", action="store_true", help="only compare the lists with the source and the markers")
    parser.add_argument("--page", help="the requirements of one list in tests/mutants, without .toml")
    parser.add_argument(
        "--changed",
        nargs="?",
        const="main",
        metavar="BRANCH",
        help="those whose mutant, source or tests differ from that branch (main)",
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="mutants at a time (one a core)")
    parser.add_argument("--verbose", action="store_true", help="print which tests fail and which do not")
    arguments = parser.parse_args()
    try:
        if arguments.check:
            wrong = list(faults(root))
            print("\n".join(wrong), file=sys.stderr, end="\n" * bool(wrong))
            return 1 if wrong else 0
        tests = Requirements.read(root).tests
        chosen = [one for one in mutants(root) if arguments.page in (None, one.page)]
        unknown = set(arguments.rows) - {one.row for one in chosen}
        if unknown:
            raise Fault(f"no mutants of {', '.join(sorted(unknown))}")
        if arguments.rows:
            chosen = [one for one in chosen if one.row in arguments.rows]
        if arguments.changed:
            chosen = changed(root, arguments.changed, chosen, tests)
        python = sources(root)
        for one in chosen:
            check(one, python)
            if one.row not in tests:
                raise Fault(f"{one}: no test is marked with {one.row}")
    except Fault as fault:
        print(fault, file=sys.stderr)
        return 1
    if not chosen:
        print("no mutants to try")
        return 0
    return run(root, chosen, tests, arguments.jobs, verbose=arguments.verbose)


if __name__ == "__main__":
    sys.exit(main())
