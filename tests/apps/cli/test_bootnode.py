"""``pystatus bootnode``, and what ``discover`` and ``crawl`` say of bootnodes: processes and real sockets."""

from __future__ import annotations

import json
import re
import signal
import socket
import stat
import urllib.request
from pathlib import Path
from xml.etree import ElementTree

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enode import Enode
from tests.apps.cli.scraping import samples_of
from tests.apps.support import Cli, Running, Terminal

LOOPBACK = ("--listen", "127.0.0.1:0")


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return str(answer.read().decode())


@pytest.mark.requirement("CL-17")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_bootnode_prints_its_address_first_and_stops_when_told(tmp_path: Path, how: signal.Signals) -> None:
    with Running(tmp_path, "bootnode", *LOOPBACK) as node:
        assert re.fullmatch(r"enode://[0-9a-f]{128}@127\.0\.0\.1:[1-9][0-9]*", node.line())
        assert node.stop(how) == 0
        assert (node.rest(), node.errors()) == ([], ["Stopped."])


def test_programs_get_the_same_as_events(tmp_path: Path) -> None:
    with Running(tmp_path, "bootnode", *LOOPBACK, "--json") as node:
        assert json.loads(node.line()).keys() == {"event", "enode"}
        assert node.stop(signal.SIGTERM) == 0
        assert [json.loads(line) for line in node.rest()] == [{"event": "stopped"}]
        assert node.errors() == []


def test_it_has_a_key_of_its_own_that_it_keeps_and_nobody_else_uses(tmp_path: Path) -> None:
    ids = []
    for option, host in (("--advertise=boot.example.org", "boot.example.org"), ("--nat=extip:45.9.0.1", "45.9.0.1")):
        with Running(tmp_path / "data", "bootnode", *LOOPBACK, option) as node:
            url = node.line()
            assert url.partition("@")[2].startswith(f"{host}:")
            ids.append(url.partition("@")[0])
            second = Cli(tmp_path / "data").error("bootnode", *LOOPBACK)
            assert "node.key is in use by another process" in second or "is in use by process" in second
            node.stop(signal.SIGTERM)
    assert ids[0] == ids[1]
    file = tmp_path / "data" / "node.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert ids[0] == "enode://" + PrivateKey(bytes.fromhex(file.read_text())).public_key.xy.hex()


def test_a_port_in_use(cli: Cli) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        assert cli.error("bootnode", "--listen", f"127.0.0.1:{port}").startswith(f"UDP port {port} is already in use")


def test_a_bootnode_that_is_none(cli: Cli) -> None:
    node_id = PrivateKey(bytes([5] * 32)).public_key.xy.hex()
    for command in ("bootnode", "crawl"):
        sentence = cli.error(command, "--bootnode", f"enode://{node_id}", code=2)
        assert "does not say where to send to" in sentence


def test_nobody_to_begin_with(cli: Cli) -> None:
    for command in (("crawl",), ("discover", "whisper")):
        assert cli.error(*command, code=2).startswith("No bootnode is given. Name one with --bootnode enode://…")
    cli.environment["PYSTATUS_DISCOVERY_BOOTNODE"] = "enode://x"
    assert "PYSTATUS_DISCOVERY_BOOTNODE is set, but there is no such variable" in cli.error("crawl", code=2)


def test_nobody_answers(cli: Cli) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        key = PrivateKey(bytes([5] * 32)).public_key
        enode = str(Enode(key, "127.0.0.1", 1, silent.getsockname()[1]))
        for command in (("discover", "whisper"), ("crawl",)):
            sentence = cli.run(*command, "--bootnode", enode, "--timeout", "1")
            assert sentence.exit_code == 1
            assert "No bootnode answered" in sentence.stderr


