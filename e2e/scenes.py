"""A network of one test: a relay, people, pages that are served, and windows; and what somebody does in a window."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.async_api import Browser, Page, expect

from e2e.stage import PASSWORD
from e2e.watching import Watch
from pystatus import Account, Chat, Client, Node, NodeConfig, PrivateKey, Profiles
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.page_network import PageNetwork
from pystatus.apps.web.serving import Serving, Wanted, serving
from pystatus.fleets.fleet import Fleet
from pystatus.mailserver.password import PUBLIC_PASSWORD
from pystatus.mailserver.server.server import Server
from pystatus.storage.archive.sqlite import SqliteArchive
from pystatus.storage.descriptions import Profile
from pystatus.transport.topics import symmetric_key

PATIENCE = 20.0
"""Seconds after which what does not happen is a failed test; all that is waited for takes less than one."""
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 320, "height": 640}
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CAMERA_SHOWS = PrivateKey(bytes(31) + b"\x05")
"""A link to this person is what the camera of the browser shows."""
AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
"""The package is there for this one file of axe-core, which `looking.py` runs."""


async def until(condition: Callable[[], Any]) -> Any:
    """Wait until something is so; what ``condition`` says then."""
    async with asyncio.timeout(PATIENCE):
        while not (found := condition()):  # what a store or a client says, which tells nobody  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return found


def make_profiles(directory: Path) -> None:
    """Accounts that are made once, as their passwords cost time: alice has a recovery phrase."""
    Profiles(directory / "alice").create_account("alice", PASSWORD)
    for name in ("bob", "carol"):
        Profiles(directory / name).create(
            Account.from_private_key(PrivateKey.generate(os.urandom)), PASSWORD, name=name
        )


@dataclass
class Scene:
    """One test's network, its people and its windows."""

    directory: Path
    made: Path
    browser: Browser
    stack: AsyncExitStack
    relay: Node = field(init=False)
    watches: list[Watch] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    """What a browser may complain of in this test, each a part of it."""

    async def begin(self) -> None:
        """Start a relay."""
        self.relay = await self.stack.enter_async_context(Node(NodeConfig(listen="127.0.0.1:0")))

    def profile(self, name: str) -> Path:
        """A data directory of somebody, as it was made."""
        directory = self.directory / name
        if not directory.exists():
            shutil.copytree(self.made / name, directory)
        return directory

    def client(self, directory: Path, profile: str, password: str | None, **more: Any) -> Client:
        """A client in the network of this test."""
        nodes = {} if "fleet" in more else {"peers": (str(self.relay.enode),)}
        given = {**nodes, **more}
        return Client.open(profile, password or "", discovery=False, data_dir=directory, **given)

    async def mailserver(self) -> tuple[Node, Server]:
        """A mailserver, which is a relay, too, and what it says that it has."""
        node = Node(NodeConfig(listen="127.0.0.1:0", peers=(str(self.relay.enode),)))
        server = Server(symmetric_key(PUBLIC_PASSWORD))
        node.keep_history(await SqliteArchive.open(self.directory / "mailserver.db"), server)
        await self.stack.enter_async_context(node)
        return node, server

    async def person(self, name: str, directory: Path | None = None) -> Client:
        """Somebody who is online without a page.

        :param directory: of another device of theirs.
        """
        client = self.client(directory or self.profile(name), name, PASSWORD)
        await self.stack.enter_async_context(client)
        await client.wait_for_peer()
        return client

    async def serve(
        self, name: str = "alice", *, opens: bool = True, port: int = 0, alone: bool = False, **more: Any
    ) -> Served:
        """Serve the page of somebody; unless told otherwise their profile is open.

        :param alone: they know no node of any network.
        :param more: options of their client.
        """
        directory = self.profile(name) if (self.made / name).exists() else self.directory / name

        def make(profile: Profile, password: str | None, network: Fleet | None) -> Client:
            joined = {"fleet": network} if network is not None else {"peers": ()} if alone else {}
            return self.client(directory, profile.account.key_uid, password, **joined, **more)

        stack = await self.stack.enter_async_context(AsyncExitStack())
        own = PageNetwork(directory, Output(as_json=False))
        wanted = Wanted(data_directory=directory, make=make, port=port, names_nodes=not alone, own_network=own)
        served = await stack.enter_async_context(serving(wanted))
        if opens:
            await served.page.opening.open(Profiles(directory).find(name), PASSWORD)
            assert served.page.profile is not None
            await served.page.profile.client.wait_for_peer()
        return Served(served, stack)

    async def window(self, served: Served, *, scripts: Sequence[str] = (), **options: Any) -> Page:
        """A window of the page, with a session.

        :param scripts: run before those of the page: what its browser has that Debian's Chromium has not.
        """
        wanted = {"viewport": WIDE, "locale": "en-GB", "reduced_motion": "reduce", **options}
        context = await self.browser.new_context(**wanted)
        self.stack.push_async_callback(context.close)
        context.set_default_timeout(PATIENCE * 1_000)
        for script in scripts:
            await context.add_init_script(script)
        page = await context.new_page()
        self.watches.append(await Watch.on(page, served.serving.server.url))
        await page.goto(served.serving.server.address())
        return page

    @property
    def faults(self) -> list[str]:
        """What the windows have complained of."""
        return [fault for watch in self.watches for fault in watch.faults]


