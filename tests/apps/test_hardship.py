"""No command ends in a traceback, whatever its descriptors, its data directory and the files in it are."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pystatus.apps.exits import Exit
from pystatus.apps.inspecting.recording import Recorder
from pystatus.storage.archive.sqlite import SqliteArchive
from tests.apps.support import PASSWORD, process_environment
from tests.apps.test_read_only import fill_profile
from tests.archive.support import envelope, fill, mixture
from tests.support.command_line import ENODE, LIST, commands
from tests.support.forked import Case, Ended, run
from tests.support.read_only import AS_MODES_SAY, read_only

NO_PORT = "127.0.0.1:1"
"""Nobody listens there."""


@dataclass(frozen=True, slots=True)
class World:
    """A data directory with something of everything, and a port that is taken: a node cannot stay."""

    directory: Path
    taken: int

    def __truediv__(self, name: str) -> str:
        return str(self.directory / name)


@pytest.fixture
async def world(tmp_path: Path) -> World:
    directory = tmp_path / "data"
    directory.mkdir()
    fill_profile(directory)
    with Recorder(directory / "capture") as recorder:
        recorder.record(1.0, envelope(1).raw)
    (directory / "node.toml").write_text('listen = "127.0.0.1:30303"\n')
    for name, text in (("node.key", "01" * 32), ("rpc.token", "x" * 20), ("words", "abandon " * 11 + "about")):
        (directory / name).write_text(text)
        (directory / name).chmod(0o600)
    opened = await SqliteArchive.open(directory / "archive.db")
    await fill(opened, mixture(20, 100))
    await opened.close()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield World(directory, taken.getsockname()[1])  # type: ignore[misc]  # a fixture that ends


Line = Callable[[World], tuple[str, ...]]

LINES: dict[str, Line] = {
    "account create": lambda _: ("bob",),
    "account import": lambda world: ("bob", "--key-file", world / "node.key"),
    "account recover": lambda world: ("bob", "--words-file", world / "words", "--yes"),
    "account list": lambda _: (),
    "account show": lambda world: ("alice", "--identicon", world / "alice.svg"),
    "device list": lambda _: ("alice",),
    "device enable": lambda _: ("alice", "5a"),
    "device disable": lambda _: ("alice", "5a"),
    "device pair": lambda _: ("alice", "--peer", ENODE, "--timeout", "0"),
    "device renew": lambda _: ("alice",),
    "send": lambda _: ("alice", "#status", "hello", "--peer", ENODE, "--timeout", "0"),
    "listen": lambda _: ("alice", "#status", "--peer", ENODE, "--for", "0"),
    "history": lambda _: ("alice", "#status"),
    "fetch": lambda _: ("alice", "--mailserver", ENODE, "--timeout", "0"),
    "node": lambda world: ("--config", world / "node.toml", "--listen", f"127.0.0.1:{world.taken}"),
    "mailserver": lambda world: ("--config", world / "node.toml", "--listen", f"127.0.0.1:{world.taken}"),
    "enode": lambda world: ("--config", world / "node.toml", "--qr"),
    "archive show": lambda world: (world / "archive.db",),
    "archive copy": lambda world: (world / "archive.db", "--archive", world / "copy.db"),
    "inspect": lambda world: (world / "capture", "--chat", "#status"),
    "config check": lambda world: (world / "node.toml",),
    "config show": lambda world: ("--config", world / "node.toml", "--effective"),
    "canary": lambda _: (ENODE, "--timeout", "5"),
    "dns-list": lambda _: (LIST, "--dns-server", NO_PORT, "--limit", "1"),
    "rpc": lambda _: ("net_version", "--url", f"http://{NO_PORT}"),
    "simulate chat": lambda _: ("--people", "2", "--messages", "1", "--contacts", "1"),
    "simulate network": lambda _: ("--nodes", "2", "--seconds", "0.1", "--topics", "1", "--topics-each", "1"),
}
"""The arguments with which each command does something, and ends soon."""
NOT_HERE = {"demo": "starts processes that have loaded nothing: what it meets is tested with it"}
FROM_INPUT: dict[str, Line] = {
    "account create": lambda _: ("bob", "--password-file", "-"),
    "account import": lambda _: ("bob", "--key-file", "-"),
    "account recover": lambda _: ("bob", "--words-file", "-"),
    "send": lambda _: ("alice", "#status", "-", "--peer", ENODE),
    "history": lambda _: ("alice", "--password-file", "-"),
    "node": lambda _: ("--key-file", "-"),
}
"""Those that read standard input."""


def test_of_every_command_it_is_known_how_to_run_it() -> None:
    assert {command.name for command in commands()} == {*LINES, *NOT_HERE}


def cases(world: World, **what: object) -> list[Case]:
    """All commands, in one situation."""
    return [Case((*name.split(), *line(world)), **what) for name, line in LINES.items()]  # type: ignore[arg-type]


def ended(world: World, given: list[Case]) -> list[Ended]:
    """How they ended. All of them in an orderly way, with at most one sentence of an error."""
    environment = process_environment(
        world.directory, PYSTATUS_PASSWORD=PASSWORD, XDG_STATE_HOME=str(world.directory.parent / "state")
    )
    found = run(given, environment, AS_MODES_SAY)
    for one in found:
        assert one.code in set(Exit), one
        for bad in ("Traceback", "Exception ignored", "Error:", "[Errno", " None."):
            assert bad not in one.stdout + one.stderr, one
        if one.code in (Exit.FAILED, Exit.REFUSED) and not {1, 2} & {
            *one.case.closed,
            *one.case.full,
            *one.case.unread,
        }:
            assert one.stderr or "simulate" in one.case.arguments, one
            assert len(one.stderr.splitlines()) <= 4, one
    return found


DESCRIPTORS = {
    "standard input closed": {"closed": (0,)},
    "standard output closed": {"closed": (1,)},
    "standard error closed": {"closed": (2,)},
    "all closed": {"closed": (0, 1, 2)},
    "standard output full": {"full": (1,)},
    "standard error full": {"full": (2,)},
    "both full": {"full": (1, 2)},
    "nobody reads the output": {"unread": (1,)},
    "nobody reads the errors": {"unread": (2,)},
    "nobody reads": {"unread": (1, 2)},
}


@pytest.mark.parametrize("situation", DESCRIPTORS)
def test_whatever_the_descriptors_are(world: World, situation: str) -> None:
    what = DESCRIPTORS[situation]
    plain = {one.case.arguments: one for one in ended(world, cases(world))} if "error" in situation else {}
    (world.directory / "copy.db").unlink(missing_ok=True)
    for one in ended(world, cases(world, **what)):
        if 1 in what.get("closed", ()):
            assert one.code == Exit.FAILED, one
            if 2 not in what["closed"]:
                assert one.stderr.startswith("Standard output is closed."), one
        elif 1 in what.get("full", ()) and 2 not in what["full"]:
            assert one.code in (Exit.FAILED, Exit.STORED), one
            if one.code == Exit.FAILED and not one.stderr.startswith("The output cannot be written: No space left"):
                assert prints_nothing(one), one
        elif 1 in what.get("unread", ()):
            assert one.code == Exit.NO_READER or prints_nothing(one), one
        elif plain and one.case.arguments[:2] not in AGAIN:
            before = next(each for arguments, each in plain.items() if arguments == one.case.arguments)
            assert one.code == before.code, (one, before)


AGAIN = {("account", "create"), ("account", "import"), ("account", "recover")}
"""What cannot be done twice."""


def prints_nothing(one: Ended) -> bool:
    """Whether it fails before it has anything to print, as most do that need somebody to talk to."""
    return (
        " ".join(one.case.arguments[:2]) in {"device enable", "device disable"}
        or one.case.arguments[0] in (*("node", "mailserver", "rpc", "dns-list", "fetch", "listen", "send"),)
        or one.case.arguments[:2] == ("device", "pair")
    )


def test_standard_input_that_is_closed_is_a_sentence(world: World) -> None:
    given = [Case((*name.split(), *line(world)), closed=(0,)) for name, line in FROM_INPUT.items()]
    for one in ended(world, given):
        assert (one.code, one.stdout) == (Exit.FAILED, ""), one
        assert one.stderr.startswith("Standard input is closed."), one


@contextlib.contextmanager
def foreign(directory: Path) -> Iterator[None]:
    """What a directory of another user is to this one."""
    mode = stat.S_IMODE(directory.stat().st_mode)
    directory.chmod(0)
    try:
        yield
    finally:
        directory.chmod(mode)


@contextlib.contextmanager
def moved(directory: Path) -> Iterator[None]:
    """It is not there."""
    directory.rename(directory.with_name("elsewhere"))
    yield


@contextlib.contextmanager
def a_file(directory: Path) -> Iterator[None]:
    """A file is in its place."""
    with moved(directory):
        directory.write_text("")
        yield


@contextlib.contextmanager
def a_loop(directory: Path) -> Iterator[None]:
    """A link to itself is in its place."""
    with moved(directory):
        directory.symlink_to(directory)
        yield


@pytest.mark.parametrize("state", [foreign, read_only, moved, a_file, a_loop])
def test_whatever_the_data_directory_is(
    world: World, state: Callable[[Path], contextlib.AbstractContextManager[None]]
) -> None:
    with state(world.directory):
        ended(world, cases(world))


def test_a_user_without_a_home_directory(world: World) -> None:
    for one in ended(world, cases(world, homeless=True)):
        if one.case.arguments[0] in ("account", "device", "send", "listen", "history", "fetch", "rpc"):
            assert one.stderr == (
                "This user has no home directory. Name a directory with --data-dir or in PYSTATUS_DATA_DIR.\n"
            ), one


def a_directory(file: Path) -> None:
    file.unlink()
    file.mkdir()


def unreadable(file: Path) -> None:
    file.chmod(0)


def a_pipe(file: Path) -> None:
    """Nobody writes into it: who reads it would wait for ever."""
    file.unlink()
    os.mkfifo(file)


def a_dead_link(file: Path) -> None:
    file.unlink()
    file.symlink_to("nowhere")


def binary(file: Path) -> None:
    file.write_bytes(bytes(range(256)) * 100)


def empty(file: Path) -> None:
    file.write_bytes(b"")


READERS = (
    "account list",
    "account show",
    "history",
    "device list",
    "enode",
    "config show",
    "inspect",
    "archive show",
    "rpc",
)


@pytest.mark.parametrize("spoilt", [a_directory, unreadable, a_pipe, a_dead_link, binary, empty])
def test_whatever_a_file_is(world: World, spoilt: Callable[[Path], None]) -> None:
    """Each file of the data directory in its turn, and all commands that only read."""
    from shutil import copytree, rmtree

    kept = world.directory.with_name("kept")
    copytree(world.directory, kept)
    files = [path.relative_to(kept) for path in kept.rglob("*") if path.is_file()]
    assert len(files) > 8
    for file in files:
        if file.name in ("node.toml", "capture") and spoilt is a_pipe:
            continue  # named by the user, who may well name a pipe, and waits for it
        rmtree(world.directory)
        copytree(kept, world.directory)
        spoilt(world.directory / file)
        lines = [Case((*name.split(), *LINES[name](world))) for name in READERS]
        ended(world, [*lines, Case(("device", "renew", "alice"))])


def test_an_argument_that_is_no_text_is_a_path_or_refused(world: World) -> None:
    odd = os.fsdecode(b"\xff")
    given = [
        Case(("account", "list", "--data-dir", f"{world.directory}/{odd}")),
        Case(("account", "create", "bob", "--data-dir", f"{world.directory}/{odd}")),
        Case(("history", "bob", "--data-dir", f"{world.directory}/{odd}")),
        Case(("enode", "--data-dir", f"{world.directory}/{odd}")),
        Case(("mailserver", "--data-dir", f"{world.directory}/{odd}", "--listen", f"127.0.0.1:{world.taken}")),
        Case(("archive", "show", f"{world.directory}/{odd}")),
        Case(("inspect", f"{world.directory}/{odd}")),
        Case(("config", "check", f"{world.directory}/{odd}")),
        Case((odd,)),
        Case(("account", "list", f"--{odd}")),
    ]
    found = ended(world, given)
    assert [one.code for one in found[:2]] == [Exit.DONE, Exit.DONE]
    assert json.dumps([one.stderr for one in found])
