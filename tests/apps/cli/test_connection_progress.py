"""A relay that cannot be reached: the person reads at once what is tried and why it fails, in every command."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pystatus.apps.cli import connection_progress, status_line
from pystatus.apps.cli.connection_progress import MAX_RELAYS, ConnectionProgress
from pystatus.apps.cli.output import Output
from pystatus.client import Client, PeerConnected, PeerDialled, PeerDisconnected, PeerUnreachable
from pystatus.devp2p.enode import Enode
from pystatus.discovery.dns.entries import Link
from pystatus.errors import RemoteError
from pystatus.net import manager
from pystatus.net.config import NetworkConfig
from pystatus.net.connecting import AddressInfo
from pystatus.net.dns import DnsResolver
from pystatus.node import NodeConfig
from pystatus.waku.relay.config import RelayConfig
from tests.apps.cli.unreachable import KEY, UNREACHABLE
from tests.apps.support import PASSWORD, Cli, Json, Running, Terminal
from tests.support.unanswering import unanswering

PATIENCE = 30.0
SHORT = 0.2
"""Seconds in which a peer has to answer, where the test is about those that do not."""
INTERRUPTED = (
    "Interrupted. No relay took the message yet. {} It is stored and goes out the next time that this profile is "
    "connected, for example by: pystatus listen alice. Do not send it again. Until then it can be taken back by: "
    "pystatus message withdraw alice {}"
)


@pytest.fixture
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """One of the ways to be unreachable. Who does not answer there is given up soon, and no DNS server is asked."""
    name = str(request.param)
    network, config = NodeConfig.network, RelayConfig.__init__

    def changed(node: NodeConfig) -> NetworkConfig:
        whole = network(node)
        if name == "no answer":
            return replace(whole, dial_timeout=SHORT)
        if name == "silent":
            return replace(whole, connection=replace(whole.connection, handshake_timeout=SHORT))
        return whole

    async def resolve(host: str, port: int) -> Sequence[AddressInfo]:
        if host.endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port))]

    monkeypatch.setattr(NodeConfig, "network", changed)
    monkeypatch.setattr(manager, "resolve", resolve)
    if name == "no Status":
        monkeypatch.setattr(config, "__kwdefaults__", {**(config.__kwdefaults__ or {}), "status_timeout": SHORT})
    return name


@pytest.mark.parametrize("way", UNREACHABLE, indirect=True)
async def test_the_person_reads_why(way: str, cli: Cli, capsys: pytest.CaptureFixture[str]) -> None:
    cli.add_profile("alice")
    relay, reason = UNREACHABLE[way]
    failed = asyncio.Event()
    async with asyncio.timeout(PATIENCE), relay() as enode:
        client = Client.open("alice", PASSWORD, data_dir=cli.data_dir, peers=[str(enode)])
        told = ConnectionProgress(Output(as_json=False), aside=True)
        client.on(object)(told.tell)
        client.on(PeerUnreachable)(lambda _: failed.set())
        async with client:
            with told:
                await failed.wait()
    captured = capsys.readouterr()
    assert captured.err.splitlines()[0] == f"{enode.address} cannot be reached: {reason}. It is tried again."
    assert captured.out == ""
    assert told.problem == f"{enode.address} cannot be reached: {reason}."


# whole commands


@pytest.fixture
def alice(cli: Cli) -> Cli:
    cli.add_profile("alice")
    return cli


@pytest.fixture
def refused() -> Iterator[Enode]:
    """A relay whose machine refuses connections."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))  # bound and not listening
        port = reserved.getsockname()[1]
        yield Enode(KEY.public_key, "127.0.0.1", port, port)


def started(cli: Cli, *arguments: str) -> Running:
    return Running(cli.data_dir, *arguments, PYSTATUS_PASSWORD=PASSWORD)


def until_stored(cli: Cli) -> None:
    """Ask the process that sends until its message is there: what Ctrl-C says before that is something else."""
    while not cli.objects("history", "alice", "#room"):
        pass


def test_sending_says_it_at_once_and_ctrl_c_what_becomes_of_the_message(
    alice: Cli, tmp_path: Path, refused: Enode
) -> None:
    why = f"{refused.address} cannot be reached: Connection refused."
    with started(alice, "send", "alice", "#room", "hello", "--peer", str(refused), "--timeout", "600") as sending:
        assert sending.next_complaint() == f"{why} It is tried again."
        until_stored(alice)
        assert sending.stop(signal.SIGINT) == 130
        (line,) = sending.rest()
        stored = line.split()[1]
        assert sending.errors()[-1] == INTERRUPTED.format(why, stored[:12])
    assert line.startswith("sending 0x")
    (message,) = alice.objects("history", "alice", "#room")
    assert message["state"] == "sending"
    with Running(tmp_path / "relay", "node", "--listen", "127.0.0.1:0") as relay:
        with started(alice, "listen", "alice", "--json", "--peer", relay.line()) as listening:
            assert listening.event("state")["id"] == message["id"]
            assert listening.stop(signal.SIGTERM) == 0
        assert relay.stop(signal.SIGTERM) == 0


