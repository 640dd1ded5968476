"""A profile that is copied with ``cp -a``, as people do, and used in both places: they become two devices, and
everything arrives at each end."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.processes import Agent, Relay

TEXTS = 3
"""Messages that each of the two copies writes."""


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[Relay]:
    relay = Relay(tmp_path / "relay")
    yield relay
    relay.stop()


@pytest.fixture
def bob(tmp_path: Path, relay: Relay) -> Agent:
    return Agent.new(tmp_path / "bob", "bob", relay.enode)


@pytest.fixture
def alice(tmp_path: Path, relay: Relay, bob: Agent) -> Agent:
    """In conversation with Bob."""
    alice = Agent.new(tmp_path / "alice", "alice", relay.enode)
    alice.open(bob)
    alice.send(bob.key, "hello")
    bob.wait_for("received", text="hello")
    bob.send(alice.key, "hi")
    alice.wait_for("received", text="hi")
    return alice


def copy(directory: Path, to: Path) -> Path:
    subprocess.run(["cp", "-a", directory, to], check=True)
    return to


def texts(agent: Agent, chat: str) -> list[str]:
    return sorted(message["text"] for message in agent.history(chat))


def wait_until_all_is_there(agents: list[tuple[Agent, str]], wanted: list[str]) -> None:
    for agent, chat in agents:
        while set(texts(agent, chat)) < set(wanted):
            agent.wait_for("received")
        assert texts(agent, chat) == sorted(wanted)


def converse(alice: Agent, twin: Agent, bob: Agent) -> None:
    """Both copies write, Bob answers; all of it arrives, once."""
    said = [f"{who} {number}" for number in range(TEXTS) for who in ("alice", "twin")]
    for text in said:
        (alice if text.startswith("alice") else twin).send(bob.key, text)
    wait_until_all_is_there([(bob, alice.key)], ["hello", "hi", *said])
    bob.send(alice.key, "to both")
    for agent, own in ((alice, "alice"), (twin, "twin")):
        wait_until_all_is_there([(agent, bob.key)], ["hello", "hi", "to both", *(one for one in said if own in one)])


def end(*agents: Agent) -> None:
    assert [agent.stop() for agent in agents] == [0] * len(agents)


@pytest.mark.requirement("ST-53")
def test_a_copy_on_another_machine(tmp_path: Path, alice: Agent, bob: Agent) -> None:
    before = alice.device
    end(alice)
    directory = copy(alice.directory, tmp_path / "copy")
    alice = alice.again()
    twin = Agent(directory, "alice", alice.enode, XDG_STATE_HOME=str(tmp_path / "another home"))
    assert twin.all("renewed") == [{"event": "renewed", "reason": "copied"}]
    assert alice.all("renewed") == []
    assert alice.device == before != twin.device
    converse(alice, twin, bob)
    end(alice, twin, bob)


def test_a_copy_of_a_running_profile_beside_it(tmp_path: Path, alice: Agent, bob: Agent) -> None:
    """Nothing shows it when it is opened: one notices it by what the other one sends."""
    twin = Agent(copy(alice.directory, tmp_path / "copy"), "alice", alice.enode)
    converse(alice, twin, bob)
    assert alice.device != twin.device
    assert {event["reason"] for event in (*alice.all("renewed"), *twin.all("renewed"))} == {"used-elsewhere"}
    end(alice, twin, bob)


@pytest.mark.requirement("ST-53")
def test_an_old_copy_in_its_place(tmp_path: Path, alice: Agent, bob: Agent) -> None:
    end(alice)
    backup = copy(alice.directory, tmp_path / "backup")
    alice = alice.again()
    alice.send(bob.key, "of this the backup knows nothing")
    bob.wait_for("received", text="of this the backup knows nothing")
    alice.kill()
    alice.directory.rename(tmp_path / "broken")
    copy(backup, alice.directory)
    alice = alice.again()
    assert alice.all("renewed") == [{"event": "renewed", "reason": "restored"}]
    alice.send(bob.key, "back again")
    bob.wait_for("received", text="back again")
    bob.send(alice.key, "welcome back")
    alice.wait_for("received", text="welcome back")
    end(alice, bob)


def test_what_is_no_copy(tmp_path: Path, alice: Agent, bob: Agent) -> None:
    """Killed, started again, moved elsewhere."""
    before = alice.device
    alice.kill()
    alice = alice.again()
    end(alice)
    alice.directory = alice.directory.rename(tmp_path / "moved")
    alice = alice.again()
    assert alice.device == before
    assert alice.all("renewed") == []
    end(alice, bob)
