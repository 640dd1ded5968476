"""``pystatus dns-list``, and the options that name lists; the DNS server is in this process, the command in its own."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest

from pystatus.devp2p.enr import NodeRecord
from pystatus.discovery.dns.entries import entry_name
from tests.apps.support import Cli, process_environment
from tests.support.dns_zone import DnsServer, key, link, publish, record

HOME = "nodes.example.org"
LIST = str(link(key(1), HOME))


async def run(directory: Path, *arguments: str) -> tuple[int | None, list[str], list[str]]:
    """Exit code, lines of standard output and of standard error."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "pystatus", *arguments,
        env=process_environment(directory), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    return process.returncode, out.decode().splitlines(), err.decode().splitlines()


@pytest.mark.requirement("WK-60")
async def test_the_nodes_of_a_list(tmp_path: Path) -> None:
    silent = NodeRecord.sign(key(5), 1, {})
    async with DnsServer(publish(key(1), HOME, [record(4), silent])) as server:
        code, out, err = await run(tmp_path, "dns-list", LIST, "--dns-server", server.address)
        assert (code, set(out)) == (0, {str(record(4).enode), str(silent)})
        assert err == [f"2 nodes of {HOME}."]
        code, out, err = await run(tmp_path, "dns-list", LIST, "--dns-server", server.address, "--json")
    found = {node["enr"]: node for node in map(json.loads, out)}
    assert (code, err, len(found)) == (0, [], 2)
    assert found[str(record(4))] == {
        "enode": str(record(4).enode),
        "enr": str(record(4)),
        "seq": 1,
        "address": "8.8.8.8",
        "tcp_port": 30303,
        "udp_port": 30303,
    }
    assert (found[str(silent)]["address"], found[str(silent)]["tcp_port"]) == (None, 0)


async def test_no_more_than_are_wanted_and_what_is_wrong_is_said(tmp_path: Path) -> None:
    nodes = ["enr:damaged", *(str(record(number)) for number in range(1, 9))]
    async with DnsServer(publish(key(1), HOME, nodes)) as server:
        code, out, err = await run(tmp_path, "dns-list", LIST, "--dns-server", server.address, "--limit", "3")
        assert (code, len(out)) == (0, 3)
        code, out, err = await run(tmp_path, "dns-list", LIST, "--dns-server", server.address)
    assert (code, len(out)) == (0, 8)
    assert err[-1].startswith("Not everything could be read: ")


async def test_a_list_of_somebody_else(tmp_path: Path) -> None:
    async with DnsServer(publish(key(2), HOME, [record(4)])) as server:
        code, out, err = await run(tmp_path, "dns-list", LIST, "--dns-server", server.address)
    assert (code, out) == (1, [])
    assert err == [f"The list cannot be read: {HOME}: root of a list is not signed by its key."]


def test_mistakes_on_the_command_line(cli: Cli) -> None:
    assert "is not a node list" in cli.run("dns-list", "enode://x").stderr
    assert cli.run("dns-list", LIST, "--dns-server", "dns").exit_code == 2
    assert "is not a node list" in cli.run("node", "--dns-list", "x").stderr
    assert "address:port" in cli.run("node", "--dns-list", LIST, "--dns-server", "dns").stderr
    cli.add_profile("alice")
    for command in (("send", "alice", "#status", "hello"), ("listen", "alice")):
        assert "is not a node list" in cli.error(*command, "--dns-list", "enrtree://x", code=2)
        assert "No relay is given" in cli.error(*command, code=2)


def written(path: Path, *lines: object) -> str:
    path.write_text("".join(f"{line}\n" for line in lines))
    path.chmod(0o600)
    return str(path)


@pytest.fixture
def owner(tmp_path: Path) -> str:
    """The file with the key of the list."""
    return written(tmp_path / "list.key", key(1).secret.hex())


@pytest.fixture
def nodes(tmp_path: Path) -> str:
    return written(
        tmp_path / "nodes",
        "# ours",
        record(4),
        "",
        f"  {record(5)}  ",
        record(4, seq=2),
        link(key(2), "more.example.org"),
    )


