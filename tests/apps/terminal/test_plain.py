"""Line by line: nothing but lines that are appended."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import Iterator

from pystatus.apps.terminal.face import Face
from pystatus.apps.terminal.plain import Plain
from pystatus.client.features.contacts import Contacts
from pystatus.faces.catalogue import texts_in
from pystatus.testing import Network, Person
from tests.apps.terminal.playing import story


class Reader:
    """Somebody who types lines and has others read out."""

    def __init__(self, network: Network, person: Person) -> None:
        self.network = network
        self.lines: list[str] = []
        self.plain = Plain(Face(person.client, texts_in()), self.lines.append)
        self._ended: queue.Queue[str] = queue.Queue()

    def _typed(self) -> Iterator[str]:
        yield from iter(self._ended.get, "")

    async def __aenter__(self) -> Reader:
        self._running = asyncio.ensure_future(self.plain.run(self._typed()))
        await self.network.wait(1)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._ended.put("")
        self.plain.quit()
        assert await self._running == 0

    async def type(self, line: str) -> list[str]:
        """What is printed after a line was typed."""
        self.lines.clear()
        await self.plain.type(line)
        await self.network.wait(3)
        return self.lines


@story
async def test_a_conversation(network: Network) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    await bob.say(alice, "hello\nAlice")
    await alice.client.join("status")
    await network.wait(2)
    await alice.client.feature(Contacts).set_nickname(bob.client.public_key, "Bob")
    async with Reader(network, alice) as reader:
        assert any(line.startswith("[1] ") and line.endswith("Bob: hello") for line in reader.lines)
        assert "    Alice" in reader.lines
        said = await reader.type("good morning")
        assert "(you): good morning" in said[0]
        assert said[-1] == "-- Message #2: delivered to a device"
        await reader.type("/reply #1 to your question")
        assert bob.messages[-1].response_to is not None
        await reader.type("/react #1 1")
        explained = "\n".join(await reader.type("/explain #1"))
        assert "By Bob" in explained
        assert "There is no message #99" in (await reader.type("/explain #99"))[0]
        assert "There is no message #" in (await reader.type("/explain #" + "9" * 1_000))[0]
        bob_line = "quite \x1b]0;owned\x07 harmless \x1b[2J"
        reader.lines.clear()
        await bob.say(alice, bob_line)
        await network.wait(2)
        assert "\x1b" not in "".join(reader.lines)
        assert alice.client.find_chat(bob.client.public_key.hex).unread == 0


@story
async def test_other_chats_are_only_counted_and_everything_is_a_command(network: Network) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    await alice.client.join("status")
    async with Reader(network, alice) as reader:
        await bob.say(alice, "psst")
        await bob.say(alice, "psst again")
        await network.wait(3)
        assert sum("1 unread" in line for line in reader.lines) == 1
        assert not any("psst" in line for line in reader.lines)
        assert "status" in (await reader.type("/where"))[0]
        assert "online, 1 relay" in "\n".join(await reader.type("/state"))
        assert any("unread" in line for line in await reader.type("/chats"))
        assert "There is nothing older here." in (await reader.type("/more"))[-1]
        assert "/mute" in "\n".join(await reader.type("/help"))
        assert "This chat is muted." in (await reader.type("/mute"))[0]
        assert "pystatus account backup" in (await reader.type("/words"))[0]
        assert any("psst" in line for line in await reader.type("/search psst"))
        await reader.type("/group Book club")
        assert any("admin" in line for line in await reader.type("/members"))
        assert "Nothing waits" in "\n".join(await reader.type("/outbox"))
        assert "this device" in "\n".join(await reader.type("/devices"))
        assert "There is no command" in (await reader.type("/nonsense"))[0]
