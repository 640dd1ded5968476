"""The wallet in the page: accounts, what they have, and that nothing is sent without the owner's word."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.async_api import Locator, Page, expect

from e2e.looking import close, look
from e2e.scenes import NARROW, Scene, main_menu, until
from e2e.stage import PASSWORD
from pystatus.account.address import address_of, checksummed
from pystatus.client.features.wallet import Wallet
from pystatus.crypto.keys import PrivateKey
from pystatus.ethereum.transactions import Payment
from tests.support.devchain import Chain, chain_as_new

SOMEBODY = checksummed(b"\x5a" * 20)
ALICES = PrivateKey(b"\x07" * 32)
"""A key of hers, that has money on the chain."""


@pytest.fixture
def chain() -> Iterator[Chain]:
    with chain_as_new() as made:
        made.transact(1, Payment(address_of(ALICES.public_key), 5 * 10**18))
        yield made


async def with_money(scene: Scene, chain: Chain) -> tuple[Wallet, Page, Locator]:
    """Alice's page with her wallet open, in which one account has money."""
    served = await scene.serve(endpoint=chain.endpoint())
    wallet = served.client.feature(Wallet)
    await wallet.import_key(ALICES, PASSWORD, "Harbour money")
    page = await scene.window(served)
    await main_menu(page, "Wallet")
    window = page.get_by_role("dialog", name="Wallet")
    await expect(window.get_by_role("button", name="Harbour money")).to_contain_text("5 ETH")
    return wallet, page, window


async def ask_to_send(page: Page, to: str, amount: str) -> Locator:
    """Fill in the form, up to the question in words."""
    await page.get_by_role("dialog", name="Harbour money").get_by_role("button", name="Send").click()
    await page.get_by_label("To whom?").fill(to)
    await page.get_by_label("How much ETH?").fill(amount)
    await page.get_by_role("button", name="Next").click()
    return page.get_by_role("dialog", name="Sign and send?")


@pytest.mark.requirement("AC-35")
async def test_ether_is_sent_with_the_password_alone(scene: Scene, chain: Chain) -> None:
    wallet, page, window = await with_money(scene, chain)
    await look(page, "wallet")
    await window.get_by_role("button", name="Favourites").click()
    await page.get_by_role("button", name="Keep an address").click()
    await page.get_by_label("The address, 0x and 40 digits").fill(SOMEBODY)
    await page.get_by_role("button", name="Next").click()
    await page.get_by_label("What is it called here?").fill("Bob")
    await page.get_by_role("button", name="Save").click()
    favourites = page.get_by_role("dialog", name="Favourites")
    await expect(favourites.get_by_role("listitem")).to_contain_text(SOMEBODY)
    await look(page, "favourites")
    await page.keyboard.press("Escape")
    await window.get_by_role("button", name="Harbour money").click()
    account = page.get_by_role("dialog", name="Harbour money")
    await expect(account).to_contain_text("5 ETH")
    await account.get_by_role("button", name="Search the chain").click()
    await expect(account).to_contain_text("+ 5 ETH")
    await look(page, "account")
    question = await ask_to_send(page, "bob", "0.5")
    await expect(question).to_contain_text(f"pays 0.5 ETH to Bob ({SOMEBODY})")
    await expect(question).to_contain_text(wallet.signing_phrase())
    await look(page, "sign")
    await question.get_by_label("Password of this profile").fill("wrong horse")
    await question.get_by_role("button", name="Sign and send").click()
    await expect(question.get_by_role("alert")).to_contain_text("password")
    assert chain.dev.backend.get_balance(b"\x5a" * 20) == 0
    assert not wallet.sent()
    await question.get_by_label("Password of this profile").fill(PASSWORD)
    await question.get_by_role("button", name="Sign and send").click()
    await expect(page.get_by_text("It was sent, and waits for a block.")).to_be_visible()
    await until(lambda: chain.dev.backend.get_balance(b"\x5a" * 20) == 5 * 10**17)
    await close(page)
    await main_menu(page, "Wallet")
    await window.get_by_role("button", name="What you have sent").click()
    sent = page.get_by_role("dialog", name="What you have sent")
    await sent.get_by_role("button", name="Ask the chain now").click()
    await expect(sent).to_contain_text("in block")
    await look(page, "sent")


