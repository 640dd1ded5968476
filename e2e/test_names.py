"""Names on the chain in the page: searched, registered with the owner's word alone, shown to contacts, given back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from e2e.looking import look
from e2e.scenes import NARROW, Scene, main_menu
from e2e.stage import PASSWORD
from pystatus.account.address import checksummed
from pystatus.client.features.names import Names
from pystatus.client.features.wallet import Wallet
from pystatus.devchain.deployment import PRICE
from pystatus.ethereum import abi
from pystatus.ethereum.transactions import Payment
from tests.support.devchain import Chain, chain_as_new

YEAR = 366 * 86_400


@pytest.fixture
def chain() -> Iterator[Chain]:
    with chain_as_new() as made:
        yield made


async def test_a_name_from_the_search_to_its_release(scene: Scene, chain: Chain) -> None:
    served = await scene.serve(endpoint=chain.endpoint(), registry=checksummed(chain.contracts.registry))
    names, [account] = served.client.feature(Names), served.client.feature(Wallet).accounts()
    chain.transact(1, Payment(account.address, 10**18))
    chain.transact(
        0, Payment(chain.contracts.token, 0, abi.call_data("transfer(address,uint256)", account.address, PRICE))
    )
    page = await scene.window(served)
    await main_menu(page, "Names")
    window = page.get_by_role("dialog", name="Names", exact=True)
    await look(page, "names-none")
    await window.get_by_role("button", name="Search a name").click()
    await page.get_by_label("Which name?").fill("0xabcdef12345")
    await page.get_by_role("button", name="Search", exact=True).click()
    refused = page.get_by_role("dialog", name="0xabcdef12345.stateofus.eth")
    await expect(refused).to_contain_text("would be taken away from you again")
    await expect(refused.get_by_role("button", name="Register")).to_have_count(0)
    await look(page, "name-refused")
    await page.keyboard.press("Escape")
    await window.get_by_role("button", name="Search a name").click()
    await page.get_by_label("Which name?").fill("alicious")
    await page.get_by_role("button", name="Search", exact=True).click()
    found = page.get_by_role("dialog", name="alicious.stateofus.eth")
    await expect(found).to_contain_text("The deposit is 10 STT")
    await look(page, "name-free")
    await found.get_by_role("button", name="Register").click()
    question = page.get_by_role("dialog", name="Sign and send?")
    await expect(question).to_contain_text("registers alicious.stateofus.eth for a deposit of 10 STT")
    await expect(question).to_contain_text(served.client.feature(Wallet).signing_phrase())
    await look(page, "name-sign")
    await question.get_by_label("Password of this profile").fill("wrong horse")
    await question.get_by_role("button", name="Sign and send").click()
    await expect(question.get_by_role("alert")).to_contain_text("password")
    assert not names.changes()
    await question.get_by_label("Password of this profile").fill(PASSWORD)
    await question.get_by_role("button", name="Sign and send").click()
    await expect(found).to_contain_text("leads to your chat key")
    await names.check()
    await page.keyboard.press("Escape")
    await expect(window).to_contain_text("contacts see this one")
    await look(page, "names")
    chain.dev.pass_time(YEAR)
    chain.dev.mine()
    await window.get_by_role("button", name="Change", exact=True).click()
    await found.get_by_role("button", name="Release").click()
    await expect(question).to_contain_text("Its deposit comes back")
    await question.get_by_label("Password of this profile").fill(PASSWORD)
    await question.get_by_role("button", name="Sign and send").click()
    await expect(found).to_contain_text("is free")
    await names.check()
    assert not names.own()


async def test_without_a_node_it_says_how_to_name_one(scene: Scene) -> None:
    served = await scene.serve()
    page = await scene.window(served, viewport=NARROW)
    await main_menu(page, "Names")
    await expect(page.get_by_role("dialog", name="Names", exact=True)).to_contain_text("PYSTATUS_ENDPOINT")
    await look(page, "names-without-node")
