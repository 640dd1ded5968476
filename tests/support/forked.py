"""Many command lines at the cost of one start: each runs in a child of a process that has loaded everything already.

Run as a program, it reads lists of cases from standard input, one a line, and answers each with a line of results, in
JSON. Each child gets streams as a new interpreter makes them of its descriptors, which a case may close or point
elsewhere.
"""

from __future__ import annotations

import functools
import gc
import importlib
import json
import os
import pkgutil
import pwd
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

import typer.main

import tests.support.cheap_keys  # noqa: F401 - for its effect
from pystatus.rpc.client_api.calls import calls
from pystatus.transport import topics
from tests.support.command_line import commands

PATIENCE = 60
"""Seconds after which a child that has not ended is killed; most take a tenth of one."""
AT_ONCE = 12
"""Children at a time: most of them wait for a while, for a relay that is not there, for example."""


LEFT_OUT = ("pystatus.__main__", "pystatus.apps.demo.")
"""Modules that do something when they are loaded, or load a screen."""


@dataclass(frozen=True, slots=True)
class Case:
    """A command line, and what it meets."""

    arguments: tuple[str, ...]
    closed: tuple[int, ...] = ()
    """Descriptors that are closed."""
    full: tuple[int, ...] = ()
    """Descriptors of a disk without room."""
    unread: tuple[int, ...] = ()
    """Descriptors of pipes whose reader has gone."""
    homeless: bool = False
    """The user has no home directory."""
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    case: Case
    code: int
    """The exit code; negative: it was killed by that signal."""
    stdout: str
    stderr: str


Run = Callable[[Sequence[Case]], list[Ended]]


@contextmanager
def parent(environment: Mapping[str, str], prefix: Sequence[str] = ()) -> Iterator[Run]:
    """A process that has loaded everything. What is given runs cases in children of it, several at a time.

    :param environment: of all of them.
    :param prefix: in front of the interpreter, for example to take rights away.
    """
    with subprocess.Popen(
        [*prefix, sys.executable, "-m", "tests.support.forked"],
        env=dict(environment),
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        questions, answers = process.stdin, process.stdout

        def run(cases: Sequence[Case]) -> list[Ended]:
            questions.write(json.dumps([asdict(case) for case in cases]) + "\n")
            questions.flush()
            results = json.loads(answers.readline())
            return [Ended(case, *result) for case, result in zip(cases, results, strict=True)]

        yield run
        questions.close()
        assert process.wait() == 0


def run(cases: Sequence[Case], environment: Mapping[str, str], prefix: Sequence[str] = ()) -> list[Ended]:
    """Run ``cases`` in children of one new process, see :func:`parent`."""
    with parent(environment, prefix) as running:
        return running(cases)


def _load() -> None:
    """All that commands load when they need it, but the screen of the demo; and the key that most of them derive."""
    import pystatus

    for module in pkgutil.walk_packages(pystatus.__path__, "pystatus."):
        if not module.name.startswith(LEFT_OUT):
            importlib.import_module(module.name)
    for name in ("aiohttp", "uvloop", "typer._adapters"):
        importlib.import_module(name)
    topics.symmetric_key("status")
    _make_once()
    gc.collect()
    gc.freeze()  # it would be copied for every child that looks for garbage


def _make_once() -> None:
    """Typer's commands and the calls of a client: to make them anew is a fifth of what most commands take."""
    typer.main.get_command = functools.cache(typer.main.get_command)
    commands()
    for call in calls().values():
        _ = call.parameters, call.result


def _child(case: dict[str, Any], out: int, err: int) -> None:
    """Becomes the command. Never returns."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, source in enumerate((nothing, out, err)):
        os.dup2(source, descriptor)
    for descriptor in case["full"]:
        os.dup2(os.open("/dev/full", os.O_WRONLY), descriptor)
    for descriptor in case["unread"]:
        reading, writing = os.pipe()
        os.close(reading)
        os.dup2(writing, descriptor)
    os.closerange(3, 256)
    for descriptor in case["closed"]:
        os.close(descriptor)
    os.environ.update(case["environment"])
    if case["homeless"]:
        for name in ("HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "PYSTATUS_DATA_DIR"):
            os.environ.pop(name, None)

        def nobody(_: int) -> Any:
            raise KeyError

        pwd.getpwuid = nobody
    for descriptor, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        is_closed = descriptor in case["closed"]
        stream = None if is_closed else open(descriptor, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    signal.alarm(PATIENCE)
    sys.argv = ["pystatus", *case["arguments"]]
    from pystatus.apps import cli

    code: object
    try:
        cli.main()
        code = 0
    except SystemExit as error:
        code = error.code
    except BaseException:
        traceback.print_exc()
        code = 99
    for end in (sys.stdout, sys.stderr):  # as the interpreter does at its end
        try:
            if end is not None:
                end.flush()
        except Exception:
            code = 120
    os._exit(int(code or 0) if isinstance(code, int | None) else 98)


def _text(file: IO[bytes]) -> str:
    with file:
        file.seek(0)
        return file.read().decode(errors="replace")


class _Running:
    """A child, and the files that it writes to."""

    def __init__(self, case: dict[str, Any]) -> None:
        self._files = [tempfile.TemporaryFile() for _ in range(2)]  # noqa: SIM115 - until it has ended
        self.pid = os.fork()
        if not self.pid:
            _child(case, *(file.fileno() for file in self._files))

    def result(self, status: int) -> tuple[int, str, str]:
        """Once it has ended: the fields of :class:`Ended`."""
        out, err = (_text(file) for file in self._files)
        return os.waitstatus_to_exitcode(status), out, err


def _main() -> None:
    _load()
    for line in sys.stdin:
        print(json.dumps(_all(json.loads(line))), flush=True)


def _all(cases: Sequence[dict[str, Any]]) -> list[tuple[int, str, str]]:
    waiting = list(enumerate(cases))
    waiting.reverse()
    results: dict[int, tuple[int, str, str]] = {}
    running: dict[int, tuple[int, _Running]] = {}
    while waiting or running:
        while waiting and len(running) < AT_ONCE:
            number, case = waiting.pop()
            child = _Running(case)
            running[child.pid] = number, child
        pid, status = os.wait()
        number, child = running.pop(pid)
        results[number] = child.result(status)
    return [results[number] for number in sorted(results)]


if __name__ == "__main__":
    _main()
