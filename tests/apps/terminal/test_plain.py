"""Line by line: nothing but lines that are appended."""

from __future__ import annotations

import asyncio
import os
import pty
import queue
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image as Pixels

from pystatus.apps.terminal import typed_lines
from pystatus.apps.terminal.face import Face
from pystatus.apps.terminal.keys import EVERYWHERE, TABLE, label
from pystatus.apps.terminal.opening import OpenedFiles
from pystatus.apps.terminal.plain import Plain
from pystatus.apps.terminal.typed_lines import Typed, read_terminal, typed
from pystatus.client.features.contacts import Contacts
from pystatus.client.features.groups import Groups
from pystatus.client.features.media import Image, Media
from pystatus.client.features.reactions import Reactions
from pystatus.errors import LocalError
from pystatus.faces.catalogue import texts_in
from pystatus.faces.pasting import MAX_PASTE
from pystatus.faces.reactions import reaction_word
from pystatus.imaging import process
from pystatus.media import pictures
from pystatus.messenger.events import CopySuspected, DeviceFound
from pystatus.payloads.kinds import ReactionType
from pystatus.testing import Network, Person
from tests.apps.terminal.playing import greeted, story
from tests.media.support import saved


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
        return await self.take(Typed(line))

    async def take(self, line: Typed) -> list[str]:
        """The same of what was typed or pasted."""
        self.lines.clear()
        self.plain.feed(line)
        await self.network.wait(3)
        return self.lines

    async def answer(self, question: str, *answers: str) -> list[str]:
        """What is printed when a command asks, and answers are typed."""
        self.lines.clear()
        for line in (question, *answers):
            self.plain.feed(typed(line))
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


@story
async def test_replies_and_reactions_are_said_in_words(network: Network) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    await alice.client.feature(Contacts).set_nickname(bob.client.public_key, "Bob")
    first = await alice.say(bob, "Is there\ntea?")
    chat = alice.client.find_chat(bob.client.public_key.hex)
    await network.wait(2)
    early = await bob.client.send_text(alice.client.public_key.hex, "Yes", first.message)
    await network.wait(2)
    await alice.client.feature(Reactions).add(early.message.id, ReactionType.THUMBS_UP)
    await network.wait(2)
    async with Reader(network, alice) as reader:
        said = "\n".join(reader.lines)
        assert re.search(r"^\[2\] ..:.. Bob, answers #1, .*: Is there tea\?\n    Yes$", said, re.MULTILINE)
        assert "    with thumbs up: " in said
        reader.lines.clear()
        await bob.client.feature(Reactions).add(first.message.id, ReactionType.LOVE)
        await network.wait(2)
        assert reader.lines == ["-- Bob reacted to #1 with love"]
        await bob.client.feature(Reactions).retract(first.message.id, ReactionType.LOVE)
        await network.wait(2)
        assert reader.lines[-1] == "-- Bob took love back from #1"
        quoted = await reader.type("/quoted #2")
        assert any("Is there" in line for line in quoted)
        assert "replies to none" in (await reader.type("/quoted #1"))[0]
        await alice.client.feature(Reactions).add(first.message.id, ReactionType.SAD)
        await alice.client.send_text(chat, "later", first.message)
        await network.wait(2)
        assert any("(you), answers #1" in line for line in reader.lines)


@story
async def test_without_a_relay_its_being_tried_again_is_said_once(network: Network) -> None:
    """Each of these lines stays on the screen for good. That a relay is there, and is gone again, is news each time."""
    alice = await network.person("alice")
    async with Reader(network, alice) as reader:
        for _ in range(2):
            reader.lines.clear()
            await alice.go_offline()
            await network.wait(1_800)
            await alice.go_online()
            await network.wait(60)
            said = [line for line in reader.lines if line.startswith(("-- Connecting", "-- Offline", "-- Online"))]
            assert "-- Offline" in said
            assert len(said) == len(set(said)), said
            assert said[-1].startswith("-- Online")


