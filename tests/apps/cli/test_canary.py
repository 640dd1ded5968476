"""The canary against real nodes, and against what only looks like one."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pystatus import sanitise
from pystatus.apps.cli.commands import canary
from pystatus.apps.cli.output import Output
from pystatus.crypto.keys import PrivateKey
from pystatus.inspector.inspector import Wanted, watch
from pystatus.node import Node, NodeConfig
from tests.apps.cli.scraping import LOOPBACK
from tests.apps.support import PATIENCE, Cli, Json, Running
from tests.support.clocks import ShiftedClock

NOBODY = PrivateKey(bytes(31) + b"\x01").public_key.xy.hex()
HOSTILE_NAME = "x" + "\u0301" * 60 + "y" * 100
STEPS = ["connect_seconds", "keys_seconds", "hello_seconds", "status_seconds"]


def run(cli: Cli, *arguments: str) -> tuple[int, Json]:
    result = cli.run("canary", *arguments, "--json")
    assert result.stderr == ""
    return result.exit_code, json.loads(result.stdout)


def test_a_relay_that_works(cli: Cli, tmp_path: Path) -> None:
    with Running(tmp_path / "relay", "node", *LOOPBACK) as relay:
        enode = relay.line()
        code, found = run(cli, enode)
        assert (code, found["ok"]) == (0, True)
        assert found["client"].startswith("pystatus/v")
        assert [key for key in found if key.endswith("_seconds")] == [*STEPS, "clock_seconds"]
        assert all(0 <= found[step] < PATIENCE for step in STEPS)

        code, found = run(cli, enode, "--roundtrip")
        assert (code, found["ok"]) == (0, True)
        assert [key for key in found if key.endswith("_seconds")] == [*STEPS, "second_seconds", "envelope_seconds"]

        for_people = cli.text("canary", enode).splitlines()
        assert for_people[0].startswith("pystatus/v")
        assert [line.split()[0] for line in for_people[1:]] == ["connect", "keys", "hello", "status", "clock"]


@pytest.mark.parametrize("roundtrip", [False, True])
@pytest.mark.parametrize(("error", "words"), [(-3_600, "60 minutes behind"), (300, "5 minutes ahead of")])
async def test_a_relay_whose_clock_is_off(
    error: float, words: str, roundtrip: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    async with Node(NodeConfig(listen="127.0.0.1:0"), clock=ShiftedClock(error)) as relay:
        code = await canary.check(relay.enode, Output(as_json=True), timeout=PATIENCE, roundtrip=roundtrip)
    found = json.loads(capsys.readouterr().out)
    assert (code, found["ok"], found["step"]) == (1, False, "clock")
    assert f"the relay's clock is about {words} that of this machine" in found["error"]
    assert abs(found["clock_offset_seconds"] - error) <= 2


async def test_what_a_relay_calls_itself_is_cut_and_cleaned(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pystatus.node.node.client_id", lambda: HOSTILE_NAME)
    async with Node(NodeConfig(listen="127.0.0.1:0")) as relay:
        monkeypatch.undo()
        assert await canary.check(relay.enode, Output(as_json=False), timeout=PATIENCE, roundtrip=False) == 0
        await watch(relay.enode, Wanted(seconds=0.1), Output(as_json=False), is_live=False, record=None)
    told = capsys.readouterr()
    name = sanitise.name(HOSTILE_NAME)
    assert told.out.splitlines()[0] == name
    assert f"Connected to {name} at " in told.err
    assert "\n" + name + " at " in told.err
    assert "\u0301" * 5 not in told.out + told.err


def test_nobody_listens(cli: Cli) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        enode = f"enode://{NOBODY}@127.0.0.1:{free.getsockname()[1]}"
        code, found = run(cli, enode)
    assert (code, found) == (1, {"ok": False, "step": "connect", "error": "Connection refused", "client": None})


def test_somebody_else_has_the_address(cli: Cli, tmp_path: Path) -> None:
    with Running(tmp_path / "relay", "node", *LOOPBACK) as relay:
        address = relay.line().partition("@")[2]
        code, found = run(cli, f"enode://{NOBODY}@{address}")
    assert (code, found["ok"], found["step"]) == (1, False, "keys")
    assert "it may be another node than its enode or the invitation says" in found["error"]
    assert list(found)[4:] == ["connect_seconds"]


@contextmanager
def accepting() -> Iterator[socket.socket]:
    """Takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener


def test_somebody_takes_the_connection_and_is_silent(cli: Cli) -> None:
    with accepting() as silent:
        code, found = run(cli, f"enode://{NOBODY}@127.0.0.1:{silent.getsockname()[1]}", "--timeout", "0.3")
    assert (code, found["step"], found["error"]) == (1, "keys", "no answer within 0.3 seconds")
    assert "connect_seconds" in found


def test_somebody_speaks_something_else(cli: Cli) -> None:
    with accepting() as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1 << 16)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" + os.urandom(1000))

        web = threading.Thread(target=answer)
        web.start()
        code, found = run(cli, f"enode://{NOBODY}@127.0.0.1:{listener.getsockname()[1]}")
        web.join(PATIENCE)
    assert (code, found["step"]) == (1, "keys")


def test_a_relay_that_is_full(cli: Cli, tmp_path: Path) -> None:
    with Running(tmp_path / "relay", "node", *LOOPBACK, "--max-peers", "0") as relay:
        code, found = run(cli, relay.line())
    assert (code, found["step"]) == (1, "hello")
    assert "too many peers" in found["error"]


def test_a_relay_that_lets_one_in_but_not_two(cli: Cli, tmp_path: Path) -> None:
    with Running(tmp_path / "relay", "node", *LOOPBACK, "--max-peers", "1") as relay:
        code, found = run(cli, relay.line(), "--roundtrip", "--timeout", "0.5")
    assert (code, found["step"]) == (1, "second")


def test_people_read_a_sentence(cli: Cli) -> None:
    with accepting() as silent:
        enode = f"enode://{NOBODY}@127.0.0.1:{silent.getsockname()[1]}"
        result = cli.run("canary", enode, "--timeout", "0.1")
    assert result.exit_code == 1
    assert result.stdout.startswith("connect ")
    assert result.stderr == "Failed at keys: no answer within 0.1 seconds.\n"


@pytest.mark.parametrize("enode", ["nonsense", f"enode://{NOBODY}", f"enode://{'0' * 128}@127.0.0.1:1"])
def test_what_is_no_address_is_a_usage_error(cli: Cli, enode: str) -> None:
    assert cli.error("canary", enode, code=2).startswith("ENODE: ")
