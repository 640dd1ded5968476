"""Names on the chain on the screen: searched, registered, changed, shown to contacts and given back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from pystatus import Names
from pystatus.account.address import checksummed
from tests.apps.terminal.snapshots import check
from tests.apps.terminal.wallet_playing import PASSWORD, WalletPlayer, at_the_wallet
from tests.client.test_names_on_chain import registered_by
from tests.support.devchain import Chain, chain_as_new

YEAR = 366 * 86_400
SOMEBODY = checksummed(b"\x5a" * 20)


@pytest.fixture
def chain() -> Iterator[Chain]:
    with chain_as_new() as made:
        yield made


@pytest.fixture
def same_each_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("pystatus.messenger.features.wallet.new_signing_phrase", lambda _: "harbour wave pilot")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def at_names(folder: Path, chain: Chain) -> AbstractAsyncContextManager[WalletPlayer]:
    return at_the_wallet(folder, chain.endpoint(), registry=checksummed(chain.contracts.registry))


async def search(player: WalletPlayer, name: str) -> None:
    await player.press("m")
    await player.sees("Names")
    await player.press("s")
    await player.answer("Which name?", name)


@pytest.mark.usefixtures("same_each_time")
async def test_a_name_from_the_search_to_its_release(chain: Chain, tmp_path: Path) -> None:
    async with at_names(tmp_path, chain) as player:
        await search(player, "alicious")
        await player.sees("alicious.stateofus.eth is free. The deposit is 10 STT")
        check(player.app, "name-free")
        await player.press("r")
        await player.sees("registers alicious.stateofus.eth for a deposit of 10 STT")
        check(player.app, "name-sign")
        await player.answer("Password of this profile", "wrong horse")
        await player.hears("password")
        names = player.client.feature(Names)
        assert not names.changes()
        await player.answer("Password of this profile", PASSWORD)  # it is asked for again
        await player.hears("waits for a block")
        await names.check()
        await player.press("escape")
        await player.sees("contacts see this one")
        player.app.clear_notifications()
        await player.pilot.pause()
        check(player.app, "names")
        await player.press("enter")
        await player.sees("leads to your chat key")
        await player.press("d")
        await player.answer("The address that is paid", SOMEBODY)
        await player.sees("lets who pays alicious.stateofus.eth pay")
        await player.answer("Password of this profile", PASSWORD)
        await player.sees(f"pays {SOMEBODY}")
        await player.press("l")
        await player.hears("This name can be released in")
        chain.dev.pass_time(YEAR)
        chain.dev.mine()
        await player.press("l")
        await player.sees("releases alicious.stateofus.eth. Its deposit comes back")
        await player.answer("Password of this profile", PASSWORD)
        await names.check()
        await player.until(lambda: not names.own())
        await player.press("escape", "c")
        await player.sees("release: alicious.stateofus.eth")


async def test_what_cannot_be_had_is_said(chain: Chain, tmp_path: Path) -> None:
    async with at_names(tmp_path, chain) as player:
        await search(player, "0xabcdef12345")
        await player.sees("would be taken away from you again")
        assert "r: register" not in player.window()


async def test_money_goes_to_who_a_name_leads_to(chain: Chain, tmp_path: Path) -> None:
    registered_by(chain, 1, "bobsname")
    async with at_names(tmp_path, chain) as player:
        await player.sees("ETH")
        await player.press("enter")
        await player.sees("Block")
        await player.press("s")
        await player.answer("To whom?", "bobsname.stateofus.eth")
        await player.answer("How much ETH?", "0.1")
        await player.sees(f"pays 0.1 ETH to {checksummed(chain.address(1))}")
