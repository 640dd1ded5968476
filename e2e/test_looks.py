"""Every view, and each with every window that opens over it, in each theme."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from e2e.looking import close, look
from e2e.scenes import NARROW, Scene, choose, choose_in_chat, main_menu, message, open_chat, until, write
from e2e.stage import PASSWORD
from e2e.test_sounds import ENCODER, SILENCE
from pystatus import Account, Client, Profiles
from pystatus.client.features.contacts import Contacts
from pystatus.client.features.devices import Devices
from pystatus.client.features.groups import Groups
from pystatus.client.features.media import Media
from pystatus.client.features.reactions import Reactions
from tests.media.support import picture, saved


async def fits(page: Page) -> None:
    """Nothing is wider than a window of 320 pixels."""
    await page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # it has both numbers
    assert await page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


async def test_nobody_is_shut_out_before_a_profile_is_open(scene: Scene) -> None:
    served = await scene.serve("dora", opens=False, alone=True)
    page = await scene.window(served)
    press = page.get_by_role("button", name="Back").click
    await expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    await look(page, "first")
    await page.get_by_role("button", name="Join with an invitation").click()
    await page.get_by_role("button", name="Use this network").click()
    await expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("invitation")
    await look(page, "join-network")
    await close(page)
    await page.get_by_role("button", name="Scan a QR code").click()
    await look(page, "scan")
    await close(page)
    await page.get_by_role("button", name="Make a network").click()
    await look(page, "make-network")
    await page.get_by_label("What is the network called?").fill("harbour")
    await page.get_by_label("Address of this machine").fill("127.0.0.1")
    await page.get_by_role("dialog").get_by_role("button", name="Make a network").click()
    await expect(page.get_by_role("img", name="QR code of")).to_be_visible()
    await look(page, "own-network")
    await page.get_by_role("button", name="Stop it").click()
    await look(page, "stop-network")
    await close(page)
    await page.get_by_role("button", name="Recover an account").click()
    await page.get_by_label("Your recovery phrase").fill("zebra zebra zo")
    await expect(page.locator(".suggestions button").first).to_be_visible()
    await look(page, "recover")
    await press()
    await page.get_by_role("button", name="New account").click()
    await expect(page.locator(".candidates label")).to_have_count(5)
    await look(page, "new-account")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_label("The same password again").fill(PASSWORD)
    await page.get_by_role("button", name="Create the account").click()
    await page.get_by_role("button", name="Show the words").wait_for()
    await look(page, "words-hidden")
    await page.get_by_role("button", name="Show the words").click()
    await expect(page.locator(".words li")).to_have_count(12)
    await look(page, "words")
    await page.get_by_role("button", name="I have them on paper").click()
    await page.get_by_role("button", name="Check").click()
    await expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("Word")
    await look(page, "words-check")
    await close(page)
    await look(page, "no-chats")
    await main_menu(page, "Lock")
    await look(page, "lock")
    await page.get_by_role("dialog").get_by_role("button", name="Lock").click()
    await page.get_by_label("Password", exact=True).fill("wrong")
    await page.get_by_role("button", name="Unlock").click()
    await expect(page.get_by_role("alert").first).to_contain_text("password")
    await look(page, "unlock")
    await fits(page)


async def full(scene: Scene) -> tuple[Page, Client, Client]:
    """Alice's page with one of everything: who is in it, and Bob, who has sent most of it."""
    relay, _ = await scene.mailserver()
    served = await scene.serve(mailservers=[str(relay.enode)])
    alice = served.client
    bob, carol = await scene.person("bob"), await scene.person("carol")
    phone = scene.directory / "phone"
    phrase = Profiles(scene.profile("alice")).phrase(alice.profile, PASSWORD)
    Profiles(phone).create(Account.from_mnemonic(phrase), PASSWORD, name="alice")
    await (await scene.person("alice", phone)).feature(Devices).pair("phone")
    await alice.feature(Contacts).add(bob.public_key)
    await carol.feature(Contacts).add(alice.public_key)
    await carol.send_text(await carol.open_chat(alice.public_key), "May I write to you?")
    chat = await bob.open_chat(alice.public_key)
    first = await bob.send_text(chat, "**Hello**, `code`, https://example.org and #harbour\n> quoted")
    await bob.feature(Media).send_image(chat, saved(picture(300, 200), "PNG"), "The pier")
    sound = await bob.feature(Media).send_audio(chat, SILENCE * 300, "Listen")
    await bob.send_text(chat, "```\nfor wave in harbour:\n    print(wave)\n```")
    await bob.send_text(chat, "And much more of it. " * 60)
    own = await until(lambda: alice.find_chat(bob.public_key.hex))
    await until(lambda: len(alice.history(own)) == 5)
    await alice.send_text(own, "Yes 👍", reply_to=sound.message.id)
    await alice.feature(Reactions).add(first.message.id, 2)
    group = await alice.feature(Groups).create("Harbour walk", [bob.public_key])
    theirs = await until(lambda: next((one for one in bob.chats() if one.id == group.id), None))
    await bob.feature(Groups).join(theirs)
    await until(lambda: all(one.has_joined for one in alice.feature(Groups).members(group)))
    await bob.send_text(theirs, "Welcome all")
    await carol.feature(Groups).request_to_join(alice.feature(Groups).invitation_link(group), "I am Carol")
    await until(lambda: alice.feature(Groups).requests(group))
    page = await scene.window(served, scripts=[ENCODER], permissions=["microphone"])
    await expect(page.locator(".chat")).to_have_count(3)
    return page, alice, bob


