"""Every view in each theme, as a program looks at it (axe), and as a picture for people."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from e2e.scenes import AXE_TAGS, NARROW, WIDE, Scene, check_accessible, main_menu, open_chat, screenshot, until
from pystatus.client.features.contacts import Contacts
from pystatus.client.features.groups import Groups

COLOURS = ("color-contrast", "link-in-text-block")
"""What may differ between themes; everything else is the same in all of them."""
WINDOWS = ("People", "Your devices", "Network", "Settings", "Keys")


async def look(page: Page, name: str, theme: str) -> None:
    await page.wait_for_timeout(150)
    await screenshot(page, f"{theme}-{name}")
    await check_accessible(page, f"{name}, {theme}", AXE_TAGS if theme == "light" else COLOURS)


async def close(page: Page) -> None:
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
async def test_nobody_is_shut_out_of_any_view(scene: Scene, theme: str) -> None:
    served = await scene.serve()
    bob = await scene.person("bob")
    chat = await bob.open_chat(served.client.public_key)
    await bob.send_text(chat, "**Hello**, `code`, https://example.org and #harbour\n> quoted")
    await bob.feature(Contacts).add(served.client.public_key)
    group = await served.client.feature(Groups).create("Harbour walk", [bob.public_key])
    theirs = await until(lambda: next((one for one in bob.chats() if one.id == group.id), None))
    await bob.feature(Groups).join(theirs)
    await until(lambda: all(one.has_joined for one in served.client.feature(Groups).members(group)))
    await served.client.send_text(group, "Welcome")
    if theme == "contrast":
        served.serving.page.settings.set("theme", "contrast")
    page = await scene.window(served, color_scheme="light" if theme == "light" else "dark")
    await expect(page.locator(".chat")).to_have_count(2)
    await look(page, "list", theme)
    await open_chat(page, bob.name)
    await page.locator("article.message").first.hover()
    await look(page, "chat", theme)
    await page.get_by_role("button", name="More").click()
    await look(page, "menu", theme)
    await page.keyboard.press("Escape")
    for name in WINDOWS:
        await main_menu(page, name)
        await look(page, name.lower().replace(" ", "-"), theme)
        await close(page)
    await page.get_by_role("button", name="Your account").click()
    await look(page, "own", theme)
    await close(page)
    await page.locator(".head-button").click()
    await look(page, "person", theme)
    await close(page)
    await open_chat(page, "Harbour walk")
    await page.locator(".head-button").click()
    await look(page, "group", theme)
    await close(page)
    await page.get_by_role("button", name="New chat").first.click()
    await page.get_by_role("button", name="A group").click()
    await look(page, "new-group", theme)
    await close(page)
    await page.get_by_role("button", name="Choose an emoji").click()
    await expect(page.locator(".emoji-list button").first).to_be_visible()
    await look(page, "emoji", theme)
    await page.keyboard.press("Escape")
    await page.get_by_label("Search chats and messages").fill("welcome")
    await expect(page.locator(".found").first).to_be_visible()
    await look(page, "search", theme)
    await page.set_viewport_size(NARROW)
    await look(page, "narrow", theme)
    assert await page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_nobody_is_shut_out_before_a_profile_is_open(scene: Scene, theme: str) -> None:
    served = await scene.serve("dora", opens=False)
    page = await scene.window(served, color_scheme=theme)
    await expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    await look(page, "first", theme)
    await page.get_by_role("button", name="New account").click()
    await expect(page.locator(".candidates label")).to_have_count(5)
    await look(page, "new-account", theme)
    await page.set_viewport_size(NARROW)
    await look(page, "new-account-narrow", theme)
    await page.set_viewport_size(WIDE)
    await page.get_by_role("button", name="Back").click()
    await page.get_by_role("button", name="Recover an account").click()
    await look(page, "recover", theme)
