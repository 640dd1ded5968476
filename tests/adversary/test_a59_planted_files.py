"""A59: files and links that somebody has put into a data directory before us.

Expected: what we make is made exclusively, never through a link, with its mode set on its descriptor; nothing that was
put there is written to or used, and every file of ours is for its owner alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pystatus.account.account import Account
from pystatus.apps.cli.commands.account import _write_picture
from pystatus.apps.cli.commands.archive import Position
from pystatus.apps.cli.node_key import node_key
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError, StatusError
from pystatus.inspector.recording import Recorder
from pystatus.mailserver.cursor import Key
from pystatus.rpc.config import RpcConfig
from pystatus.rpc.dispatcher import Dispatcher
from pystatus.rpc.ipc import IpcServer
from pystatus.rpc.room import Room
from pystatus.rpc.tokens import server_token
from pystatus.storage.archive.copying import Copied
from pystatus.storage.archive.sqlite import SqliteArchive
from pystatus.storage.descriptions import Profile
from pystatus.storage.files import is_scratch, make_directory, make_private, write_private
from pystatus.storage.locks import locked
from pystatus.storage.profiles import Profiles
from pystatus.storage.traffic import PeerTraffic, TrafficFile

PASSWORD = "correct horse"


def profile(directory: Path) -> Profile:
    return Profiles(directory).create(Account.from_private_key(PrivateKey.generate(os.urandom)), PASSWORD, "alice")


def key(directory: Path) -> None:
    node_key(None, directory)


def token(directory: Path) -> None:
    server_token(RpcConfig(http=True, http_port=0, token_file=directory / "rpc.token"))


def archive(directory: Path) -> None:
    async def opened() -> None:
        await (await SqliteArchive.open(directory / "archive.db")).close()

    asyncio.run(opened())


def traffic(directory: Path) -> None:
    file = TrafficFile(directory / "traffic.db")
    file.add(0.0, [PeerTraffic(b"\x01" * 64, 1, 2)])
    file.close()


def capture(directory: Path) -> None:
    with Recorder(directory / "capture") as recorder:
        recorder.record(1.0, b"envelope")


def position(directory: Path) -> None:
    (Position(directory, "source", "target")).write(Copied(Key(1, bytes(32))))


def picture(directory: Path) -> None:
    account = Account.from_private_key(PrivateKey(bytes(31) + b"\x01"))
    _write_picture(Profile("alice", account.record, directory, b""), directory / "alice.svg")


def rpc_socket(directory: Path) -> None:
    async def opened() -> None:
        server = IpcServer(Dispatcher({}), Room())
        await server.start(directory / "rpc.sock")
        try:
            assert stat.S_IMODE((directory / "rpc.sock").lstat().st_mode) == 0o600
        finally:
            await server.close()

    asyncio.run(opened())


def lock(directory: Path) -> None:
    with locked(directory / "node.key.lock", "The node key", "Stop that one."):
        pass


WRITERS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "node key": ("node.key", key),
    "rpc token": ("rpc.token", token),
    "archive": ("archive.db", archive),
    "traffic": ("traffic.db", traffic),
    "capture": ("capture", capture),
    "position of a copy": ("archive-copy-0d2593db0688189a.json", position),
    "picture": ("alice.svg", picture),
    "rpc socket": ("rpc.sock", rpc_socket),
    "lock": ("node.key.lock", lock),
    "profiles": ("profiles", profile),
}
"""What makes files, and what each makes in a directory."""


@pytest.fixture(autouse=True)
def open_to_everybody() -> Iterator[None]:
    """Whatever is made without a mode is open to all: the worst umask."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def assert_private(directory: Path) -> None:
    for path in directory.rglob("*"):
        expected = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.lstat().st_mode) == expected, path


@pytest.mark.parametrize("writer", WRITERS)
def test_every_file_is_its_owners_alone(data: Path, writer: str) -> None:
    WRITERS[writer][1](data)
    assert_private(data)
    assert not any(is_scratch(path) for path in data.rglob("*"))


@pytest.mark.parametrize("writer", WRITERS)
def test_no_mask_takes_away_what_the_owner_needs(data: Path, writer: str) -> None:
    os.umask(0o777)
    WRITERS[writer][1](data)
    assert_private(data)


