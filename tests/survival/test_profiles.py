"""Profiles that the code of before has written are opened: what they hold is there, and their sessions go on."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from pystatus import Client, DeviceFound, DeviceRenewed, MessageReceived, Node, NodeConfig
from tests.survival.people import PASSWORD, PUBLIC, Later, devices, known

MADE = Path(__file__).parent / "made"
BEFORE = json.loads((MADE / "profiles.json").read_text(encoding="utf-8"))
SOURCE = Path(__file__).resolve().parents[2] / "src"
PATIENCE = 60.0
"""Seconds until a test that hangs is given up."""


class Person:
    """One of them, with what comes."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.messages: asyncio.Queue[MessageReceived] = asyncio.Queue()
        self.devices: list[object] = []
        client.on(MessageReceived)(self.messages.put_nowait)
        client.on(DeviceRenewed)(self.devices.append)
        client.on(DeviceFound)(self.devices.append)

    async def hear(self, text: str) -> MessageReceived:
        """The message with this text."""
        async with asyncio.timeout(PATIENCE):
            while (event := await self.messages.get()).message.text != text:
                pass
        return event


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Path]:
    """Copies of the data directories, by name of the profile."""
    return {name: Path(shutil.copytree(MADE / name, tmp_path / name)) for name in BEFORE["people"]}


@asynccontextmanager
async def together(folders: dict[str, Path], *names: str) -> AsyncIterator[list[Person]]:
    """Some of them at a relay, a minute after they have stopped."""
    clock = Later(BEFORE["made_at"] + 60)
    async with Node(NodeConfig(listen="127.0.0.1:0"), clock=clock) as relay, AsyncExitStack() as stack:
        people = []
        for name in names:
            client = Client.open(
                name,
                PASSWORD,
                data_dir=folders[name],
                state_dir=folders[name] / "state",
                peers=[str(relay.enode)],
                clock=clock,
            )
            people.append(Person(client))
            await stack.enter_async_context(client)
        for person in people:
            await person.client.wait_for_peer(PATIENCE)
        yield people


@pytest.mark.parametrize("name", ["alice", "bob", "phone"])
async def test_account_chats_and_messages_are_as_they_were(folders: dict[str, Path], name: str) -> None:
    before = {key: value for key, value in BEFORE["people"][name].items() if key != "devices"}
    async with together(folders, name) as (person,):
        assert known(person.client) == before
    assert sum(len(chat["messages"]) for chat in before["chats"].values()) >= 3


@pytest.mark.parametrize("name", ["alice", "bob", "phone"])
def test_the_devices_of_the_account_are_as_they_were(folders: dict[str, Path], name: str) -> None:
    now = devices(SOURCE, folders[name], name)
    assert [pick(device) for device in now] == [pick(device) for device in BEFORE["people"][name]["devices"]]
    assert len(now) == (1 if name == "alice" else 2)


def pick(device: dict[str, Any]) -> dict[str, Any]:
    """What does not depend on the time."""
    return {key: device[key] for key in ("installation_id", "name", "device_type", "enabled")}


async def test_sessions_go_on_in_both_directions(folders: dict[str, Path]) -> None:
    async with together(folders, "alice", "bob", "phone") as (alice, bob, phone):
        receipt = await alice.client.send_text(bob.client.public_key.hex, "Still there?")
        for person in (bob, phone):
            heard = await person.hear("Still there?")
            assert heard.message.forward_secrecy
        async with asyncio.timeout(PATIENCE):
            await receipt.delivered()
        await bob.client.send_text(alice.client.public_key.hex, "Still here.")
        assert (await alice.hear("Still here.")).message.forward_secrecy
        assert [alice.devices, bob.devices, phone.devices] == [[], [], []]


async def test_public_chats_go_on(folders: dict[str, Path]) -> None:
    async with together(folders, "alice", "bob") as (alice, bob):
        await alice.client.send_text(PUBLIC, "Good evening, all")
        assert (await bob.hear("Good evening, all")).chat.id == PUBLIC
