"""``pystatus demo`` in a terminal, with a person at its keys."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from tests.support.environment import clean_environment

PATIENCE = 60.0
"""Seconds until a test that hangs is ended."""
ROWS, COLUMNS = 30, 100
CTRL_C, CTRL_Q = b"\x03", b"\x11"


def _take_terminal() -> None:
    """Make standard input the terminal of this session, so that its end is told by SIGHUP, as shells have it."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Terminal:
    """A terminal that runs the demo."""

    def __init__(self, directory: Path) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pystatus", "demo"],
            env=clean_environment(TMPDIR=str(directory), TERM="xterm-256color"),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=_take_terminal,
        )
        os.close(slave)
        self._output = b""

    def read_until(self, word: bytes) -> None:
        """Wait until ``word`` is drawn. One word: between two may be a line end or a change of colour."""
        deadline = time.monotonic() + PATIENCE
        while word not in self._output:
            ready, _, _ = select.select([self.master], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"{word!r} is not drawn"
            self._output += os.read(self.master, 1 << 16)
        self._output = b""

    def press(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def end(self) -> int:
        """The exit code of the demo, once it has said everything."""
        try:
            while os.read(self.master, 1 << 16):
                pass
        except OSError:  # how a terminal says that nobody is at the other end any more
            pass
        os.close(self.master)
        return self.process.wait(PATIENCE)


@pytest.mark.parametrize("keys", [CTRL_Q, CTRL_C])
def test_a_chat(tmp_path: Path, keys: bytes) -> None:
    terminal = Terminal(tmp_path)
    terminal.read_until(b"Welcome,")
    terminal.press(b"hello\r")
    terminal.read_until(b"Hello,")  # the answer; what was typed begins with a small letter
    terminal.press(keys)
    assert terminal.end() == 0
    assert list(tmp_path.iterdir()) == []


def test_the_terminal_is_closed(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.read_until(b"Welcome,")
    os.close(terminal.master)
    assert terminal.process.wait(PATIENCE) == 128 + signal.SIGHUP
    assert list(tmp_path.iterdir()) == []
