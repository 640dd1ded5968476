"""``pystatus name`` with a chain in another process: looked up, registered, changed, given back; and what is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from urllib.request import Request, urlopen

import pytest

from pystatus.account.address import address_of, checksummed
from pystatus.account.signing_phrase import words
from pystatus.apps.cli import signing_question
from pystatus.chain.endpoint import Endpoint
from pystatus.devchain.chain import PHRASE, accounts
from tests.apps.support import PASSWORD, Cli, Running
from tests.support.holding import Holder

OWN = checksummed(address_of(accounts()[0].public_key))
SOMEBODY = "0x5a5A5a5a5A5a5a5a5a5A5a5A5A5a5a5A5A5A5A5A"
YEAR = 366 * 86_400


class Served:
    """The chain, and what it says of itself."""

    def __init__(self, told: dict[str, object]) -> None:
        contracts = told["contracts"]
        assert isinstance(contracts, dict)
        self.url = str(told["url"])
        self.registry = str(contracts["registry"])
        self.at = ("--endpoint", self.url, "--registry", self.registry)

    def ask(self, method: str, *params: object) -> object:
        """Ask the node itself."""
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        request = Request(self.url, body, {"content-type": "application/json"})
        with urlopen(request) as answer:
            return json.loads(answer.read())["result"]


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Running(tmp_path_factory.mktemp("chain"), "devchain", "--port", "0", "--json") as running:
        yield Served(json.loads(running.line()))


@pytest.fixture
def cli(tmp_path: Path, chain: Served) -> Iterator[Cli]:
    """Alice, whose recovery phrase is that of the chain's accounts; afterwards the chain is as it was."""
    before = chain.ask("evm_snapshot")
    found = Cli(tmp_path)
    words = tmp_path / "words"
    words.write_text(PHRASE)
    words.chmod(0o600)
    found.object("account", "recover", "alice", "--words-file", str(words), "--yes")
    yield found
    chain.ask("evm_revert", before)


@pytest.mark.requirement("AC-8", "ET-7", "ET-17")
def test_a_name_is_registered_changed_and_given_back(cli: Cli, chain: Served) -> None:
    free = cli.object("name", "search", "alice", "Alicious", *chain.at)
    assert (free["name"], free["state"], free["price"]) == ("alicious.stateofus.eth", "free", str(10**19))
    tried = cli.object("name", "register", "alice", "alicious", *chain.at, "--dry-run")
    assert (tried["event"], tried["from"], tried["price"]) == ("tried", OWN, str(10**19))
    said = cli.error("name", "register", "alice", "alicious", *chain.at)
    assert said.startswith(f"Nothing was sent. With --yes, this happens: {OWN} registers the name")
    assert "The deposit stays for a year at least" in said
    assert cli.objects("name", "changes", "alice") == []

    sent = cli.object("name", "register", "alice", "alicious", *chain.at, "--yes")
    assert (sent["event"], sent["action"], sent["state"]) == ("sent", "register", "mined")
    assert cli.object("name", "list", "alice")["is_preferred"]
    assert cli.text("name", "list", "alice") == "alicious.stateofus.eth  (contacts see it)\n"
    found = cli.object("name", "resolve", "alice", "alicious", *chain.at)
    assert (found["address"], found["is_ours"], found["problems"]) == (OWN, True, [])
    shown = cli.text("name", "resolve", "alice", "alicious", *chain.at)
    assert "(yours)" in shown
    assert cli.object("name", "reverse", "alice", OWN, *chain.at) == {"address": OWN, "name": None}

    update = ("name", "update", "alice", "alicious", *chain.at, "--yes")
    assert cli.object(*update, "--address", SOMEBODY)["state"] == "mined"
    assert "Give one of --address" in cli.error(*update, "--address", SOMEBODY, "--take-over", code=2)
    assert "leads to your chat key already" in cli.error(*update)
    assert cli.object("name", "resolve", "alice", "alicious", *chain.at)["address"] == SOMEBODY
    assert "can be released in" in cli.error("name", "release", "alice", "alicious", *chain.at, "--yes")
    chain.ask("evm_increaseTime", YEAR)
    chain.ask("evm_mine")
    assert cli.object("name", "release", "alice", "alicious", *chain.at, "--yes")["state"] == "mined"
    assert cli.objects("name", "list", "alice") == []
    stored = cli.objects("name", "changes", "alice")
    assert [one["action"] for one in stored] == ["release", "set_address", "register"]
    assert cli.objects("name", "changes", "alice", *chain.at[:2]) == stored


