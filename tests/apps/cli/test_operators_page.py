"""What docs/operators.md and packaging/ say is what the program does."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from pystatus.apps.cli.bootnode_runner import DEFAULT_LISTEN
from pystatus.apps.cli.root import app
from pystatus.crypto.keys import PrivateKey
from pystatus.settings import sources
from pystatus.settings.model import ENTRIES
from tests.apps.support import Cli

ROOT = Path(__file__).resolve().parents[3]
PACKAGING = ROOT / "packaging"
PAGE = (ROOT / "docs/operators.md").read_text()
COMPOSE = (PACKAGING / "docker-compose.yml").read_text()
NODE_ID = PrivateKey(bytes(31) + b"\x01").public_key.xy.hex()
PLACEHOLDERS = {
    "socks5://…": "socks5://127.0.0.1:1",
    "ENODE": f"enode://{NODE_ID}@127.0.0.1:1",
    "$LIST": "enrtree://AKPYQIUQIL7PSIACI32J7FGZW56E5FKHEFCCOFHILBIMW3M6LWXS2@list.example.org",
}
"""What stands on the page for a value, and one that can be given."""
VARIABLES = {entry.variable for entry in ENTRIES.values()} | {
    entry.about.also for entry in ENTRIES.values() if entry.about.also
}


def test_the_tables_of_the_page_are_those_of_the_code() -> None:
    done = subprocess.run(
        [sys.executable, "tools/operators.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def commands(text: str) -> list[tuple[str, ...]]:
    """The arguments of every ``pystatus`` in shell blocks and in running text; a relay's address in place of the
    command that prints it."""
    blocks = "".join(re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE))
    lines = re.sub(r'"\$\([^)]*enode\)"', "ENODE", blocks).splitlines()
    prose = re.sub(r"^```sh\n.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    lines += re.findall(r"`([^`]+)`", prose)
    found = [re.split(r"[|&]", line.partition("pystatus ")[2])[0] for line in lines if "pystatus " in line]
    split = (tuple(shlex.split(rest.replace("enode://…", "ENODE"), comments=True)) for rest in found)
    names = [("canary",), ("config",), ("rpc",)]  # and no command lines
    known = {"node", "bootnode", "rendezvous", "enode", "canary", "config", "rpc"}
    return sorted({one for one in split if one and one[0] in known and one not in names})


def test_the_commands_were_found() -> None:
    found = commands(PAGE)
    assert ("canary", "ENODE", "--roundtrip") in found
    assert ("config", "check", "pystatus.toml") in found
    assert len(found) > 8


@pytest.mark.parametrize("arguments", commands(PAGE), ids=" ".join)
def test_every_command_of_the_page_is_understood(cli: Cli, arguments: tuple[str, ...]) -> None:
    """They are run where there is no relay and no file: what matters is that none is a usage error."""
    arguments = tuple(PLACEHOLDERS.get(one, one) for one in arguments)
    if arguments[0] in ("node", "bootnode", "rendezvous"):
        arguments += ("--key-file", str(cli.data_dir / "none"))  # or it would run until somebody ends it
    assert cli.run(*arguments).exit_code in (0, 1)


def test_the_sample_file_is_good(cli: Cli) -> None:
    file = PACKAGING / "pystatus.toml"
    assert cli.object("config", "check", str(file))["ok"]
    settings = sources.read(file, {}, {}).settings
    assert (settings.metrics.port, settings.metrics.host, str(settings.log.level)) == (9305, "127.0.0.1", "info")


@pytest.mark.parametrize(
    ("command", "unit"),
    [("node", "pystatus"), ("bootnode", "pystatus-bootnode"), ("rendezvous", "pystatus-rendezvous")],
)
def test_the_unit_starts_a_command_that_exists_and_reloads_by_the_signal_that_is_understood(
    command: str, unit: str
) -> None:
    text = (PACKAGING / f"systemd/{unit}.service").read_text()
    [start] = re.findall(r"^ExecStart=(.+)$", text, re.MULTILINE)
    file = "pystatus" if command == "node" else command
    assert shlex.split(start)[1:] == [command, "--config", f"/etc/pystatus/{file}.toml"]
    assert command in get_command(app).commands  # type: ignore[attr-defined]  # it is a group
    assert "ExecReload=/bin/kill -HUP $MAINPID" in text
    set_there = re.findall(r"\b(PYSTATUS_[A-Z_]+)=", text)
    assert set_there == ["PYSTATUS_DATA_DIR"]
    assert set(set_there) <= VARIABLES


def test_the_sample_file_of_a_bootnode_is_good(cli: Cli) -> None:
    file = PACKAGING / "bootnode.toml"
    assert cli.object("config", "check", str(file))["ok"]
    assert sources.read(file, {}, {}).settings.listen == DEFAULT_LISTEN


def test_the_compose_file_sets_only_what_is_a_setting() -> None:
    relay = COMPOSE.partition("  prometheus:\n")[0]
    given = set(re.findall(r"^      ([A-Z_]+): ", relay, re.MULTILINE))
    assert given <= VARIABLES | {sources.PORT_VARIABLE}
    assert {"PUBLIC_IP", "LISTEN_PORT", "METRICS_PORT", "LOG_LEVEL"} <= given
    scraped = re.findall(r'targets: \["pystatus:(\d+)"\]', (PACKAGING / "prometheus/prometheus.yml").read_text())
    assert re.findall(r'METRICS_PORT: "(\d+)"', relay) == scraped


def test_every_file_that_the_packaging_names_is_there() -> None:
    mounted = re.findall(r"- \./([^:]+):", COMPOSE)
    assert len(mounted) == 4
    assert all((PACKAGING / one).exists() for one in mounted)
    copied = re.findall(r"^COPY ((?!--)\S.*) \S+$", (PACKAGING / "Dockerfile").read_text(), re.MULTILINE)
    assert all((ROOT / one).exists() for names in copied for one in names.split())
    linked = re.findall(r"\]\((?!http|#)([^)]+)\)", PAGE)
    assert all((ROOT / "docs" / one.partition("#")[0]).exists() for one in linked)


def test_what_builds_and_what_runs_is_locked_by_hashes() -> None:
    for name in ("build", "runtime", "postgres"):
        lines = (ROOT / f"requirements/{name}.txt").read_text()
        for requirement in re.split(r"\n(?=\S)", lines):
            assert requirement.startswith("#") or "--hash=sha256:" in requirement
