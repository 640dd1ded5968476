"""What a program hears of events, as status-go would say it."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import msgspec

from pystatus import Client, PrivateKey
from pystatus.client.events import Event, PeerDisconnected
from pystatus.messenger.events import DeviceFound, MessageStateChanged, MessageUndecryptable
from pystatus.messenger.records import MessageState
from pystatus.rpc.dispatcher import Dispatcher
from pystatus.rpc.wakuext import Signals, WakuextApi
from pystatus.rpc.wakuext.signals import NO_HASH, Signal
from pystatus.testing import Network, Person, run
from tests.media.support import aac, noise, saved
from tests.rpc.support import Caller
from tests.rpc.wakuext.support import house
from tests.rpc.wakuext.test_bad_input import refused


def written(signals: Any) -> list[dict[str, Any]]:
    return [json.loads(msgspec.json.encode(signal)) for signal in signals]


class Listener:
    """Somebody who reads the signals of a client."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._cursor = client.cursor
        self._signals = Signals(client)

    def heard(self) -> list[dict[str, Any]]:
        """What has come since the last time."""
        events = past(self._client, self._cursor)
        self._cursor = self._client.cursor
        return [signal for event in events for signal in written(self._signals.of(event))]

    def new(self, kind: str) -> list[dict[str, Any]]:
        """The objects of one kind in the messages.new among it."""
        signals = [one["event"] for one in self.heard() if one["type"] == "messages.new"]
        return [each for one in signals for each in one.get(kind, ())]


async def two(network: Network) -> tuple[Person, Person]:
    return await network.person("alice"), await network.person("bob")


def test_messages_and_what_becomes_of_them() -> None:
    async def story(network: Network) -> None:
        alice, bob = await two(network)
        cursor = alice.client.cursor
        listener = Listener(bob.client)
        await bob.client.join("status")
        first = listener.heard()
        assert [one["type"] for one in first] == ["messages.new", "whisper.filter.added"]
        (added,) = first[1]["event"]["filters"]
        assert (added["chatId"], added["listen"]) == ("status", True)
        receipt = await alice.say("status", "hello")
        await receipt.sent()
        await network.wait(2)
        (message,) = listener.new("messages")
        assert (message["text"], message["new"], message["seen"]) == ("hello", True, False)
        states = [one for event in past(alice.client, cursor) for one in written(Signals(alice.client).of(event))]
        sent = next(one for one in states if one["type"] == "envelope.sent")
        assert sent["event"] == {"ids": ["0x" + receipt.message.id.hex()], "hash": NO_HASH, "message": ""}
        await bob.client.reactions.add(bob.client.history("status")[0], 2)
        other = Listener(alice.client)
        await network.wait(2)
        (reaction,) = other.new("emojiReactions")
        assert (reaction["emojiId"], reaction["from"]) == (2, bob.client.public_key.hex)

    run(story)


def past(client: Client, cursor: int) -> list[Event]:
    stream, found = client.events(cursor), []
    while (event := stream.next_past()) is not None:
        found.append(event)
    return found


def test_people_groups_and_requests() -> None:
    async def story(network: Network) -> None:
        alice, bob = await two(network)
        listener = Listener(bob.client)
        await alice.client.contacts.add(bob.client.public_key)
        await network.wait(2)
        assert {one["id"] for one in listener.new("contacts")} == {alice.client.public_key.hex}
        group = await alice.client.groups.create("walkers", [bob.client.public_key])
        await network.wait(2)
        heard = listener.heard()
        (chats, messages) = (
            [each for one in heard for each in one["event"].get(kind, ())] for kind in ("chats", "messages")
        )
        assert {one["id"] for one in chats} == {group.id}
        assert [(one["contentType"], one["new"]) for one in messages] == [(6, True), (6, True)]
        await bob.client.groups.leave(group.id)
        await network.wait(2)
        asked = Listener(alice.client)
        await bob.client.groups.request_to_join(alice.client.groups.invitation_link(group), "please")
        await network.wait(2)
        (invitation,) = asked.new("invitations")
        assert (invitation["state"], invitation["introductionMessage"]) == (1, "please")

    run(story)