@story
async def test_what_waits_is_listed_with_numbers_and_withdrawn(network: Network) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    for name in ("other", "status"):
        await bob.client.join(name)
        await alice.client.join(name)
    async with Reader(network, alice) as reader:
        await alice.go_offline()
        await network.wait(60)  # nothing new is to be said of the network from here on
        await reader.type("/chat #status")
        await reader.type("said in the one")
        await reader.type("/chat #other")
        await reader.type("said in the other")
        listed = await reader.type("/outbox")
        assert [line.split("] ", 1)[1] for line in listed if "] " in line] == [
            "_ #other: said in the other",
            "_ #status: said in the one",
        ]
        assert "/withdraw #N takes back" in listed[-1]
        number = next(line for line in listed if "the one" in line).split("]")[0].strip(" [")
        assert await reader.type(f"/withdraw #{number}") == [
            f"-- Message #{number} was withdrawn: nobody gets it.",
        ]
        assert "There is no message" in (await reader.type(f"/withdraw #{number}"))[0]
        await alice.go_online()
        await network.wait(60)
        assert bob.texts == ["said in the other"]
        refused = await reader.type("/withdraw")
        assert "It has left this device, and cannot be withdrawn." in refused[0]


@story
async def test_a_picture_is_opened_in_a_program_or_saved(
    network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    chat = await alice.client.open_chat(bob.client.public_key)
    monkeypatch.setattr(process, "prepare", prepared)
    await alice.client.feature(Media).send_image(chat, saved(Pixels.new("RGB", (40, 30)), "PNG"))
    given: list[Path] = []
    has = opener_that_shows(monkeypatch, given)
    async with Reader(network, alice) as reader:
        (shown,) = [line for line in reader.lines if "image" in line]
        assert shown.endswith("; /open #1 opens it, /save #1 FILE saves it]")
        asked = await reader.type("/open #1")
        assert "only you can read" in asked[0]
        assert given == []
        assert (await reader.type("no")) == []
        opened = await reader.answer("/open", "yes")
        assert opened[-1] == "-- Opened in a program of the desktop"
        (path,) = given
        assert path.suffix == ".png"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert (await reader.type("/open"))[-1] == "-- Opened in a program of the desktop", "it asks once"
        has.clear()
        assert (await reader.type("/open"))[-1] == (
            "-- No program of this desktop opens it. Save it (/save #N FILE), and open the file yourself."
        )
        target = tmp_path / "kept.png"
        await reader.type(f"/save #1 {target}")
        assert target.read_bytes() == path.read_bytes()
        await reader.type("no picture")
        assert "There is no link" in (await reader.type("/open"))[0]
    assert not path.exists(), "what other programs were given is deleted in the end"


async def prepared(data: bytes, most: int = 0) -> pictures.Picture:
    """Pictures are made smaller here: the clock of the network waits for no other process."""
    return pictures.prepare(data)


def opener_that_shows(monkeypatch: pytest.MonkeyPatch, given: list[Path]) -> list[str]:
    """A desktop with a program that shows pictures, as long as what is returned has its name."""
    has = ["viewer"]

    async def open_(self: OpenedFiles, media: Image, no_opener: str) -> None:
        if not has:
            raise LocalError(no_opener)
        given.append(self._written(media))

    monkeypatch.setattr(OpenedFiles, "open", open_)
    return has


def test_each_emoji_has_a_word_of_its_own() -> None:
    for language in ("en", "de"):
        words = [reaction_word(kind, texts_in(language)) for kind in (*ReactionType, 77)]
        assert len(set(words)) == len(ReactionType)  # those that are not known have one together


@story
async def test_no_sentence_names_a_key_that_is_not_there(network: Network) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    said: list[str] = []
    async with Reader(network, alice) as reader:
        said += reader.lines
        await bob.client.feature(Contacts).add(alice.client.public_key)
        group = await bob.client.feature(Groups).create("Book club", [alice.client.public_key])
        await network.wait(3)
        for event in (DeviceFound("another device"), CopySuspected(bob.client.public_key)):
            await reader.plain._note(event)
        said += reader.lines
        for line in ("/nonsense", "hello", "/help", "/people", "/devices", "/outbox", "/group Tea", "/pair", "/state"):
            said += await reader.type(line)
        await alice.go_offline()
        await network.wait(60)
        said += reader.lines
        said += await reader.type("/where")
    assert group.name
    keys = {label(key) for row in TABLE if row.section == EVERYWHERE and not row.fixed for key in row.keys}
    named = [line for line in said if any(re.search(rf"(?<![\w-]){re.escape(key)}(?![\w-])", line) for key in keys)]
    assert said
    assert named == []
    assert any("/add zQ3sh" in line for line in said)
    assert any("/accept there joins" in line for line in said)


@story
async def test_who_asks_is_answered_by_the_beginning_of_their_key(network: Network) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    async with Reader(network, alice) as reader:
        await bob.client.feature(Contacts).add(alice.client.public_key)
        await network.wait(3)
        (command,) = {found[0] for line in reader.lines if (found := re.search(r"/add \S+", line))}
        await reader.type(command)
        assert alice.client.feature(Contacts).get(bob.client.public_key).added


@story
async def test_what_is_pasted_is_a_text_and_no_command_or_answer(network: Network) -> None:
    alice, bob = await greeted(network)
    async with Reader(network, alice) as reader:
        said = await reader.take(typed("/leave\n/quit\n"))
        assert "2 lines are held" in said[-1]
        await reader.type("/clear")  # the rest of a paste without a line end, and Enter
        assert bob.texts == []
        await reader.type(".")
        assert bob.texts == ["/leave\n/quit\n/clear"]
        assert "-- Dropped." in [*await reader.take(typed("a\nb")), *await reader.type("/cancel")]
        await reader.take(typed("\x1b[200~/quit\x1b[201~\n"))
        assert "This is too long" in (await reader.take(typed("x\n" * MAX_PASTE)))[-1]
        await reader.type(".")
        assert bob.texts[1:] == ["/quit"]
        await reader.type("/lines")
        for line in ("one", "", "/two", "."):
            await reader.type(line)
        assert bob.texts[2:] == ["one\n\n/two"]
        said = await reader.answer("/clear", "yes\nyes", "no")
        assert "Delete everything" in said[0]
        assert "2 lines are held" in said[1]
        assert alice.client.history(bob.client.public_key.hex, 10)
        await reader.type("/cancel")


def test_a_burst_of_a_terminal_is_one_paste() -> None:
    ours, theirs = pty.openpty()
    try:
        os.write(ours, b"/quit\n/leave\nlast")
        lines = read_terminal(theirs)
        assert next(lines) == Typed("/quit\n/leave", is_pasted=True)
        os.write(ours, b"\n")
        assert next(lines) == Typed("last")
        os.write(ours, b"\x04")  # the end of the input
        assert list(lines) == []
    finally:
        os.close(theirs)
        os.close(ours)


def test_a_burst_without_an_end_is_taken_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typed_lines, "MAX_BURST", 12)
    reader, writer = os.pipe()
    with os.fdopen(reader), os.fdopen(writer, "wb") as all_at_once:
        monkeypatch.setattr(typed_lines, "READ", 5)
        all_at_once.write(b"/abc\n" * 4)
        all_at_once.flush()
        lines = read_terminal(reader)
        assert [next(lines), next(lines)] == [
            Typed("/abc\n/abc\n/abc", is_pasted=True),
            Typed("/abc", is_pasted=True),
        ]


