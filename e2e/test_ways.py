"""The keyboard alone, connections that are lost and come back, several windows, narrow ones, other languages."""

from __future__ import annotations

from playwright.async_api import expect

from e2e.scenes import NARROW, Scene, main_menu, message, open_chat, said, until, write


async def test_everything_is_done_by_the_keyboard(scene: Scene) -> None:
    served = await scene.serve()
    bob = await scene.person("bob")
    chat = await bob.open_chat(served.client.public_key)
    first = await bob.send_text(chat, "By the keyboard")
    page = await scene.window(served)
    press = page.keyboard.press
    await expect(page.locator(".chat")).to_have_count(1)
    await press("Alt+ArrowDown")
    await expect(message(page, "By the keyboard")).to_be_visible()
    await page.keyboard.type("So it is")
    await press("Enter")
    await said(bob, chat, "So it is")
    await expect(page.get_by_label("Message", exact=True)).to_have_value("")
    await expect(message(page, "So it is")).to_be_visible()
    await press("ArrowUp")
    await press("ArrowUp")
    await expect(message(page, "So it is")).to_be_focused()
    await press("ArrowUp")
    await expect(message(page, "By the keyboard")).to_be_focused()
    await press("+")
    await press("ArrowRight")
    await press("Enter")
    await expect(page.get_by_role("button", name="thumbs up 1")).to_be_visible()
    await expect(message(page, "By the keyboard")).to_be_focused()
    await press("r")
    await page.keyboard.type("An answer")
    await press("Enter")
    assert (await said(bob, chat, "An answer")).response_to == first.message.id
    await expect(page.get_by_label("Message", exact=True)).to_have_value("")
    await expect(message(page, "An answer")).to_be_visible()
    await press("ArrowUp")
    await press("ArrowUp")
    await expect(message(page, "An answer")).to_be_focused()
    await press("Enter")
    await expect(page.get_by_role("menu")).to_be_visible()
    await press("Escape")
    await press("Escape")
    await expect(page.get_by_label("Message", exact=True)).to_be_focused()
    await press("Control+k")
    await page.keyboard.type("keyboard")
    await expect(page.locator(".found").first).to_be_visible()
    await press("Escape")
    await press("Shift+Tab")
    await press("?")
    await expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    await press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_the_page_comes_back_by_itself_and_misses_nothing(scene: Scene) -> None:
    scene.expected += ["Failed to load resource", "WebSocket connection to"]
    served = await scene.serve()
    bob = await scene.person("bob")
    chat = await bob.open_chat(served.client.public_key)
    await bob.send_text(chat, "Before")
    page = await scene.window(served)
    await open_chat(page, bob.name)
    await expect(message(page, "Before")).to_be_visible()
    await page.get_by_label("Message", exact=True).fill("Half a sen")
    for line in [line for one in served.serving.page.sessions.all for line in list(one.sockets.values())]:
        line(1001)
    await bob.send_text(chat, "Meanwhile")
    await expect(message(page, "Meanwhile")).to_be_visible()
    await expect(page.get_by_text("This page does not reach pystatus")).to_have_count(0)
    await expect(page.get_by_label("Message", exact=True)).to_have_value("Half a sen")

    await served.stop()
    await expect(page.get_by_text("This page does not reach pystatus")).to_be_visible()
    await expect(page.get_by_label("Message", exact=True)).to_have_value("Half a sen")


async def test_a_relay_that_goes_away_is_said_and_what_is_written_waits(scene: Scene) -> None:
    served = await scene.serve()
    page = await scene.window(served)
    await expect(page.locator(".network")).to_contain_text("online, 1 relay")
    await served.client.join("harbour")
    await open_chat(page, "harbour")
    await scene.relay.close()
    await expect(page.locator(".network")).not_to_contain_text("online")
    await write(page, "It waits")
    await expect(message(page, "It waits").locator(".mark")).to_contain_text("on its way")
    await page.locator(".network").click()
    await expect(page.get_by_role("dialog")).to_contain_text("It waits")


async def test_two_windows_show_the_same_and_narrow_ones_one_thing_at_a_time(scene: Scene) -> None:
    served = await scene.serve()
    bob = await scene.person("bob")
    chat = await bob.open_chat(served.client.public_key)
    await bob.send_text(chat, "One message")
    wide = await scene.window(served)
    narrow = await scene.window(served, viewport=NARROW, has_touch=True)
    await expect(narrow.locator(".chat .badge")).to_have_text("1")
    await open_chat(wide, bob.name)
    await wide.bring_to_front()
    await expect(narrow.locator(".chat .badge")).to_have_count(0)
    await wide.get_by_label("Message", exact=True).fill("A draft")
    await wide.get_by_label("Search chats and messages").focus()
    await expect(narrow.locator(".draft")).to_be_visible()
    await narrow.locator(".chat").first.click()
    await expect(narrow.get_by_role("navigation")).to_be_hidden()
    await expect(narrow.get_by_label("Message", exact=True)).to_have_value("A draft")
    assert await narrow.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    await narrow.get_by_role("button", name="Back to the chats").click()
    await expect(narrow.get_by_role("navigation", name="Chats")).to_be_visible()


async def test_language_and_colours_change_at_once(scene: Scene) -> None:
    served = await scene.serve()
    page = await scene.window(served, color_scheme="dark")
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await main_menu(page, "Settings")
    await page.get_by_label("Colours").select_option("contrast")
    await expect(page.locator("html")).to_have_attribute("data-theme", "contrast")
    await page.get_by_label("Language").select_option("de")
    await expect(page.get_by_role("heading", name="Einstellungen")).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("lang", "de")
    await page.keyboard.press("Escape")
    await expect(page.locator(".network")).to_contain_text("Relay")
    await until(lambda: served.serving.page.settings.now.language == "de")
