"""The wallet on the screen: accounts, what they have, and that nothing is sent without the owner's word."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pystatus import SentState, Wallet
from pystatus.account.address import checksummed
from pystatus.ethereum.history import OTHER_DEPTH
from tests.apps.terminal.snapshots import check
from tests.apps.terminal.wallet_playing import PASSWORD, WalletPlayer, at_the_wallet
from tests.support.devchain import Chain, chain_as_new

SOMEBODY = checksummed(b"\x5a" * 20)


@pytest.fixture
def chain() -> Iterator[Chain]:
    with chain_as_new() as made:
        yield made


async def send_half(player: WalletPlayer, to: str, password: str) -> None:
    """Send half an ether of the account that is open."""
    await player.press("s")
    await player.answer("To whom?", to)
    await player.answer("How much ETH?", "0.5")
    await player.sees("pays 0.5 ETH to")
    assert player.client.feature(Wallet).signing_phrase() in player.window()
    await player.answer("Password of this profile", password)


@pytest.mark.requirement("AC-35")
async def test_ether_is_sent_with_the_password_alone(chain: Chain, tmp_path: Path) -> None:
    async with at_the_wallet(tmp_path, chain.endpoint()) as player:
        await player.sees("ETH")
        height = chain.dev.height
        await player.press("enter")
        await player.sees("Nothing is known of what came and went")
        await send_half(player, SOMEBODY, "wrong horse")
        await player.hears("password")
        assert chain.dev.height == height  # nothing was sent
        await player.sees("Sign and send?")  # it is asked for again, in the same window
        await player.press("escape")
        await player.hears("Nothing was signed, and nothing was sent")
        assert chain.dev.height == height
        await send_half(player, SOMEBODY, PASSWORD)
        await player.hears("waits for a block")
        assert chain.dev.backend.get_balance(b"\x5a" * 20) == 5 * 10**17
        await player.press("u")
        await player.sees("- 0.5 ETH")
        await player.press("escape", "p")
        await player.sees("pays 0.5 ether to")


async def test_what_cannot_be_sent_is_said(chain: Chain, tmp_path: Path) -> None:
    async with at_the_wallet(tmp_path, chain.endpoint()) as player:
        await player.sees("ETH")
        await player.press("enter")
        await player.sees("Block")
        await player.press("s")
        await player.answer("To whom?", "nobody")
        await player.hears("Nobody is called nobody here")
        await player.press("s")
        await player.answer("To whom?", SOMEBODY)
        await player.answer("How much ETH?", "-1")
        await player.hears("That is no amount of ETH")
        await player.press("s")
        await player.answer("To whom?", SOMEBODY)
        await player.answer("How much ETH?", "1000000000")
        await player.hears("ether to pay and a fee are needed")
        assert not player.client.feature(Wallet).sent()


async def test_what_waits_gets_a_higher_fee_or_is_taken_back(chain: Chain, tmp_path: Path) -> None:
    chain.dev.mines_at_once = False
    async with at_the_wallet(tmp_path, chain.endpoint()) as player:
        await player.sees("ETH")
        await player.press("enter")
        await player.sees("Block")
        await send_half(player, SOMEBODY, PASSWORD)
        await player.hears("waits for a block")
        await player.press("escape", "p")
        await player.sees("waits for a block")
        await player.press("u")
        await player.sees("It takes the place of the one that waits, with a higher fee")
        await player.answer("Password of this profile", PASSWORD)
        wallet = player.client.feature(Wallet)
        await player.until(lambda: len(wallet.sent()) == 2)
        await player.press("home", "c")
        await player.sees("pays nothing to itself, in the place of a transaction that it takes back")
        await player.answer("Password of this profile", PASSWORD)
        await player.until(lambda: len(wallet.sent()) == 3)
        chain.dev.mine(OTHER_DEPTH + 1)  # before, the receipt might only be late
        await player.press("r")
        await player.sees("in block")
        assert chain.dev.backend.get_balance(b"\x5a" * 20) == 0
        settled = [SentState.MINED, SentState.REPLACED, SentState.REPLACED]
        await player.until(lambda: [one.state for one in wallet.sent()] == settled)


async def test_accounts_of_every_origin_are_added_named_and_removed(chain: Chain, tmp_path: Path) -> None:
    async with at_the_wallet(tmp_path, chain.endpoint()) as player:
        await player.press("a")
        await player.sees("The next one of your recovery phrase")
        await player.press("enter")
        await player.answer("What is it called here?", "Savings")
        await player.answer("seals the key", "wrong horse")
        await player.hears("password")
        wallet = player.client.feature(Wallet)
        assert len(wallet.accounts()) == 1
        await player.press("a")
        await player.press("enter")
        await player.answer("What is it called here?", "Savings")
        await player.answer("seals the key", PASSWORD)
        await player.sees("Savings")
        await player.press("a")
        await player.press("down", "down", "enter")
        await player.answer("The private key", "07" * 32)
        await player.answer("What is it called here?", "Old key")
        await player.answer("seals the key", PASSWORD)
        await player.sees("Old key")
        await player.press("a")
        await player.press("end")
        await player.press("down", "down", "down", "enter")
        await player.answer("The address", SOMEBODY)
        await player.answer("What is it called here?", "Mother")
        await player.sees("only watched")
        await player.press("end")
        await player.press("enter")
        await player.sees("Block")
        await player.press("s")
        await player.hears("Mother is only watched")
        await player.press("escape")
        await player.press("end", "n")
        await player.answer("What is it called here?", "Mum")
        await player.sees("Mum")
        await player.press("end", "x")
        await player.sees("is not watched any more")
        await player.press("down", "enter")
        await player.until(lambda: len(wallet.accounts()) == 3)


async def test_tokens_are_shown_added_and_sent(chain: Chain, tmp_path: Path) -> None:
    async with at_the_wallet(tmp_path, chain.endpoint()) as player:
        await player.client.feature(Wallet).save_favourite(SOMEBODY, "Bob")
        await player.sees("ETH")
        await player.press("enter")
        await player.sees("Block")
        await player.press("t")
        await player.answer("The address of the contract of the token", checksummed(chain.contracts.token))
        await player.hears("What it calls itself proves nothing")
        await player.until(lambda: checksummed(chain.contracts.token) in player.window())
        await player.press("down", "s")
        await player.answer("To whom?", "bob")
        await player.sees("How much")
        await player.answer("How much", "2")
        await player.sees(f"to Bob ({SOMEBODY})")
        await player.answer("Password of this profile", PASSWORD)
        await player.hears("waits for a block")


async def test_without_a_node_it_says_how_to_name_one(tmp_path: Path) -> None:
    async with at_the_wallet(tmp_path, None) as player:
        await player.sees("PYSTATUS_ENDPOINT")
        await player.press("enter")
        await player.sees("PYSTATUS_ENDPOINT")
        await player.press("u")
        await player.hears("No node of Ethereum is named")


@pytest.fixture
def same_each_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("pystatus.messenger.features.wallet.new_signing_phrase", lambda _: "harbour wave pilot")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("same_each_time")
async def test_how_it_looks(chain: Chain, tmp_path: Path) -> None:
    async with at_the_wallet(tmp_path, chain.endpoint()) as player:
        wallet = player.client.feature(Wallet)
        await wallet.watch("0x" + "11" * 20, "Savings of Mother", "#fa6565")
        await wallet.save_favourite(SOMEBODY, "Bob")
        await wallet.add_token(checksummed(chain.contracts.token))
        await player.press("escape", "alt+w")
        await player.sees("Block")
        check(player.app, "wallet")
        await player.press("enter")
        await player.sees("Block")
        await player.press("u")
        await player.sees("What came and went")
        check(player.app, "wallet-account")
        await player.press("s")
        await player.answer("To whom?", "Bob")
        await player.answer("How much ETH?", "0.25")
        await player.sees("Sign and send?")
        check(player.app, "wallet-sign")


@pytest.mark.usefixtures("same_each_time")
async def test_how_a_question_looks_in_a_small_terminal_in_german(chain: Chain, tmp_path: Path) -> None:
    """The line for the password is in view, and the phrase above it."""
    async with at_the_wallet(tmp_path, chain.endpoint(), size=(80, 24), language="de") as player:
        await player.sees("Block")
        await player.press("enter")
        await player.sees("Block")
        await player.press("s")
        await player.answer("An wen?", SOMEBODY)
        await player.answer("Wie viel ETH?", "0.25")
        await player.sees("Signieren und senden?")
        check(player.app, "wallet-sign-small")
