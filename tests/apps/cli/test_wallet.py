"""``pystatus wallet`` with a chain in another process: balances, history, sending; and what is not sent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from pystatus import Account, Profiles
from pystatus.account.address import address_of, checksummed
from pystatus.devchain.chain import PHRASE, accounts
from pystatus.faces import terminal
from tests.apps.support import PASSWORD, PATIENCE, Cli, Running
from tests.support.holding import Holder

OWN = checksummed(address_of(accounts()[0].public_key))
SOMEBODY = "0x5a5A5a5a5A5a5a5a5a5A5a5A5A5a5a5A5A5A5A5A"


class Served:
    """The chain, and what it says of itself."""

    def __init__(self, told: dict[str, object]) -> None:
        self.url = str(told["url"])
        self.at = ("--endpoint", self.url)
        contracts = told["contracts"]
        assert isinstance(contracts, dict)
        self.token = str(contracts["token"])
        self.market = ("--market", str(contracts["sticker_market"]))
        self.gateway = ("--gateway", self.url)

    def tell(self, method: str, *params: object) -> None:
        """What a test wants of the chain itself."""
        body = json.dumps({"id": 1, "method": method, "params": params}).encode()
        request = Request(self.url, body, {"Content-Type": "application/json"})
        with urlopen(request, timeout=PATIENCE) as answer:
            assert "error" not in json.load(answer)


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Running(tmp_path_factory.mktemp("chain"), "devchain", "--port", "0", "--json") as running:
        yield Served(json.loads(running.line()))


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """Ann, whose recovery phrase is that of the chain's accounts."""
    found = Cli(tmp_path)
    words = tmp_path / "words"
    words.write_text(PHRASE)
    words.chmod(0o600)
    found.object("account", "recover", "ann", "--words-file", str(words), "--yes")
    return found


@pytest.mark.requirement("ET-2")
def test_what_the_wallet_has(cli: Cli, chain: Served) -> None:
    ether, token = cli.objects("wallet", "balance", "ann", *chain.at, "--token", chain.token)
    assert (ether["asset"], ether["account"], ether["decimals"]) == ("ether", OWN, 18)
    assert int(str(ether["amount"])) > 9_000 * 10**18
    assert (token["symbol"], token["contract"]) == ("STT", chain.token)
    assert cli.run("wallet", "balance", "ann", *chain.at).stdout.startswith(f"{OWN}  9999.")


@pytest.mark.requirement("ET-1", "ET-5")
def test_some_of_it_is_sent_and_found_again(cli: Cli, chain: Served) -> None:
    (tried,) = cli.objects("wallet", "send", "ann", SOMEBODY, "0.25", *chain.at, "--dry-run")
    assert (tried["event"], tried["value"], tried["to"]) == ("tried", str(25 * 10**16), SOMEBODY)
    (sent,) = cli.objects("wallet", "send", "ann", SOMEBODY, "0.25", *chain.at, "--yes")
    assert sent["event"] == "sent"
    (moved,) = cli.objects("wallet", "send", "ann", SOMEBODY, "1.5", *chain.at, "--token", chain.token, "--yes")
    newest, before, *rest = cli.objects("wallet", "history", "ann", *chain.at)
    assert (newest["type"], newest["amount"], newest["transaction"]) == (
        "erc20",
        str(15 * 10**17),
        moved["transaction"],
    )
    assert (before["type"], before["direction"], before["to"]) == ("eth", "out", SOMEBODY)
    assert before["transaction"] == sent["transaction"]
    assert cli.objects("wallet", "history", "ann", *chain.at, "--limit", "1") == [newest]
    further = cli.objects("wallet", "history", "ann", *chain.at, "--older")
    assert further[: 2 + len(rest)] == [newest, before, *rest]
    assert len(further) > 2 + len(rest)  # it has deployed what the chain has
    shown = cli.run("wallet", "history", "ann", *chain.at).stdout.splitlines()
    assert shown[0].endswith(f"1500000000000000000 base units of {chain.token}  to {SOMEBODY}")
    assert shown[1].endswith(f"0.25 ether  to {SOMEBODY}")