def test_what_sqlite_keeps_beside_a_database_is_private_too(data: Path) -> None:
    open_archive = asyncio.run(SqliteArchive.open(data / "archive.db"))
    assert {"archive.db-wal", "archive.db-shm"} <= {path.name for path in data.iterdir()}
    assert_private(data)
    asyncio.run(open_archive.close())
    made = profile(data)
    with Profiles(data).unlock(made, PASSWORD):
        assert {"profile.db-wal", "profile.db-shm"} <= {path.name for path in made.directory.iterdir()}
        assert_private(data)


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("leads_to", ["a file", "nothing"])
def test_no_link_is_followed(tmp_path: Path, data: Path, writer: str, leads_to: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    target = elsewhere / "target"
    if leads_to == "a file":
        target.write_bytes(b"somebody else's")
        target.chmod(0o666)
    name, write = WRITERS[writer]
    (data / name).symlink_to(target)
    with contextlib.suppress(StatusError):  # some say that there is a link, some replace it
        write(data)
    assert target.exists() == (leads_to == "a file")
    if target.exists():
        assert target.read_bytes() == b"somebody else's"
        assert stat.S_IMODE(target.stat().st_mode) == 0o666
    assert set(elsewhere.iterdir()) <= {target}


@pytest.mark.parametrize("writer", WRITERS)
def test_what_was_put_under_the_names_of_unfinished_files_is_not_used(
    data: Path, writer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if somebody foresaw the random part: they are made exclusively."""
    planted = data / "planted"
    planted.write_bytes(b"")
    planted.chmod(0o666)
    name, write = WRITERS[writer]
    foreseen = "00" * 8
    for guess in (f".{name}.new", f".{name}.{foreseen}.new"):
        (data / guess).symlink_to(planted)
    with monkeypatch.context() as luck:
        luck.setattr(secrets, "token_hex", lambda size: "00" * size)
        with contextlib.suppress(StatusError):
            write(data)
    assert planted.read_bytes() == b""
    assert stat.S_IMODE(planted.stat().st_mode) == 0o666
    if (data / name).exists():
        assert not (data / name).is_symlink()
        assert stat.S_IMODE((data / name).lstat().st_mode) in (0o600, 0o700)


def test_a_database_that_is_open_to_others_is_closed_to_them(data: Path) -> None:
    """A version that left the mode to SQLite, or a backup that was copied back."""
    traffic(data)
    for name in ("traffic.db", "traffic.db-wal"):
        (data / name).touch()
        (data / name).chmod(0o664)
    traffic(data)
    assert stat.S_IMODE((data / "traffic.db").stat().st_mode) == 0o600
    assert_private(data)


@pytest.mark.parametrize("end", ["", "-wal", "-shm", "-journal"])
def test_a_link_beside_a_database_is_named(tmp_path: Path, data: Path, end: str) -> None:
    archive(data)
    victim = tmp_path / "victim"
    with contextlib.closing(sqlite3.connect(victim)) as connection:
        connection.execute("CREATE TABLE mine (x)")
    before = victim.read_bytes()
    (data / f"archive.db{end}").unlink(missing_ok=True)
    (data / f"archive.db{end}").symlink_to(victim)
    with pytest.raises(LocalError, match=r"cannot be made: it is a link\. Name the file itself\."):
        archive(data)
    assert victim.read_bytes() == before


def test_a_link_that_leads_nowhere_is_said_to_be_in_the_way(data: Path) -> None:
    (data / "rpc.token").symlink_to(data / "nowhere")
    with pytest.raises(LocalError, match=r"The RPC token cannot be stored in .*: File exists\."):
        token(data)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the descriptor's mode is not that of the file")
def test_the_mode_of_a_socket_is_not_set_by_its_name(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(Path, "chmod")
    rpc_socket(data)


def test_a_socket_that_cannot_be_given_its_mode_before_gets_it_before_anybody_can_connect(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on systems where the descriptor's mode is not that of the file."""

    def refuse(descriptor: int, mode: int) -> None:
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(os, "fchmod", refuse)
    rpc_socket(data)


def test_a_directory_that_exists_stays_as_it_is(data: Path) -> None:
    data.chmod(0o750)
    make_directory(data / "one" / "two")
    make_directory(data)
    assert stat.S_IMODE(data.stat().st_mode) == 0o750
    assert_private(data)


@pytest.mark.parametrize("write", [write_private, make_private])
def test_what_could_not_be_written_leaves_nothing(data: Path, write: Callable[[Path, bytes], None]) -> None:
    (data / "a directory").mkdir()
    with contextlib.suppress(OSError):
        write(data / "a directory", b"contents")
    assert [path.name for path in data.iterdir()] == ["a directory"]


def test_a_pipe_in_the_place_of_a_lock_is_no_lock(data: Path) -> None:
    os.mkfifo(data / "node.key.lock")
    with pytest.raises(LocalError, match="cannot be locked: it is no file"):
        lock(data)
    with socket.socket(socket.AF_UNIX) as listener:
        (data / "node.key.lock").unlink()
        listener.bind(str(data / "node.key.lock"))
        with pytest.raises(LocalError, match="cannot be locked"):
            lock(data)
