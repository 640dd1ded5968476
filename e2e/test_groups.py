"""A group with all its actions, by somebody who is its admin in the page, and by somebody who is added to one."""

from __future__ import annotations

from playwright.async_api import Page, expect

from e2e.scenes import Scene, agree, message, open_chat, said, until, write
from pystatus.client.features.groups import Groups


async def members_of(page: Page) -> None:
    await page.locator(".head-button").click()
    await expect(page.get_by_role("dialog")).to_be_visible()


async def test_a_group_is_made_changed_and_left(scene: Scene) -> None:
    served = await scene.serve()
    bob, carol = await scene.person("bob"), await scene.person("carol")
    page = await scene.window(served)
    await page.get_by_role("button", name="New chat").first.click()
    await page.get_by_role("button", name="A group").click()
    await page.get_by_label("What is the group called?").fill("Harbour walk")
    await page.get_by_label("Chat key or link").fill(bob.chat_key)
    await page.get_by_role("button", name="Make the group").click()
    await expect(page.locator(".chat-head")).to_contain_text("Harbour walk")

    group = await until(lambda: next((one for one in bob.chats() if one.name == "Harbour walk"), None))
    await bob.feature(Groups).join(group)
    await expect(page.get_by_text("1 member gets this")).to_be_visible()
    await write(page, "Welcome")
    await said(bob, group, "Welcome")
    await bob.send_text(group, "Thank you")
    await expect(message(page, "Thank you")).to_be_visible()

    await members_of(page)
    dialog = page.get_by_role("dialog").last
    await dialog.get_by_role("button", name="Rename").click()
    await page.get_by_label("What is the group to be called?").fill("Pier walk")
    await page.get_by_role("button", name="Save").click()
    await until(lambda: bob.find_chat(group.id).name == "Pier walk")
    await dialog.get_by_role("button", name="Add somebody").click()
    await page.get_by_label("Chat key or link").fill(carol.chat_key)
    await page.get_by_role("button", name="Add", exact=True).click()
    theirs = await until(lambda: next((one for one in carol.chats() if one.id == group.id), None))
    await carol.feature(Groups).join(theirs)
    await expect(page.get_by_role("dialog")).to_have_count(0)

    await members_of(page)
    await dialog.get_by_role("button", name=f"Remove {carol.name} from the group").click()
    await page.get_by_role("button", name="Remove", exact=True).click()
    await until(lambda: not any(one.person == carol.public_key for one in bob.feature(Groups).members(group)))
    await dialog.get_by_role("button", name=f"Make {bob.name} an admin").click()
    await agree(page, "Make admin")
    await until(lambda: any(one.is_admin for one in bob.feature(Groups).members(group) if one.person == bob.public_key))
    await dialog.get_by_role("button", name="Invitation link").click()
    await expect(page.get_by_role("img", name="QR code of")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("img", name="QR code of")).to_have_count(0)
    await dialog.get_by_role("button", name="Leave").click()
    await agree(page, "Leave")
    await expect(page.locator(".chat").filter(has_text="Pier walk")).to_have_count(0)


async def test_somebody_is_added_joins_and_another_one_asks_to_be_taken_in(scene: Scene) -> None:
    served = await scene.serve()
    bob = await scene.person("bob")
    page = await scene.window(served)
    groups = bob.feature(Groups)
    group = await groups.create("Harbour walk", [served.client.public_key])
    await open_chat(page, "Harbour walk")
    await expect(page.get_by_text("Join this group to write in it").first).to_be_visible()
    await page.get_by_role("button", name="Join", exact=True).click()
    await write(page, "Here I am")
    await said(bob, group, "Here I am")
    await groups.promote(group, [served.client.public_key])
    await members_of(page)
    await expect(page.get_by_role("dialog").get_by_role("button", name="Invitation link")).to_be_visible()
    link = served.client.feature(Groups).invitation_link(group)
    carol = await scene.person("carol")
    await carol.feature(Groups).request_to_join(link, "I am Carol")
    await expect(page.get_by_text("I am Carol")).to_be_visible()
    await page.get_by_role("button", name="Take in").click()
    await until(lambda: any(one.id == group.id for one in carol.chats()))
