"""The wallet behind the page: what a window is given, and that it can sign nothing but what it was asked about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pystatus import Account, Client, Profiles
from pystatus.account.address import checksummed
from pystatus.apps.web.drafts import MAX_DRAFTS
from pystatus.devchain.chain import PHRASE
from pystatus.fleets.fleet import Fleet
from pystatus.storage.descriptions import Profile
from tests.apps.web.support import PASSWORD, Browser, window
from tests.support.devchain import Chain, chain_as_new

SOMEBODY = checksummed(b"\x5a" * 20)


@pytest.fixture
def chain() -> Iterator[Chain]:
    with chain_as_new() as made:
        yield made


class Makes:
    """Makes the client of a profile, with a chain behind it."""

    def __init__(self, directory: Path, chain: Chain | None) -> None:
        self._directory = directory / "data"
        self._endpoint = None if chain is None else chain.endpoint()
        Profiles(self._directory).create(Account.from_mnemonic(PHRASE), PASSWORD, "ann")

    def __call__(self, profile: Profile, password: str | None, network: Fleet | None) -> Client:
        options = {"data_dir": self._directory, "state_dir": self._directory / "state", "endpoint": self._endpoint}
        return Client.open(profile.account.key_uid, password or "", **options)  # type: ignore[arg-type]  # all mixed


async def unlocked(browser: Browser) -> str:
    """The address of the first account of the profile, which is open now."""
    await browser.call("web_unlock", profile="ann", password=PASSWORD)
    [account] = (await browser.call("web_wallet"))["accounts"]
    return str(account["address"])


async def test_what_the_window_is_given(tmp_path: Path, chain: Chain) -> None:
    async with window(tmp_path, Makes(tmp_path, chain)) as browser:
        account = await unlocked(browser)
        money = await browser.call("web_wallet_money")
        assert money["ether"][account].endswith(" ETH")
        shown = await browser.call("web_wallet_account", account=account)
        assert (shown["problem"], shown["holdings"][0]["symbol"], shown["transfers"]) == ("", "ETH", [])
        assert await browser.call("web_wallet_search", account=account) is True
        assert (await browser.call("web_wallet_account", account=account))["transfers"]
        question = await browser.call("web_wallet_draft", account=account, to=SOMEBODY, amount="0.5")
        assert question["what"].endswith(f"pays 0.5 ETH to {SOMEBODY}.")
        wrong = await browser.error("web_wallet_sign", draft=question["draft"], password="wrong horse")
        assert wrong["data"]["kind"] == "WrongPassword"
        assert await browser.call("web_wallet_sent") == []
        await browser.call("web_wallet_sign", draft=question["draft"], password=PASSWORD)
        assert [one["state"] for one in await browser.call("web_wallet_sent")] == ["waiting"]
        assert "wallet" in (await browser.heard("changed"))["what"]
        again = await browser.error("web_wallet_sign", draft=question["draft"], password=PASSWORD)
        assert "begin again" in again["message"]


async def test_a_question_that_is_not_open_any_more(tmp_path: Path, chain: Chain) -> None:
    async with window(tmp_path, Makes(tmp_path, chain)) as browser:
        account = await unlocked(browser)
        drafts = [
            (await browser.call("web_wallet_draft", account=account, to=SOMEBODY, amount="1"))["draft"]
            for _ in range(MAX_DRAFTS + 1)
        ]
        refused = await browser.error("web_wallet_sign", draft=drafts[0], password=PASSWORD)
        assert "This question is not open any more. Nothing was sent" in refused["message"]
        assert await browser.call("web_wallet_sent") == []


async def test_bad_input_gets_a_sentence(tmp_path: Path) -> None:
    async with window(tmp_path, Makes(tmp_path, None)) as browser:
        account = await unlocked(browser)
        assert "PYSTATUS_ENDPOINT" in (await browser.call("web_wallet_money"))["problem"]
        assert "PYSTATUS_ENDPOINT" in (await browser.call("web_names"))["problem"]
        odd = {"secret": "zz", "password": PASSWORD}
        assert "hexadecimal" in (await browser.error("web_wallet_add", kind="key", **odd))["message"]
        assert "one of these" in (await browser.error("web_wallet_add", kind="other", **odd))["message"]
        assert "one of these" in (await browser.error("web_name_draft", action="steal", name="bob"))["message"]
        refused = await browser.error("web_wallet_draft", account=account, to="nobody", amount="1")
        assert "Nobody is called nobody here" in refused["message"]
