"""The command line under test: in this process, as a process of its own, and at a terminal."""

from __future__ import annotations

import codecs
import fcntl
import functools
import json
import os
import pty
import queue
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path
from typing import IO, Any, Self

import typer.testing
from typer.main import get_command
from typer.testing import CliRunner, Result

from pystatus.apps.cli.root import app
from tests.support.environment import clean_environment, variables_to_hide

# Each run would make all commands anew, which takes longer than most of what they do.
made_commands = functools.cache(get_command)
typer.testing._get_command = made_commands  # type: ignore[attr-defined]  # there is no other place

PASSWORD = "a password for tests"
PATIENCE = 30.0
"""Seconds after which a process that says nothing is a failed test; what is waited for takes well below one."""

Json = dict[str, Any]


class Cli:
    """Runs commands on one data directory, in this process."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.environment: dict[str, str | None] = {
            **dict.fromkeys(variables_to_hide()),
            "PYSTATUS_DATA_DIR": str(data_dir),
            "PYSTATUS_PASSWORD": PASSWORD,
        }

    def run(self, *arguments: str, input: str | bytes | None = None) -> Result:  # noqa: A002 - as the runner calls it
        result = CliRunner(env=self.environment).invoke(app, arguments, input=input)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def text(self, *arguments: str, input: str | bytes | None = None) -> str:  # noqa: A002 - as the runner calls it
        """The output of a command that has to succeed, and to say nothing on standard error."""
        result = self.run(*arguments, input=input)
        assert (result.exit_code, result.stderr) == (0, "")
        return result.stdout

    def objects(self, *arguments: str, input: str | bytes | None = None) -> list[Json]:  # noqa: A002 - as the runner calls it
        """The objects that a command prints with ``--json``."""
        return [json.loads(line) for line in self.text(*arguments, "--json", input=input).splitlines()]

    def object(self, *arguments: str, input: str | bytes | None = None) -> Json:  # noqa: A002 - as the runner calls it
        (only,) = self.objects(*arguments, input=input)
        return only

    def error(self, *arguments: str, code: int = 1, input: str | bytes | None = None) -> str:  # noqa: A002 - as the runner calls it
        """The sentence of a command that has to fail. It is the same with ``--json``, and nothing else is printed."""
        for_people = self.run(*arguments, input=input)
        for_programs = self.run(*arguments, "--json", input=input)
        assert (for_people.exit_code, for_people.stdout) == (code, "")
        assert (for_programs.exit_code, for_programs.stdout) == (code, "")
        sentence = for_people.stderr.removesuffix("\n")
        assert json.loads(for_programs.stderr) == {"error": sentence}
        assert "\n" not in sentence
        return sentence

    def add_profile(self, name: str) -> Json:
        """A profile with a new chat key. Importing a raw key is the quickest way to one."""
        return self.object("account", "import", name, "--key-file", "-", input=os.urandom(32).hex())


class Running:
    """``pystatus`` as a process of its own, without a terminal; what it prints is read line by line."""

    def __init__(self, data_dir: Path, *arguments: str, prefix: tuple[str, ...] = (), **environment: str) -> None:
        self.process = subprocess.Popen(
            [*prefix, sys.executable, "-m", "pystatus", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env=process_environment(data_dir, **environment),
        )
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self._output: queue.Queue[str | None] = queue.Queue()
        self._complaints: queue.Queue[str | None] = queue.Queue()
        self._said: list[str] = []
        self._readers = [
            threading.Thread(target=_read_lines, args=(self.process.stdout, self._output)),
            threading.Thread(target=_read_lines, args=(self.process.stderr, self._complaints)),
        ]
        for reader in self._readers:
            reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)
        for reader in self._readers:
            reader.join(PATIENCE)

    def line(self) -> str:
        """The next line of its output."""
        line = self._output.get(timeout=PATIENCE)
        assert line is not None, f"it ended: {self.errors()}"
        return line

    def event(self, name: str) -> Json:
        """The next object of its output that is an event called ``name``; others before it are skipped."""
        while True:
            found: Json = json.loads(self.line())
            if found["event"] == name:
                return found

    def rest(self) -> list[str]:
        """What it printed until its end."""
        return list(iter(lambda: self._output.get(timeout=PATIENCE), None))

    def next_complaint(self) -> str:
        """The next line on standard error."""
        line = self._complaints.get(timeout=PATIENCE)
        assert line is not None, f"it ended: {self._said}"
        self._said.append(line)
        return line

    def wait_until_it_says(self, beginning: str) -> None:
        """Wait for a line on standard error."""
        while not self.next_complaint().startswith(beginning):
            pass

    def errors(self) -> list[str]:
        """The lines on standard error, until its end."""
        self._said += iter(lambda: self._complaints.get(timeout=PATIENCE), None)
        return self._said

    def stop(self, how: signal.Signals) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(how)
        return self.wait()

    def wait(self) -> int:
        return self.process.wait(PATIENCE)


def _read_lines(stream: IO[bytes], lines: queue.Queue[str | None]) -> None:
    with stream:
        for line in stream:
            lines.put(line.decode().rstrip("\n"))
    lines.put(None)


class Terminal:
    """``pystatus`` at a terminal of its own."""

    _BECOME_CONTROLLING = (
        "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
    )

    def __init__(self, data_dir: Path, *arguments: str, **environment: str) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-c", self._BECOME_CONTROLLING, sys.executable, "-m", "pystatus", *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env=process_environment(data_dir, TERM="xterm-256color", **environment),
        )
        os.close(slave)
        self.screen = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._seen = 0

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)
        os.close(self.master)

    def expect(self, text: str) -> None:
        """Wait until ``text`` appears behind what was expected before."""
        until = time.monotonic() + PATIENCE
        while (at := self.screen.find(text, self._seen)) < 0:
            if not self._read(until - time.monotonic()):
                raise AssertionError(f"{text!r} is not on the screen: {self.screen!r}")
        self._seen = at + len(text)

    def type(self, text: str) -> None:
        os.write(self.master, text.encode())

    def wait(self) -> int:
        """Read to the end; return the exit code."""
        until = time.monotonic() + PATIENCE
        while self._read(until - time.monotonic()):
            pass
        return self.process.wait(PATIENCE)

    def _read(self, patience: float) -> bool:
        if not select.select([self.master], [], [], max(patience, 0.0))[0]:
            return False
        try:
            data = os.read(self.master, 65_536)
        except OSError:  # the last process at this terminal has ended
            return False
        self.screen += self._decoder.decode(data)
        return bool(data)


def process_environment(data_dir: Path, **more: str) -> dict[str, str]:
    """The environment of a process: nothing of pystatus but what is given."""
    environment = clean_environment()
    environment.pop("NO_COLOR", None)
    return {**environment, "PYSTATUS_DATA_DIR": str(data_dir), **more}


def contents(directory: Path) -> dict[str, bytes]:
    """Every file below ``directory`` but the lock, to see that nothing changed."""
    files = (path for path in directory.rglob("*") if path.is_file() and path.name != "lock")
    return {str(path.relative_to(directory)): path.read_bytes() for path in files}
