"""``pystatus rpc``: a small caller for scripts."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pystatus.apps.cli.commands.rpc import parameter
from pystatus.crypto.keys import PrivateKey
from pystatus.node import Node
from pystatus.rpc.config import RpcConfig
from pystatus.rpc.server import RpcServer
from tests.apps.support import PATIENCE, Cli


@contextmanager
def running(config: RpcConfig) -> Iterator[str]:
    """A node with a server in a thread of its own, because commands run their own event loop. Yields the URL."""
    started = threading.Event()
    said: dict[str, object] = {}

    async def run() -> None:
        said["loop"], said["stop"] = asyncio.get_running_loop(), (stop := asyncio.Event())
        async with Node() as node, RpcServer(node, config) as server:
            said["url"] = server.url
            started.set()
            await stop.wait()

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    assert started.wait(PATIENCE)
    loop, stop = said["loop"], said["stop"]
    assert isinstance(loop, asyncio.AbstractEventLoop)
    assert isinstance(stop, asyncio.Event)
    try:
        yield str(said["url"])
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(PATIENCE)


def test_over_http_with_the_token_of_the_data_directory(cli: Cli) -> None:
    cli.data_dir.mkdir()
    config = RpcConfig(http=True, http_port=0, token_file=cli.data_dir / "rpc.token")
    with running(config) as url:
        at = ("--url", url)
        assert cli.text("rpc", "waku_version", *at) == "1.0\n"
        assert cli.object("rpc", "waku_version", *at) == {"result": "1.0"}
        assert json.loads(cli.text("rpc", "waku_info", *at))["envelopes"] == 0
        key = cli.text("rpc", "waku_newSymKey", *at).strip()
        assert cli.text("rpc", "waku_hasSymKey", key, *at) == "true\n"
        criteria = json.dumps({"symKeyID": key, "topics": ["0x12345678"]})
        heard = cli.text("rpc", "waku_newMessageFilter", criteria, *at).strip()
        assert cli.object("rpc", "waku_getFilterMessages", heard, *at) == {"result": []}
        assert cli.error("rpc", "waku_getFilterMessages", "none", *at).startswith("Filter not found")
        assert "does not exist" in cli.error("rpc", "waku_none", *at)
        wrong = cli.data_dir / "wrong"
        wrong.write_text("a-token-of-another-node")
        wrong.chmod(0o600)
        assert "refuses the call (401)" in cli.error("rpc", "waku_version", *at, "--token-file", str(wrong))


def test_over_a_unix_socket(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "ipc"
    with running(RpcConfig(socket=path)):
        assert cli.text("rpc", "net_peerCount", "--socket", str(path)) == "0x0\n"
        enode = "enode://" + PrivateKey(bytes(31) + b"\x01").public_key.xy.hex()
        assert "says not where to dial" in cli.error("rpc", "admin_addPeer", enode, "--socket", str(path))
        assert cli.text("rpc", "admin_addPeer", f"{enode}@127.0.0.1:1", "--socket", str(path)) == "true\n"


def test_where_there_is_no_node(cli: Cli, tmp_path: Path) -> None:
    cli.data_dir.mkdir()
    missing = str(tmp_path / "none")
    assert cli.error("rpc", "net_version", "--socket", missing).startswith("There is no RPC at")
    assert cli.error("rpc", "net_version").startswith(f"There is no RPC token in {cli.data_dir}")
    token = cli.data_dir / "rpc.token"
    token.write_text("x" * 20)
    token.chmod(0o600)
    nobody = cli.error("rpc", "net_version", "--url", "http://127.0.0.1:1")
    assert nobody.startswith("There is no RPC at http://127.0.0.1:1: Connection refused (")
    assert nobody.endswith("). The node has to run, with --rpc-port or --rpc-socket.")
    assert "ssl" not in nobody
    refused = cli.error("rpc", "net_version", "--url", "nonsense", code=2)
    assert refused == "--url must be a URL, http://host:port, not 'nonsense'."


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1), ("true", True), ('"1"', "1"), ("0x12", "0x12"), ('{"a": []}', {"a": []}), ("enode://x", "enode://x")],
)
def test_parameters_are_json_or_else_text(text: str, value: object) -> None:
    assert parameter(text) == value