async def look_at_messages(page: Page, bob: Client) -> None:
    """A chat, and what can be done with its messages."""
    await open_chat(page, bob.name)
    await message(page, "Hello").first.hover()
    await expect(page.locator(".picture img")).to_be_visible()
    await look(page, "chat")
    await page.get_by_role("button", name="React").click()
    await look(page, "react")
    await page.keyboard.press("Escape")
    await message(page, "Hello").first.hover()
    await page.get_by_role("button", name="More").click()
    await look(page, "message-menu")
    await page.keyboard.press("Escape")
    for action in ("About this message", "Who reacted", "Delete here"):
        await choose(page, "Hello", action)
        await look(page, action.lower().replace(" ", "-"))
        await close(page)
    await message(page, "Hello").first.get_by_role("button", name="https://example.org").click()
    await look(page, "link")
    await close(page)
    await page.get_by_role("button", name="show it large").click()
    await look(page, "picture")
    await close(page)


async def look_at_writing(page: Page, bob: Client, folder: Path) -> None:
    """The line for messages, with all that it may have."""
    line = page.get_by_label("Message", exact=True)
    await line.press_sequentially(f"@{bob.name[:3]}")
    await expect(page.get_by_role("option").first).to_be_visible()
    await look(page, "completion")
    await line.press("Escape")
    await line.fill("")
    await page.get_by_role("button", name="Choose an emoji").click()
    await expect(page.locator(".emoji-list button").first).to_be_visible()
    await look(page, "emoji")
    await page.keyboard.press("Escape")
    await choose(page, "Hello", "Reply")
    file = folder / "pier.png"
    file.write_bytes(saved(picture(300, 200), "PNG"))
    await page.locator("input[type=file]").set_input_files(str(file))
    await expect(page.get_by_role("img", name="The picture that will be sent")).to_be_visible()
    await look(page, "reply-with-picture")
    await page.get_by_role("button", name="No picture").click()
    await page.get_by_role("button", name="No reply").click()
    await page.get_by_role("button", name="Record a message").click()
    await expect(page.get_by_role("group", name="Recording")).to_be_visible()
    await look(page, "recording")
    await page.get_by_role("button", name="Stop").click()
    await look(page, "recorded")
    await page.get_by_role("button", name="Do not send this recording").click()
    await line.evaluate(
        """(line) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", "one\\ntwo\\nthree\\nfour\\nfive\\nsix\\nseven");
            line.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}));
        }"""
    )
    await expect(page.get_by_role("dialog", name="Paste")).to_be_visible()
    await look(page, "paste")
    await close(page)


