"""What is around the messages: notices, exports, devices, the camera, and the lock when nobody is there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

from playwright.async_api import Page, expect

from e2e.scenes import (
    CAMERA_SHOWS,
    PATIENCE,
    Scene,
    agree,
    choose_in_chat,
    main_menu,
    message,
    open_chat,
    said,
    until,
    write,
)
from e2e.stage import PASSWORD
from pystatus import Account, Profiles
from pystatus.client.features.contacts import Contacts
from pystatus.client.features.devices import Devices

AWAY = """
// Headless, a window is always in view, and a notice goes nowhere.
window.shown = [];
class Notice extends EventTarget {
  static permission = "default";
  static async requestPermission() { return (Notice.permission = "granted"); }
  constructor(title, options) { super(); Object.assign(this, {title, ...options}); window.shown.push(this); }
  close() { this.isClosed = true; }
}
window.Notification = Notice;
Object.defineProperty(document, "hidden", {get: () => Boolean(window.isAway)});
document.hasFocus = () => !window.isAway;
"""


async def look_away(page: Page, away: bool = True) -> None:
    """Another window is in front of this one, or none any more."""
    await page.evaluate(
        "away => { window.isAway = away; document.dispatchEvent(new Event('visibilitychange')); "
        "dispatchEvent(new Event(away ? 'blur' : 'focus')); }",
        away,
    )


async def notices(page: Page) -> list[dict[str, object]]:
    return await page.evaluate(
        "window.shown.map(({title, body, silent, isClosed}) => ({title, body, silent, isClosed: Boolean(isClosed)}))"
    )


async def that_shows_one(pages: Sequence[Page]) -> Page:
    """The window in which the first notice is: it comes after the title, which says how much is unread."""
    async with asyncio.timeout(PATIENCE):
        while True:
            for page in pages:
                if await notices(page):
                    return page


async def test_one_window_shows_a_notice_which_leads_to_the_message(scene: Scene) -> None:
    served = await scene.serve()
    bob = await scene.person("bob")
    chat = await bob.open_chat(served.client.public_key)
    pages = [await scene.window(served, scripts=[AWAY]) for _ in range(2)]
    for page in pages:
        await main_menu(page, "Settings")
        await page.get_by_role("button", name="Allow notifications in this browser").click()
        await expect(page.get_by_role("button", name="Allow notifications in this browser")).to_have_count(0)
        await page.keyboard.press("Escape")
    await bob.send_text(chat, "You look at me")
    await open_chat(pages[1], bob.name)
    await expect(message(pages[1], "You look at me")).to_be_visible()
    await expect(pages[1].locator(".chat .badge")).to_have_count(0)
    for page in pages:
        await look_away(page)
    await until(lambda: not any(one.is_focused for one in served.serving.page._viewers.values()))
    await bob.send_text(chat, "Where are you?")
    for page in pages:
        await expect(page).to_have_title("(1) pystatus")
    page = await that_shows_one(pages)
    shown = [one for each in pages for one in await notices(each)]
    assert shown == [{"title": bob.name, "body": "Where are you?", "silent": False, "isClosed": False}]
    await look_away(page, away=False)
    await page.evaluate("window.shown[0].dispatchEvent(new Event('click'))")
    await expect(message(page, "Where are you?")).to_be_in_viewport()
    await expect(page).to_have_title("pystatus")
    assert (await notices(page))[0]["isClosed"]

    await page.evaluate("window.shown = []")
    await look_away(page)
    await until(lambda: not any(one.is_focused for one in served.serving.page._viewers.values()))
    served.serving.page.settings.set("preview", "nothing")
    await bob.send_text(chat, "A secret")
    await page.wait_for_function("() => window.shown.length > 0")
    assert "secret" not in json.dumps(await notices(page))
    assert bob.name not in json.dumps(await notices(page))


async def test_a_chat_is_kept_as_a_file(scene: Scene) -> None:
    served = await scene.serve()
    await served.client.join("harbour")
    page = await scene.window(served)
    await open_chat(page, "harbour")
    await write(page, "The *anchor* is up")
    for form, name, contents in (
        ("HTML", "harbour.html", "<em>anchor</em>"),
        ("JSON", "harbour.jsonl", '"The *anchor* is up"'),
        ("text", "harbour.txt", "The *anchor* is up"),
    ):
        await choose_in_chat(page, "Export")
        dialog = page.get_by_role("dialog")
        options = await dialog.get_by_role("option").all_inner_texts()
        await dialog.get_by_role("combobox").select_option(label=next(one for one in options if form in one))
        async with page.expect_download() as started:
            await dialog.get_by_role("button", name="Save").click()
        download = await started.value
        assert download.suggested_filename == name
        file = Path(await download.path())
        assert contents in await asyncio.to_thread(file.read_text, encoding="utf-8")
        await expect(dialog).to_have_count(0)


async def test_a_second_device_is_introduced_and_enabled_on_both_sides(scene: Scene) -> None:
    served = await scene.serve()
    profile = served.client.profile
    phrase = Profiles(scene.profile("alice")).phrase(profile, PASSWORD)
    phone = scene.directory / "phone"
    Profiles(phone).create(Account.from_mnemonic(phrase), PASSWORD, name="alice")
    page = await scene.window(served)
    await main_menu(page, "Your devices")
    window = page.get_by_role("dialog", name="Your devices")
    await expect(window.get_by_role("listitem").first).to_contain_text("this device")
    await window.get_by_role("button", name="Name this device").click()
    await page.get_by_label("What is this device to be called?").fill("laptop")
    await page.get_by_role("button", name="Save").click()
    await expect(window).to_contain_text("laptop")

    second = await scene.person("alice", phone)
    devices = second.feature(Devices)
    await devices.pair("phone")
    entry = window.locator(".devices > li").filter(has_text="phone")
    await expect(entry).to_contain_text("To do here")
    await entry.get_by_role("button", name="Enable").click()
    await expect(entry.get_by_role("button", name="Disable")).to_be_visible()
    await window.get_by_role("button", name="Introduce this device").click()
    await expect(page.get_by_text("The other devices are told of this one")).to_be_visible()
    found = await until(lambda: next((one for one in devices.all() if one.name == "laptop"), None))
    await devices.set_enabled(found.installation_id, True)

    bob = await scene.person("bob")
    await page.keyboard.press("Escape")
    chat = await served.client.open_chat(bob.public_key)
    await open_chat(page, bob.name)
    await write(page, "From the laptop")
    await said(second, chat.id, "From the laptop")
    await second.send_text(chat.id, "From the phone")
    await expect(message(page, "From the phone")).to_be_visible()
    await main_menu(page, "Your devices")
    await window.get_by_role("button", name="Someone has my words").click()
    await expect(page.get_by_role("dialog").last.get_by_role("listitem").first).to_be_visible()


async def test_the_camera_reads_a_code_and_no_picture_leaves_the_page(scene: Scene) -> None:
    served = await scene.serve()
    page = await scene.window(served, permissions=["camera"])
    await page.get_by_role("button", name="New chat").first.click()
    await page.get_by_role("button", name="Scan a QR code").click()
    await page.get_by_role("button", name="Use the camera").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.locator(".chat-head")).to_be_visible()
    await until(lambda: any(one.id == CAMERA_SHOWS.public_key.hex for one in served.client.chats()))


async def test_it_is_locked_when_nobody_is_there(scene: Scene) -> None:
    served = await scene.serve()
    page = await scene.window(served)
    await main_menu(page, "Settings")
    await page.get_by_label("Lock by itself").select_option("5")
    await until(lambda: served.serving.page.settings.now.idle_lock == 5)
    await page.keyboard.press("Escape")
    behind = served.serving.page
    behind._active_at -= 4 * 60
    await behind.look()
    await expect(page.get_by_role("navigation", name="Chats")).to_be_visible()
    behind._active_at -= 61
    await behind.look()
    await expect(page.get_by_role("heading", name="Open alice")).to_be_visible()
    assert behind.profile is None
    assert await page.locator(".chat").count() == 0


async def test_windows_are_listed_and_ended(scene: Scene) -> None:
    served = await scene.serve()
    page, other = await scene.window(served), await scene.window(served)
    await expect(other.get_by_role("navigation", name="Chats")).to_be_visible()
    await main_menu(page, "Settings")
    window = page.get_by_role("dialog", name="Settings")
    await window.get_by_role("button", name="End").click()
    await expect(other.get_by_text("This page is not logged in")).to_be_visible()
    await expect(window.get_by_role("button", name="End")).to_have_count(0)


async def test_who_wants_to_write_is_accepted_passed_over_and_blocked(scene: Scene) -> None:
    served = await scene.serve()
    bob, carol = await scene.person("bob"), await scene.person("carol")
    page = await scene.window(served)
    for one in (bob, carol):
        await one.send_text(await one.open_chat(served.client.public_key), f"I am {one.name}")
        await one.feature(Contacts).add(served.client.public_key)
    await main_menu(page, "People")
    window = page.get_by_role("dialog", name="People")
    for one, action in ((bob, "Accept"), (carol, "Ignore")):
        await window.get_by_role("listitem").filter(has_text=one.name).get_by_role("button", name=action).click()
    await expect(window.get_by_role("button", name="Accept")).to_have_count(0)
    await window.get_by_role("button", name=carol.name).click()
    await page.get_by_role("dialog").last.get_by_role("button", name="Block").click()
    asked = page.get_by_role("dialog", name="Block")
    await expect(asked).to_contain_text("1 message")
    await agree(page, "Block")
    await until(lambda: not any(one.id == carol.public_key.hex for one in served.client.chats()))
