"""A terminal of its own for a program: tmux on its own socket, whose screen and title can be read."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

PATIENCE = 30.0
"""Seconds until a test that hangs is ended."""
NEEDED = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not here: apt-get install tmux")


class Tmux:
    """One session with one pane."""

    def __init__(self, folder: Path, environment: Mapping[str, str], *, columns: int = 100, rows: int = 30) -> None:
        self._socket = folder / "tmux"
        self._environment = {**environment, "TERM": "xterm-256color", "TMUX_TMPDIR": str(folder)}
        self._environment.pop("TMUX", None)
        self("-f", os.devnull, "new-session", "-d", "-x", str(columns), "-y", str(rows), "sh")
        self("set-option", "-s", "set-clipboard", "on")
        self("set-option", "-s", "escape-time", "0")

    def __call__(self, *arguments: str) -> str:
        """Run a command of tmux; what it prints."""
        done = subprocess.run(
            ["tmux", "-S", str(self._socket), *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        return done.stdout

    def type(self, text: str) -> None:
        """Type a text, and Enter."""
        self("send-keys", "-l", text)
        self("send-keys", "Enter")

    def press(self, *keys: str) -> None:
        self("send-keys", *keys)

    def screen(self) -> list[str]:
        """What stands in the pane."""
        return self("capture-pane", "-p").split("\n")

    def ask(self, variable: str) -> str:
        """A variable of the pane, as tmux calls it."""
        return self("display-message", "-p", f"#{{{variable}}}").strip()

    def wait_for(self, text: str) -> list[str]:
        """The screen, as soon as ``text`` stands on it."""
        deadline = time.monotonic() + PATIENCE
        while text not in "\n".join(lines := self.screen()):
            assert time.monotonic() < deadline, "\n".join([f"{text!r} does not appear:", *lines])
            time.sleep(0.05)
        return lines

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait for what is not on the screen."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, "\n".join(["it does not come about:", *self.screen()])
            time.sleep(0.05)

    def settled(self) -> list[str]:
        """The screen when nothing more is drawn."""
        before: list[str] = []
        deadline = time.monotonic() + PATIENCE
        while (lines := self.screen()) != before or not any(lines):
            assert time.monotonic() < deadline, "\n".join(["it is drawn again and again:", *lines])
            before = lines
            time.sleep(0.2)
        return lines

    def end(self) -> None:
        self("kill-server")
