"""A46, the sockets of a profile and of a node: another user of the machine cannot open them.

Nor can they call on one that somebody has opened to all.
"""

from __future__ import annotations

import asyncio
import json
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from pystatus import Account, PrivateKey, Profiles
from pystatus.faces.attach.holder import SharedClient
from pystatus.faces.attach.place import socket_path
from pystatus.node import Node
from pystatus.rpc import ipc
from pystatus.rpc.config import RpcConfig
from pystatus.rpc.errors import APPLICATION_ERROR
from pystatus.rpc.server import RpcServer
from tests.rpc.support import PATIENCE, line

NOBODY = 65_534
PASSWORD = "correct horse"

CALLER = f"""
import os, socket, sys
os.setgroups([])
os.setgid({NOBODY})
os.setuid({NOBODY})
caller = socket.socket(socket.AF_UNIX)
caller.settimeout({PATIENCE})
try:
    caller.connect(sys.argv[1])
except PermissionError:
    sys.exit("not let in")
caller.sendall(b'{{"jsonrpc": "2.0", "id": 1, "method": "' + sys.argv[2].encode() + b'", "params": []}}')
said = b""
while data := caller.recv(65536):
    said += data
print(said.decode())
"""
"""Somebody else, who asks something."""

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser can become somebody else: in CI it runs")


@pytest.fixture
def place() -> Iterator[Path]:
    """Where others may go as far as modes let them."""
    with tempfile.TemporaryDirectory(dir="/tmp") as directory:
        path = Path(directory)
        path.chmod(0o755)
        yield path


@asynccontextmanager
async def of_profile(place: Path) -> AsyncIterator[tuple[Path, str]]:
    profiles = Profiles(place)
    profiles.create(Account.from_private_key(PrivateKey.generate(os.urandom)), PASSWORD, "alice")
    async with SharedClient.open("alice", PASSWORD, data_dir=place, state_dir=place / "state"):
        yield socket_path(profiles.find("alice")), "daemon_hello"


@asynccontextmanager
async def of_node(place: Path) -> AsyncIterator[tuple[Path, str]]:
    async with Node() as node, RpcServer(node, RpcConfig(socket=place / "ipc")):
        yield place / "ipc", "net_version"


KINDS = {"profile": of_profile, "node": of_node}


async def as_nobody(path: Path, method: str) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, "-c", CALLER, str(path), method]
    return await asyncio.to_thread(subprocess.run, arguments, capture_output=True, text=True, check=False)


def open_to_all(path: Path, above: Path) -> None:
    """What somebody does who wants to share it."""
    path.chmod(0o666)
    for directory in path.parents:
        if directory.is_relative_to(above):
            directory.chmod(0o755)


@pytest.mark.parametrize("kind", KINDS)
async def test_the_file_is_its_owners_alone(kind: str, place: Path) -> None:
    async with KINDS[kind](place) as (path, method):
        assert stat.S_IMODE(path.lstat().st_mode) == 0o600
        if kind == "profile":
            assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        async with line(path) as own:
            assert await own.call(method)


@needs_root
@pytest.mark.parametrize("kind", KINDS)
async def test_another_user_cannot_connect(kind: str, place: Path) -> None:
    async with KINDS[kind](place) as (path, method):
        done = await as_nobody(path, method)
        assert (done.returncode, done.stdout, done.stderr) == (1, "", "not let in\n")


@needs_root
@pytest.mark.parametrize("kind", KINDS)
async def test_another_user_is_refused_where_the_modes_let_them_in(kind: str, place: Path) -> None:
    async with KINDS[kind](place) as (path, method):
        open_to_all(path, place)
        done = await as_nobody(path, method)
        answer = json.loads(done.stdout)
        assert (answer["id"], answer["error"]["code"]) == (None, APPLICATION_ERROR)
        assert answer["error"]["message"] == "this socket serves the user who runs pystatus, and nobody else"
        async with line(path) as own:
            assert await own.call(method), "its own user is served all the same"


@pytest.mark.parametrize("kind", KINDS)
async def test_what_the_system_says_of_who_connects_decides(
    kind: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same where the tests cannot become another user."""
    async with KINDS[kind](place) as (path, method):
        for uid, is_served in ((None, True), (0, True), (os.geteuid(), True), (NOBODY, False)):
            monkeypatch.setattr(ipc, "peer_uid", lambda connection, uid=uid: uid)
            async with line(path) as one:
                await one.say(method)
                assert ("result" in await one.hear()) is is_served, uid


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems say it otherwise, or not at all")
async def test_the_system_says_who_has_connected(tmp_path: Path) -> None:
    heard: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()

    def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.set_result(ipc.peer_uid(writer.get_extra_info("socket")))
        writer.close()

    server = await asyncio.start_unix_server(connected, tmp_path / "socket")
    async with server, line(tmp_path / "socket"), asyncio.timeout(PATIENCE):
        assert await heard == os.geteuid()