@pytest.mark.requirement("WK-60")
async def test_a_signed_list_is_published_and_read(cli: Cli, tmp_path: Path, owner: str, nodes: str) -> None:
    """What ``sign`` writes is put into a DNS server, where ``show`` and ``check`` find it."""
    json_file, zone_file = tmp_path / "list.json", tmp_path / "list.zone"
    made = cli.object(
        "dns-list", "sign", HOME, nodes, "--key-file", owner, "--records", str(json_file), "--zone", str(zone_file)
    )
    assert made == {
        "url": LIST,
        "seq": 1,
        "nodes": 2,
        "links": 1,
        "entries": 5,
        "records_file": str(json_file),
        "zone_file": str(zone_file),
    }
    zone = {name: [text] for name, text in json.loads(json_file.read_text()).items()}
    async with DnsServer(zone) as server:
        code, out, err = await run(tmp_path, "dns-list", LIST, "--dns-server", server.address)
        assert (code, set(out)) == (0, {str(record(4, seq=2).enode), str(record(5).enode)})
        code, out, err = await run(tmp_path, "dns-list", "check", LIST, "--dns-server", server.address)
        assert (code, err, out[0], out[-1]) == (0, [], f"{HOME}: version 1, signature good", "The list is good.")
        del zone[next(name for name in zone if name.startswith(entry_name(str(record(5)))))]
    async with DnsServer(zone) as server:
        code, out, err = await run(tmp_path, "dns-list", "check", LIST, "--dns-server", server.address, "--json")
    report = json.loads(out[0])
    assert (code, report["is_good"], report["problem_count"], report["nodes"]) == (1, False, 1, 1)
    assert entry_name(str(record(5))) in report["problems"][0]


def test_signing_again_takes_the_next_version(cli: Cli, tmp_path: Path, owner: str, nodes: str) -> None:
    file = tmp_path / "list.json"
    sign = ("dns-list", "sign", HOME, nodes, "--key-file", owner, "--records", str(file))
    assert [cli.object(*sign)["seq"] for _ in range(3)] == [1, 2, 3]
    assert cli.object(*sign, "--seq", "7")["seq"] == 7
    assert cli.object(*sign)["seq"] == 8
    other = written(tmp_path / "other.key", key(2).secret.hex())
    assert "this key has signed" in cli.error(*sign, "--key-file", other)
    assert cli.object(*sign, "--key-file", other, "--seq", "1")["url"] != LIST
    file.write_text("{}")
    assert "Give it with --seq" in cli.error(*sign)


def test_without_files_the_zone_is_printed(cli: Cli, tmp_path: Path, owner: str, nodes: str) -> None:
    result = cli.run("dns-list", "sign", HOME, nodes, "--key-file", owner)
    assert "Version 1 with 2 nodes and 1 link, 5 TXT records." in result.stderr
    assert LIST in result.stderr
    zone = written(tmp_path / "zone", result.stdout)
    checked = cli.run("dns-list", "check", LIST, "--file", zone)
    assert (checked.exit_code, checked.stderr) == (0, "")
    assert "Link: enrtree://" in checked.stdout
    records = cli.object("dns-list", "sign", HOME, nodes, "--key-file", owner)["records"]
    assert len(records) == 5


def test_the_check_of_a_file_says_what_is_wrong(cli: Cli, tmp_path: Path, owner: str, nodes: str) -> None:
    file = tmp_path / "list.json"
    cli.object("dns-list", "sign", HOME, nodes, "--key-file", owner, "--records", str(file))
    records = json.loads(file.read_text())
    altered = f"{entry_name(str(record(5)))}.{HOME}"
    file.write_text(json.dumps({**records, altered: "x", f"{'A' * 26}.{HOME}": "y"}))
    result = cli.run("dns-list", "check", LIST, "--file", str(file))
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-3:] == [
        f"Problem: {altered}: no TXT record has the hash that is its name.",
        f"Problem: {'a' * 26}.{HOME}: nothing leads to this entry.",
        "2 problems.",
    ]
    stranger = cli.run("dns-list", "check", str(link(key(9), HOME)), "--file", str(file))
    assert "no root that is signed by this key" in stranger.stdout


def test_what_no_list_can_be_made_of(cli: Cli, tmp_path: Path, owner: str) -> None:
    enode = written(tmp_path / "enode", record(4).enode)
    sign = ("dns-list", "sign", HOME)
    assert "line 1: An enode address cannot be in a list" in cli.error(*sign, enode, "--key-file", owner)
    for line, why in (("enr:x", "is not a node record"), ("enrtree://x", "is not a node list"), ("x", "is not a node")):
        sentence = cli.error(*sign, written(tmp_path / "bad", "", line), "--key-file", owner)
        assert "line 2: " in sentence
        assert why in sentence
    assert "cannot be read" in cli.error(*sign, str(tmp_path / "nothing"), "--key-file", owner)
    good = written(tmp_path / "good", record(4))
    assert "There is no key for a list in" in cli.error(*sign, good, "--key-file", good)
    assert "is not a domain" in cli.error("dns-list", "sign", "no domain", good, "--key-file", owner)
    assert "cannot be written" in cli.error(*sign, good, "--key-file", owner, "--zone", str(tmp_path / "no" / "zone"))
    assert "not both" in cli.error("dns-list", "check", LIST, "--file", good, "--dns-server", "127.0.0.1", code=2)
