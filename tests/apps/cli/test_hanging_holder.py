"""A process that has the profile open and hangs: Ctrl-C ends who waits for it, at once and in order."""

from __future__ import annotations

import os
import signal
import socket
import termios
from pathlib import Path

import pytest

from pystatus import Account, PrivateKey, Profiles
from pystatus.faces.attach.place import socket_path, usable
from tests.apps.support import PASSWORD, Cli, Running, Terminal
from tests.support.mute_holder import MuteHolder


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
    assert "Password is needed" in cli.error("history", "alice")


@pytest.mark.parametrize("answered", [0, 1])
def test_the_terminal_is_as_it_was(data_dir: Path, answered: int) -> None:
    with MuteHolder(data_dir, PASSWORD, answered) as holder, Terminal(data_dir, "chat", "alice") as terminal:
        before = termios.tcgetattr(terminal.master)
        holder.heard.get(timeout=30)
        terminal.type("\x03")
        assert terminal.wait() == 130
        assert termios.tcgetattr(terminal.master) == before
        assert "\x1b[?1049h" not in terminal.screen, "no screen was begun"