async def test_what_cannot_be_sent_is_said(scene: Scene, chain: Chain) -> None:
    wallet, page, window = await with_money(scene, chain)
    await window.get_by_role("button", name="Harbour money").click()
    await ask_to_send(page, "nobody", "1")
    form = page.get_by_role("dialog", name="Send")
    await expect(form.get_by_role("alert")).to_contain_text("Nobody is called nobody here")
    await form.get_by_label("To whom?").fill(SOMEBODY)
    await form.get_by_label("How much ETH?").fill("1e3")
    await form.get_by_role("button", name="Next").click()
    await expect(form.get_by_role("alert")).to_contain_text("That is no amount of ETH")
    await look(page, "send")
    await form.get_by_label("How much ETH?").fill("1000")
    await form.get_by_role("button", name="Next").click()
    await expect(form.get_by_role("alert")).to_contain_text("1000 ether to pay and a fee are needed")
    assert not wallet.sent()


async def test_what_waits_is_taken_back(scene: Scene, chain: Chain) -> None:
    chain.dev.mines_at_once = False
    wallet, page, window = await with_money(scene, chain)
    await wallet.send(await wallet.draft("Harbour money", SOMEBODY, 5), PASSWORD)
    await window.get_by_role("button", name="What you have sent").click()
    sent = page.get_by_role("dialog", name="What you have sent")
    await look(page, "sent-waiting")
    await sent.get_by_role("button", name="Take it back").click()
    question = page.get_by_role("dialog", name="Sign and send?")
    await expect(question).to_contain_text("in the place of a transaction that it takes back")
    await question.get_by_label("Password of this profile").fill(PASSWORD)
    await question.get_by_role("button", name="Sign and send").click()
    await expect(sent.get_by_role("listitem")).to_have_count(2)
    chain.dev.mine()
    assert chain.dev.backend.get_balance(b"\x5a" * 20) == 0


async def test_accounts_are_added_and_removed(scene: Scene, chain: Chain) -> None:
    wallet, page, window = await with_money(scene, chain)
    await window.get_by_role("button", name="Add an account").click()
    form = page.get_by_role("dialog", name="Add an account")
    await form.get_by_label("Watch an address whose key is elsewhere").check()
    await form.get_by_label("The address, 0x and 40 digits").fill("0x12")
    await form.get_by_label("What is it called here?").fill("Mother")
    await form.get_by_role("button", name="Add").click()
    await expect(form.get_by_role("alert")).to_contain_text("address")
    await look(page, "add-watched")
    await form.get_by_label("The address, 0x and 40 digits").fill(SOMEBODY)
    await form.get_by_role("button", name="Add").click()
    await expect(form).to_have_count(0)
    await expect(window.get_by_role("button", name="Mother")).to_contain_text("0 ETH")
    await window.get_by_role("button", name="Add an account").click()
    await form.get_by_label("One of a private key").check()
    await form.get_by_label("The private key").fill("09" * 32)
    await form.get_by_label("seals the key").fill("wrong horse")
    await form.get_by_role("button", name="Add").click()
    await expect(form.get_by_role("alert")).to_contain_text("password")
    assert len(wallet.accounts()) == 3
    await look(page, "add-key")
    await form.get_by_label("seals the key").fill(PASSWORD)
    await form.get_by_role("button", name="Add").click()
    await expect(form).to_have_count(0)
    assert len(wallet.accounts()) == 4
    await window.get_by_role("button", name="Mother").click()
    account = page.get_by_role("dialog", name="Mother")
    await expect(account.get_by_role("button", name="Send")).to_have_count(0)
    await account.get_by_role("button", name="Remove").click()
    asked = page.get_by_role("dialog", name="Remove")
    await expect(asked).to_contain_text("is not watched any more")
    await asked.get_by_role("button", name="Remove").click()
    await expect(window.get_by_role("button", name="Mother")).to_have_count(0)
    assert len(wallet.accounts()) == 3


async def test_without_a_node_it_says_how_to_name_one(scene: Scene) -> None:
    served = await scene.serve()
    await served.client.feature(Wallet).watch(SOMEBODY, "Mother")
    page = await scene.window(served, viewport=NARROW)
    await main_menu(page, "Wallet")
    window = page.get_by_role("dialog", name="Wallet")
    await expect(window).to_contain_text("PYSTATUS_ENDPOINT")
    await look(page, "wallet-without-node")
    await window.get_by_role("button", name="Mother").click()
    await expect(page.get_by_role("dialog", name="Mother")).to_contain_text("PYSTATUS_ENDPOINT")
    assert await page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
