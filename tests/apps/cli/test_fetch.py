"""``pystatus fetch``, and ``listen`` with a mailserver: what was said while nobody was here."""

from __future__ import annotations

import json
import re
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pystatus.crypto.keys import PrivateKey
from tests.apps.support import PASSWORD, Cli, Running
from tests.support.clocks import ShiftedClock

LOOPBACK = ("--listen", "127.0.0.1:0")
ENODE = f"enode://{PrivateKey(bytes([7]) * 32).public_key.xy.hex()}@127.0.0.1:1"


class Mailserver:
    """A mailserver that can be started anew, so that its relay remembers nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as reserved:
            reserved.bind(("127.0.0.1", 0))
            self._port = reserved.getsockname()[1]
        self.enode = ""
        self.process = self.start()

    def start(self) -> Running:
        process = Running(
            self._folder, "mailserver", "--listen", f"127.0.0.1:{self._port}", PYSTATUS_RELAY_CONFIRMATIONS="true"
        )
        self.enode = process.line()
        return process

    def restart(self) -> None:
        self.stop()
        self.process = self.start()

    def stop(self) -> None:
        with self.process:
            assert self.process.stop(signal.SIGTERM) == 0


@pytest.fixture
def mailserver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailserver]:
    server = Mailserver(tmp_path_factory.mktemp("mailserver"))
    yield server
    server.stop()


@pytest.fixture
def people(cli: Cli, mailserver: Mailserver) -> Cli:
    """Alice and Bob, who know the mailserver."""
    cli.environment["PYSTATUS_MAILSERVERS"] = mailserver.enode
    for name in ("alice", "bob"):
        cli.add_profile(name)
    return cli


def test_what_was_said_meanwhile(people: Cli, mailserver: Mailserver) -> None:
    sent = people.object("send", "alice", "#status", "hello")
    mailserver.restart()
    result = people.run("fetch", "bob", "#status", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    *progress, fetched = [json.loads(line) for line in result.stdout.splitlines()]
    until, envelopes = fetched["until"], fetched["envelopes"]
    assert fetched == {"event": "fetched", "messages": 1, "envelopes": envelopes, "gaps": [], "until": until}
    assert sent["sent_ms"] // 1_000 <= until <= time.time()
    assert progress[-1]["missing_seconds"] == 0
    (message,) = people.objects("history", "bob", "status")
    assert message["id"] == sent["id"]
    again = people.text("fetch", "bob", "--days", "2")
    assert again.startswith("0 new messages in ")
    assert re.search(r"; nothing is missing up to \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\n$", again)
    (own,) = people.objects("history", "alice", "status")
    assert own["state"] in ("sent", "seen", "archived")


def test_listening_fetches_by_itself(people: Cli, mailserver: Mailserver) -> None:
    people.object("send", "alice", "#status", "hello")
    mailserver.restart()
    arguments = ("listen", "bob", "#status", "--json", "--mailserver", mailserver.enode)
    with Running(people.data_dir, *arguments, PYSTATUS_PASSWORD=PASSWORD) as bob:
        assert bob.event("message")["text"] == "hello"
        while bob.event("history")["missing_seconds"]:
            pass
        assert bob.stop(signal.SIGTERM) == 0


def test_a_mailserver_is_found_if_none_is_named(cli: Cli, tmp_path: Path) -> None:
    """docs/chat.md, "How peers are found": with every command that connects."""
    cli.add_profile("bob")
    with Running(tmp_path / "rendezvous", "rendezvous", *LOOPBACK) as rendezvous:
        way = ("--rendezvous", rendezvous.line())
        nobody = cli.run("fetch", "bob", *way, "--timeout", "0")
        assert (nobody.exit_code, nobody.stdout) == (1, "")
        assert "No mailserver was found within 0 seconds. Give it more with --timeout" in nobody.stderr
        with Running(tmp_path / "mail", "mailserver", *LOOPBACK, "--register", *way) as mailserver:
            mailserver.line()
            assert "; nothing is missing up to " in cli.text("fetch", "bob", *way)


def test_nobody_is_there(people: Cli) -> None:
    """What is missing is said, by its seconds. (Why somebody cannot be reached: test_connection_progress.)"""
    result = people.run("fetch", "bob", "--mailserver", ENODE, "--timeout", "0")
    assert result.exit_code == 1
    assert "24 hours are missing" in result.stdout
    assert "Not everything came within 0 seconds. What is missing is fetched the next time." in result.stderr


def test_a_wrong_clock_is_no_success(people: Cli, mailserver: Mailserver, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was asked for is of another time than the one that was meant, whatever came of it."""
    monkeypatch.setattr("pystatus.client.client.SystemClock", lambda: ShiftedClock(-3_600))
    people.run("send", "bob", "#status", "hello")
    result = people.run("fetch", "bob", "--timeout", "5")
    assert result.exit_code == 1
    assert "The clock of this machine is about 60 minutes behind" in result.stderr
    assert "set the clock, and fetch once more" in result.stderr


def test_the_limit_of_the_day(people: Cli, mailserver: Mailserver) -> None:
    people.object("send", "alice", "#status", "hello")
    mailserver.restart()
    result = people.run("fetch", "bob", "#status", "--daily-history", "0", "--timeout", "1")
    assert result.exit_code == 1
    assert "Today's limit for history is used up" in result.stderr
    assert people.objects("history", "bob", "status") == []


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "No mailserver is given"),
        (("--mailserver", "nonsense"), 2, "enode"),
        (("--mailserver", ENODE, "--mailserver-password-file", "no-such-file"), 1, "cannot be read"),
    ],
)
def test_mistakes_are_told(cli: Cli, arguments: tuple[str, ...], code: int, message: str) -> None:
    cli.add_profile("bob")
    assert message in cli.error("fetch", "bob", *arguments, code=code)