def test_nothing_is_sent_without_a_word(cli: Cli, chain: Served) -> None:
    before = cli.objects("wallet", "history", "ann", *chain.at)
    sentence = cli.error("wallet", "send", "ann", SOMEBODY, "0.5", *chain.at)
    assert sentence.startswith(f"Nothing was sent. With --yes, this happens: {OWN} pays 0.5 ether to {SOMEBODY} on the")
    too_much = cli.error("wallet", "send", "ann", SOMEBODY, "99999999", *chain.at, "--yes")
    assert "and 99999999 ether to pay and a fee are needed" in too_much
    refused = cli.error("wallet", "send", "ann", SOMEBODY, "0.0000000000000000001", *chain.at, "--yes", code=2)
    assert "more than 18 digits behind the point" in refused
    assert "is a node of the chain 1337" in cli.error("wallet", "balance", "ann", *chain.at, "--chain-id", "1")
    assert cli.objects("wallet", "history", "ann", *chain.at) == before


@pytest.mark.requirement("AC-35")
def test_a_question_about_a_signature_shows_the_signing_phrase(
    cli: Cli, chain: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(terminal, "is_there", lambda: True)
    monkeypatch.setattr(terminal, "tell", told.append)
    monkeypatch.setattr(terminal, "confirm", lambda _: False)
    for _ in range(2):
        result = cli.run("wallet", "send", "ann", SOMEBODY, "0.5", *chain.at)
        assert (result.exit_code, result.stderr) == (1, "Nothing was sent.\n")
    first, phrase, *again = told
    assert first.startswith(f"{OWN} pays 0.5 ether to {SOMEBODY} on the chain 1337; the fee is at most ")
    assert re.fullmatch("Your signing phrase: [a-z]+ [a-z]+ [a-z]+", phrase)
    assert again == [first, phrase]


@pytest.mark.requirement("AC-30", "ET-12")
def test_another_account_pays_with_its_own_key(cli: Cli, chain: Served) -> None:
    second = cli.object("wallet", "add", "ann", "--name", "Savings")["address"]
    cli.object("wallet", "add", "ann", "--watch", SOMEBODY, "--name", "Shop")
    (sent,) = cli.objects("wallet", "send", "ann", SOMEBODY, "0.125", "--account", "savings", *chain.at, "--yes")
    assert sent["from"] == second
    history = ("wallet", "history", "ann", *chain.at, "--account")
    assert cli.objects(*history, "Savings")[0]["transaction"] == sent["transaction"]
    assert cli.objects(*history, "Shop")[0]["direction"] == "in"
    sentence = cli.error("wallet", "send", "ann", OWN, "0.01", "--account", "Shop", *chain.at, "--yes")
    assert sentence.endswith("is not here: this account is only watched. Choose one that can sign.")
    assert "no such account" in cli.error(*history, "0x" + "77" * 20)
    cli.environment["PYSTATUS_PASSWORD"] = "wrong horse"
    sentence = cli.error("wallet", "send", "ann", SOMEBODY, "0.125", *chain.at, "--yes")
    assert sentence.startswith("The password of 'ann' is wrong")


@pytest.mark.requirement("ET-10")
def test_a_pack_of_stickers_is_bought_and_installed(cli: Cli, chain: Served, tmp_path: Path) -> None:
    shop = (*chain.at, *chain.market)
    signal, sky = cli.objects("sticker", "market", "ann", *shop, *chain.gateway)
    assert (signal["name"], signal["price"], signal["is_owned"]) == ("Signal", str(5 * 10**18), False)
    assert sky["price"] == "0"
    assert "does not have the sticker pack 0" in cli.error("sticker", "install", "ann", "0", *shop, *chain.gateway)
    (tried,) = cli.objects("sticker", "buy", "ann", "0", *shop, "--dry-run")
    assert (tried["event"], tried["to"]) == ("tried", chain.token)
    sentence = cli.error("sticker", "buy", "ann", "0", *shop, *chain.gateway)
    assert "Nothing was sent. With --yes, this happens" in sentence
    assert "buys the sticker pack 0 “Signal” for 5 STT" in sentence
    (sent,) = cli.objects("sticker", "buy", "ann", "0", *shop, "--yes")
    assert (sent["event"], sent["state"]) == ("sent", "mined")
    (installed,) = cli.objects("sticker", "install", "ann", "0", *shop, *chain.gateway)
    assert cli.objects("sticker", "packs", "ann") == [{**installed, "event": "pack"}]
    assert cli.run("sticker", "packs", "ann").stdout == "   0  Signal by pystatus, 3 stickers\n"
    file = tmp_path / "sticker.png"
    stickers = installed["stickers"]
    assert isinstance(stickers, list)
    (saved,) = cli.objects("sticker", "save", "ann", str(stickers[0]), str(file), *chain.gateway)
    assert (saved["type"], saved["width"], file.read_bytes()[:4]) == ("PNG", 512, b"\x89PNG")
    assert cli.object("sticker", "uninstall", "ann", "0")["event"] == "uninstalled"
    assert "is not installed" in cli.error("sticker", "uninstall", "ann", "0")


def test_beside_a_process_that_has_the_profile_open_its_node_is_asked(cli: Cli, chain: Served) -> None:
    cli.object("account", "rename", "ann", "alice")
    held = Holder(cli.data_dir, PASSWORD)
    held.start()
    try:
        cli.environment["PYSTATUS_PASSWORD"] = None
        sentence = cli.error("wallet", "history", "alice", *chain.at)
        assert "set PYSTATUS_ENDPOINT for the process that has the profile open" in sentence
    finally:
        held.stop()


@pytest.mark.requirement("ET-14")
def test_nobody_is_asked_that_is_not_named(cli: Cli) -> None:
    assert "Name a node of Ethereum with --endpoint URL" in cli.error("wallet", "balance", "ann", code=2)
    key = "0123456789abcdef"
    sentence = cli.error("wallet", "balance", "ann", "--endpoint", f"http://127.0.0.1:1/v3/{key}")
    assert "There is no node of Ethereum at http://127.0.0.1:1: " in sentence
    assert key not in sentence
    assert key not in cli.error("wallet", "balance", "ann", "--endpoint", f"ftp://host/{key}", code=2)


def test_an_account_without_a_wallet(tmp_path: Path) -> None:
    cli = Cli(tmp_path)
    Profiles(tmp_path).create(Account.from_private_key(accounts()[3]), "correct horse", name="bob")
    sentence = cli.error("wallet", "balance", "bob", "--endpoint", "http://127.0.0.1:1")
    assert sentence.startswith("This account has no wallet here")


@pytest.mark.requirement("ET-4")
def test_tokens_are_added_listed_and_removed(cli: Cli, chain: Served) -> None:
    assert cli.run("wallet", "tokens", "ann", *chain.at).stdout == ""
    known = cli.objects("wallet", "tokens", "ann")
    assert {one["chain_id"] for one in known} == {1}
    added = cli.object("wallet", "add-token", "ann", chain.token, *chain.at)
    assert (added["symbol"], added["own"], added["chain_id"]) == ("STT", True, 1337)
    assert "was added already" in cli.error("wallet", "add-token", "ann", chain.token, *chain.at)
    assert cli.objects("wallet", "tokens", "ann", *chain.at, "--chain-id", "1337") == [added]
    gnosis = cli.objects("wallet", "tokens", "ann", *chain.at, "--chain-id", "100")  # no node of that chain is needed
    assert {one["chain_id"] for one in gnosis} == {100}
    moved = cli.object("wallet", "send", "ann", SOMEBODY, "1.5", *chain.at, "--token", chain.token, "--yes")
    assert moved["event"] == "sent"
    newest, *_ = cli.run("wallet", "history", "ann", *chain.at).stdout.splitlines()
    assert newest.endswith(f"1.5 STT ({chain.token})  to {SOMEBODY}")
    assert "There is no token at this address" in cli.error("wallet", "add-token", "ann", SOMEBODY, *chain.at)
    _, token = cli.objects("wallet", "balance", "ann", *chain.at)
    assert token["contract"] == chain.token
    assert cli.objects("wallet", "tokens", "ann", "--chain-id", "1337") == [added]
    assert cli.objects("wallet", "tokens", "ann") == known  # of the main chain it is none
    assert "was added on the chain 1." in cli.error("wallet", "remove-token", "ann", chain.token)
    cli.object("wallet", "remove-token", "ann", chain.token, "--chain-id", "1337")
    assert cli.run("wallet", "tokens", "ann", *chain.at).stdout == ""


def test_favourites_are_paid_by_name(cli: Cli, chain: Served) -> None:
    cli.object("wallet", "add-favourite", "ann", SOMEBODY, "Mother")
    assert cli.objects("wallet", "favourites", "ann") == [{"address": SOMEBODY, "name": "Mother"}]
    (tried,) = cli.objects("wallet", "send", "ann", "mother", "0.25", *chain.at, "--dry-run")
    assert (tried["recipient"], tried["kind"]) == (SOMEBODY, "ether")
    assert "no favourite of this name" in cli.error("wallet", "send", "ann", "Baker", "0.25", *chain.at, "--dry-run")
    cli.object("wallet", "remove-favourite", "ann", "Mother")
    assert cli.run("wallet", "favourites", "ann").stdout == ""


def test_what_was_sent_is_listed_and_hurried_and_taken_back(cli: Cli, chain: Served) -> None:
    assert cli.objects("wallet", "pending", "ann") == []
    chain.tell("evm_setAutomine", False)
    try:
        (sent,) = cli.objects("wallet", "send", "ann", SOMEBODY, "0.25", *chain.at, "--yes")
        assert [one["transaction"] for one in cli.objects("wallet", "pending", "ann")] == [sent["transaction"]]
        beginning = str(sent["transaction"])[:12]
        (faster,) = cli.objects("wallet", "speed-up", "ann", beginning, *chain.at, "--yes")
        assert (faster["replaces"], faster["nonce"]) == (sent["transaction"], sent["nonce"])
        sentence = cli.error("wallet", "cancel", "ann", str(faster["transaction"]), *chain.at)
        assert f"In the place of {faster['transaction']}: {OWN} pays nothing to itself" in sentence
        (gone,) = cli.objects("wallet", "cancel", "ann", str(faster["transaction"]), *chain.at, "--yes")
    finally:
        chain.tell("evm_setAutomine", True)
    chain.tell("evm_mine")
    states = {one["transaction"]: one["state"] for one in cli.objects("wallet", "pending", "ann", *chain.at, "--all")}
    assert states == {sent["transaction"]: "waiting", faster["transaction"]: "waiting", gone["transaction"]: "mined"}
    assert "is in block" in cli.error("wallet", "speed-up", "ann", str(gone["transaction"]), *chain.at, "--yes")
    assert "No transaction that was sent from here begins" in cli.error("wallet", "cancel", "ann", "0x0000", *chain.at)


def test_an_allowance_without_a_limit_is_said_before_it_is_signed(cli: Cli, chain: Served) -> None:
    data = f"0x095ea7b3{SOMEBODY[2:].lower():>064}{'f' * 64}"
    (tried,) = cli.objects("wallet", "call", "ann", chain.token, data, *chain.at, "--dry-run")
    assert (tried["kind"], tried["unlimited"], tried["recipient"]) == ("approve", True, SOMEBODY)
    sentence = cli.error("wallet", "call", "ann", chain.token, data, *chain.at)
    assert (
        f"lets {SOMEBODY} take ALL of STT ({chain.token}), without a limit, from it, at any time on the chain 1337"
        in (sentence)
    )
    assert "all that it will ever get, can be taken without asking again" in sentence
