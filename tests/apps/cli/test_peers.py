"""``pystatus peers``: whom a node is connected to and where it found each, and what a profile remembers."""

from __future__ import annotations

import signal
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enode import Enode
from pystatus.storage.cached_peers import SqlCachedPeers
from pystatus.storage.profiles import Profiles
from tests.apps.support import PASSWORD, Cli, Running

LOOPBACK = ("--listen", "127.0.0.1:0")


def enode(number: int) -> Enode:
    return Enode(PrivateKey(bytes([number]) * 32).public_key, "192.0.2.7", 30303, 30303)


def test_a_peer_that_was_named_and_one_that_dialled(tmp_path: Path) -> None:
    socket = tmp_path / "rpc"
    with (
        Running(tmp_path / "1", "node", *LOOPBACK) as named,
        Running(tmp_path / "2", "node", *LOOPBACK, "--peer", named.line(), "--rpc-socket", str(socket)) as node,
        Running(tmp_path / "3", "node", *LOOPBACK, "--peer", node.line()),
    ):
        cli = Cli(tmp_path / "2")
        found: list[dict[str, Any]] = []
        while len(found) < 2:
            found = cli.objects("peers", "--socket", str(socket))
        assert [(one["source"], one["inbound"]) for one in found] == [("inbound", True), ("static", False)]
        assert found[1]["enode"].startswith("enode://")
        assert all(one["name"].startswith("pystatus/") for one in found)
        shown = cli.run("peers", "--socket", str(socket))
        assert [line.split()[0] for line in shown.stdout.splitlines()] == ["inbound", "static"]
        assert shown.stderr == "2 peers: 1 inbound, 1 static.\n"


def test_a_relay_with_a_bootnode_has_the_numbers_of_discovery_in_its_metrics(tmp_path: Path) -> None:
    socket = tmp_path / "rpc"
    with Running(tmp_path / "boot", "bootnode", *LOOPBACK) as boot:
        begin = boot.line()
        options = (*LOOPBACK, "--bootnode", begin, "--rpc-socket", str(socket), "--metrics-port", "0")
        with Running(tmp_path / "1", "node", *options, "--log-level", "info") as node:
            while "metrics at " not in (line := node.next_complaint()):
                pass
            node.line()
            cli = Cli(tmp_path / "1")
            assert cli.run("peers", "--socket", str(socket)).stderr == "The node has no peer.\n"
            url = line.partition("metrics at ")[2].strip()
            known = 0.0
            while not known:
                with urllib.request.urlopen(url, timeout=30) as answer:
                    lines = answer.read().decode().splitlines()
                known = sum(float(one.split()[1]) for one in lines if one.startswith("pystatus_discovery_nodes "))
            assert known == 1
            assert node.stop(signal.SIGTERM) == 0


def test_no_node_runs(cli: Cli, tmp_path: Path) -> None:
    assert cli.error("peers", "--socket", str(tmp_path / "none")).startswith("There is no RPC at ")


@pytest.mark.parametrize("answer", [None, 5, {}, [5], [{"enode": "x"}], [{"network": 3}]])
def test_something_else_answers(cli: Cli, monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    async def ask(*_: object, **__: object) -> Any:
        return answer

    monkeypatch.setattr("pystatus.apps.cli.node_rpc.ask", ask)
    assert cli.error("peers").startswith("What answered is no node of this network")


def test_what_strangers_are_called_is_safe_to_show(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "\x1b[31mred\n" + "x" * 10_000

    async def ask(*_: object, **__: object) -> Any:
        network = {"inbound": True, "remoteAddress": name, "source": name}
        return [{"enode": name, "name": name, "network": network}, {"network": {"inbound": False}}]

    monkeypatch.setattr("pystatus.apps.cli.node_rpc.ask", ask)
    shown = cli.run("peers")
    assert shown.exit_code == 0
    assert "\x1b" not in shown.stdout + shown.stderr
    assert len(shown.stdout.splitlines()) == 2
    assert len(shown.stdout) < 5_000
    assert [one["source"] for one in cli.objects("peers")][-1] == "unknown"


def test_what_a_profile_remembers(cli: Cli) -> None:
    cli.add_profile("alice")
    assert cli.run("peers", "alice").stderr.startswith("This profile remembers no peer")
    profiles = Profiles(cli.data_dir)
    with profiles.unlock(profiles.find("alice"), PASSWORD) as unlocked:
        cached = SqlCachedPeers(unlocked.database.connection)
        for topic, number in (("whispermail", 3), ("whisper", 1), ("whisper", 2), ("whisper", 2)):
            cached.connected(topic, enode(number), 10, time.time())
        cached.failed("whisper", enode(1))
        unlocked.database.connection.commit()
    assert cli.objects("peers", "alice") == [
        {"source": "cached", "topic": topic, "enode": str(enode(number)), "successes": successes, "failures": failures}
        for topic, number, successes, failures in (("whisper", 2, 2, 0), ("whisper", 1, 1, 1), ("whispermail", 3, 1, 0))
    ]
    assert cli.text("peers", "alice").splitlines() == [
        f"whisper     {enode(2)}  connected 2 times",
        f"whisper     {enode(1)}  connected 1 time, 1 failure since",
        f"whispermail {enode(3)}  connected 1 time",
    ]
    assert "nobody" in cli.error("peers", "nobody")