@pytest.mark.requirement("ET-8", "ET-12", "EI-6")
def test_what_is_not_signed(cli: Cli, chain: Served) -> None:
    register = ("name", "register", "alice")
    assert "it is too short" in cli.error(*register, "abc", *chain.at, "--yes", code=2)
    assert "This is no ENS name" in cli.error("name", "resolve", "alice", "\u0440\u0430ypal.eth", *chain.at)
    wrong = cli.error(*register, "alicious", *chain.at, "--chain-id", "1", "--yes")
    assert "is a node of the chain 1337, and this is about the chain 1. Nothing was done." in wrong
    assert "Name its address with --registry" in cli.error(*register, "alicious", *chain.at[:2], "--yes")
    assert "Name a node of Ethereum with --endpoint URL" in cli.error(*register, "alicious", "--yes", code=2)
    cli.environment["PYSTATUS_PASSWORD"] = None
    assert cli.object("name", "search", "alice", "abc", *chain.at)["state"] == "refused"
    # the chain is refused before a password is asked for
    assert cli.error(*register, "alicious", *chain.at, "--chain-id", "1", "--yes") == wrong
    history = cli.error("wallet", "history", "alice", *chain.at[:2], "--chain-id", "1")
    assert "this is about the chain 1" in history


def test_names_are_added_preferred_and_removed(cli: Cli, chain: Served) -> None:
    for name in ("firstname", "secondname"):
        cli.object("name", "register", "alice", name, *chain.at, "--yes")
    assert [one["is_preferred"] for one in cli.objects("name", "list", "alice")] == [True, False]
    assert [one["is_preferred"] for one in cli.objects("name", "prefer", "alice", "secondname")] == [False, True]
    assert [one["name"] for one in cli.objects("name", "remove", "alice", "firstname")] == ["secondname.stateofus.eth"]
    assert cli.object("name", "add", "alice", "firstname", *chain.at)["name"] == "firstname.stateofus.eth"
    assert not any(one["is_preferred"] for one in cli.objects("name", "prefer", "alice"))
    assert "none of your names" in cli.error("name", "remove", "alice", "thirdname")


def test_beside_a_process_that_has_the_profile_open_its_node_is_asked_and_the_key_stays_here(
    cli: Cli, chain: Served
) -> None:
    held = Holder(cli.data_dir, PASSWORD, endpoint=Endpoint(chain.url), registry=chain.registry)
    held.start()
    try:
        sent = cli.object("name", "register", "alice", "alicious", "--yes")
        assert (sent["action"], sent["state"]) == ("register", "mined")
        assert cli.object("name", "list", "alice")["name"] == "alicious.stateofus.eth"
        assert cli.object("name", "resolve", "alice", "alicious")["is_ours"]
        assert cli.object("name", "changes", "alice")["transaction"] == sent["transaction"]
        assert cli.objects("wallet", "history", "alice", *chain.at[:2])
        other = ("--endpoint", "http://127.0.0.1:1")
        said = cli.error("name", "release", "alice", "alicious", *other, "--yes")
        assert f"which asks the node of Ethereum at {chain.url}, and not http://127.0.0.1:1. Stop that one" in said
        assert cli.error("wallet", "history", "alice", *other) == said
        said = cli.error("name", "release", "alice", "alicious", "--registry", SOMEBODY, "--yes")
        assert said.startswith(
            f"The profile is open in another pystatus, which asks {chain.registry}, and not {SOMEBODY}"
        )
        wrong = cli.error("name", "release", "alice", "alicious", "--chain-id", "1", "--yes", code=2)
        assert wrong.startswith("The pystatus that has the profile open asks a node of the chain 1337")
        cli.environment["PYSTATUS_PASSWORD"] = "wrong horse"
        assert cli.error("name", "update", "alice", "alicious", "--address", SOMEBODY, "--yes").startswith(
            "The password of 'alice' is wrong"
        )
    finally:
        held.stop()


@pytest.mark.requirement("AC-35")
def test_a_question_about_a_name_shows_the_signing_phrase(
    cli: Cli, chain: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(signing_question, "terminal", SimpleNamespace(
        is_there=lambda: True, tell=told.append, confirm=lambda question: told.append(question)
    ))  # fmt: skip
    result = cli.run("name", "register", "alice", "alicious", *chain.at)
    assert result.stderr == "Nothing was sent.\n"
    assert told[0].startswith(f"{OWN} registers the name “alicious.stateofus.eth”")
    phrase = told[1].removeprefix("Your signing phrase: ").split()
    assert len(phrase) == 3
    assert set(phrase) <= set(words())
    assert told[2] == "Sign and send it?"
