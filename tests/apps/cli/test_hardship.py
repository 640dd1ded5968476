"""No command ends in a traceback, whatever its descriptors, its data directory and the files in it are."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import socket
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pystatus.apps.cli.exits import Exit
from pystatus.fleets.invitation import invitation
from pystatus.inspector.recording import Recorder
from pystatus.storage.archive.sqlite import SqliteArchive
from tests.apps.cli.test_read_only import fill_profile
from tests.apps.support import PASSWORD, process_environment
from tests.fleets.support import HARBOUR
from tests.storage.archive.support import envelope, fill, mixture
from tests.support.command_line import ADDRESS, ENODE, HASH, LINK, LIST, MESSAGE, RECORD, SOMEBODY, commands
from tests.support.forked import Case, Ended, run
from tests.support.read_only import AS_MODES_SAY, read_only

NO_PORT = "127.0.0.1:1"
"""Nobody listens there."""
NODE = ("--endpoint", f"http://{NO_PORT}")
"""Of Ethereum."""


@dataclass(frozen=True, slots=True)
class World:
    """A data directory with something of everything, and a port that is taken: a node cannot stay."""

    directory: Path
    taken: int

    def __truediv__(self, name: str) -> str:
        return str(self.directory / name)


def fill_world(directory: Path) -> None:
    """Put something of everything into a directory."""
    directory.mkdir()
    fill_profile(directory)
    with Recorder(directory / "capture") as recorder:
        recorder.record(1.0, envelope(1).raw)
    (directory / "node.toml").write_text('listen = "127.0.0.1:30303"\n')
    for name, text in (
        ("node.key", "01" * 32),
        ("rpc.token", "x" * 20),
        ("words", "abandon " * 11 + "about"),
        ("nodes", RECORD),
    ):
        (directory / name).write_text(text)
        (directory / name).chmod(0o600)
    (directory / "sound").write_bytes(b"#!AMR\n\x3c" + bytes(31))  # one frame
    asyncio.run(_fill_archive(directory / "archive.db"))


async def _fill_archive(file: Path) -> None:
    opened = await SqliteArchive.open(file)
    await fill(opened, mixture(20, 100))
    await opened.close()


@pytest.fixture
def worlds(tmp_path: Path) -> Iterator[Callable[[str], World]]:
    """Makes worlds, all alike, by the names of their directories."""
    fill_world(tmp_path / "kept")
    with socket.socket() as taken, socket.socket(type=socket.SOCK_DGRAM) as taken_of_udp:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        taken_of_udp.bind(taken.getsockname())

        def made(name: str) -> World:
            shutil.copytree(tmp_path / "kept", tmp_path / name / "data")
            return World(tmp_path / name / "data", taken.getsockname()[1])

        yield made


Line = Callable[[World], tuple[str, ...]]

INVITED = invitation(HARBOUR)
FREE_PORTS = ("--port", "0", "--bootnode-port", "0", "--rendezvous-port", "0")

LINES: dict[str, Line] = {
    "account create": lambda _: ("bob",),
    "account import": lambda world: ("carol", "--key-file", world / "node.key"),
    "account recover": lambda world: ("dave", "--words-file", world / "words", "--yes"),
    "account list": lambda _: (),
    "account rename": lambda _: ("alice", "erin"),
    "account backup": lambda _: ("alice",),
    "account export": lambda world: ("alice", world / "alice.backup", "--file-password-file", world / "words"),
    "account restore": lambda world: (world / "capture", "frank", "--file-password-file", world / "words"),
    "account vacuum": lambda _: ("alice",),
    "account password": lambda world: ("alice", "--new-password-file", world / "words"),
    "account delete": lambda _: ("alice", "--yes"),
    "account show": lambda world: ("alice", "--identicon", world / "alice.svg"),
    "device list": lambda _: ("alice",),
    "device enable": lambda _: ("alice", "5a"),
    "device disable": lambda _: ("alice", "5a"),
    "device pair": lambda _: ("alice", "--peer", ENODE, "--timeout", "0"),
    "device rename": lambda _: ("alice", "the laptop"),
    "device renew": lambda _: ("alice",),
    "device sync": lambda _: ("alice", "--peer", ENODE, "--timeout", "0"),
    "send": lambda _: ("alice", "#status", "hello", "--peer", ENODE, "--timeout", "0"),
    "listen": lambda _: ("alice", "#status", "--peer", ENODE, "--for", "0"),
    "daemon": lambda _: ("alice", "--peer", ENODE, "--stdio"),
    "history": lambda _: ("alice", "#status"),
    "search": lambda _: ("alice", "hello"),
    "conversation list": lambda _: ("alice",),
    "conversation read": lambda _: ("alice", "#status"),
    "conversation unread": lambda _: ("alice", "#status"),
    "conversation pin": lambda _: ("alice", "#status"),
    "conversation unpin": lambda _: ("alice", "#status"),
    "conversation archive": lambda _: ("alice", "#status"),
    "conversation unarchive": lambda _: ("alice", "#status"),
    "conversation mute": lambda _: ("alice", "#status"),
    "conversation unmute": lambda _: ("alice", "#status"),
    "conversation draft": lambda _: ("alice", "#status", "hel"),
    "conversation export": lambda _: ("alice", "#status"),
    "conversation clear": lambda _: ("alice", "#status"),
    "conversation leave": lambda _: ("alice", "#status"),
    "conversation delete": lambda _: ("alice", "#status"),
    "message show": lambda _: ("alice", MESSAGE),
    "message react": lambda _: ("alice", MESSAGE, "love", "--peer", ENODE, "--timeout", "0"),
    "message retract": lambda _: ("alice", MESSAGE, "love", "--peer", ENODE, "--timeout", "0"),
    "message reply": lambda _: ("alice", MESSAGE, "hello", "--peer", ENODE, "--timeout", "0"),
    "message resend": lambda _: ("alice", MESSAGE, "--peer", ENODE, "--timeout", "0"),
    "message withdraw": lambda _: ("alice", MESSAGE),
    "message delete": lambda _: ("alice", MESSAGE),
    "media send": lambda world: ("alice", "#status", world / "sound", "--peer", ENODE, "--timeout", "0"),
    "media sticker": lambda _: ("alice", "#status", "e30101701220ab", "4", "--peer", ENODE, "--timeout", "0"),
    "media save": lambda world: ("alice", MESSAGE, world / "picture"),
    "contact add": lambda _: ("alice", SOMEBODY, "--nickname", "Bob", "--peer", ENODE, "--timeout", "0"),
    "contact accept": lambda _: ("alice", SOMEBODY, "--peer", ENODE, "--timeout", "0"),
    "contact decline": lambda _: ("alice", SOMEBODY),
    "contact remove": lambda _: ("alice", SOMEBODY),
    "contact block": lambda _: ("alice", SOMEBODY),
    "contact unblock": lambda _: ("alice", SOMEBODY),
    "contact nickname": lambda _: ("alice", SOMEBODY, "Bob"),
    "contact list": lambda _: ("alice",),
    "contact requests": lambda _: ("alice",),
    "contact show": lambda _: ("alice", SOMEBODY),
    "profile show": lambda _: ("alice",),
    "profile name": lambda _: ("alice", "alice.eth"),
    "profile picture": lambda _: ("alice", "--remove"),
    "group create": lambda _: ("alice", "harbour", SOMEBODY, "--peer", ENODE, "--timeout", "0"),
    "group list": lambda _: ("alice",),
    "group show": lambda _: ("alice", "harbour"),
    "group invite": lambda _: ("alice", "harbour"),
    "group add": lambda _: ("alice", "harbour", SOMEBODY, "--peer", ENODE, "--timeout", "0"),
    "group remove": lambda _: ("alice", "harbour", SOMEBODY, "--peer", ENODE, "--timeout", "0"),
    "group promote": lambda _: ("alice", "harbour", SOMEBODY, "--peer", ENODE, "--timeout", "0"),
    "group demote": lambda _: ("alice", "harbour", "--peer", ENODE, "--timeout", "0"),
    "group rename": lambda _: ("alice", "harbour", "pier", "--peer", ENODE, "--timeout", "0"),
    "group join": lambda _: ("alice", "harbour", "--peer", ENODE, "--timeout", "0"),
    "group leave": lambda _: ("alice", "harbour", "--peer", ENODE, "--timeout", "0"),
    "group request": lambda _: ("alice", LINK, "--peer", ENODE, "--timeout", "0"),
    "group approve": lambda _: ("alice", "5a", "--peer", ENODE, "--timeout", "0"),
    "group reject": lambda _: ("alice", "5a", "--peer", ENODE, "--timeout", "0"),
    "link show": lambda _: (LINK,),
    "link create": lambda world: ("#status", "--qr", "--qr-file", world / "status.svg"),
    "link open": lambda _: ("alice", "https://join.status.im/status", "--yes"),
    "transaction request-address": lambda _: ("alice", SOMEBODY, "5", "--peer", ENODE, "--timeout", "0"),
    "transaction request": lambda _: ("alice", SOMEBODY, "5", "--peer", ENODE, "--timeout", "0"),
    "transaction accept": lambda _: ("alice", MESSAGE, "--peer", ENODE, "--timeout", "0"),
    "transaction decline": lambda _: ("alice", MESSAGE, "--peer", ENODE, "--timeout", "0"),
    "transaction announce": lambda _: ("alice", HASH, "--chat", SOMEBODY, "--peer", ENODE, "--timeout", "0"),
    "transaction list": lambda _: ("alice",),
    "transaction show": lambda _: ("alice", MESSAGE),
    "wallet accounts": lambda _: ("alice",),
    "wallet add": lambda _: ("alice", "--watch", ADDRESS),
    "wallet change": lambda _: ("alice", ADDRESS, "--name", "Savings"),
    "wallet remove": lambda _: ("alice", ADDRESS, "--yes"),
    "wallet balance": lambda _: ("alice", "--endpoint", f"http://{NO_PORT}"),
    "wallet history": lambda _: ("alice", "--endpoint", f"http://{NO_PORT}"),
    "wallet send": lambda _: ("alice", ADDRESS, "0.5", "--yes", "--endpoint", f"http://{NO_PORT}"),
    "wallet collectibles": lambda _: ("alice", ADDRESS, "--endpoint", f"http://{NO_PORT}"),
    "wallet call": lambda _: ("alice", ADDRESS, "0x12345678", "--yes", "--endpoint", f"http://{NO_PORT}"),
    "wallet pending": lambda _: ("alice", "--endpoint", f"http://{NO_PORT}"),
    "wallet speed-up": lambda _: ("alice", HASH, "--yes", "--endpoint", f"http://{NO_PORT}"),
    "wallet cancel": lambda _: ("alice", HASH, "--yes", "--endpoint", f"http://{NO_PORT}"),
    "wallet tokens": lambda _: ("alice",),
    "wallet add-token": lambda _: ("alice", ADDRESS, "--endpoint", f"http://{NO_PORT}"),
    "wallet remove-token": lambda _: ("alice", ADDRESS),
    "wallet favourites": lambda _: ("alice",),
    "wallet add-favourite": lambda _: ("alice", ADDRESS, "Mother"),
    "wallet remove-favourite": lambda _: ("alice", ADDRESS),
    "name resolve": lambda _: ("alice", "alice.eth", *NODE),
    "name reverse": lambda _: ("alice", ADDRESS, *NODE),
    "name search": lambda _: ("alice", "alicious", *NODE),
    "name register": lambda _: ("alice", "alicious", "--yes", *NODE),
    "name update": lambda _: ("alice", "alicious", "--yes", *NODE),
    "name release": lambda _: ("alice", "alicious", "--yes", *NODE),
    "name slash": lambda _: ("alice", "abc", "--yes", *NODE),
    "name list": lambda _: ("alice",),
    "name changes": lambda _: ("alice", *NODE),
    "name add": lambda _: ("alice", "alicious", *NODE),
    "name prefer": lambda _: ("alice",),
    "name remove": lambda _: ("alice", "alicious"),
    "sticker market": lambda _: ("alice", *NODE),
    "sticker packs": lambda _: ("alice",),
    "sticker buy": lambda _: ("alice", "0", "--yes", *NODE),
    "sticker install": lambda _: ("alice", "0", *NODE),
    "sticker uninstall": lambda _: ("alice", "0"),
    "sticker send": lambda _: ("alice", "#status", "0", "1", "--peer", ENODE, "--timeout", "0"),
    "sticker save": lambda world: ("alice", "e30101701220ab", world / "sticker", "--gateway", f"http://{NO_PORT}"),
    "fetch": lambda _: ("alice", "--mailserver", ENODE, "--timeout", "0"),
    "network create": lambda world: (world / "harbour", "--no-start", "--host", "127.0.0.1", *FREE_PORTS),
    "network start": lambda world: (world / "nowhere",),
    "network show": lambda _: (INVITED,),
    "network export": lambda world: (INVITED, "--format", "toml", "--to", world / "fleet.toml"),
    "node": lambda world: ("--config", world / "node.toml", "--listen", f"127.0.0.1:{world.taken}"),
    "mailserver": lambda world: ("--config", world / "node.toml", "--listen", f"127.0.0.1:{world.taken}"),
    "bootnode": lambda world: ("--listen", f"127.0.0.1:{world.taken}"),
    "devchain": lambda world: ("--port", str(world.taken)),
    "peers": lambda _: ("alice",),
    "rendezvous": lambda world: ("--listen", f"127.0.0.1:{world.taken}"),
    "discover": lambda _: ("whisper", "--bootnode", ENODE, "--timeout", "0"),
    "crawl": lambda world: ("--bootnode", ENODE, "--timeout", "0.1", "--picture", world / "network.svg"),
    "enode": lambda world: ("--config", world / "node.toml", "--qr"),
    "enr": lambda world: ("--config", world / "node.toml", "--advertise", "192.0.2.1"),
    "archive show": lambda world: (world / "archive.db",),
    "archive copy": lambda world: (world / "archive.db", "--archive", world / "copy.db"),
    "inspect": lambda world: (world / "capture", "--chat", "#status"),
    "config check": lambda world: (world / "node.toml",),
    "config show": lambda world: ("--config", world / "node.toml", "--effective"),
    "canary": lambda _: (ENODE, "--timeout", "5"),
    "dns-list show": lambda _: (LIST, "--dns-server", NO_PORT, "--limit", "1"),
    "dns-list sign": lambda world: ("nodes.example.org", world / "nodes", "--key-file", world / "node.key"),
    "dns-list check": lambda world: (LIST, "--file", world / "nodes"),
    "rpc": lambda _: ("net_version", "--url", f"http://{NO_PORT}"),
    "simulate chat": lambda _: ("--people", "2", "--messages", "1", "--contacts", "1"),
    "simulate network": lambda _: ("--nodes", "2", "--seconds", "0.1", "--topics", "1", "--topics-each", "1"),
    "simulate discovery": lambda _: (
        *("--nodes", "20", "--seconds", "1", "--joining", "1"),
        *("--settling", "1", "--lookups", "2"),
    ),
    "simulate eclipse": lambda _: ("--nodes", "20", "--attackers", "1", "--seconds", "1", "--joining", "1"),
    "simulate scaling": lambda _: ("--users", "20", "--listeners", "2"),
}
"""The arguments with which each command does something, and ends soon."""
NOT_HERE = {
    "demo": "starts processes that have loaded nothing: what it meets is tested with it",
    "chat": "wants a terminal: what it meets is tested in one",
    "web": "serves until it is interrupted: see tests/apps/web",
    "notify test": "wants a terminal: what it meets is tested in one",
}
FROM_INPUT: dict[str, Line] = {
    "account create": lambda _: ("bob", "--password-file", "-"),
    "account import": lambda _: ("bob", "--key-file", "-"),
    "account recover": lambda _: ("bob", "--words-file", "-"),
    "account password": lambda _: ("alice", "--new-password-file", "-"),
    "send": lambda _: ("alice", "#status", "-", "--peer", ENODE),
    "history": lambda _: ("alice", "--password-file", "-"),
    "node": lambda _: ("--key-file", "-"),
}
"""Those that read standard input."""


def test_of_every_command_it_is_known_how_to_run_it() -> None:
    assert {command.name for command in commands()} == {*LINES, *NOT_HERE}


def cases(world: World, names: Iterable[str] = LINES, /, **what: Any) -> list[Case]:
    """Commands in one situation; all of them, if not said otherwise."""
    environment = {
        "PYSTATUS_DATA_DIR": str(world.directory),
        "XDG_STATE_HOME": str(world.directory.parent / "state"),
    }
    return [Case((*name.split(), *LINES[name](world)), environment=environment, **what) for name in names]


def ended(directory: Path, given: list[Case]) -> list[Ended]:
    """How they ended: all of them in an orderly way, with a sentence about what went wrong."""
    found = run(given, process_environment(directory, PYSTATUS_PASSWORD=PASSWORD), AS_MODES_SAY)
    for one in found:
        assert one.code in set(Exit), one
        for bad in ("Traceback", "Exception ignored", "Error:", "[Errno", " None."):
            assert bad not in one.stdout + one.stderr, one
        can_be_told = 2 not in {*one.case.closed, *one.case.full, *one.case.unread}
        if one.code in (Exit.FAILED, Exit.REFUSED) and can_be_told:
            assert one.stderr, one
    return found


DESCRIPTORS: dict[str, dict[str, tuple[int, ...]]] = {
    "as always": {},
    "standard input closed": {"closed": (0,)},
    "standard output closed": {"closed": (1,)},
    "standard error closed": {"closed": (2,)},
    "all closed": {"closed": (0, 1, 2)},
    "standard output full": {"full": (1,)},
    "nobody reads the output": {"unread": (1,)},
    "nobody reads": {"unread": (1, 2)},
}


ALL_COMMANDS = {"as always", "all closed", "standard output full", "nobody reads the output"}
"""Situations in which every command is tried. In each of the others every second one is."""

EXPECTED = re.compile(r".*127\.0\.0\.1:1\b.*|the attackers hold .*")
"""What may have been told of a relay before it was noticed that nobody reads."""


@pytest.mark.long
def test_whatever_the_descriptors_are(tmp_path: Path, worlds: Callable[[str], World]) -> None:
    which = [
        (situation, name)
        for place, situation in enumerate(DESCRIPTORS)
        for number, name in enumerate(LINES)
        if situation in ALL_COMMANDS or (place + number) % 2
    ]
    given = []
    for situation, name in which:  # each in a world of its own, for they run at the same time
        given += cases(worlds(f"{situation} {name}"), [name], **DESCRIPTORS[situation])
    results = dict(zip(which, ended(tmp_path, given), strict=True))
    for (situation, name), one in results.items():
        usual = results["as always", name]
        if 1 in one.case.closed:
            assert one.code == Exit.FAILED, one
            assert one.stderr == "" or one.stderr.startswith("Standard output is closed."), one
        elif not usual.stdout:
            assert one.code == usual.code, one
        elif 1 in one.case.full:
            assert one.code == Exit.FAILED, (situation, one)
            assert 2 in one.case.full or "The output cannot be written: No space left" in one.stderr, one
        elif 1 in one.case.unread:
            assert one.code == Exit.NO_READER, (situation, one)
            assert [line for line in one.stderr.splitlines() if not EXPECTED.match(line)] == [], (situation, one)
        else:
            assert one.code == usual.code, (situation, one)


def test_standard_input_that_is_closed_is_a_sentence(tmp_path: Path, worlds: Callable[[str], World]) -> None:
    world = worlds("closed")
    environment = {"PYSTATUS_DATA_DIR": str(world.directory)}
    given = [
        Case((*name.split(), *line(world)), closed=(0,), environment=environment) for name, line in FROM_INPUT.items()
    ]
    for one in ended(tmp_path, given):
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


KEEP_NOTHING = {
    "simulate chat",
    "simulate network",
    "simulate discovery",
    "simulate eclipse",
    "simulate scaling",
    "canary",
    "dns-list show",
    "dns-list sign",
    "dns-list check",
    "discover",
    "network show",
}
"""They look at no data directory."""


@pytest.mark.long
def test_whatever_the_data_directory_is(tmp_path: Path, worlds: Callable[[str], World]) -> None:
    names = [name for name in LINES if name not in KEEP_NOTHING]
    with contextlib.ExitStack() as stack:
        given = []
        for state in (foreign, read_only, moved, a_file):
            world = worlds(state.__name__)
            stack.enter_context(state(world.directory))
            given += cases(world, names)
        ended(tmp_path, given)


def test_a_user_without_a_home_directory(tmp_path: Path, worlds: Callable[[str], World]) -> None:
    for one in ended(
        tmp_path, cases(worlds("homeless"), [name for name in LINES if name not in KEEP_NOTHING], homeless=True)
    ):
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


READERS = {
    "node.key": ("enode", "enr"),
    "rpc.token": ("rpc",),
    "archive.db": ("archive show",),
    "node.toml": ("config show", "config check"),
    "capture": ("inspect",),
    "words": ("account recover",),
    "lock": ("account create", "device renew"),
}
"""What reads a file; those of a profile that are not here are read by what shows it."""
OF_PROFILES = ("account list", "history")


def test_whatever_a_file_is(tmp_path: Path, worlds: Callable[[str], World]) -> None:
    """Each file of the data directory in its turn, with the commands that read it."""
    first = worlds("first").directory
    files = [path.relative_to(first) for path in first.rglob("*") if path.is_file()]
    assert {file.name for file in files} >= {*READERS, "profile.db", "profile.json", "account.json"}
    given = []
    for spoil in (a_directory, unreadable, a_pipe, a_dead_link, binary):
        for number, file in enumerate(files):
            if spoil is a_pipe and file.name in ("node.toml", "words", "capture"):
                continue  # the user names it, and a pipe is as good as a file
            world = worlds(f"{spoil.__name__} {number}")
            spoil(world.directory / file)
            given += cases(world, READERS.get(file.name, OF_PROFILES))
    ended(tmp_path, given)


def test_an_argument_that_is_no_text_is_a_path_or_refused(tmp_path: Path, worlds: Callable[[str], World]) -> None:
    world = worlds("odd")
    odd = f"{tmp_path}/{os.fsdecode(bytes([0xFF]))}"
    shutil.copytree(world.directory, odd)
    found = ended(
        tmp_path,
        [
            Case(("account", "list", "--data-dir", odd)),
            Case(("account", "create", "bob", "--data-dir", odd)),
            Case(("history", "alice", "--data-dir", odd)),
            Case(("enode", "--data-dir", odd)),
            Case(("mailserver", "--data-dir", odd, "--listen", f"127.0.0.1:{world.taken}")),
            Case(("inspect", odd)),
            Case(("config", "check", odd)),
            Case(("archive", "show", odd)),
            Case((odd,)),
            Case(("account", "list", f"--{odd}")),
        ],
    )
    assert [one.code for one in found] == [0, 0, 0, 0, 1, 1, 1, 2, 2, 2]
