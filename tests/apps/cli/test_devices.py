"""``pystatus device``: as a person with two machines would use it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pystatus import Account, PrivateKey, Profiles
from pystatus.apps.cli.root import app
from tests.apps.support import Running
from tests.support.processes import PASSWORD, Agent, Relay

runner = CliRunner()


@pytest.fixture
def machines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Two data directories with the same account, called ``me``."""
    monkeypatch.setenv("PYSTATUS_PASSWORD", PASSWORD)
    account = Account.from_private_key(PrivateKey.generate(os.urandom))
    phone, laptop = tmp_path / "phone", tmp_path / "laptop"
    for directory in (phone, laptop):
        Profiles(directory).create(account, PASSWORD, "me")
    return phone, laptop


def run(*arguments: str | Path) -> list[dict[str, object]]:
    result = runner.invoke(app, ["device", *map(str, arguments), "--json"])
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def error(*arguments: str | Path, code: int = 1) -> str:
    result = runner.invoke(app, ["device", *map(str, arguments)])
    assert result.exit_code == code
    assert result.stdout == ""
    return result.stderr.strip()


def test_a_profile_knows_itself_first(machines: tuple[Path, Path]) -> None:
    (this,) = run("list", "me", "--data-dir", machines[0])
    assert (this["this"], this["enabled"], this["name"]) == (True, True, "pystatus")


def test_a_restored_profile_becomes_a_device_of_its_own(machines: tuple[Path, Path]) -> None:
    (before,) = run("list", "me", "--data-dir", machines[0])
    (after,) = run("renew", "me", "--data-dir", machines[0])
    assert after["installation_id"] != before["installation_id"]
    assert run("list", "me", "--data-dir", machines[0]) == [after]


def test_two_machines_find_and_enable_each_other(tmp_path: Path, machines: tuple[Path, Path]) -> None:
    phone, laptop = machines
    relay = Relay(tmp_path)
    try:
        agent = Agent(phone, "me", relay.enode)
        laptop_itself, *_ = run("pair", "me", "the laptop", "--data-dir", laptop, "--peer", relay.enode)
        agent.wait_for("device", name="the laptop")
        agent.stop()
    finally:
        relay.stop()
    _, other = run("list", "me", "--data-dir", phone)
    assert other["installation_id"] == laptop_itself["installation_id"]
    assert (other["name"], other["enabled"], other["this"]) == ("the laptop", False, False)

    beginning = str(other["installation_id"])[:8]
    assert run("enable", "me", beginning, "--data-dir", phone)[1]["enabled"] is True
    text = runner.invoke(app, ["device", "list", "me", "--data-dir", str(phone)]).stdout
    assert "the laptop (desktop), enabled, last active" in text
    assert run("disable", "me", beginning, "--data-dir", phone)[1]["enabled"] is False


def test_a_mailserver_is_a_relay_for_pairing_too(machines: tuple[Path, Path], tmp_path: Path) -> None:
    phone, laptop = machines
    with Running(tmp_path / "mail", "mailserver", "--listen", "127.0.0.1:0") as mailserver:
        enode = mailserver.line()
        run("pair", "me", "the laptop", "--data-dir", laptop, "--mailserver", enode)
        options = ("--data-dir", str(phone), "--mailserver", enode)
        assert runner.invoke(app, ["fetch", "me", *options]).exit_code == 0  # the phone was away
    assert [device["name"] for device in run("list", "me", "--data-dir", phone)] == ["pystatus", "the laptop"]


def test_a_second_machine_is_brought_what_was_there_before(tmp_path: Path, machines: tuple[Path, Path]) -> None:
    """As docs/devices.md has it, step by step."""
    phone, laptop = machines
    relay = Relay(tmp_path)
    at = ("--peer", relay.enode)
    try:
        bob = Agent.new(tmp_path / "bob", "bob", relay.enode)
        agent = Agent(phone, "me", relay.enode)
        agent.join("harbour")
        bob.open(agent)
        bob.send(agent.key, "hello")
        agent.wait_for("received", text="hello")
        agent.open(bob)
        agent.send(bob.key, "hello Bob")
        bob.wait_for("received", text="hello Bob")

        run("pair", "me", "the laptop", "--data-dir", laptop, *at)
        agent.wait_for("device", name="the laptop")
        agent.stop()
        other = Agent(laptop, "me", relay.enode)
        run("pair", "me", "the phone", "--data-dir", phone, *at)
        other.wait_for("device", name="the phone")
        other.stop()
        for directory in machines:
            _, found = run("list", "me", "--data-dir", directory)
            run("enable", "me", str(found["installation_id"]), "--data-dir", directory)

        other = other.again()
        (done,) = run("sync", "me", "--data-dir", phone, *at)
        assert (done["event"], done["name"], done["waiting"], done["refused"]) == ("device-sync", "the laptop", 0, 0)
        assert [message["text"] for message in other.history(bob.key)] == ["hello", "hello Bob"]
        text = runner.invoke(app, ["device", "sync", "me", "--data-dir", str(phone), *at])
        assert f"the laptop: has {done['arrived']}, lacks 0" in text.stdout
        for process in (bob, other):
            process.stop()
    finally:
        relay.stop()


def test_a_device_is_renamed(machines: tuple[Path, Path]) -> None:
    phone, _ = machines
    assert [device["name"] for device in run("rename", "me", "the old one", "--data-dir", phone)] == ["the old one"]
    assert [device["name"] for device in run("list", "me", "--data-dir", phone)] == ["the old one"]


def test_without_another_device_there_is_nothing_to_bring(machines: tuple[Path, Path]) -> None:
    enode = f"enode://{PrivateKey.generate(os.urandom).public_key.xy.hex()}@127.0.0.1:1"
    alone = error("sync", "me", "--data-dir", machines[0], "--peer", enode)
    assert "No other device of this account is enabled" in alone


def test_mistakes_are_sentences(machines: tuple[Path, Path]) -> None:
    phone, _ = machines
    (this,) = run("list", "me", "--data-dir", phone)
    assert "No device of this account begins with 'nobody'" in error("enable", "me", "nobody", "--data-dir", phone)
    assert "always takes part" in error("disable", "me", str(this["installation_id"]), "--data-dir", phone)
    assert "No relay is given" in error("pair", "me", "--data-dir", phone, code=2)
    assert "There is no profile 'nobody'" in error("list", "nobody", "--data-dir", phone)
    enode = f"enode://{PrivateKey.generate(os.urandom).public_key.xy.hex()}@127.0.0.1:1"
    slow = error("pair", "me", "--data-dir", phone, "--peer", enode, "--timeout", "0.05")
    assert "No relay was there within 0.05 seconds" in slow