def test_what_is_of_the_node_and_of_devices() -> None:
    async def story(network: Network) -> None:
        client = (await network.person("alice")).client
        signals = Signals(client)
        assert [one["type"] for one in written(signals.first())] == ["node.ready", "node.login", "discovery.summary"]
        (summary,) = written(signals.of(PeerDisconnected("ab" * 64, "it went away")))
        assert (summary["type"], len(summary["event"])) == ("discovery.summary", 1)
        assert {"id", "enode", "caps", "network"} <= summary["event"][0].keys()
        key = client.public_key
        assert written(signals.of(DeviceFound("a-device"))) == [
            {"type": "bundles.added", "event": {"identity": key.hex, "installationID": "a-device"}}
        ]
        assert written(signals.of(MessageUndecryptable(key, "it was for another device"))) == [
            {"type": "messages.decrypt.failed", "event": {"sender": key.hex}}
        ]
        expired = MessageStateChanged(bytes(32), MessageState.FAILED, "No relay took it.")
        assert written(signals.of(expired)) == [
            {"type": "envelope.expired", "event": {"ids": [NO_HASH], "hash": NO_HASH, "message": "No relay took it."}}
        ]
        assert signals.of(MessageStateChanged(bytes(32), MessageState.SENDING)) == ()

    run(story)


async def completed(told: asyncio.Queue[Signal], number: str) -> dict[str, Any]:
    """What is said of a request when it has ended."""
    async with asyncio.timeout(30):
        while True:
            signal = await told.get()
            if number in json.dumps(signal.event):
                return {"type": signal.type, **signal.event}


async def test_a_request_for_history_is_told_of_when_it_has_ended(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        client = await here.client("alice")
        told: asyncio.Queue[Signal] = asyncio.Queue()
        api = WakuextApi(client, tell=told.put_nowait)
        caller = Caller(Dispatcher(api.methods))
        await client.join("status")
        number = await caller("wakuext_requestMessages", {"timeout": 30})
        said = await completed(told, number)
        assert (said["type"], said["errorMessage"], said["cursor"]) == ("mailserver.request.completed", "", "")
        answer = await caller("wakuext_requestMessagesSync", {"BaseTimeout": 1, "MaxRetries": 3}, {"timeout": 30})
        assert answer == {"cursor": "", "error": None}
        api.close()


def test_a_request_that_cannot_be_carried_out_is_told_of_too() -> None:
    async def story(network: Network) -> None:
        client = (await network.person("alice")).client
        told: asyncio.Queue[Signal] = asyncio.Queue()
        api = WakuextApi(client, tell=told.put_nowait)
        caller = Caller(Dispatcher(api.methods))
        number = await caller("wakuext_requestMessages", {})
        assert "no mailserver to ask" in (await completed(told, number))["errorMessage"]
        api.close()

    run(story)


async def test_pictures_and_sounds_of_the_folder_are_sent(tmp_path: Path) -> None:
    media = tmp_path / "media"
    media.mkdir()
    (media / "cat.jpg").write_bytes(saved(noise(40, 30), "JPEG"))
    (media / "purr.aac").write_bytes(aac(20))
    async with house(tmp_path) as here:
        client = await here.client("alice")
        caller = Caller(Dispatcher(WakuextApi(client, media).methods))
        key = PrivateKey.generate(os.urandom).public_key.hex
        await caller("wakuext_saveChat", {"id": key, "active": True, "chatType": 1})
        image = {"chatId": key, "text": "a cat", "contentType": 7, "imagePath": str(media / "cat.jpg")}
        (sent,) = (await caller("wakuext_sendChatMessage", image))["messages"]
        assert sent["image"].startswith("data:image/jpeg;base64,")
        sound = {"chatId": key, "text": "purr", "contentType": 8, "audioPath": "purr.aac", "responseTo": sent["id"]}
        first, second = (await caller("wakuext_sendChatMessage", sound))["messages"]
        assert (first["id"], second["quotedMessage"]["image"]) == (sent["id"], sent["image"])
        assert second["audio"].startswith("data:audio/aac;base64,")
        assert second["audioDurationMs"] > 0
        (media / "text.jpg").write_text("no picture")
        await refused(caller, "wakuext_sendChatMessage", {**image, "imagePath": "text.jpg"})
        await refused(caller, "wakuext_sendChatMessage", {**image, "imagePath": "../archive.db"})


def test_of_a_page_the_last_messages_of_others_are_unseen() -> None:
    async def story(network: Network) -> None:
        alice, bob = await two(network)
        await alice.client.join("status")
        for text in ("one", "two", "three"):
            await bob.say("status", text)
        await alice.client.send_text("status", "mine")
        await network.wait(5)
        caller = Caller(Dispatcher(WakuextApi(alice.client).methods))

        async def seen() -> dict[str, bool]:
            page = await caller("wakuext_chatMessages", "status", "", 20)
            return {one["text"]: one["seen"] for one in page["messages"]}

        assert await seen() == {"one": False, "two": False, "three": False, "mine": True}
        await alice.client.mark_read("status", 2)
        assert await seen() == {"one": True, "two": True, "three": False, "mine": True}
        await alice.client.mark_read("status")
        assert all((await seen()).values())

    run(story)
