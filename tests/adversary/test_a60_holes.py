"""A60: a restart of a mailserver, a lag, a second server that agrees with the first one's hole.

Expected: history is never called complete by mistake. Here with real processes, at the worst moment: right after the
return. What becomes of it later, when the hole is filled or is a gap for good, is in
tests/scenarios/test_history_gaps.py, and all schedules in tests/mailserver/test_fetch_schedules.py.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.apps.support import Cli, Json, Running

SAID = 5


class Mailserver:
    """A mailserver that hears a relay."""

    def __init__(self, folder: Path, relay: str) -> None:
        self._folder = folder
        self._relay = relay
        self.process, self.enode = self._start()

    def _start(self) -> tuple[Running, str]:
        process = Running(self._folder, "mailserver", "--listen", "127.0.0.1:0", "--peer", self._relay)
        return process, process.line()

    def end(self, how: signal.Signals) -> None:
        self.process.process.send_signal(how)
        self.process.process.wait(60)
        self.process.__exit__()

    def comes_back(self) -> None:
        self.process, self.enode = self._start()


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[str]:
    """The enode of a relay that stays."""
    with Running(tmp_path / "relay", "node", "--listen", "127.0.0.1:0") as process:
        yield process.line()


@pytest.fixture
def people(tmp_path: Path) -> Cli:
    cli = Cli(tmp_path / "people")
    for name in ("alice", "bob"):
        cli.add_profile(name)
    return cli


def fetched(people: Cli, *mailservers: Mailserver) -> Json:
    """What ``pystatus fetch`` says at its end, after some seconds at most."""
    named = [option for one in mailservers for option in ("--mailserver", one.enode)]
    result = people.run("fetch", "bob", "#status", "--json", "--timeout", "3", *named)
    (last,) = [told for line in result.stdout.splitlines() if (told := json.loads(line))["event"] == "fetched"]
    return dict(last)


def is_claimed(message: Json, last: Json) -> bool:
    """Whether ``fetch`` says that nothing of the time of this message is missing."""
    sent = message["sent_ms"] / 1_000
    return sent < last["until"] and not any(lower <= sent < upper for lower, upper in last["gaps"])


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
@pytest.mark.parametrize("servers", [1, 2], ids=["the only one", "two that were away together"])
def test_what_passed_while_it_was_away_is_missing_and_not_complete(
    people: Cli, relay: str, tmp_path: Path, how: signal.Signals, servers: int
) -> None:
    with ExitStack() as stack:
        mailservers = [Mailserver(tmp_path / f"mailserver{number}", relay) for number in range(servers)]
        for one in mailservers:
            one.end(how)
        sent = [
            people.object("send", "alice", "#status", f"message {number}", "--peer", relay) for number in range(SAID)
        ]
        for one in mailservers:
            one.comes_back()
            stack.callback(one.end, signal.SIGTERM)
        last = fetched(people, *mailservers)
        assert last["gaps"]
        assert not [message for message in sent if is_claimed(message, last)]


def test_one_that_was_cut_off_from_its_relay_is_not_believed_about_that_time(
    people: Cli, relay: str, tmp_path: Path
) -> None:
    """It was up all the time, but cannot know what passed elsewhere."""
    with Running(tmp_path / "second", "node", "--listen", "127.0.0.1:0") as lost:
        mailserver = Mailserver(tmp_path / "mailserver", lost.line())
    sent = people.object("send", "alice", "#status", "passes elsewhere", "--peer", relay)
    last = fetched(people, mailserver)
    mailserver.end(signal.SIGTERM)
    assert last["messages"] == 0
    assert not is_claimed(sent, last)
    assert last["gaps"]
