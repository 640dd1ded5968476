"""``--proxy`` and ``PYSTATUS_PROXY``: what is refused, and that no password is shown."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

import pytest

from pystatus.apps.cli.exits import Exit
from tests.apps.support import Cli, Running
from tests.support.command_line import ENODE, LIST

SECRET = "socks5://me:s3cret@127.0.0.1:9"
NO_PROXY = "socks5://127.0.0.1:9"


@pytest.mark.parametrize("command", [("canary", ENODE), ("node",), ("dns-list", LIST), ("inspect", ENODE)])
def test_a_password_does_not_belong_on_the_command_line(cli: Cli, command: tuple[str, ...]) -> None:
    said = cli.error(*command, "--proxy", SECRET, code=2)
    assert "others on this machine can read the command line" in said
    assert "PYSTATUS_PROXY" in said
    assert "s3cret" not in said


def test_the_variable_may_have_one_and_nothing_shows_it(cli: Cli) -> None:
    cli.environment["PYSTATUS_PROXY"] = SECRET
    shown = {one["key"]: one["value"] for one in cli.objects("config", "show", "--effective")}
    assert shown["proxy"] == "********"
    result = cli.run("canary", ENODE)
    assert "the proxy at 127.0.0.1:9 cannot be reached" in result.stderr
    assert "s3cret" not in result.stdout + result.stderr


@pytest.mark.parametrize("command", [("discover", "whisper"), ("crawl",), ("bootnode",)])
def test_what_speaks_udp_refuses_to_start(cli: Cli, command: tuple[str, ...]) -> None:
    cli.environment["PYSTATUS_PROXY"] = NO_PROXY
    more = () if command == ("bootnode",) else ("--bootnode", ENODE)
    said = cli.error(*command, *more, code=2)
    assert "UDP" in said
    assert "PYSTATUS_PROXY" in said


@pytest.mark.parametrize("command", ["show", "export"])
def test_a_network_at_a_url_is_fetched_through_it(cli: Cli, command: str) -> None:
    cli.environment["PYSTATUS_PROXY"] = SECRET
    said = cli.error("network", command, "https://fleet.example.org/fleet.toml")
    assert "the proxy at 127.0.0.1:9 cannot be reached" in said
    assert "s3cret" not in said
    del cli.environment["PYSTATUS_PROXY"]
    said = cli.error("network", command, "https://fleet.example.org/fleet.toml", "--proxy", NO_PROXY)
    assert "the proxy at 127.0.0.1:9 cannot be reached" in said


def test_where_no_proxy_is_nobody_waits_for_a_relay(cli: Cli) -> None:
    """The message is stored, and the sentence says what to do."""
    cli.object("account", "create", "alice")
    shown = cli.run("send", "alice", "#harbour", "hello", "--peer", ENODE, "--proxy", NO_PROXY, "--timeout", "1000")
    assert shown.exit_code == Exit.STORED
    said = shown.stderr.splitlines()[-1]
    assert said.startswith("No relay took the message. ")
    assert "the proxy at 127.0.0.1:9 cannot be reached (Connection refused): start it, or correct its address. " in said
    assert "It is stored and goes out the next time" in said


def test_beside_it_no_router_is_asked(tmp_path: Path) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as gateway:
        gateway.bind(("127.0.0.1", 0))
        gateway.setblocking(False)
        nat = f"pmp:127.0.0.1:{gateway.getsockname()[1]}"
        listening = ("rendezvous", "--listen", "0.0.0.0:0", "--nat", nat)
        with Running(tmp_path, *listening, PYSTATUS_PROXY=NO_PROXY) as node:
            assert node.line().startswith("/ip4/")
            assert node.stop(signal.SIGTERM) == 0
        with pytest.raises(BlockingIOError):
            gateway.recv(1)


def test_there_has_to_be_something_that_a_proxy_can_reach(cli: Cli) -> None:
    cli.add_profile("alice")
    send = ("send", "alice", "#status", "hello", "--proxy", NO_PROXY)
    for found_by in (("--bootnode", ENODE), ("--dns-list", LIST)):
        said = cli.error(*send, *found_by, code=2)
        assert "Name a relay with --peer, or a Rendezvous node with --rendezvous" in said
    said = cli.error("dns-list", LIST, "--proxy", NO_PROXY)
    assert "name a DNS server that the proxy reaches, with --dns-server ADDRESS" in said
