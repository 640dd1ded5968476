"""``pystatus transaction``: as two people with a relay would use it."""

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
from pystatus.account.address import checksummed
from pystatus.account.key_encoding import encode
from pystatus.account.mnemonic import new_phrase
from pystatus.apps.cli.root import app
from pystatus.payloads.transactions import sign_transaction
from tests.apps.support import Running
from tests.support.processes import PASSWORD, Relay

runner = CliRunner()
HASH = f"0x{bytes([7] * 32).hex()}"
TOKEN = checksummed(bytes([9] * 20))
LOCAL = ("list", "show")


class People:
    """Their profiles, and what they do one after the other."""

    def __init__(self, directory: Path, relay: Relay) -> None:
        self.directory = directory
        self.relay = relay
        self.accounts = {name: Account.from_mnemonic(new_phrase(os.urandom)) for name in ("alice", "bob")}
        self.accounts["carol"] = Account.from_private_key(PrivateKey.generate(os.urandom))
        for name, account in self.accounts.items():
            Profiles(directory / name).create(account, PASSWORD, name)

    def key(self, name: str) -> str:
        return encode(self.accounts[name].public_key)

    def wallet(self, name: str) -> str:
        address = self.accounts[name].record.default_wallet
        assert address is not None
        return checksummed(address)

    def run(self, who: str, *arguments: str, json_too: bool = True) -> str:
        verb, *rest = arguments
        peers = [] if verb in LOCAL else ["--peer", self.relay.enode]
        line = ["transaction", verb, who, *rest, "--data-dir", str(self.directory / who), *peers]
        result = runner.invoke(app, [*line, "--json"] if json_too else line)
        assert result.exit_code == 0, result.stderr
        return result.stdout

    def objects(self, who: str, *arguments: str) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.run(who, *arguments).splitlines()]

    def error(self, who: str, *arguments: str, code: int = 1) -> str:
        verb, *rest = arguments
        peers = [] if verb in LOCAL else ["--peer", self.relay.enode]
        result = runner.invoke(app, ["transaction", verb, who, *rest, "--data-dir", str(self.directory / who), *peers])
        assert (result.exit_code, result.stdout) == (code, "")
        return result.stderr.strip()

    def history(self, who: str, other: str, *options: str) -> str:
        line = ["history", who, self.key(other), "--data-dir", str(self.directory / who), *options]
        result = runner.invoke(app, line)
        assert result.exit_code == 0, result.stderr
        return result.stdout

    @contextmanager
    def listening(self, who: str, event: str) -> Iterator[list[dict[str, object]]]:
        """Somebody listens until the event is told."""
        options = ("--json", "--peer", self.relay.enode)
        told: list[dict[str, object]] = []
        with Running(self.directory / who, "listen", who, *options, PYSTATUS_PASSWORD=PASSWORD) as running:
            running.event("peer-connected")
            yield told
            told.append(running.event(event))
            assert running.stop(signal.SIGINT) in (0, 130)


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[People]:
    monkeypatch.setenv("PYSTATUS_PASSWORD", PASSWORD)
    relay = Relay(tmp_path)
    yield People(tmp_path, relay)
    relay.stop()


def test_somebody_asks_for_a_payment_and_it_is_announced(people: People) -> None:
    with people.listening("bob", "message") as told:
        (asked,) = people.objects("alice", "request", people.key("bob"), "20000000000000000000", "--contract", TOKEN)
    assert (asked["transaction_state"], asked["value"], asked["address"], asked["own"]) == (
        "payment-requested",
        "20000000000000000000",
        people.wallet("alice"),
        True,
    )
    about = told[0]["transaction"]
    assert isinstance(about, dict)
    assert (about["contract"], about["address"]) == (TOKEN, people.wallet("alice"))
    (shown,) = people.objects("bob", "list")
    assert (shown["id"], shown["own"]) == (asked["id"], False)

    with people.listening("alice", "transaction-announced") as told:
        (paid,) = people.objects("bob", "announce", HASH, "--request", str(asked["id"])[:10])
    assert (paid["transaction_state"], paid["from_address"]) == ("sent", people.wallet("bob"))
    assert (told[0]["verification"], told[0]["transaction_hash"]) == ("unverified", HASH)

    claim, request = people.objects("alice", "list", people.key("bob"))
    assert (claim["event"], request["transaction_state"]) == ("transaction-announced", "payment-requested")
    first, _ = people.run("alice", "list", json_too=False).splitlines()
    assert first.endswith("pays you: unverified, no chain has confirmed it")
    amount = f"[20000000000000000000 base units of the token {TOKEN} to {people.wallet('alice')}"
    assert f"{amount}] Request transaction" in people.history("alice", "bob")
    assert f"{amount}, transaction {HASH}] Transaction sent" in people.history("bob", "alice")
    assert [one["transaction_state"] for one in people.objects("bob", "show", str(paid["id"]))] == [
        "payment-requested",
        "sent",
    ]