def test_programs_get_one_result_and_the_rest_on_standard_error(alice: Cli, refused: Enode) -> None:
    arguments = ("send", "alice", "#room", "hello", "--peer", str(refused), "--timeout", "600", "--json")
    with started(alice, *arguments) as sending:
        assert json.loads(sending.next_complaint()) == {
            "event": "peer-unreachable",
            "node_id": KEY.public_key.xy.hex(),
            "address": refused.address,
            "reason": "Connection refused",
        }
        until_stored(alice)
        assert sending.stop(signal.SIGINT) == 130
        (result,) = sending.rest()
        assert json.loads(result)["state"] == "sending"
        assert json.loads(sending.errors()[-1])["error"].startswith("Interrupted. No relay took the message yet.")


def test_when_the_time_is_over_the_reason_is_told_again(alice: Cli, refused: Enode) -> None:
    result = alice.run("send", "alice", "#room", "hello", "--peer", str(refused), "--timeout", "2")
    assert result.exit_code == 3
    assert f"No relay took the message within 2 seconds. {refused.address} cannot be reached: " in result.stderr


def test_a_node_list_that_cannot_be_read_is_the_reason_then(alice: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    async def unknown(resolver: DnsResolver, name: str) -> list[bytes]:
        raise RemoteError(f"no TXT record of {name}: there is no such name")

    monkeypatch.setattr(DnsResolver, "texts", unknown)
    listed = str(Link(KEY.public_key, "nodes.example"))
    result = alice.run("send", "alice", "#room", "hello", "--dns-list", listed, "--timeout", "2")
    assert result.exit_code == 3
    assert result.stderr.splitlines()[-1].startswith(
        "No relay took the message within 2 seconds. No relay was found: no TXT record of nodes.example: there is no "
        "such name. It is stored"
    )


def test_listening_has_it_among_its_events(alice: Cli, refused: Enode) -> None:
    with started(alice, "listen", "alice", "--json", "--peer", str(refused)) as listening:
        assert listening.event("peer-unreachable")["reason"] == "Connection refused"
        assert listening.stop(signal.SIGTERM) == 0


def test_no_mailserver_is_called_unreachable_before_it_was_tried(alice: Cli, refused: Enode) -> None:
    with started(alice, "listen", "alice", "#room", "--json", "--mailserver", str(refused)) as listening:
        said: list[Json] = []
        while not {"history", "peer-unreachable"} <= {event["event"] for event in said}:
            said.append(json.loads(listening.line()))
        assert listening.stop(signal.SIGTERM) == 0
    assert [event["problem"] for event in said if event["event"] == "history" and event["problem"]] == []


def test_fetching_ends_with_the_reason(alice: Cli, refused: Enode) -> None:
    with started(alice, "fetch", "alice", "#room", "--mailserver", str(refused), "--timeout", "3") as fetching:
        assert fetching.wait() == 1
        first, *_, last = fetching.errors()
    why = f"{refused.address} cannot be reached: Connection refused."
    assert first == f"{why} It is tried again."
    assert last == f"Not everything came within 3 seconds. What is missing is fetched the next time. {why}"


def test_pairing_ends_with_the_reason(alice: Cli, refused: Enode) -> None:
    error = alice.run("device", "pair", "alice", "--peer", str(refused), "--timeout", "2").stderr.splitlines()[-1]
    assert error == (
        f"No relay was there within 2 seconds. {refused.address} cannot be reached: Connection refused. The other "
        "devices are told the next time that this profile is connected."
    )


def test_a_relay_warns_of_peers_that_it_does_not_reach(tmp_path: Path, refused: Enode) -> None:
    with Running(tmp_path, "node", "--listen", "127.0.0.1:0", "--peer", str(refused)) as node:
        assert node.next_complaint().endswith(f"{refused} cannot be connected: Connection refused")
        assert node.stop(signal.SIGTERM) == 0


def test_who_does_not_answer_is_named_meanwhile(
    alice: Cli, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(connection_progress, "SILENT_FOR", 0.01)
    with unanswering("127.0.0.3") as port:
        enode = f"enode://{KEY.public_key.xy.hex()}@127.0.0.3:{port}"
        result = alice.run("send", "alice", "#room", "hello", "--peer", enode, "--timeout", "1")
        programs = alice.run("send", "alice", "#room", "hello", "--peer", enode, "--timeout", "1", "--json")
    assert result.stderr.splitlines()[0] == f"Trying 127.0.0.3:{port} …"
    assert json.loads(programs.stderr.splitlines()[0])["event"] == "peer-dialled"


# at a terminal


def test_a_terminal_has_a_line_that_is_written_over(alice: Cli, refused: Enode) -> None:
    arguments = ("send", "alice", "#room", "hello", "--peer", str(refused), "--timeout", "600")
    with Terminal(alice.data_dir, *arguments, PYSTATUS_PASSWORD=PASSWORD) as terminal:
        terminal.expect(f"\r\x1b[KConnecting to {refused.address} …")
        terminal.expect(f"\r\x1b[K{refused.address} cannot be reached: Connection refused. It is tried again.\r\n")
        terminal.expect(f"\r\x1b[KNot connected; trying again: {refused.address} …")
        until_stored(alice)
        terminal.type("\x03")
        terminal.expect("\r\x1b[Ksending 0x")
        terminal.expect("Interrupted. No relay took the message yet.")
        assert terminal.wait() == 130
        assert "\x1b" not in terminal.screen[terminal.screen.index("sending 0x") :]


def test_nothing_is_left_of_the_line_when_it_works(alice: Cli, tmp_path: Path) -> None:
    with Running(tmp_path / "relay", "node", "--listen", "127.0.0.1:0") as relay:
        enode = relay.line()
        with Terminal(
            alice.data_dir, "send", "alice", "#room", "hello", "--peer", enode, PYSTATUS_PASSWORD=PASSWORD
        ) as terminal:
            assert terminal.wait() == 0
        assert relay.stop(signal.SIGTERM) == 0
    *_, shown = terminal.screen.split("\r\x1b[K")
    assert shown.startswith("sent 0x")
    assert shown.endswith("\r\n")


class _Screen:
    """A terminal of twenty columns."""

    def __init__(self) -> None:
        self.written = ""

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        raise OSError("it is none of the system's")

    def write(self, text: str) -> int:
        self.written += text
        return len(text)

    def flush(self) -> None:
        """Everything is there already."""


def test_other_lines_go_above_and_strangers_words_are_cleaned(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = _Screen()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(status_line, "DEFAULT_COLUMNS", 20)
    status_line.show("first\x1b[2J\nline that is far too long")
    with status_line.above():
        screen.write("a warning\n")
    status_line.show("")
    assert screen.written == "\r\x1b[Kfirst line that is…\r\x1b[Ka warning\nfirst line that is…\r\x1b[K"


def test_without_a_terminal_there_is_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    Output(as_json=False).status("somewhere")
    assert capsys.readouterr() == ("", "")


# what is told, and what is not


async def test_the_same_is_told_once_and_nothing_after_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    told = ConnectionProgress(Output(as_json=False), aside=True)
    with told:
        for reason in ("refused", "refused", "no answer", "no answer"):
            told.tell(PeerDialled("ab" * 64, "relay.example:1"))
            told.tell(PeerUnreachable("ab" * 64, "relay.example:1", reason))
        assert told.problem == "relay.example:1 cannot be reached: no answer."
        told.tell(PeerConnected("ab" * 64))
        assert told.problem is None
        told.tell(PeerDisconnected("ab" * 64, "it was tired"))
    told.tell(PeerUnreachable("ab" * 64, "relay.example:1", "at the end"))
    assert capsys.readouterr().err.splitlines() == [
        "relay.example:1 cannot be reached: refused. It is tried again.",
        "relay.example:1 cannot be reached: no answer. It is tried again.",
        "relay.example:1 is not connected any more: it was tired. It is tried again.",
    ]


async def test_of_many_relays_the_last_ones_are_remembered() -> None:
    told = ConnectionProgress(Output(as_json=True), aside=True)
    for number in range(MAX_RELAYS + 10):
        told.tell(PeerUnreachable(f"{number:0128x}", f"relay-{number}.example:1", "refused"))
    assert told.problem == (
        "relay-10.example:1 cannot be reached: refused; relay-11.example:1 cannot be reached: refused; "
        f"relay-12.example:1 cannot be reached: refused; {MAX_RELAYS - 3} more likewise."
    )
    assert len(told._addresses) == MAX_RELAYS