@pytest.mark.requirement("CL-10")
def test_bootnodes_find_each_other_and_are_crawled(tmp_path: Path, cli: Cli) -> None:
    with Running(tmp_path / "1", "bootnode", *LOOPBACK) as first:
        begin = first.line()
        with (
            Running(tmp_path / "2", "bootnode", *LOOPBACK, "--bootnode", begin) as second,
            Running(tmp_path / "3", "bootnode", *LOOPBACK, PYSTATUS_DISCOVERY_BOOTNODES=begin) as third,
        ):
            urls = {begin, second.line(), third.line()}
            cli.environment["PYSTATUS_DISCOVERY_BOOTNODES"] = begin
            found: list[dict[str, object]] = []
            while not found or found[-1]["answered"] != 3:  # until the second and the third are known to the first
                found = cli.objects("crawl", "--rate", "500")
            *nodes, done = found
            assert {node["event"] for node in nodes} == {"node"}
            assert {node["enode"] for node in nodes if node["answered"]} == urls
            assert (done["event"], done["nodes"], done["answered"], done["complete"]) == ("done", len(nodes), 3, True)
            picture = tmp_path / "network.svg"
            shown = cli.run("crawl", "--rate", "500", "--picture", str(picture))
            assert shown.exit_code == 0
            assert set(re.findall(r"^(enode://\S+)  knows ", shown.stdout, re.MULTILINE)) == urls
            assert re.match(r"\d nodes, of which 3 answered, in 1 network; ", shown.stderr)
            assert ElementTree.parse(picture).getroot().get("role") == "img"
            refused = cli.error("crawl", "--picture", str(picture), code=2)
            assert refused.startswith(f"--picture: the file {picture} is there already.")
            limited = cli.objects("crawl", "--limit", "2")
            assert (len(limited), limited[-1]["complete"]) == (3, False)
            nothing = cli.error("discover", "whisper", "--timeout", "2")
            assert re.fullmatch(r"No node of whisper was found within 2 seconds: \d nodes? (is|are) known, .*", nothing)


def test_a_person_sees_how_far_it_is(tmp_path: Path) -> None:
    with Running(tmp_path / "1", "bootnode", *LOOPBACK) as first:
        begin = first.line()
        with Terminal(tmp_path, "crawl", "--bootnode", begin) as terminal:
            terminal.expect("of 1 known node asked …")
            terminal.expect("knows 0 nodes")
            assert terminal.wait() == 0
        with Terminal(tmp_path, "discover", "whisper", "--bootnode", begin, "--timeout", "2") as terminal:
            terminal.expect("Looking for whisper: 0 nodes told by 0 registrars; ")
            assert terminal.wait() == 1


def test_nobody_has_to_read_on(tmp_path: Path, cli: Cli) -> None:
    with Running(tmp_path / "1", "bootnode", *LOOPBACK) as first:
        cli.environment["PYSTATUS_DISCOVERY_BOOTNODES"] = first.line()
        assert len(cli.objects("crawl")) == 2


def test_metrics_and_health(tmp_path: Path, cli: Cli) -> None:
    arguments = ("bootnode", *LOOPBACK, "--metrics-port", "0", "--log-level", "info")
    with Running(tmp_path, *arguments, PYSTATUS_METRICS_MIN_PEERS="1") as node:
        while "metrics at " not in (line := node.next_complaint()):
            pass
        url = line.partition("metrics at ")[2].strip()
        enode = node.line()
        assert get(url.replace("/metrics", "/health")) == "OK"
        cli.environment["PYSTATUS_DISCOVERY_BOOTNODES"] = enode
        cli.objects("crawl")
        samples = samples_of(get(url))
        assert samples["pystatus_discovery_datagrams_total", "in", "findnodeHash"] >= 1
        assert samples["pystatus_discovery_datagrams_total", "out", "pong"] >= 1
        assert samples["pystatus_discovery_bytes_total", "in"] > 100
        names = {name for name, *_ in samples}
        assert "process_resident_memory_bytes" in names
        assert not any(name.startswith("waku_") for name in names)
        assert node.stop(signal.SIGTERM) == 0


def test_sighup_changes_how_much_is_logged_and_a_mistake_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "bootnode.toml"
    file.write_text('[log]\nlevel = "warning"\n')
    with Running(tmp_path / "data", "bootnode", *LOOPBACK, "--config", str(file)) as node:
        node.line()
        file.write_text('[log]\nlevel = "loud"\n')
        node.process.send_signal(signal.SIGHUP)
        assert "the settings stay as they were: " in node.next_complaint()
        file.write_text('[log]\nlevel = "info"\n')
        node.process.send_signal(signal.SIGHUP)
        assert "settings read again" in node.next_complaint()
        assert node.stop(signal.SIGTERM) == 0
