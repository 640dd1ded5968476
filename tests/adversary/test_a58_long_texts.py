"""A58: a name of 5.8 MB in a JSON log or `--json` output, twelve bytes for one sent; a log that churn fills.

Expected: every text of others is cut before it is joined, in every format; what a peer can repeat is one line a second.
What becomes of single arguments and lines is in tests/test_log_texts.py and tests/logs/test_repetition.py.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import re
import signal
import time
from pathlib import Path

import pytest

from pystatus.apps.cli.output import MAX_FIELD, Output
from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.connection import Connection
from pystatus.devp2p.enode import Enode
from pystatus.devp2p.events import ConnectionClosed, PacketReceived
from pystatus.devp2p.local_node import LocalNode
from pystatus.devp2p.messages import MAX_CLIENT_ID_SIZE
from pystatus.node import Node, NodeConfig
from pystatus.payloads.checks import MAX_TEXT
from pystatus.payloads.kinds import ContentType, MessageType, PayloadType
from pystatus.payloads.messages import ChatMessage
from pystatus.payloads.wrapper import wrap
from pystatus.rpc.dispatcher import MAX_ERROR
from pystatus.transport.channels import public_chat
from pystatus.waku_connection.capabilities import subprotocols
from tests.adversary.hostile import Stranger
from tests.apps.support import PASSWORD, Cli, Running
from tests.rpc.support import served

PATIENCE = 60.0
MEGABYTES = 5_800_000
MOST_OF_ONE = 6
"""Bytes that escaping makes of one byte in UTF-8 at most."""
PIECES = {
    "emoji": "\N{GRINNING FACE}",
    "control": "\x01",
    "escape": "\x1b[2J",
    "quote": '"',
    "backslash": "\\",
    "letter": "é",
    "replacement": "\N{REPLACEMENT CHARACTER}",
    "direction": "\u202e",
    "line": "\n",
}
pieces = pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES)


async def hello(enode: Enode, client_id: str) -> bool:
    """Connect, shake hands under this name, and leave. Whether the node let us in."""
    loop = asyncio.get_running_loop()
    local = LocalNode(PrivateKey.generate(os.urandom), client_id, subprotocols(bridge=False))
    connection = Connection.initiate(local, enode.public_key, os.urandom, loop.time())
    reader, writer = await asyncio.open_connection(enode.host, enode.port)
    with contextlib.closing(writer):
        while not isinstance(event := connection.next_event(), PacketReceived):  # its Status: it knows our name
            if isinstance(event, ConnectionClosed):
                return False
            if event is None:
                writer.write(connection.data_to_send())
                data = await reader.read(65_536)
                if not data:
                    return False
                connection.receive_data(data, loop.time())
        return True


def relay(data_dir: Path, form: str) -> Running:
    """A relay as a process, with its log in this format."""
    return Running(data_dir, "node", "--listen", "127.0.0.1:0", "--log-level", "info", "--log-format", form)


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize("piece", ["\N{GRINNING FACE}", "\x01"], ids=["emoji", "control"])
async def test_a_relay_that_thousands_greet_by_long_names(tmp_path: Path, form: str, piece: str) -> None:
    """A line a second of each kind, none above 400 bytes, and each peer is in one of them or counted."""
    name = piece * (MAX_CLIENT_ID_SIZE // len(piece.encode()))
    greeted = 0
    with relay(tmp_path, form) as node:
        enode = Enode.parse(node.line())
        began = time.monotonic()
        async with asyncio.timeout(PATIENCE):
            for _ in range(40):
                greeted += sum(await asyncio.gather(*(hello(enode, name) for _ in range(8))))
        assert node.stop(signal.SIGTERM) == 0
        lines = [line for line in node.errors() if "connected: " in line]
        seconds = time.monotonic() - began
    assert greeted > 200
    for word in ("connected", "disconnected"):
        told = [line for line in lines if re.search(rf"\b{word}: <Peer ", line)]
        more = sum(int(found[1]) for line in told if (found := re.search(r"(\d+) more like this in ", line)))
        assert len(told) + more == greeted
        assert len(told) <= seconds + 2
    assert max(map(len, lines)) < 400


async def test_a_relay_that_thousands_hang_up_on(tmp_path: Path) -> None:
    """Bytes that are no handshake say nothing at level info."""
    with relay(tmp_path, "json") as node:
        enode = Enode.parse(node.line())
        for _ in range(300):
            _, writer = await asyncio.open_connection(enode.host, enode.port)
            writer.write(b"\x1b]0;" * 100)
            writer.close()
        assert node.stop(signal.SIGTERM) == 0
        assert sum(map(len, node.errors())) < 500


@pieces
async def test_a_message_in_the_output_of_listen(tmp_path: Path, piece: str) -> None:
    """The longest message comes whole, twice: as it was sent, and parsed. Escaping multiplies each by six at most."""
    text = (piece * MAX_TEXT)[:MAX_TEXT]
    cli = Cli(tmp_path)
    cli.add_profile("bob")
    stranger = Stranger(time.time())
    now_ms = int(stranger.now * 1000)
    message = ChatMessage(
        clock=now_ms,
        timestamp=now_ms,
        text=f"x{text[1:-1]}x",
        chat_id="room",
        message_type=MessageType.PUBLIC_GROUP,
        content_type=ContentType.TEXT_PLAIN,
    )
    async with asyncio.timeout(PATIENCE), Node(NodeConfig(listen="127.0.0.1:0")) as node:
        arguments = ("listen", "bob", "#room", "--count", "1", "--json")
        with Running(tmp_path, *arguments, PYSTATUS_PEERS=str(node.enode), PYSTATUS_PASSWORD=PASSWORD) as bob:
            await asyncio.to_thread(bob.event, "peer-connected")
            sealed = stranger.secure.seal_public(
                wrap(message.encode(), PayloadType.CHAT_MESSAGE, stranger.identity), stranger.now
            )
            node.post(stranger.envelope(public_chat("room"), sealed))
            line = await asyncio.to_thread(bob.line)
            while json.loads(line)["event"] != "message":
                line = await asyncio.to_thread(bob.line)
            assert await asyncio.to_thread(bob.wait) == 0
    assert json.loads(line)["text"] == message.text
    assert line.isascii()
    assert line.isprintable()
    assert len(line) <= 2 * MOST_OF_ONE * len(message.text.encode()) + 2_000


@pieces
def test_whatever_is_printed_for_programs(piece: str, capsys: pytest.CaptureFixture[str]) -> None:
    """However deep it stands, and as a key, too."""
    text = piece * (MEGABYTES // len(piece))
    Output(as_json=True).result({"event": "x", "name": text, "list": [{"deep": (text,)}], text: 1}, "")
    line = capsys.readouterr().out
    assert len(line) < 3 * 12 * MAX_FIELD + 200
    said = json.loads(line)
    assert said["name"] == text[: MAX_FIELD - 1] + "…"
    assert said["list"][0]["deep"] == [said["name"]]


@pytest.mark.parametrize(
    "request_of",
    [
        lambda text: {"jsonrpc": "2.0", "id": 1, "method": text},
        lambda text: {"jsonrpc": "2.0", "id": 1, "method": "admin_addPeer", "params": [text]},
        lambda text: {"jsonrpc": "2.0", "id": 1, "method": "admin_addPeer", "params": [f"enode://{text}"]},
        lambda text: {"jsonrpc": "2.0", "id": 1, "method": "admin_addPeer", "params": {text: text}},
        lambda text: {"jsonrpc": "2.0", "id": 1, "method": "waku_getFilterMessages", "params": [text]},
        lambda text: {"jsonrpc": "2.0", "id": 1, "method": "waku_addSymKey", "params": [text]},
        lambda text: {"jsonrpc": "2.0", "id": 1, "method": "waku_post", "params": [{"topic": text, "payload": text}]},
        lambda text: {"jsonrpc": text, "id": 1, "method": "admin_peers"},
    ],
    ids=["method", "enode", "node-id", "name", "filter", "key", "fields", "version"],
)
@pytest.mark.parametrize("piece", ["\N{GRINNING FACE}", "\x1b", "x"], ids=["emoji", "escape", "letter"])
async def test_the_answer_to_a_caller_of_the_rpc(
    request_of: object, piece: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It repeats a little of what it complains about, and the log nothing."""
    assert callable(request_of)
    body = json.dumps(request_of(piece * 200_000)).encode()
    async with (
        served() as one,
        one.http.post(one.url, data=io.BytesIO(body), headers={"Content-Type": "application/json"}) as response,
    ):
        answer = await response.read()
    error = json.loads(answer)["error"]
    assert len(error["message"]) <= MAX_ERROR
    assert error["message"].isprintable()
    assert len(answer) < 5_000
    assert piece * 200 not in caplog.text
