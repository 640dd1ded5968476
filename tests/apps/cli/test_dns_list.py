"""``pystatus dns-list``, and the options that name lists; the DNS server is in this process, the command in its own."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest

from pystatus.devp2p.enr import NodeRecord
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
