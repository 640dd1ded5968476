"""``pystatus node --workers 2``: what an operator sees and does."""

from __future__ import annotations

import json
import os
import re
import signal
import urllib.request
from pathlib import Path

import pytest

from tests.apps.support import Cli, Running

LOOPBACK = ("--listen", "127.0.0.1:0", "--workers", "2")


def test_it_is_one_node_with_one_address(tmp_path: Path) -> None:
    with Running(tmp_path, "node", *LOOPBACK) as node:
        enode = node.line()
        assert re.fullmatch(r"enode://[0-9a-f]{128}@127\.0\.0\.1:[1-9][0-9]*", enode)
        assert node.stop(signal.SIGTERM) == 0
        assert (node.rest(), node.errors()) == ([], ["Stopped."])
    with Running(tmp_path, "node", "--listen", "127.0.0.1:0") as alone:
        assert alone.line().partition("@")[0] == enode.partition("@")[0]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_programs_are_told_of_the_workers(tmp_path: Path, how: signal.Signals) -> None:
    with Running(tmp_path, "node", *LOOPBACK, "--json") as node:
        workers = {event["worker"]: event["pid"] for event in (node.event("worker-started") for _ in range(2))}
        assert workers.keys() == {1, 2}
        assert node.event("started")["enode"].startswith("enode://")
        os.kill(workers[2], signal.SIGKILL)
        assert node.event("worker-ended") == {"event": "worker-ended", "worker": 2, "reason": "killed by SIGKILL"}
        assert json.loads(node.next_complaint())["message"] == (
            "worker 2 has ended (killed by SIGKILL); it starts again in 0.5 seconds"
        )
        assert node.event("worker-started")["worker"] == 2
        assert node.stop(how) == 0
        assert [json.loads(line) for line in node.rest()] == [{"event": "stopped"}]


def test_workers_end_with_their_supervisor(tmp_path: Path) -> None:
    with Running(tmp_path, "node", *LOOPBACK, "--json") as node:
        pids = [node.event("worker-started")["pid"] for _ in range(2)]
        node.event("started")
        ends = [os.pidfd_open(pid) for pid in pids]
        node.stop(signal.SIGKILL)
        for end in ends:
            _wait_for(end)


def _wait_for(process: int) -> None:
    """Wait until a process that is no child of ours has ended."""
    import select

    poll = select.poll()
    poll.register(process, select.POLLIN)
    assert poll.poll(30_000)
    os.close(process)


def test_settings_are_read_again_by_all(tmp_path: Path) -> None:
    file = tmp_path / "node.toml"
    file.write_text('workers = 2\nlisten = "127.0.0.1:0"\n[metrics]\nport = 0\n[log]\nlevel = "info"\n')
    with Running(tmp_path, "node", "--config", str(file)) as node:
        node.line()
        while "metrics at " not in (said := node.next_complaint()):
            pass
        url = said.partition("metrics at ")[2]
        assert 'p2p_peers_max{worker="2"} 25.0' in _get(url)
        file.write_text(file.read_text().replace('"info"', '"debug"') + "[relay]\nmax_peers = 9\n")
        node.process.send_signal(signal.SIGHUP)
        while "settings read again; changed: relay.max_peers, log.level" not in node.next_complaint():
            pass
        assert 'p2p_peers_max{worker="1"} 5.0' in _get(url)
        assert 'p2p_peers_max{worker="2"} 5.0' in _get(url)
        assert node.stop(signal.SIGTERM) == 0


def _get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as answer:
        text: str = answer.read().decode()
    return text


def test_inspect_sees_what_enters_any_worker(tmp_path: Path, cli: Cli) -> None:
    with Running(tmp_path / "node", "node", *LOOPBACK) as node:
        enode = node.line()
        with Running(tmp_path / "one", "inspect", enode, "--count", "1", "--json") as one:
            one.event("connected")
            with Running(tmp_path / "two", "inspect", enode, "--count", "1", "--json") as two:
                two.event("connected")
                assert cli.object("canary", enode, "--roundtrip")["ok"]
                assert one.event("envelope")["hash"] == two.event("envelope")["hash"]


@pytest.mark.parametrize("workers", ["0", "65", "two"])
def test_a_number_that_makes_no_sense(cli: Cli, workers: str) -> None:
    result = cli.run("node", "--workers", workers)
    assert result.exit_code == 2
    assert "from 1 to 64" in result.stderr
