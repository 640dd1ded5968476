"""A process that has the profile open and hangs: Ctrl-C ends who waits for it, at once and in order."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import socket
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pystatus import Account, PrivateKey, Profiles
from pystatus.devp2p.enode import Enode
from pystatus.faces.attach.connection import PATIENCE as ANSWER_SECONDS
from pystatus.faces.attach.place import socket_path, usable
from tests.apps.support import PASSWORD, PATIENCE, Cli, Running, Terminal
from tests.support.mute_holder import MuteHolder
from tests.support.stalling import Stalling

NOWHERE = str(Enode(PrivateKey((7).to_bytes(32, "big")).public_key, "127.0.0.1", 1, 1))
"""A relay that is not there."""
F3 = "\x1bOR"
"""The key that asks who the people are."""


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("hanging") / "data"
    Profiles(directory).create(Account.from_private_key(PrivateKey.generate(os.urandom)), PASSWORD, "alice")
    return directory


@pytest.mark.parametrize(
    ("arguments", "answered", "left"),
    [
        ("history alice", 0, "daemon_hello"),
        ("send alice #status hello", 0, "daemon_hello"),
        ("send alice #status hello", 2, "client_join"),
        ("listen alice", 1, "events_subscribe"),
        ("listen alice", 2, "client_chats"),
        ("conversation read alice #status", 2, "conversations_mark_read"),
        ("chat alice --plain", 0, "daemon_hello"),
    ],
)
def test_ctrl_c_ends_who_waits_for_an_answer(data_dir: Path, arguments: str, answered: int, left: str) -> None:
    """What waits until it gives up says so, and fails with another code."""
    with MuteHolder(data_dir, PASSWORD, answered) as holder, Running(data_dir, *arguments.split()) as command:
        while holder.heard.get(timeout=30) != left:
            pass
        assert command.stop(signal.SIGINT) == 130
        assert command.rest() == []
        said = " ".join(command.errors())
        assert "Traceback" not in said
        assert "does not answer" not in said


@pytest.mark.parametrize("answered", [0, 1, 2])
@pytest.mark.parametrize(
    "arguments",
    [
        "history alice",
        "search alice words",
        "peers alice",
        "send alice #status hello",
        "conversation export alice #status",
        "conversation read alice #status",
    ],
)
def test_a_holder_that_is_killed_in_the_middle_is_told_in_a_sentence(
    data_dir: Path, arguments: str, answered: int
) -> None:
    cli = Cli(data_dir)
    cli.environment["PYSTATUS_PASSWORD"] = None
    with MuteHolder(data_dir, PASSWORD, answered, dies=True):
        told = cli.error(*arguments.split())
    assert told.startswith("The pystatus that has the profile open does not answer any more (")
    assert "Run the command again" in told


def test_the_socket_of_one_that_was_killed_stops_nobody_who_reads(data_dir: Path) -> None:
    profile = Profiles(data_dir).find("alice")
    socket_path(profile).unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as left, usable(socket_path(profile)) as path:
        left.bind(str(path))
    cli = Cli(data_dir)
    assert cli.objects("history", "alice") == []
    cli.environment["PYSTATUS_PASSWORD"] = None
    assert "Password cannot be asked for" in cli.error("history", "alice")


@pytest.mark.parametrize("answered", [0, 1])
def test_the_terminal_is_as_it_was(data_dir: Path, answered: int) -> None:
    with MuteHolder(data_dir, PASSWORD, answered) as holder, Terminal(data_dir, "chat", "alice") as terminal:
        before = termios.tcgetattr(terminal.master)
        holder.heard.get(timeout=30)
        terminal.type("\x03")
        assert terminal.wait() == 130
        assert termios.tcgetattr(terminal.master) == before
        assert "\x1b[?1049h" not in terminal.screen, "no screen was begun"


@pytest.fixture
def held(data_dir: Path) -> Iterator[Stalling]:
    """A daemon has alice's profile open, and may hang."""
    with Running(data_dir, "daemon", "alice", "--json", "--peer", NOWHERE, PYSTATUS_PASSWORD=PASSWORD) as daemon:
        daemon.line()
        with Stalling(socket_path(Profiles(data_dir).find("alice"))) as held:
            yield held
        assert daemon.stop(signal.SIGTERM) == 0


def type_until_it_waits(terminal: Terminal, keys: str, held: Stalling) -> None:
    """Somebody asks for something, as often as it takes until the program reads keys and waits for an answer."""
    until = time.monotonic() + PATIENCE
    while True:
        terminal.type(keys)
        with contextlib.suppress(queue.Empty):
            held.heard.get(timeout=0.5)
            return
        assert time.monotonic() < until


@pytest.mark.parametrize("end", ["Ctrl-C", "Ctrl-Q", "SIGTERM"])
def test_the_terminal_is_restored_at_once_when_the_holder_hangs_later(data_dir: Path, held: Stalling, end: str) -> None:
    """It hangs in the middle of a conversation, while a key waits for what it says."""
    with Terminal(data_dir, "chat", "alice") as terminal:
        before = termios.tcgetattr(terminal.master)
        terminal.expect("\x1b[?1049h")
        terminal.expect("F1")
        held.stall()
        type_until_it_waits(terminal, F3, held)
        began = time.monotonic()
        if end == "SIGTERM":
            terminal.process.send_signal(signal.SIGTERM)
        else:
            terminal.type({"Ctrl-C": "\x03", "Ctrl-Q": "\x11"}[end])
        assert terminal.wait() == {"Ctrl-C": 1, "Ctrl-Q": 1, "SIGTERM": 128 + signal.SIGTERM}[end]
        assert time.monotonic() - began < ANSWER_SECONDS, "nobody waits for the answer"
        assert termios.tcgetattr(terminal.master) == before
        behind = terminal.screen.rpartition("\x1b[?1049l")[2]
        assert behind.count("The pystatus that has the profile open does not answer: it hangs.") == 1
        assert "End that one, and run the command again" in behind
        assert "Traceback" not in behind


def test_a_key_that_ends_it_is_a_usual_key_while_all_is_well(data_dir: Path, held: Stalling) -> None:
    with Terminal(data_dir, "chat", "alice") as terminal:
        terminal.expect("F1")
        terminal.type("\x03")
        assert terminal.wait() == 0
        assert "it hangs" not in terminal.screen


@pytest.mark.parametrize("end", ["Ctrl-C", "SIGTERM"])
def test_line_by_line_it_is_the_same(data_dir: Path, held: Stalling, end: str) -> None:
    with Terminal(data_dir, "chat", "alice", "--plain") as terminal:
        terminal.expect("-- ")
        held.stall()
        type_until_it_waits(terminal, "/people\n", held)
        began = time.monotonic()
        if end == "SIGTERM":
            terminal.process.send_signal(signal.SIGTERM)
        else:
            terminal.type("\x03")
        assert terminal.wait() == {"Ctrl-C": 130, "SIGTERM": 128 + signal.SIGTERM}[end]
        assert time.monotonic() - began < ANSWER_SECONDS
        assert "it hangs" in terminal.screen