@story
async def test_other_places_are_reached_by_commands(network: Network) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    await alice.client.join("status")
    await alice.client.feature(Contacts).set_nickname(bob.client.public_key, "Bob")
    await bob.say(alice, "see https://example.org/a and https://example.org/b")
    await network.wait(2)
    async with Reader(network, alice) as reader:
        await reader.type("/chat status")
        assert "status" in (await reader.type("/where"))[0]
        await bob.say(alice, "psst\u200b")
        await network.wait(3)
        assert any("Now in @ Bob" in line for line in await reader.type("/next"))
        assert "Everything is read" in (await reader.type("/next"))[0]
        assert any("ZERO WIDTH SPACE" in line for line in await reader.type("/raw"))
        await reader.type("/chat status")
        assert any("Now in @ Bob" in line for line in await reader.type("/chat bob"))
        await reader.type("/chat status")
        (number,) = {found[1] for line in await reader.type("/search see") if (found := re.search(r"\[(\d+)\]", line))}
        assert any("https://example.org/a" in line for line in await reader.type(f"/goto #{number}"))
        said = await reader.answer(f"/open #{number}", "2", "no")
        assert any("2. https://example.org/b" in line for line in said)
        assert any("example.org" in line and "browser" in line for line in said)
        assert "There is no link" in (await reader.type("/open"))[0]
        await reader.type("/device kitchen")
        assert any("kitchen" in line for line in reader.lines)
        assert "Nothing waits" in "\n".join(await reader.type("/retry"))
