"""``pystatus group``: as three people with a relay would use it."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pystatus import Account, PrivateKey, Profiles
from pystatus.account.key_encoding import encode
from pystatus.apps.cli.root import app
from tests.apps.support import Running
from tests.support.processes import PASSWORD, Relay

runner = CliRunner()
NAMES = ("alice", "bob", "carol")


class People:
    """Their profiles, and what they do one after the other."""

    def __init__(self, directory: Path, relay: Relay) -> None:
        self.directory = directory
        self.relay = relay
        self.keys: dict[str, str] = {}
        for name in NAMES:
            account = Account.from_private_key(PrivateKey.generate(os.urandom))
            Profiles(directory / name).create(account, PASSWORD, name)
            self.keys[name] = encode(account.public_key)

    def invoke(self, who: str, *arguments: str) -> list[dict[str, object]]:
        verb, *rest = arguments
        peers = [] if verb in ("list", "show", "invite") else ["--peer", self.relay.enode]
        result = runner.invoke(
            app, ["group", verb, who, *rest, "--data-dir", str(self.directory / who), "--json", *peers]
        )
        assert result.exit_code == 0, result.stderr
        return [json.loads(line) for line in result.stdout.splitlines()]

    @contextmanager
    def listening(self, who: str, event: str) -> Iterator[None]:
        """Somebody listens until the event is told."""
        options = ("--json", "--peer", self.relay.enode)
        with Running(self.directory / who, "listen", who, *options, PYSTATUS_PASSWORD=PASSWORD) as running:
            running.event("peer-connected")
            yield
            running.event(event)
            assert running.stop(signal.SIGINT) in (0, 130)

    def error(self, who: str, *arguments: str, code: int = 1) -> str:
        verb, *rest = arguments
        result = runner.invoke(app, ["group", verb, who, *rest, "--data-dir", str(self.directory / who)])
        assert (result.exit_code, result.stdout) == (code, "")
        return result.stderr.strip()


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[People]:
    monkeypatch.setenv("PYSTATUS_PASSWORD", PASSWORD)
    relay = Relay(tmp_path)
    yield People(tmp_path, relay)
    relay.stop()


def members(group: dict[str, object]) -> list[tuple[bool, bool]]:
    entries = group["members"]
    assert isinstance(entries, list)
    return [(entry["joined"], entry["admin"]) for entry in entries]


def test_where_there_is_no_group_the_list_says_how_to_make_one(people: People) -> None:
    assert people.error("alice", "list", code=0).startswith("This profile is in no group yet. Make one with: ")
    assert people.invoke("alice", "list") == []


def test_a_group_from_its_beginning_to_its_end(people: People) -> None:
    with people.listening("bob", "added-to-group"):
        (made,) = people.invoke("alice", "create", "harbour", people.keys["bob"])
        assert (made["chat_name"], members(made)) == ("harbour", [(True, True), (False, False)])

    with people.listening("alice", "group-news"):
        (joined,) = people.invoke("bob", "join", "harbour")
        assert joined["chat"] == made["chat"]
    assert members(people.invoke("alice", "show", "harbour")[0]) == [(True, True), (True, False)]

    (renamed,) = people.invoke("alice", "rename", "harbour", "haven")
    assert renamed["chat_name"] == "haven"
    (promoted,) = people.invoke("alice", "promote", "haven", people.keys["bob"])
    assert members(promoted) == [(True, True), (True, True)]
    (demoted,) = people.invoke("alice", "demote", "haven")
    assert members(demoted) == [(True, False), (True, True)]
    (left,) = people.invoke("alice", "leave", "haven")
    assert (left["active"], members(left)) == (False, [(True, True)])
    assert [group["chat"] for group in people.invoke("alice", "list")] == [made["chat"]]


def test_an_invitation_link(people: People) -> None:
    people.invoke("alice", "create", "harbour", people.keys["bob"])
    (link,) = people.invoke("alice", "invite", "harbour")
    with people.listening("alice", "request"):
        (asked,) = people.invoke("carol", "request", str(link["link"]), "--introduction", "It is me.")
        assert (asked["chat_name"], asked["state"]) == ("harbour", "request")

    group, request = people.invoke("alice", "list")
    assert (request["event"], request["introduction"]) == ("request", "It is me.")
    with people.listening("carol", "added-to-group"):
        (approved,) = people.invoke("alice", "approve", str(request["id"])[:10])
        assert members(approved) == [*members(group), (False, False)]
    (joined,) = people.invoke("carol", "join", "harbour")
    assert members(joined)[2] == (True, False)


def test_what_cannot_be_done_is_said_in_a_sentence(people: People) -> None:
    people.invoke("alice", "create", "harbour", people.keys["bob"])
    assert "no chat or group 'haven'" in people.error("alice", "show", "haven")
    not_yet = people.error("bob", "join", "harbour", "--peer", people.relay.enode)
    assert "comes while you are connected" in not_yet, "the group has not come, and joining is what was meant"
    assert "No request begins with 'f00'" in people.error("alice", "approve", "f00", "--peer", people.relay.enode)
    assert "joined this group already" in people.error("alice", "join", "harbour", "--peer", people.relay.enode)
    assert "No relay is given" in people.error("alice", "leave", "harbour", code=2)
    text = runner.invoke(app, ["group", "list", "alice", "--data-dir", str(people.directory / "alice")]).stdout
    assert text.startswith("harbour: 2 members, 1 joined")


def test_words_in_a_group(people: People) -> None:
    """``send`` and ``history`` take a group by its name, spaces and all, and by its id."""
    with people.listening("bob", "added-to-group"):
        (made,) = people.invoke("alice", "create", "Book club", people.keys["bob"])
    with people.listening("alice", "group-news"):
        people.invoke("bob", "join", "book club")
    with people.listening("bob", "message"):
        for name, text in (("Book club", "chapter three"), (str(made["chat"]), "and four")):
            options = ("--data-dir", str(people.directory / "alice"), "--peer", people.relay.enode)
            result = runner.invoke(app, ["send", "alice", name, text, *options])
            assert result.exit_code == 0, result.stderr
            assert "to the group Book club: only its members can read it" in result.stdout
    data = ["--data-dir", str(people.directory / "alice")]
    said = json.loads(runner.invoke(app, ["history", "alice", "book club", *data, "--json"]).stdout.splitlines()[0])
    with people.listening("bob", "message"):
        result = runner.invoke(
            app, ["message", "reply", "alice", said["id"], "and five", *data, "--peer", people.relay.enode]
        )
        assert result.exit_code == 0, result.stderr
    result = runner.invoke(app, ["history", "bob", "book club", "--data-dir", str(people.directory / "bob"), "--json"])
    messages = [json.loads(line) for line in result.stdout.splitlines()]
    said = [message for message in messages if message["content_type"] == 1]
    assert [message["text"] for message in said] == ["and five", "and four", "chapter three"]
    assert {(message["chat_kind"], message["chat_name"]) for message in messages} == {("private-group", "Book club")}