@dataclass
class Served:
    """The server of one person's page."""

    serving: Serving
    stack: AsyncExitStack

    @property
    def client(self) -> Client:
        """The client of the profile that is open in it."""
        profile = self.serving.page.profile
        assert profile is not None, "no profile is open"
        return profile.client

    @property
    def port(self) -> int:
        return self.serving.server.front.port

    async def stop(self) -> None:
        """The server ends."""
        await self.stack.aclose()


@asynccontextmanager
async def staged(directory: Path, made: Path, browser: Browser) -> AsyncIterator[Scene]:
    """A stage for one test; what a browser complains of in it fails the test."""
    async with AsyncExitStack() as stack:
        scene = Scene(directory, made, browser, stack)
        await scene.begin()
        yield scene
    faults = [fault for fault in scene.faults if not any(part in fault for part in scene.expected)]
    assert not faults, "\n".join(faults)


# what somebody does in a window


async def unlock(page: Page) -> None:
    """Give the password, and wait for the chats."""
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Unlock").click()
    await expect(page.get_by_role("navigation", name="Chats")).to_be_visible()


async def open_chat(page: Page, name: str) -> None:
    """Open a chat of the list."""
    await page.locator(".chat").filter(has=page.locator(".chat-title", has_text=name)).first.click()
    await expect(page.locator(".chat-head")).to_contain_text(name)


async def write(page: Page, text: str) -> None:
    """Write a message, and see it."""
    line = page.get_by_label("Message", exact=True)
    await line.fill(text)
    await line.press("Enter")
    await expect(line).to_have_value("")


def message(page: Page, text: str) -> Any:
    """The message with a text."""
    return page.locator("article.message").filter(has_text=text)


async def choose(page: Page, text: str, action: str) -> None:
    """Choose something of the menu of a message."""
    one = message(page, text).last
    await one.hover()
    await one.get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name=action).click()


async def choose_in_chat(page: Page, entry: str) -> None:
    """Choose something of the menu of the open chat."""
    await page.get_by_role("button", name="What can be done with this chat").click()
    await page.get_by_role("menuitem", name=entry).click()


async def main_menu(page: Page, entry: str) -> None:
    """Choose something of the menu above the chats."""
    await page.locator(".side-head").get_by_role("button", name="Menu").click()
    await page.get_by_role("menuitem", name=entry).click()


async def agree(page: Page, title: str) -> None:
    """Say yes to the question of this title: its button is called the same, as is what was pressed to be asked."""
    await page.get_by_role("dialog", name=title, exact=True).get_by_role("button", name=title, exact=True).click()


async def said(client: Client, chat: Chat | str, text: str) -> Any:
    """Wait until a client has a message with this text."""
    return await until(lambda: next((one for one in client.history(chat) if text in one.text), None))
