"""What callers of the calls of status-go, and others by what they send, can make a node hold: so much and no more."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from pystatus import Client, LocalError, PublicKey
from pystatus.client.features import groups
from pystatus.json_values import BadValue
from pystatus.messenger.features.messages import Messages
from pystatus.messenger.records import Chat
from pystatus.payloads.group_history import MAX_MEMBERS
from pystatus.payloads.kinds import ContentType, ImageType
from pystatus.payloads.messages import ChatMessage, Image
from pystatus.rpc.client_api.arguments import arguments
from pystatus.rpc.dispatcher import Dispatcher
from pystatus.rpc.errors import LIMIT_EXCEEDED
from pystatus.rpc.wakuext import WakuextApi, contents, history
from pystatus.rpc.wakuext.groups import MAX_NAMED, GroupCalls
from pystatus.rpc.wakuext.messages import MAX_PAGE
from pystatus.rpc.wakuext.view import MAX_PICTURES, View, identicon
from pystatus.storage.messenger import SqlMessengerStore
from pystatus.testing import Network, run
from tests.media.support import noise, saved
from tests.rpc.support import Caller, Refusal
from tests.rpc.wakuext.test_bad_input import refused
from tests.rpc.wakuext.test_signals import Listener

PICTURE = saved(noise(40, 30), "PNG")


async def say_picture(client: Client, chat: Chat) -> None:
    content = ChatMessage(text="a cat", content_type=ContentType.IMAGE, image=Image(PICTURE, ImageType.PNG))
    await client._access.submit(
        lambda session: session.messenger.feature(Messages).send(chat.id, content, session.now)
    )  # without the process that makes a picture ready


def test_an_answer_has_so_many_pictures_and_smaller_pages_have_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "MAX_MEDIA_BYTES", 2 * len(PICTURE))

    async def story(network: Network) -> None:
        alice, bob = await network.person("alice"), await network.person("bob")
        chat = await bob.client.open_chat(alice.client.public_key)
        for _ in range(3):
            await say_picture(bob.client, chat)
        await network.wait(5)
        caller, their = Caller(Dispatcher(WakuextApi(alice.client).methods)), bob.client.public_key.hex
        page = (await caller("wakuext_chatMessages", their, "", 20))["messages"]
        assert [bool(one.get("image")) for one in page] == [True, True, False]
        cursor, single = "", []
        for _ in range(3):
            answer = await caller("wakuext_chatMessages", their, cursor, 1)
            single += answer["messages"]
            cursor = answer["cursor"]
        assert [bool(one.get("image")) for one in single] == [True, True, True]

    run(story)


def test_a_page_has_so_many_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pystatus.rpc.wakuext.messages.MAX_PAGE", 2)
    assert MAX_PAGE == 1_000

    async def story(network: Network) -> None:
        client = (await network.person("alice")).client
        await client.join("status")
        for number in range(3):
            await client.send_text("status", str(number))
        caller = Caller(Dispatcher(WakuextApi(client).methods))
        first = await caller("wakuext_chatMessages", "status", "", 1_000_000)
        second = await caller("wakuext_chatMessages", "status", first["cursor"], 1_000_000)
        assert [one["text"] for one in (*first["messages"], *second["messages"])] == ["2", "1", "0"]

    run(story)


def test_so_many_pictures_of_keys_are_kept_ready() -> None:
    assert identicon.cache_info().maxsize == MAX_PICTURES


def test_so_many_names_of_groups_are_remembered() -> None:
    async def story(network: Network) -> None:
        client = (await network.person("alice")).client
        calls, admin = GroupCalls(client, View(client)), (await network.person("bob")).client.public_key.hex
        ids = [f"9a24cbec-b5c9-49b3-a5be-{number:012x}-{admin}" for number in range(MAX_NAMED + 1)]
        for chat_id in ids:
            calls.create_from_invitation("walkers", chat_id, admin)
        assert list(calls._names) == ids[1:]
        await calls.send_request(None, ids[-1], admin, "please")
        assert list(calls._names) == ids[1:-1]
        (shown,) = [one for one in View(client).chat_list() if one.id == ids[-1]]
        assert (shown.name, shown.invitation_admin) == ("walkers", admin)

    run(story)


def test_so_many_requests_for_history_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MAX_REQUESTS", 2)
    waiting = asyncio.Event()

    async def fetch(*_: Any) -> None:
        await waiting.wait()

    async def story(network: Network) -> None:
        client = (await network.person("alice")).client
        told: list[str] = []
        api = WakuextApi(client, tell=lambda signal: told.append(signal.type))
        caller = Caller(Dispatcher(api.methods))
        monkeypatch.setattr(Client, "fetch_topics", fetch)
        for _ in range(2):
            await caller("wakuext_requestMessages", {"timeout": 5})
        assert (await refused(caller, "wakuext_requestMessages", {})).code == LIMIT_EXCEEDED
        await network.wait(6)
        assert told == ["mailserver.request.expired"] * 2
        await refused(caller, "wakuext_requestMessagesSync", {}, {"timeout": 5})
        await caller("wakuext_requestMessages", {"timeout": 5})
        waiting.set()
        await network.wait(1)
        assert told[2:] == ["mailserver.request.completed"]
        await caller("wakuext_requestMessages", {"timeout": 5})
        waiting.clear()
        api.close()

    run(story)


def test_of_many_chats_that_strangers_have_begun_no_list_is_made_to_find_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each contact that changes is told with its chat, and programs ask for chats that there are not: two thousand of
    them were read and built each time."""

    async def story(network: Network) -> None:
        alice, bob = await network.person("alice"), await network.person("bob")
        group = await bob.client.groups.create("walkers", [])
        listener = Listener(bob.client)
        caller = Caller(Dispatcher(WakuextApi(bob.client).methods))
        monkeypatch.setattr(SqlMessengerStore, "chats", property(lambda store: pytest.fail("all chats were listed")))
        chat = await alice.client.open_chat(bob.client.public_key)
        await alice.client.send_text(chat, "hello")
        await alice.client.contacts.add(bob.client.public_key)
        await network.wait(5)
        assert {one["id"] for one in listener.new("contacts")} == {alice.client.public_key.hex}
        told = str(await refused(caller, "wakuext_leave", {"id": "nobody"}))
        assert "Chat not found: there is no chat 'nobody' here." in told
        await caller("wakuext_saveChat", {"id": "nobody", "active": False})
        await caller("wakuext_sendContactUpdate", alice.client.public_key.hex, "", "")
        assert bob.client.find_chat("Walkers").id == group.id
        with pytest.raises(LocalError, match="There is no chat or group"):
            bob.client.find_chat("runners")

    run(story)


def test_members_of_a_group_are_counted_before_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key takes some 20 µs, and a request has room for 38,000."""
    read: list[str] = []
    monkeypatch.setattr(groups, "parse_person", read.append)

    async def story(network: Network) -> None:
        alice = await network.person("alice")
        key = alice.client.public_key.hex
        caller = Caller(Dispatcher(WakuextApi(alice.client).methods))
        people = [key] * (MAX_MEMBERS + 1)
        with pytest.raises(Refusal, match="at most 100 members"):
            await caller("wakuext_createGroupChatWithMembers", None, "Us", people)
        with pytest.raises(BadValue, match="at most 100"):
            arguments().decode(people, Iterable[PublicKey | str])
        assert arguments().decode([key], Iterable[PublicKey | str]) == (alice.client.public_key,)

    run(story)
    assert read == []
