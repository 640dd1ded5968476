"""A person at the terminal client, on a network in memory: real clients, real messages, a clock that does not wait."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from pystatus import testing
from pystatus.apps.terminal.app import ChatApp
from pystatus.apps.terminal.chat_screen import ChatScreen
from pystatus.apps.terminal.drawing import plain_lines
from pystatus.apps.terminal.face import Face, Wishes
from pystatus.client import Client
from pystatus.faces.catalogue import texts_in
from pystatus.testing import Network, Person

SIZE = (100, 30)
QUIET = Wishes(blink=False)


class Player:
    """What somebody presses, and what they see."""

    def __init__(self, network: Network, person: Person, pilot: Pilot[None]) -> None:
        self.network = network
        self.person = person
        self.pilot = pilot
        self.app = pilot.app
        screen = self.app.screen_stack[0]
        assert isinstance(screen, ChatScreen)
        self.screen = screen

    @property
    def client(self) -> Client:
        return self.person.client

    @property
    def complaints(self) -> list[str]:
        return [notice.message for notice in self.app._notifications if notice.severity == "error"]

    @property
    def told(self) -> str:
        return "\n".join(notice.message for notice in self.app._notifications)

    async def settle(self, seconds: float = 3.0) -> None:
        """Until everything has arrived and is drawn."""
        await self.network.wait(seconds)
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle(0.5)

    async def burst(self, *keys: str) -> None:
        """Press keys so fast that none is dealt with before the next one comes."""
        for key in keys:
            name, character = ("space", " ") if key == " " else (key, key if len(key) == 1 else None)
            event = Key(name, character)
            event.set_sender(self.app)
            assert self.app._driver is not None
            self.app._driver.send_message(event)

    async def write(self, text: str) -> None:
        """Put ``text`` into the composer and press Enter."""
        self.screen.composer.focus()
        self.screen.composer.insert(text)
        await self.press("enter")
        await self.settle()

    async def type_into_window(self, text: str) -> None:
        """Fill the line of the window that is open."""
        self.app.screen.query_one(Input).value = text
        await self.settle(0.1)

    def lines(self) -> list[str]:
        """The messages as they are drawn."""
        view = self.screen.view
        return plain_lines([view.render_line(y) for y in range(view.size.height)])

    def shown(self) -> list[str]:
        """The same without what is empty, and without day lines."""
        return [line for line in self.lines() if line.strip() and "──" not in line]

    def chats(self) -> list[str]:
        """The lines of the list of chats."""
        listed = self.screen.chat_list
        return [listed.line_of(entry) for entry in listed.entries]

    def window(self) -> str:
        """Everything that the window on top says."""
        top = self.app.screen
        texts = [str(one.render()) for one in top.query(Static).results(Static) if one.display]
        for listed in top.query(OptionList).results(OptionList):
            if listed.display:
                texts += [str(option.prompt) for option in listed.options]
        return "\n".join(texts)


async def greeted(network: Network) -> tuple[Person, Person]:
    """Alice, to whom Bob has said hello, and Bob."""
    alice, bob = await network.person("alice"), await network.person("bob")
    await bob.say(alice, "hello")
    await network.wait(2)
    return alice, bob


@asynccontextmanager
async def playing(
    network: Network,
    person: Person,
    start: str | None = None,
    *,
    size: tuple[int, int] = SIZE,
    wishes: Wishes = QUIET,
    language: str = "en",
) -> AsyncIterator[Player]:
    """The terminal client of a person."""
    app = ChatApp(Face(person.client, texts_in(language), wishes), start)
    async with app.run_test(size=size, notifications=True) as pilot:
        player = Player(network, person, pilot)
        await player.settle(0.5)
        yield player


def story(tell: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """A test that is told as a story on a network. Behind that it may take fixtures."""
    _, *fixtures = inspect.signature(tell).parameters.values()

    def test(**given: Any) -> None:
        testing.run(partial(tell, **given))

    test.__signature__ = inspect.Signature(fixtures)  # type: ignore[attr-defined]  # pytest looks there
    test.__name__ = tell.__name__
    test.__doc__ = tell.__doc__
    test.__module__ = tell.__module__
    return test
