"""``pystatus node``: a bare relay and its key."""

import asyncio
import errno
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enode import Enode
from tests.apps.support import Cli, Running, contents, process_environment
from tests.node.test_versions import offered

LOOPBACK = ("--listen", "127.0.0.1:0")
KEY = "c0ffee" + "00" * 28 + "01"


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_relay_prints_its_address_first_and_stops_when_told(tmp_path: Path, how: signal.Signals) -> None:
    with Running(tmp_path, "node", *LOOPBACK) as node:
        enode = node.line()
        assert re.fullmatch(r"enode://[0-9a-f]{128}@127\.0\.0\.1:[1-9][0-9]*", enode)
        assert node.stop(how) == 0
        assert (node.rest(), node.errors()) == ([], ["Stopped."])


def test_a_relay_bridges_if_it_is_told_to(tmp_path: Path) -> None:
    for options, names in (((), {"waku"}), (("--bridge",), {"waku", "shh"})):
        with Running(tmp_path, "node", *LOOPBACK, *options) as node:
            hello = asyncio.run(offered(Enode.parse(node.line())))
            assert {capability.name for capability in hello} == names
            assert node.stop(signal.SIGTERM) == 0


def test_programs_get_the_same_as_events(tmp_path: Path) -> None:
    with Running(tmp_path, "node", *LOOPBACK, "--json") as node:
        started = json.loads(node.line())
        assert started.keys() == {"event", "enode"}
        assert node.stop(signal.SIGTERM) == 0
        assert [json.loads(line) for line in node.rest()] == [{"event": "stopped"}]
        assert node.errors() == []


def test_a_relay_keeps_its_key(tmp_path: Path) -> None:
    ids = []
    for _ in range(2):
        with Running(tmp_path / "data", "node", *LOOPBACK, "--advertise", "relay.example.org") as node:
            url = node.line()
            assert url.partition("@")[2].startswith("relay.example.org:")
            ids.append(url.partition("@")[0])
            node.stop(signal.SIGTERM)
    assert ids[0] == ids[1]
    file = tmp_path / "data" / "node.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert ids[0] == "enode://" + PrivateKey(bytes.fromhex(file.read_text())).public_key.xy.hex()


def test_a_relay_takes_the_key_it_is_given(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(KEY)
    file.chmod(0o600)
    with Running(tmp_path / "data", "node", *LOOPBACK, "--key-file", str(file)) as node:
        assert node.line().startswith("enode://" + PrivateKey(bytes.fromhex(KEY)).public_key.xy.hex())
    assert not (tmp_path / "data").exists()


def test_nobody_has_to_read_on(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "pystatus", "node", *LOOPBACK, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=process_environment(tmp_path),
    ) as node:
        assert node.stdout is not None
        assert node.stdout.readline().startswith(b'{"event": "started"')
        node.stdout.close()
        node.terminate()
        assert node.stderr is not None
        assert (node.stderr.read(), node.wait()) == (b"", 0)


def test_two_relays_connect(tmp_path: Path) -> None:
    with Running(tmp_path / "1", "node", *LOOPBACK, "--log-level", "info") as first:
        enode = first.line()
        with Running(tmp_path / "2", "node", *LOOPBACK, "--peer", enode) as second:
            second_id = second.line().removeprefix("enode://")[:16]
            while second_id not in (said := first.next_complaint()):
                pass
            assert "connected" in said


def test_a_port_in_use(cli: Cli) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        sentence = cli.error("node", "--listen", f"127.0.0.1:{port}")
    assert str(port) in sentence
    assert "in use" in sentence


@pytest.mark.parametrize("address", ["", "30303", "127.0.0.1", "127.0.0.1:70000", "127.0.0.1:-1", "127.0.0.1:http"])
def test_a_bad_address_to_listen_on(cli: Cli, address: str) -> None:
    assert cli.error("node", "--listen", address, code=2) == (
        f"--listen: {address!r} is not an address to listen on. Give host:port, for example 0.0.0.0:30303."
    )


def test_a_host_that_is_not_ours(cli: Cli) -> None:
    assert "203.0.113.1" in cli.error("node", "--listen", "203.0.113.1:0")


def test_an_enode_without_an_address(cli: Cli) -> None:
    node_id = PrivateKey(bytes.fromhex(KEY)).public_key.xy.hex()
    assert "says not where to dial" in cli.error("node", *LOOPBACK, "--peer", f"enode://{node_id}", code=2)


def test_a_damaged_key_is_told_and_kept(cli: Cli, tmp_path: Path) -> None:
    cli.data_dir.mkdir()
    file = cli.data_dir / "node.key"
    file.write_text("not a key")
    file.chmod(0o600)
    sentence = "A private key is 64 hexadecimal digits, with or without 0x. Check what you entered."
    assert cli.error("node", *LOOPBACK) == f"There is no node key in {file}. {sentence}"
    assert cli.error("node", *LOOPBACK, "--key-file", str(file)) == f"There is no node key in {file}. {sentence}"
    missing = tmp_path / "missing"
    told = cli.error("node", *LOOPBACK, "--key-file", str(missing))
    assert told.startswith(
        f"The node's key {missing} is not there, and a new one would be another node than others know"
    )
    assert contents(cli.data_dir) == {"node.key": b"not a key"}


def test_a_data_directory_that_cannot_be_written(cli: Cli) -> None:
    cli.data_dir.write_text("in the way")
    assert cli.error("node", *LOOPBACK) == (
        f"The node's key cannot be stored in {cli.data_dir}/node.key: {os.strerror(errno.ENOTDIR)}."
    )