async def look_at_chats(page: Page, bob: Client) -> None:
    """What belongs to a chat: its menu, its members, who somebody is."""
    await page.get_by_role("button", name="What can be done with this chat").click()
    await look(page, "chat-menu")
    await page.keyboard.press("Escape")
    for entry in ("Go to a day", "Export this chat", "Delete what was said", "Leave", "Link to this chat"):
        await choose_in_chat(page, entry)
        await expect(page.get_by_role("dialog")).to_be_visible()
        await look(page, entry.lower().replace(" ", "-"))
        await close(page)
    await page.get_by_role("button", name="Search in this chat").click()
    await page.get_by_role("searchbox").last.fill("pier")
    await expect(page.locator(".found").first).to_be_visible()
    await look(page, "search-here")
    await page.keyboard.press("Escape")
    await page.locator(".head-button").click()
    for button in (None, "Nickname", "Block", "Show the QR code"):
        if button is not None:
            await page.get_by_role("dialog").first.get_by_role("button", name=button).click()
            await expect(page.get_by_role("dialog")).to_have_count(2)
        await look(page, f"person-{(button or 'shown').lower().replace(' ', '-')}")
        if button is not None:
            await page.keyboard.press("Escape")
    await close(page)
    await open_chat(page, "Harbour walk")
    await look(page, "group-chat")
    await page.locator(".head-button").click()
    window = page.get_by_role("dialog").first
    await expect(window.get_by_text("I am Carol")).to_be_visible()
    for button in (
        None,
        "Rename",
        "Add somebody",
        f"Make {bob.name}",
        f"Remove {bob.name}",
        "Leave",
        "Invitation link",
    ):
        if button is not None:
            await window.get_by_role("button", name=button).click()
            await expect(page.get_by_role("dialog")).to_have_count(2)
        await look(page, f"group-{(button or 'shown').split()[0].lower()}")
        if button is not None:
            await page.keyboard.press("Escape")
            await expect(page.get_by_role("dialog")).to_have_count(1)
    await close(page)


async def look_at_windows(page: Page, alice: Client) -> None:
    """Everything that opens from the menu above the chats."""
    await page.locator(".side-head").get_by_role("button", name="Menu").click()
    await look(page, "main-menu")
    await page.keyboard.press("Escape")
    for name in ("People", "Your devices", "Network", "Settings", "Keys"):
        await main_menu(page, name)
        window = page.get_by_role("dialog", name=name)
        await expect(window).to_be_visible()
        await look(page, name.lower().replace(" ", "-"))
        for button in {
            "People": ["Add somebody"],
            "Your devices": ["Name this device", "Someone has my words"],
            "Network": ["Use another network"],
        }.get(name, []):
            await window.get_by_role("button", name=button).click()
            await expect(page.get_by_role("dialog")).to_have_count(2)
            await look(page, button.lower().replace(" ", "-"))
            await page.keyboard.press("Escape")
        await close(page)
    await page.get_by_role("button", name="Your account").click()
    await look(page, "own")
    await close(page)
    await page.get_by_role("button", name="New chat").first.click()
    await look(page, "new-chat")
    for kind in ("Write to somebody", "A public chat", "A group"):
        await page.get_by_role("button", name=kind).click()
        await look(page, kind.lower().replace(" ", "-"))
        await page.get_by_role("button", name="Back", exact=True).click()
    await close(page)


@pytest.mark.long
async def test_nobody_is_shut_out_of_any_view(scene: Scene, tmp_path: Path) -> None:
    page, alice, bob = await full(scene)
    await look(page, "list")
    await look_at_messages(page, bob)
    await look_at_writing(page, bob, tmp_path)
    await look_at_chats(page, bob)
    await look_at_windows(page, alice)
    await write(page, "Seen by all")
    await page.get_by_label("Search chats and messages").fill("welcome")
    await expect(page.locator(".found").first).to_be_visible()
    await look(page, "search")
    await page.get_by_role("button", name="Clear the search").click()
    await fits(page)
    await look(page, "narrow")


async def test_nobody_is_shut_out_of_what_is_said_by_the_way(scene: Scene) -> None:
    scene.expected += ["Failed to load resource", "WebSocket connection to"]
    served = await scene.serve()
    page = await scene.window(served)
    await served.client.join("harbour")
    await open_chat(page, "harbour")
    await page.get_by_role("button", name="Record a message").click()
    await expect(page.get_by_role("alert").first).to_contain_text("cannot record AAC")
    await look(page, "toast")
    await served.stop()
    await expect(page.get_by_text("This page does not reach pystatus")).to_be_visible()
    await look(page, "lost")


async def test_where_the_system_chooses_all_colours_it_is_seen_what_can_be_pressed_and_what_is_on(scene: Scene) -> None:
    page = await scene.window(await scene.serve(), forced_colors="active")
    await main_menu(page, "Settings")
    window = page.get_by_role("dialog", name="Settings")
    on, off = window.locator(".switch input:checked").first, window.locator(".switch input:not(:checked)").first
    ground = "one => getComputedStyle(one).backgroundColor"
    assert await on.evaluate(ground) != await off.evaluate(ground)
    await close(page)
    await main_menu(page, "Lock")
    for button in await page.get_by_role("dialog").locator(".button").all():
        assert await button.evaluate("one => parseFloat(getComputedStyle(one).borderTopWidth)") > 0
