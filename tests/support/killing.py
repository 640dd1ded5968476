"""A process that is killed before each of the steps in which it changes files: what is there afterwards?"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.truncate", "os.chmod"}
"""Audit events (PEP 578) of calls that change directories."""


def killed_at_each_step(prepare: Callable[[Path], None], act: Callable[[Path], None], where: Path) -> Iterator[Path]:
    """Prepare a directory and let a process act on it that is killed with signal 9 before its first change of a file,
    then the same anew with its second one, and so on, until one is not killed any more. Each directory is yielded.
    """
    for step in range(1, 1_000):
        directory = where / str(step)
        prepare(directory)
        if not _is_killed(act, directory, step):
            yield directory
            return
        yield directory
    raise AssertionError("it never came to its end")


def _is_killed(act: Callable[[Path], None], directory: Path, step: int) -> bool:
    child = os.fork()
    if not child:
        _count_down(directory, step)
        act(directory)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or not os.WEXITSTATUS(status), "it failed by itself"
    return os.WIFSIGNALED(status)


def _count_down(directory: Path, step: int) -> None:
    left = step

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        is_change = event in CHANGES or (event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITES)
        if is_change and str(directory) in str(arguments[0]):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
