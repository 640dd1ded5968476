"""People talk to each other, one in the page and one elsewhere."""

from __future__ import annotations

from pathlib import Path

import segno
from playwright.async_api import expect

from e2e.scenes import Scene, choose, message, open_chat, said, unlock, until, write
from pystatus.client.features.links import Links
from pystatus.client.features.media import Image, Media
from pystatus.client.features.reactions import Reactions


async def test_a_profile_is_unlocked_and_a_conversation_goes_both_ways(scene: Scene) -> None:
    served = await scene.serve(opens=False)
    page = await scene.window(served)
    await expect(page.get_by_role("heading", name="Open alice")).to_be_visible()
    assert "code" not in page.url
    await page.get_by_label("Password", exact=True).fill("a wrong one")
    await page.get_by_role("button", name="Unlock").click()
    await expect(page.get_by_role("alert").first).to_contain_text("password")
    await unlock(page)
    bob = await scene.person("bob")
    chat = await bob.open_chat(served.client.public_key)
    await bob.send_text(chat, "Hello from *Bob*")
    await open_chat(page, bob.name)
    await expect(message(page, "Hello from Bob").locator("em")).to_have_text("Bob")
    await write(page, "Hello Bob :smile:")
    received = await said(bob, chat, "Hello Bob")
    assert received.text == "Hello Bob 😄"
    await expect(message(page, "Hello Bob").locator(".mark")).to_contain_text("delivered to a device")
    await expect(page.locator(".chat .badge")).to_have_count(0)


async def test_reactions_replies_and_mentions(scene: Scene) -> None:
    served = await scene.serve()
    bob = await scene.person("bob")
    chat = await bob.open_chat(served.client.public_key)
    page = await scene.window(served)
    first = await bob.send_text(chat, "Shall we meet?")
    await open_chat(page, bob.name)

    await message(page, "Shall we meet?").hover()
    await page.get_by_role("button", name="React").click()
    await page.get_by_role("menuitemcheckbox", name="thumbs up").click()
    await expect(page.get_by_role("button", name="thumbs up 1")).to_have_attribute("aria-pressed", "true")
    reactions = bob.feature(Reactions)
    await until(lambda: reactions.of(first.message))
    await bob.feature(Reactions).add(first.message, 1)
    await expect(page.get_by_role("button", name="love 1")).to_be_visible()

    await choose(page, "Shall we meet?", "Reply")
    await expect(page.get_by_text(f"Reply to {bob.name}")).to_be_visible()
    await write(page, "At noon")
    answer = await said(bob, chat, "At noon")
    assert answer.response_to == first.message.id
    await expect(message(page, "At noon").locator(".quote")).to_contain_text("Shall we meet?")

    line = page.get_by_label("Message", exact=True)
    await line.press_sequentially(f"@{bob.name[:4]}")
    await page.get_by_role("option").first.click()
    await line.press_sequentially("fine")
    await line.press("Enter")
    named = await said(bob, chat, "fine")
    assert named.mentions_me(bob)
    await expect(page.locator(".mention").filter(has_text=bob.name)).to_be_visible()


async def test_a_picture_is_pasted_and_sent_without_what_tells_where_it_was_taken(scene: Scene) -> None:
    served = await scene.serve()
    bob = await scene.person("bob")
    chat = await bob.open_chat(served.client.public_key)
    await bob.send_text(chat, "Send me a picture")
    page = await scene.window(served)
    await open_chat(page, bob.name)
    await page.get_by_label("Message", exact=True).evaluate(
        """async (line) => {
            const canvas = new OffscreenCanvas(400, 300), paper = canvas.getContext("2d");
            paper.fillStyle = "#2f7a5b"; paper.fillRect(0, 0, 400, 300);
            const blob = await canvas.convertToBlob({type: "image/png"});
            const clipboardData = new DataTransfer();
            clipboardData.items.add(new File([blob], "harbour.png", {type: "image/png"}));
            line.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}));
        }"""
    )
    await expect(page.get_by_role("img", name="The picture that will be sent")).to_be_visible()
    await page.get_by_label("Message", exact=True).fill("The harbour")
    await page.get_by_role("button", name="Send", exact=True).click()
    received = await said(bob, chat, "The harbour")
    picture = bob.feature(Media).of(received)
    assert isinstance(picture, Image)
    assert (picture.width, picture.height) == (400, 300)
    shown = message(page, "The harbour").get_by_role("img")
    await expect(shown).to_be_visible()
    await message(page, "The harbour").get_by_role("button", name="show it large").click()
    await expect(page.get_by_role("dialog").get_by_role("link", name="Save")).to_be_visible()


async def test_a_public_chat_a_search_that_opens_in_place_and_a_link_that_is_asked_about(scene: Scene) -> None:
    served = await scene.serve()
    bob = await scene.person("bob")
    page = await scene.window(served)
    await page.get_by_role("button", name="New chat").first.click()
    await page.get_by_role("button", name="A public chat").click()
    await page.get_by_label("Name of the chat").fill("#harbour")
    await page.get_by_role("button", name="Join").click()
    await expect(page.get_by_text("Older messages can be asked of mailservers")).to_be_visible()
    await bob.join("harbour")
    await bob.send_text("harbour", "The anchor is up")
    await expect(message(page, "The anchor is up")).to_be_visible()
    for number in range(60):
        await served.client.send_text("harbour", f"wave {number}\n" * 3)
    await expect(message(page, "wave 59")).to_be_visible()
    await expect(message(page, "The anchor is up")).to_have_count(0)
    await page.get_by_label("Search chats and messages").fill("anchor")
    await page.locator(".found").first.click()
    await expect(message(page, "The anchor is up")).to_be_in_viewport()
    await page.get_by_role("button", name="To the end").click()
    await expect(message(page, "wave 59")).to_be_in_viewport()
    await bob.send_text("harbour", "See http://192.0.2.1/x")
    await page.get_by_role("button", name="http://192.0.2.1/x").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("It has a number in place of a name")
    await expect(dialog.get_by_role("link", name="Open")).to_have_attribute("rel", "noopener noreferrer")
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)


async def test_a_code_in_a_picture_leads_to_a_chat(scene: Scene, tmp_path: Path) -> None:
    served = await scene.serve()
    bob = await scene.person("bob")
    picture = tmp_path / "bob.png"
    segno.make(str(bob.feature(Links).own())).save(str(picture), scale=6, border=4)
    page = await scene.window(served)
    await page.get_by_role("button", name="New chat").first.click()
    await page.get_by_role("button", name="Scan a QR code").click()
    await page.get_by_label("Read a code from a picture").set_input_files(str(picture))
    await expect(page.locator(".chat-head")).to_contain_text(bob.name)
    await write(page, "I have scanned you")
    await said(bob, served.client.public_key.hex, "I have scanned you")
