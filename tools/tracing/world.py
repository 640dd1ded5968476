"""Drives the two processes of a journey, and takes what one of them recorded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from tools.tracing.journey import Journey, answered, journey, received, sent
from tools.tracing.tracer import Step

ROOT = Path(__file__).resolve().parent.parent.parent
ROUNDS = 3
"""Of each journey, after one that is not counted: what a first message does (a chat that is new) is no part of it."""
QUIET = 1.0
"""Seconds between two rounds: confirmations and acknowledgements of the one before have come by then."""
PATIENCE = 120.0
"""Seconds until a process is killed: both have what they wait for within a few."""


class Child:
    """A process that takes orders."""

    def __init__(self, source: Path, folder: str, module: str, *arguments: str) -> None:
        """
        :param source: the folder that holds the package pystatus that it runs.
        :param folder: where it keeps everything.
        """
        homes = dict.fromkeys(("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"), folder)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYSTATUS_")}
        environment |= homes | {"PYTHONPATH": f"{source}{os.pathsep}{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
        self._name = module
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._timer = threading.Timer(PATIENCE, self._process.kill)
        self._timer.start()

    def read(self) -> dict[str, Any]:
        """What it says next.

        :raises RuntimeError: it has ended.
        """
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._name} has ended with {self._process.wait()}")
        fields: dict[str, Any] = json.loads(line)
        return fields

    def ask(self, order: str) -> dict[str, Any]:
        """Its answer to an order."""
        assert self._process.stdin is not None
        self._process.stdin.write(order + "\n")
        self._process.stdin.flush()
        return self.read()

    def __enter__(self) -> Child:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self._process.kill()
        self._process.communicate()


def journeys(source: Path, rounds: int = ROUNDS, quiet: float = QUIET) -> Sequence[Journey]:
    """The three journeys with the code of ``source``, the folder that holds the package pystatus."""
    return (*_conversation(source, rounds, quiet), _history(source, rounds, quiet))


def _conversation(source: Path, rounds: int, quiet: float) -> Sequence[Journey]:
    incoming: list[list[Step]] = []
    outgoing: list[list[Step]] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        Child(source, folder, "tools.tracing.partner", "converse", folder) as alice,
    ):
        enode = alice.read()["enode"]
        with Child(source, folder, "tools.tracing.traced", "converse", str(source), folder, enode) as bob:
            bob.read()
            for _ in range(1 + rounds):
                time.sleep(quiet)
                bob.ask("receive")
                alice.ask("say")
                incoming.append(_steps(bob.read()))
                time.sleep(quiet)
                outgoing.append(_steps(bob.ask("send")))
    return (
        journey("An envelope, from the socket to the event of the client", [received(each) for each in incoming[1:]]),
        journey("`Client.send_text`, to the bytes on the socket", [sent(each) for each in outgoing[1:]]),
    )


def _history(source: Path, count: int, quiet: float) -> Journey:
    rounds: list[list[Step]] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        Child(source, folder, "tools.tracing.traced", "serve", str(source), folder) as server,
    ):
        enode = server.read()["enode"]
        with Child(source, folder, "tools.tracing.partner", "fetch", folder, enode) as carol:
            carol.read()
            for _ in range(1 + count):
                carol.ask("say")
                time.sleep(quiet)
                server.ask("begin")
                carol.ask("fetch")
                time.sleep(quiet)
                rounds.append(_steps(server.ask("end")))
    return journey("A request for history, to the end of the answer", [answered(each) for each in rounds[1:]])


def _steps(report: dict[str, Any]) -> list[Step]:
    return [Step(*step) for step in report["steps"]]
