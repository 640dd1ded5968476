"""People talk to each other, one in the page and one elsewhere."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.stage import Stage, message, open_chat, said, unlock, write


async def test_a_profile_is_unlocked_and_a_conversation_goes_both_ways(stage: Stage) -> None:
    served = await stage.serve(opens=False)
    page = await stage.window(served)
    await expect(page.get_by_role("heading", name="Open alice")).to_be_visible()
    assert "code" not in page.url
    await page.get_by_label("Password", exact=True).fill("a wrong one")
    await page.get_by_role("button", name="Unlock").click()
    await expect(page.get_by_role("alert").first).to_contain_text("password")
    await unlock(page)
    bob = await stage.person("bob")
    chat = await bob.open_chat(served.client.public_key)
    await bob.send_text(chat, "Hello from *Bob*")
    await open_chat(page, bob.name)
    await expect(message(page, "Hello from Bob").locator("em")).to_have_text("Bob")
    await write(page, "Hello Bob :smile:")
    received = await said(bob, chat, "Hello Bob")
    assert received.text == "Hello Bob 😄"
    await expect(message(page, "Hello Bob").locator(".mark")).to_contain_text("delivered to a device")
    await expect(page.locator(".chat .badge")).to_have_count(0)