def test_an_address_is_asked_for_and_given(people: People) -> None:
    with people.listening("bob", "message"):
        (asked,) = people.objects("alice", "request-address", people.key("bob"), "5")
    with people.listening("alice", "message"):
        (given,) = people.objects("bob", "accept", str(asked["id"]))
    assert given["address"] == people.wallet("bob")
    lines = people.history("alice", "bob").splitlines()
    assert len(lines) == 1, "the answer has taken the place of the request"
    assert f"[5 wei to {people.wallet('bob')}] Request address for transaction accepted" in lines[0]
    text = people.run("alice", "show", str(asked["id"])[:10], json_too=False).splitlines()
    assert [", answered since]" in line for line in text] == [True, False]
    assert "This request was answered already." in people.error("bob", "decline", str(asked["id"]))


def test_a_payment_is_refused(people: People) -> None:
    with people.listening("bob", "message"):
        (asked,) = people.objects("alice", "request", people.key("bob"), "5")
    (declined,) = people.objects("bob", "decline", str(asked["id"]))
    assert declined["transaction_state"] == "payment-declined"


def test_what_cannot_be_done_is_said_in_a_sentence(people: People) -> None:
    bob = people.key("bob")
    assert "no wallet" in people.error("carol", "request", bob, "5")
    assert "no wallet here" in people.error("carol", "announce", HASH, "--chat", bob)
    assert people.error("carol", "announce", HASH, code=2).startswith("Name what was paid")
    both = ("announce", HASH, "--request", "0x123456", "--chat", bob)
    assert people.error("carol", *both, code=2).startswith("Name what was paid")
    with_amount = ("announce", HASH, "--request", "0x123456", "--amount", "5")
    assert people.error("carol", *with_amount, code=2).startswith("A request says what was asked for")
    assert people.error("carol", "accept", "0x123456").startswith("There is no message 0x123456")
    assert people.error("carol", "list", people.key("alice")).startswith("There is no chat with this person alone")
    assert people.error("carol", "list", code=0).startswith("There are no transactions. Begin one with: ")
    assert "two people" in people.error("alice", "request", "#status", "5")


def test_a_wallet_elsewhere_signs(people: People) -> None:
    wallet, account = PrivateKey(bytes([11] * 32)), people.accounts["carol"]
    signature = sign_transaction(wallet, account.public_key, bytes([7] * 32))
    options = ("--amount", "5", "--address", TOKEN, "--signature", f"0x{signature.hex()}")
    (paid,) = people.objects("carol", "announce", HASH, "--chat", people.key("bob"), *options)
    assert (paid["value"], paid["address"], paid["transaction_state"]) == ("5", TOKEN, "sent")


def test_the_wallet_signs_also_beside_a_process_that_has_the_profile_open(people: People) -> None:
    options = ("--json", "--peer", people.relay.enode)
    with Running(people.directory / "bob", "listen", "bob", *options, PYSTATUS_PASSWORD=PASSWORD) as running:
        running.event("peer-connected")
        (paid,) = people.objects("bob", "announce", HASH, "--chat", people.key("alice"), "--amount", "5")
    assert (paid["value"], paid["transaction_state"]) == ("5", "sent")


def test_what_no_relay_takes_is_stored(people: People) -> None:
    nobody = f"enode://{people.accounts['bob'].public_key.xy.hex()}@127.0.0.1:1"
    line = ["transaction", "request", "alice", people.key("bob"), "5", "--data-dir", str(people.directory / "alice")]
    result = runner.invoke(app, [*line, "--peer", nobody, "--timeout", "0.1"])
    assert result.exit_code == 3
    assert "do not send it again" in result.stderr
    assert len(people.objects("alice", "list")) == 1
