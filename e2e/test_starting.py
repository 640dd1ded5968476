"""The first start: an account is made and its words are checked, or it comes back from its words; and it is locked."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from e2e.scenes import Scene, main_menu, unlock
from e2e.stage import PASSWORD
from pystatus import Account
from pystatus.account.mnemonic import new_phrase

PHRASE = new_phrase(lambda size: bytes(range(size)))


async def give_passwords(page: Page) -> None:
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_label("The same password again").fill(PASSWORD)


async def test_an_account_is_made_and_its_words_are_checked(scene: Scene) -> None:
    served = await scene.serve("dora", opens=False)
    page = await scene.window(served)
    await page.get_by_role("button", name="New account").click()
    chosen = page.locator(".candidates label").nth(2)
    await chosen.click()
    name = await chosen.inner_text()
    await page.get_by_label("Name of this account").fill("dora")
    await give_passwords(page)
    await page.get_by_role("button", name="Create the account").click()
    await page.get_by_role("button", name="Show the words").click()
    await expect(page.locator(".words li")).to_have_count(12)
    rows = await page.locator(".words li").all_inner_texts()
    words = {int(place): word for place, word in (row.split() for row in rows)}
    await page.get_by_role("button", name="I have them on paper").click()
    fields = page.get_by_role("dialog").get_by_label(re.compile("^Word "))
    await expect(fields).to_have_count(3)
    await expect(page.locator(".words")).to_have_count(0)
    labels = await page.get_by_role("dialog").locator("label").all_inner_texts()
    await fields.first.fill("zebra")
    for label, field in list(zip(labels, await fields.all(), strict=True))[1:]:
        await field.fill(words[int(label.removeprefix("Word "))])
    await page.get_by_role("button", name="Check").click()
    await expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text(labels[0])
    await fields.first.fill(words[int(labels[0].removeprefix("Word "))])
    await page.get_by_role("button", name="Check").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_text("Write down your recovery phrase")).to_have_count(0)
    await page.get_by_role("button", name="Your account").click()
    await expect(page.get_by_role("dialog")).to_contain_text(name)


async def test_an_account_comes_back_from_its_words(scene: Scene) -> None:
    served = await scene.serve("dora", opens=False)
    page = await scene.window(served)
    await page.get_by_role("button", name="Recover an account").click()
    words = page.get_by_label("Your recovery phrase")
    await words.press_sequentially(PHRASE[:2])
    await expect(page.locator(".suggestions button").first).to_be_visible()
    await words.fill(PHRASE)
    await give_passwords(page)
    await page.get_by_role("button", name="Recover an account").click()
    await expect(page.get_by_role("navigation", name="Chats")).to_be_visible()
    await page.get_by_role("button", name="Your account").click()
    await expect(page.get_by_role("dialog")).to_contain_text(Account.from_mnemonic(PHRASE).record.alias)


async def test_a_lock_closes_the_profile_in_all_windows(scene: Scene) -> None:
    served = await scene.serve()
    page, other = await scene.window(served), await scene.window(served)
    await expect(other.get_by_role("navigation", name="Chats")).to_be_visible()
    await main_menu(page, "Lock")
    await page.get_by_role("dialog").get_by_role("button", name="Lock").click()
    await expect(other.get_by_text("This page is not logged in")).to_be_visible()
    await expect(page.get_by_role("heading", name="Open alice")).to_be_visible()
    await expect(page.locator(".toast")).to_have_count(0)
    assert served.serving.page.profile is None
    await unlock(page)
