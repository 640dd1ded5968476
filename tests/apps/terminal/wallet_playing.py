"""A person at the wallet of the terminal client: a real profile, and the embedded chain behind it. There is no network
but that chain, so the clock is the real one, and what is waited for is looked at until it is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from pystatus import Account, Client, Profiles
from pystatus.apps.terminal.app import ChatApp
from pystatus.apps.terminal.face import Face, Wishes
from pystatus.chain.endpoint import Endpoint
from pystatus.devchain.chain import PHRASE
from pystatus.faces.catalogue import texts_in

PASSWORD = "correct horse"
PATIENCE = 15.0
"""Seconds until something has to be there."""
SIZE = (100, 32)
QUIET = Wishes(blink=False)


class WalletPlayer:
    """What somebody presses, and what they see."""

    def __init__(self, client: Client, pilot: Pilot[None]) -> None:
        self.client = client
        self.pilot = pilot
        self.app = pilot.app

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for something."""
        async with asyncio.timeout(PATIENCE):
            while not is_so():
                await self.pilot.pause(0.01)

    async def sees(self, text: str) -> None:
        """Wait until the window on top says something."""
        try:
            await self.until(lambda: text in self.window())
        except TimeoutError:
            raise AssertionError(f"{text!r} is not in: {self.window()} {self.told}") from None

    async def hears(self, text: str) -> None:
        """Wait until something is told."""
        try:
            await self.until(lambda: text in self.told)
        except TimeoutError:
            raise AssertionError(f"{text!r} was not told, but: {self.told} {self.window()}") from None

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def answer(self, question: str, text: str) -> None:
        """Type into the window that asks something, and press Enter."""
        await self.sees(question)
        self.app.screen.query_one(Input).value = text
        await self.press("enter")

    def window(self) -> str:
        """Everything that the window on top says."""
        top = self.app.screen
        texts = [str(one.render()) for one in top.query(Static).results(Static) if one.display]
        for listed in top.query(OptionList).results(OptionList):
            if listed.display:
                texts += [str(option.prompt) for option in listed.options]
        return "\n".join(texts)

    @property
    def told(self) -> str:
        return "\n".join(notice.message for notice in self.app._notifications)


@asynccontextmanager
async def at_the_wallet(
    folder: Path,
    endpoint: Endpoint | None,
    *,
    size: tuple[int, int] = SIZE,
    language: str = "en",
    wishes: Wishes = QUIET,
    **more: Any,
) -> AsyncIterator[WalletPlayer]:
    """The terminal client of Ann, whose phrase is that of the chain's accounts, with her wallet open.

    :param more: options of her client.
    """
    Profiles(folder).create(Account.from_mnemonic(PHRASE), PASSWORD, "ann")
    options = {"data_dir": folder, "state_dir": folder / "state", "endpoint": endpoint, **more}
    async with Client.open("ann", PASSWORD, **options) as client:
        app = ChatApp(Face(client, texts_in(language), wishes), None)
        async with app.run_test(size=size, notifications=True) as pilot:
            player = WalletPlayer(client, pilot)
            await player.press("alt+w")
            await player.until(lambda: "Status account" in player.window())
            yield player
