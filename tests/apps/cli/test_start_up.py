"""Start-up is fast: what takes long to import is imported when it is used, not when a command line is read."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pystatus.apps.cli import catalogue
from tests.apps.support import PASSWORD, Cli, process_environment

HEAVY = {
    "PIL": "draws pictures",
    "aiohttp": "serves metrics and JSON-RPC",
    "asyncio": "runs the network, and brings ssl with it",
    "asyncpg": "stores archives in PostgreSQL",
    "cramjam": "compresses packets of connections",
    "cryptography": "opens keys, envelopes and connections",
    "google.protobuf": "reads and writes what is in messages",
    "mnemonic": "has the lists of recovery words",
    "msgspec": "reads JSON-RPC and settings files",
    "pystatus.client": "is all of a client",
    "pystatus.messenger": "is all about messages",
    "pystatus.metrics": "serves metrics",
    "pystatus.node": "is all of a node",
    "pystatus.workers": "runs a node in several processes",
    "rich": "paints the demo",
    "segno": "draws QR codes",
    "sqlcipher3": "opens profiles",
    "ssl": "opens connections to web servers",
    "textual": "paints the demo",
    "uvloop": "runs the network",
}
"""Modules, and what each is for; no command needs one of them to say what it does, or that it is called wrongly.

Coincurve is none of them: names are made of keys with it, and it is there in 3 ms. Neither is pydantic, which
typer itself loads to read the arguments of a command."""

MOST_MODULES = 370
"""Modules that the help of a command may load at most: typer and Python's own are 290 of them. A command that imports
something large at its top is far above."""

WHEN_NEEDED = {
    "PIL": "decodes pictures",
    "importlib.resources": "lists the steps that bring a profile up to date",
    "msgspec": "talks with programs",
    "pystatus.client.features.groups": "what is asked of a feature, which is loaded by its name",
    "pystatus.client.environment": "reads the settings of a program",
    "pystatus.client.inbox": "asks mailservers",
    "pystatus.ethereum.scan": "looks through a chain",
    "pystatus.mailserver.client.actions": "asks mailservers",
    "pystatus.mailserver.client.fetcher": "asks mailservers",
    "pystatus.media.reading": "reads pictures",
    "pystatus.media.sounds": "reads sounds",
    "pystatus.messenger.transcript": "writes transcripts",
    "pystatus.payloads.markdown.parsing": "reads the marks in texts",
    "pystatus.payloads.markdown.typed_text": "puts keys for the names that somebody types",
}
"""Modules, and what each is for; a client that was opened and does nothing else needs none of them."""

SAY_LOADED = "print('LOADED', *sys.modules, file=sys.stderr)"
RUN = f"""
import sys
from pystatus.apps.cli import main
for line in sys.argv[1:]:
    sys.argv = ["pystatus", *line.split()]
    try: main()
    except SystemExit: pass
{SAY_LOADED}
"""
"""Runs each of its arguments as a command line, in one process."""


IDLE = f"""
import asyncio, sys
from pystatus import Client
async def stay():
    async with Client.open("alice", {PASSWORD!r}, data_dir=sys.argv[1], peers=[]) as client:
        await client.join("status")
asyncio.run(stay())
{SAY_LOADED}
"""
"""A client that is open for a moment."""


def python(cli: Cli, script: str, *arguments: str) -> tuple[str, set[str]]:
    """What a new process prints, and the modules that it has loaded at its end."""
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env=process_environment(cli.data_dir, PYSTATUS_PASSWORD=PASSWORD),
        capture_output=True,
        check=True,
        text=True,
    )
    said, _, loaded = done.stderr.rpartition("LOADED ")
    return done.stdout + said, set(loaded.split())


def command_lines(cli: Cli, name: str) -> list[str]:
    """A command, or all commands below it."""
    listed = cli.text(name, "--help").partition("Commands:\n")[2]
    below = [line.split()[0] for line in listed.splitlines() if line.startswith("  ") and line[2] != " "]
    return [f"{name} {one}" for one in below] or [name]


@pytest.mark.parametrize("name", [entry.name for entry in catalogue.entries()])
def test_the_help_of_a_command_and_a_mistake_load_nothing_heavy(cli: Cli, name: str) -> None:
    lines = command_lines(cli, name)
    said, loaded = python(cli, RUN, *(f"{line} {more}" for line in lines for more in ("--help", "--no-such-option")))
    assert all(f"Usage: pystatus {line} " in said for line in lines)
    assert said.count("No such option: --no-such-option") == len(lines)
    assert f"pystatus.apps.cli.commands.{name.replace('-', '_')}" in loaded
    assert sorted(loaded & HEAVY.keys()) == []
    assert len(loaded) <= MOST_MODULES


@pytest.mark.parametrize("argument", ["--help", "--version", "no-such-command"])
def test_what_is_said_of_all_commands_loads_none_of_them(cli: Cli, argument: str) -> None:
    _, loaded = python(cli, RUN, argument)
    assert sorted(loaded & HEAVY.keys()) == []
    if argument != "no-such-command":  # typer loads it when it reads arguments
        assert "pydantic" not in loaded
    assert not [name for name in loaded if name.startswith("pystatus.apps.cli.commands.")]


def test_the_package_loads_a_name_when_it_is_used(cli: Cli) -> None:
    _, loaded = python(cli, f"import sys, pystatus\n{SAY_LOADED}")
    assert sorted(loaded & HEAVY.keys()) == []
    assert [name for name in loaded if name.startswith("pystatus.")] == ["pystatus.version"]
    _, loaded = python(cli, f"import sys, pystatus\npystatus.Client\n{SAY_LOADED}")
    assert "pystatus.client" in loaded


def test_commands_without_network_load_what_they_need_and_no_more(cli: Cli) -> None:
    cli.add_profile("alice")
    no_account = HEAVY.keys() - {"cryptography", "sqlcipher3"}
    no_message = no_account - {"google.protobuf", "pystatus.messenger"}
    assert sorted(python(cli, RUN, "account list --json")[1] & no_account) == []
    assert sorted(python(cli, RUN, "account show alice")[1] & no_account) == []
    assert sorted(python(cli, RUN, "history alice")[1] & no_message) == []


def test_an_idle_client_loads_what_it_needs_and_no_more(cli: Cli) -> None:
    cli.add_profile("alice")
    _, loaded = python(cli, IDLE, str(cli.data_dir))
    assert {"pystatus.client.session", "pystatus.storage.features.groups"} <= loaded
    assert sorted(loaded & WHEN_NEEDED.keys()) == []


def test_every_heavy_module_exists() -> None:
    """A name that is spelt wrongly would never be found among those that are loaded."""
    from importlib.util import find_spec

    assert [name for name in {**HEAVY, **WHEN_NEEDED} if find_spec(name) is None] == []
