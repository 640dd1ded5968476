"""Two newcomers: one makes a network in the page, the other joins it by its invitation, and they talk."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from e2e.scenes import Scene, agree, main_menu, message, open_chat, write
from e2e.stage import PASSWORD


async def make_account(page: Page, name: str) -> None:
    """The first start, with the words later."""
    await page.get_by_role("button", name="New account").click()
    await page.get_by_label("Name of this account").fill(name)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_label("The same password again").fill(PASSWORD)
    await page.get_by_role("button", name="Create the account").click()
    await page.get_by_role("dialog").get_by_role("button", name="Later").click()


async def test_a_network_is_made_in_the_page_and_a_friend_joins_by_the_invitation(scene: Scene) -> None:
    dora = await scene.window(await scene.serve("dora", opens=False, alone=True))
    await expect(dora.get_by_text("You are in no network yet")).to_be_visible()
    await dora.get_by_role("button", name="Make a network").click()
    await dora.get_by_label("What is the network called?").fill("harbour")
    await dora.get_by_label("Address of this machine").fill("127.0.0.1")
    await dora.get_by_role("dialog").get_by_role("button", name="Make a network").click()
    shown = dora.get_by_role("dialog", name="Your network")
    await expect(shown.get_by_role("img", name="QR code of")).to_be_visible()
    invitation = await shown.get_by_text("pystatus://network/").inner_text()
    await dora.keyboard.press("Escape")
    await expect(dora.get_by_text("In the network harbour")).to_be_visible()
    await make_account(dora, "dora")
    await expect(dora.locator(".network")).to_contain_text("online, 1 relay")

    emil = await scene.window(await scene.serve("emil", opens=False, alone=True))
    await emil.get_by_role("button", name="Join with an invitation").click()
    await emil.get_by_label("Invitation", exact=True).fill(f"Come here: {invitation}")
    await emil.get_by_role("button", name="Use this network").click()
    await expect(emil.get_by_text("In the network harbour")).to_be_visible()
    await make_account(emil, "emil")
    await expect(emil.locator(".network")).to_contain_text("online, 1 relay")

    await dora.get_by_role("button", name="Your account").click()
    key = await dora.get_by_role("dialog").get_by_text(re.compile("^zQ3sh")).inner_text()
    await dora.keyboard.press("Escape")
    await emil.get_by_role("button", name="New chat").first.click()
    await emil.get_by_role("button", name="Write to somebody").click()
    await emil.get_by_label("Chat key or link").fill(key)
    await emil.get_by_role("dialog").get_by_role("button", name="Write", exact=True).click()
    await write(emil, "Hello Dora")
    await dora.locator(".chat").first.click()
    await expect(message(dora, "Hello Dora")).to_be_visible()
    await write(dora, "Hello Emil")
    await expect(message(emil, "Hello Emil")).to_be_visible()

    await main_menu(dora, "Network")
    await dora.get_by_role("button", name="Your network").click()
    await dora.get_by_role("dialog", name="Your network").get_by_role("button", name="Stop it").click()
    await agree(dora, "Stop it")
    await expect(dora.get_by_text("nobody is reached by it")).to_be_visible()
    await expect(emil.locator(".network")).not_to_contain_text("online")
    await dora.get_by_role("button", name="Start it").click()
    await expect(emil.locator(".network")).to_contain_text("online, 1 relay")


async def test_another_network_is_used_once_the_profile_is_locked(scene: Scene) -> None:
    page = await scene.window(await scene.serve())
    await main_menu(page, "Network")
    await page.get_by_role("button", name="Use another network").click()
    await page.get_by_role("dialog", name="Use another network").get_by_role("button", name="Lock").click()
    await expect(page.get_by_role("heading", name="Open alice")).to_be_visible()
    await page.get_by_role("button", name="Join with an invitation").click()
    await page.get_by_label("Invitation", exact=True).fill("https://example.org/")
    await page.get_by_role("button", name="Use this network").click()
    await expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("pystatus://network/")


async def test_what_is_written_before_there_is_a_network_goes_out_by_itself(scene: Scene) -> None:
    served = await scene.serve("dora", opens=False, alone=True)
    page = await scene.window(served)
    await make_account(page, "dora")
    await served.client.join("harbour")
    await open_chat(page, "harbour")
    await write(page, "Is anybody there?")
    await expect(message(page, "Is anybody there?").locator(".mark")).to_contain_text("on its way")
    await page.get_by_role("button", name="You are in no network yet").click()
    await expect(page.get_by_text("Join a network with an invitation, or make one")).to_be_visible()
    await expect(page.get_by_role("dialog").get_by_role("button", name="Choose a network")).to_be_visible()
