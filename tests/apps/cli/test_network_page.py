"""docs/network.md: its commands exist, its five minutes lead to a conversation, and so does its systemd unit."""

from __future__ import annotations

import re
import shlex
import signal
from pathlib import Path
from typing import Any

import pytest

from pystatus.fleets.fleet_file import read_fleet
from pystatus.fleets.invitation import invitation
from tests.apps.support import PASSWORD, Cli, Running
from tests.fleets.support import HARBOUR

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs/network.md").read_text(encoding="utf-8")
UNIT = (ROOT / "packaging/systemd/pystatus-network@.service").read_text(encoding="utf-8")
FREE = ("--host", "127.0.0.1", "--port", "0", "--bootnode-port", "0", "--rendezvous-port", "0")
"""What the tests say besides: where nobody else is, and ports that are free."""


def blocks(text: str, kind: str = "sh") -> list[str]:
    """The blocks of a part of the page."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def words(line: str) -> tuple[str, ...]:
    """The arguments of ``pystatus`` in a line of a shell."""
    return tuple(shlex.split(line.partition("pystatus ")[2], comments=True))


LINES = "".join(blocks(PAGE)).splitlines()
COMMANDS = sorted({words(line) for line in LINES if re.match(r"(sudo \S*)?pystatus ", line)})
FIVE_MINUTES = PAGE.partition("## Five minutes")[2].partition("\n## ")[0]


def test_the_commands_were_found() -> None:
    assert len(COMMANDS) >= 15
    assert len(blocks(FIVE_MINUTES)) == 3


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_of_the_page_exists_with_its_options(cli: Cli, command: tuple[str, ...]) -> None:
    name = command[:2] if command[0] in ("network", "account") else command[:1]
    known = set(re.findall(r"--[a-z-]+", cli.text(*name, "--help")))
    assert {word for word in command if word.startswith("--")} <= known


def test_the_five_minutes_lead_to_a_conversation(tmp_path: Path) -> None:
    """The commands of both machines, as they stand there, and what the reader copies from one to the other."""
    making, first, second = ([words(line) for line in block.splitlines()] for block in blocks(FIVE_MINUTES))
    directory = str(tmp_path / "harbour")
    alice, bob = Cli(tmp_path / "a"), Cli(tmp_path / "b")
    (create,) = making
    with Running(tmp_path, *(directory if word == "~/harbour" else word for word in create), *FREE) as network:
        lines = iter(network.line, None)
        link = next(line for line in lines if line.startswith("pystatus://"))
        assert alice.run(*first[0]).exit_code == 0
        listen = [directory if word == "~/harbour" else word for word in first[1]]
        with Running(alice.data_dir, *listen, PYSTATUS_PASSWORD=PASSWORD) as alices:
            alices.wait_until_it_says("Connected to ")
            assert bob.run(*second[0]).exit_code == 0
            assert second[1] == ()  # the export, which names the variable
            bob.environment["PYSTATUS_JOIN"] = link
            assert "export PYSTATUS_JOIN=pystatus://network/" in FIVE_MINUTES
            sent = bob.run(*second[2])
            assert sent.exit_code == 0, sent.stderr
            assert alices.line().endswith(": Hello from the other machine!")
        network.stop(signal.SIGINT)


def test_the_unit_makes_a_network_once_and_runs_it(tmp_path: Path) -> None:
    """What it starts, with a directory of the test in place of those of the system."""
    unit = UNIT.replace("/var/lib/pystatus-network/%i", str(tmp_path / "harbour"))
    make, run = (words(one) for one in re.findall(r"^ExecStart(?:Pre)?=\S*/(pystatus .*)$", unit, re.MULTILINE))
    cli = Cli(tmp_path / "none")
    cli.environment["PUBLIC_IP"] = "127.0.0.1"
    links = [cli.object(*make, *FREE[2:])["invitation"] for _ in range(2)]
    assert links[0] == links[1]
    with Running(tmp_path, *run, "--json") as network:
        started = network.event("started")
        assert (started["invitation"], started["name"]) == (links[0], "harbour")
        network.stop(signal.SIGTERM)


def test_the_unit_is_hardened_as_the_others_are() -> None:
    other = (ROOT / "packaging/systemd/pystatus.service").read_text(encoding="utf-8")
    assert UNIT.partition("LockPersonality")[2] == other.partition("LockPersonality")[2]
    assert "DynamicUser=yes" in UNIT


def test_the_fleet_file_of_the_page_is_one() -> None:
    (example,) = blocks(PAGE, "toml")
    for field in ("relays", "mailservers", "bootnodes", "rendezvous_nodes", "dns_lists"):
        assert re.search(rf'^{field} = \["', example, re.MULTILINE)
    whole = re.sub(r'"enode://…@', f'"{HARBOUR.relays[0].partition("@")[0]}@', example)
    whole = re.sub(r"16Uiu2HA…", HARBOUR.rendezvous_nodes[0].rpartition("/")[2], whole)
    whole = re.sub(r"enrtree://…@", "enrtree://AKPYQIUQIL7PSIACI32J7FGZW56E5FKHEFCCOFHILBIMW3M6LWXS2@", whole)
    fleet = read_fleet(whole.encode(), "fleet.toml")
    assert (fleet.name, fleet.notice, fleet.mailserver_password) == ("harbour", "Closed on Sundays.", "open sesame")


def test_the_program_of_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYSTATUS_DATA_DIR", str(tmp_path))
    (block,) = blocks(PAGE, "python")
    names: dict[str, Any] = {}
    exec(compile(block.replace("pystatus://network/…", invitation(HARBOUR)), "docs/network.md", "exec"), names)
    assert names["fleet"] == HARBOUR
    assert names["relay"].peers == HARBOUR.relays
    assert names["client"] is not None


def test_what_it_prints_is_what_the_page_shows(tmp_path: Path) -> None:
    shown = FIVE_MINUTES[FIVE_MINUTES.index('The network "harbour"') :].splitlines()
    cli = Cli(tmp_path / "none")
    options = ("--host", "192.168.1.5", *FREE[2:], "--no-start")
    printed = cli.run("network", "create", str(tmp_path / "harbour"), *options).stdout.splitlines()
    for said, real in zip(shown[:8], printed, strict=False):
        beginning = re.split(r"9b28|0a86|9090|gfacb", said)[0]
        assert beginning
        assert real.startswith(beginning)
    assert shown[5] == printed[5]
