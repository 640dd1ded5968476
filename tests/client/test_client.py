"""The public client, with real sockets and databases: its life, its errors, its events."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from pystatus import (
    Account,
    Chat,
    Client,
    Event,
    LocalError,
    Mentionable,
    Mentions,
    MessageReceived,
    MessageState,
    MessageStateChanged,
    Node,
    NodeConfig,
    PeerConnected,
    PeerDialled,
    PeerDisconnected,
    PrivateKey,
    Profiles,
    parse_text,
)
from pystatus.account.alias import alias
from pystatus.account.key_encoding import encode
from pystatus.account.keystore import WrongPassword
from pystatus.messenger.features.chats import Chats
from pystatus.messenger.messenger import Messenger
from pystatus.net.clock import SystemClock
from pystatus.storage.errors import ProfileInUse, StorageError
from pystatus.storage.profiles import UnknownProfile
from pystatus.transport import topics
from pystatus.waku.envelope import Envelope

PASSWORD = "correct horse"
PATIENCE = 30.0
"""Seconds until a test that hangs is given up."""

Open = Callable[[str], Client]


@pytest.fixture
async def relay() -> AsyncIterator[Node]:
    async with Node(NodeConfig(listen="127.0.0.1:0")) as node:
        yield node


@pytest.fixture
def open_client(tmp_path: Path, relay: Node) -> Open:
    """Makes a profile at first use, and a client of it that is connected to the relay."""

    def open_client(name: str) -> Client:
        profiles = Profiles(tmp_path)
        if name not in [profile.name for profile in profiles.list()]:
            profiles.create(Account.from_private_key(PrivateKey.generate(os.urandom)), PASSWORD, name)
        return Client.open(name, PASSWORD, data_dir=tmp_path, peers=[str(relay.enode)])

    return open_client


def patient() -> AbstractAsyncContextManager[object]:
    return asyncio.timeout(PATIENCE)


async def test_handlers_plain_and_asynchronous_are_called_in_order(open_client: Open) -> None:
    heard: list[str] = []
    done = asyncio.Event()
    async with patient(), open_client("alice") as alice, open_client("bob") as bob:

        @bob.on(MessageReceived)
        def plain(event: MessageReceived) -> None:
            heard.append(event.message.text)

        @bob.on(MessageReceived)
        async def asynchronous(event: MessageReceived) -> None:
            await asyncio.sleep(0)
            if event.message.text == "3":
                done.set()

        await alice.wait_for_peer()
        await bob.wait_for_peer()
        chat = await alice.open_chat(bob.public_key)
        for number in range(4):
            await alice.send_text(chat, str(number))
        await done.wait()
    assert heard == ["0", "1", "2", "3"]


async def test_a_handler_that_fails_disturbs_nobody(open_client: Open, caplog: pytest.LogCaptureFixture) -> None:
    async with patient(), open_client("alice") as alice, open_client("bob") as bob:
        heard = asyncio.Event()

        @bob.on(MessageReceived)
        def broken(event: MessageReceived) -> None:
            raise RuntimeError("a bug of the application")

        @bob.on(MessageReceived)
        def fine(event: MessageReceived) -> None:
            heard.set()

        await bob.join("status")
        await alice.join("status")
        await alice.wait_for_peer()
        await bob.wait_for_peer()
        await alice.send_text("status", "hello")
        await heard.wait()
    assert "a handler of MessageReceived failed" in caplog.text


async def test_a_handler_may_close_the_client(open_client: Open) -> None:
    async with patient(), open_client("alice") as alice, open_client("bob") as bob:

        @bob.on(MessageReceived)
        async def last_words(event: MessageReceived) -> None:
            await bob.close()

        await alice.wait_for_peer()
        await bob.wait_for_peer()
        await alice.send_text(await alice.open_chat(bob.public_key), "stop")
        await bob.run_forever()


async def test_a_receipt_follows_its_message_to_the_recipient(open_client: Open) -> None:
    async with patient(), open_client("alice") as alice, open_client("bob") as bob:
        chat = await alice.open_chat(bob.public_key)
        receipt = await alice.send_text(chat, "hello")
        await receipt.sent()
        await receipt.delivered()
        assert receipt.state == MessageState.DELIVERED
        assert [message.state for message in alice.history(chat)] == [MessageState.DELIVERED]
        assert [message.text for message in bob.history(alice.public_key.hex)] == ["hello"]
        public = await alice.send_text(await alice.join("status"), "nobody acknowledges this")
        with pytest.raises(LocalError, match="Nobody acknowledges what is said in a public chat"):
            await public.delivered()
        with pytest.raises(TimeoutError, match=r"still SEN\w+ after 0\.01 s"):
            await public.seen(timeout=0.01)


async def test_the_event_stream_begins_at_once_and_ends_with_the_client(open_client: Open) -> None:
    async with patient():
        client = open_client("alice")
        async with client:
            events = client.events()
            await client.wait_for_peer()
        kinds = [type(event) async for event in events]
    assert kinds[:2] == [PeerDialled, PeerConnected]


async def test_a_relay_that_goes_and_comes(tmp_path: Path) -> None:
    key = PrivateKey.generate(os.urandom)
    Profiles(tmp_path).create(Account.from_private_key(key), PASSWORD, "alice")
    node_key = PrivateKey.generate(os.urandom)
    first = Node(NodeConfig(listen="127.0.0.1:0", key=node_key))
    await first.start()
    enode = first.enode
    async with patient(), Client.open("alice", PASSWORD, data_dir=tmp_path, peers=[str(enode)]) as client:
        events = client.events()
        await client.wait_for_peer()
        await first.close()
        async for event in events:
            if isinstance(event, PeerDisconnected):
                break
        await client.join("status")
        receipt = await client.send_text("status", "meanwhile")
        assert receipt.state == MessageState.SENDING
        async with Node(NodeConfig(listen=f"127.0.0.1:{enode.port}", key=node_key)):
            await receipt.sent()


async def test_our_own_goodbye_to_a_relay_is_no_news(tmp_path: Path) -> None:
    Profiles(tmp_path).create(Account.from_private_key(PrivateKey.generate(os.urandom)), PASSWORD, "alice")
    told: list[object] = []
    async with Node(NodeConfig(listen="127.0.0.1:0")) as relay, patient():
        client = Client.open("alice", PASSWORD, data_dir=tmp_path, peers=[str(relay.enode)])
        client.on(PeerConnected)(told.append)
        client.on(PeerDisconnected)(told.append)
        async with client:
            await client.wait_for_peer()
    assert [type(one) for one in told] == [PeerConnected]


async def test_a_profile_is_used_by_one_client_at_a_time(open_client: Open) -> None:
    async with open_client("alice"):
        here = rf"^The profile 'alice' is in use by process {os.getpid()} \(.*\), which is this one\. Close the client "
        with pytest.raises(ProfileInUse, match=here):
            await open_client("alice").__aenter__()
    async with open_client("alice"):
        pass


async def test_who_waits_for_a_relay_reads_what_came_of_it(tmp_path: Path, relay: Node, open_client: Open) -> None:
    open_client("alice")
    async with patient():
        alone = Client.open("alice", PASSWORD, data_dir=tmp_path, state_dir=tmp_path)
        async with alone:
            with pytest.raises(
                TimeoutError, match=r"^No relay is connected after 0\.01 s\. The client keeps trying\.$"
            ):
                await alone.wait_for_peer(timeout=0.01)
            waiting = asyncio.create_task(alone.wait_for_peer())
            await asyncio.sleep(0)  # it waits
        with pytest.raises(LocalError, match="The client is closed"):
            await waiting
        with pytest.raises(TimeoutError, match=r"^No peer is connected after 0\.01 s\. The node keeps trying\.$"):
            await relay.wait_for_peer(timeout=0.01)


async def test_wrong_password_and_unknown_profile_are_sentences(tmp_path: Path, open_client: Open) -> None:
    open_client("alice")
    with pytest.raises(WrongPassword, match="password of 'alice' is wrong"):
        await Client.open("alice", "guess", data_dir=tmp_path).__aenter__()
    with pytest.raises(UnknownProfile, match=r"no profile 'carol'\. There are: 'alice'"):
        await Client.open("carol", PASSWORD, data_dir=tmp_path).__aenter__()
    with pytest.raises(LocalError, match="is not an enode address"):
        Client.open("alice", PASSWORD, data_dir=tmp_path, peers=["http://example.org"])


async def test_a_port_in_use_leaves_the_profile_free(tmp_path: Path, relay: Node, open_client: Open) -> None:
    open_client("alice")
    with pytest.raises(LocalError, match="already in use"):
        await Client.open("alice", PASSWORD, data_dir=tmp_path, listen=f"127.0.0.1:{relay.enode.port}").__aenter__()
    async with open_client("alice"):
        pass


async def test_chats_are_found_by_every_name_that_people_use(open_client: Open) -> None:
    async with open_client("alice") as alice:
        other = PrivateKey.generate(os.urandom).public_key
        private = await alice.open_chat(other.hex)
        public = await alice.join("#Status")
        assert alice.find_chat("status") == alice.find_chat("#status") == alice.find_chat(public) == public
        assert alice.find_chat(other.hex) == private
        with pytest.raises(LocalError, match="There is no chat or group 'nowhere'"):
            alice.find_chat("nowhere")
        with pytest.raises(LocalError, match="consists of the letters"):
            await alice.join("Not A Name")


@pytest.mark.requirement("PL-6")
async def test_people_are_mentioned_by_name(open_client: Open) -> None:
    other = PrivateKey.generate(os.urandom).public_key
    async with open_client("alice") as alice:
        names = alice.feature(Mentions)
        chat = await alice.open_chat(other)
        assert names.people(chat) == [Mentionable(other, alias(other)), Mentionable(alice.public_key, alice.name)]
        (found,) = names.complete(chat, alias(other).lower())
        assert names.typed(chat.id, f"@{found.name}, :smile:") == f"@{other.hex}, 😄"
        message = (await alice.send_text(chat, names.typed(chat, f"@{alice.name} @{found.name}"))).message
        assert message.mentions == (alice.public_key, other)
        assert message.mentions_me(alice)
        assert message.parsed == parse_text(message.text)
        with pytest.raises(LocalError, match="There is no chat or group 'nowhere'"):
            names.complete("nowhere", "")


async def test_a_chat_key_is_no_public_chat(open_client: Open) -> None:
    key = PrivateKey.generate(os.urandom).public_key
    async with open_client("alice") as alice:
        for typed in (
            encode(key),
            f"#{encode(key)}",
            f" {encode(key)}\n",
            encode(key, "f"),
            encode(key, "0x"),
            key.hex,
        ):
            with pytest.raises(LocalError, match="This is the chat key of a person"):
                await alice.join(typed)
        assert list(alice.chats()) == []


async def test_a_client_without_any_relay_says_so(
    open_client: Open, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def live(client: Client) -> list[str]:
        async with patient(), client:
            asyncio.get_running_loop().call_soon(asyncio.create_task, client.close())
            await client.run_forever()
            return caplog.messages

    assert await live(open_client("alice")) == []
    assert await live(Client.open("alice", PASSWORD, data_dir=tmp_path, listen="127.0.0.1:0")) == []
    (said,) = await live(Client.open("alice", PASSWORD, data_dir=tmp_path))
    assert said.startswith("no relay is named")


async def test_history_is_paged_from_the_newest(open_client: Open) -> None:
    async with open_client("alice") as alice:
        chat = await alice.join("status")
        for number in range(5):
            await alice.send_text(chat, str(number))
        first = alice.history(chat, limit=2)
        second = alice.history(chat, limit=2, before=first[-1])
        assert [message.text for message in (*first, *second)] == ["4", "3", "2", "1"]
        assert list(alice.history(chat, limit=0)) == []
        with pytest.raises(LocalError, match="not -1"):
            alice.history(chat, limit=-1)


async def test_a_disk_that_fails_stops_the_client_and_loses_nothing(open_client: Open) -> None:
    async with patient():
        client = open_client("alice")
        await client.__aenter__()
        await client.join("status")
        await client.send_text("status", "before")
        events = client.events()

        def refuse(*_: object) -> None:
            raise sqlcipher.OperationalError("database or disk is full")

        vars(client._access.session.store)["_execute"] = refuse
        with pytest.raises(StorageError, match="disk is full"):
            await client.send_text("status", "refused")
        with pytest.raises(LocalError, match=r"has stopped.*disk is full"):
            await client.send_text("status", "too late")
        with pytest.raises(StorageError):
            await anext(event async for event in events if not isinstance(event, PeerDialled | PeerConnected))
        with pytest.raises(StorageError):
            await client.run_forever()
        with pytest.raises(StorageError):
            await client.__aexit__(None, None, None)
        calls: list[Callable[[], object]] = [
            client.chats,
            client.devices.all,
            lambda: client.history("status"),
            lambda: client.message(bytes(32)),
            lambda: client.chat("status"),
            lambda: client.on(MessageReceived),
        ]
        for call in calls:
            with pytest.raises(LocalError, match=r"has stopped.*disk is full"):
                call()
        for waiting in (client.start(), client.wait_for_peer(), client.join("status"), client.leave("status")):
            with pytest.raises(LocalError, match=r"has stopped.*disk is full"):
                await waiting
        async with open_client("alice") as again:
            assert [message.text for message in again.history("status")] == ["before"]


async def test_a_reader_that_gives_up_waiting_reads_on_later(open_client: Open) -> None:
    """As with `asyncio.wait_for(anext(events), 1)`, or `asyncio.timeout` around the loop."""
    async with patient(), open_client("alice") as alice, open_client("bob") as bob:
        chat = await alice.open_chat(bob.public_key)
        events = bob.events()
        texts: list[str] = []

        async def read() -> None:
            async for event in events:
                if isinstance(event, MessageReceived):
                    texts.append(event.message.text)
                    return

        reading = asyncio.create_task(read())
        await asyncio.sleep(0)  # it waits
        reading.cancel()
        await asyncio.wait([reading])
        await alice.send_text(chat, "one")
        await read()
        await alice.send_text(chat, "two")
        await read()
        assert texts == ["one", "two"]
        readers = [asyncio.create_task(read()) for _ in range(2)]
        await asyncio.sleep(0)
        await bob.close()
        await asyncio.gather(*readers, read())  # each of them ends, and whoever asks again
    assert texts == ["one", "two"]


@pytest.mark.parametrize("watch", ["nobody", "run_forever", "events"])
async def test_where_nobody_waits_for_the_client_the_log_says_that_it_stops(
    open_client: Open, caplog: pytest.LogCaptureFixture, watch: str
) -> None:
    """As in a web application, which waits for other things."""

    def refuse(*_: object) -> None:
        raise sqlcipher.OperationalError("database or disk is full")

    async def read(events: AsyncIterator[Event]) -> None:
        async for _ in events:
            pass

    async with patient():
        client = await open_client("alice").start()
        await client.join("status")
        watcher = None
        if watch != "nobody":
            watcher = asyncio.create_task(client.run_forever() if watch == "run_forever" else read(client.events()))
            await asyncio.sleep(0)  # it waits
        vars(client._access.session.store)["_execute"] = refuse
        with pytest.raises(StorageError):
            await client.send_text("status", "refused")
        await client.close()
        if watcher is not None:
            with pytest.raises(StorageError):
                await watcher
    said = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert len(said) == (watch == "nobody")
    assert all(one.startswith("the client has stopped: The disk is full") for one in said)


async def test_what_waits_is_handled_in_a_loop_and_stopped_in_a_handler_when_the_client_closes(
    open_client: Open,
) -> None:
    """As docs/bots.md says: what was stored but not handled is found in the history."""
    async with patient(), open_client("alice") as alice:
        bob = await open_client("bob").start()
        events = bob.events()
        stopped = asyncio.Event()

        @bob.on(MessageReceived)
        async def handle(event: MessageReceived) -> None:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                stopped.set()
                raise

        arrived = bob.events()
        await alice.send_text(await alice.open_chat(bob.public_key), "hello")
        await anext(event async for event in arrived if isinstance(event, MessageReceived))
        await bob.close()
        assert stopped.is_set()
        texts = [event.message.text async for event in events if isinstance(event, MessageReceived)]
        assert texts == ["hello"]
        with pytest.raises(LocalError, match="closed"):
            await bob.send_text(alice.public_key.hex, "too late")


@pytest.mark.parametrize("fault", [AttributeError("bug"), KeyError("bug"), ZeroDivisionError(), AssertionError()])
async def test_a_fault_of_ours_in_a_call_costs_that_call_alone(
    open_client: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: Exception
) -> None:
    join = Chats.join

    def faulty(chats: Chats, name: str, now: float) -> Chat:
        chat = join(chats, name, now)
        if name == "broken":
            raise fault
        return chat

    monkeypatch.setattr(Chats, "join", faulty)
    async with patient(), open_client("alice") as alice:
        one, broken, two = await asyncio.gather(
            *(alice.join(name) for name in ("one", "broken", "two")), return_exceptions=True
        )
        assert isinstance(broken, LocalError)
        assert f"a fault in pystatus ({type(fault).__name__})" in str(broken)
        assert isinstance(one, Chat)
        assert isinstance(two, Chat)
        assert sorted(chat.id for chat in alice.chats()) == ["one", "two"]
        await alice.send_text("two", "still alive")
    assert "a call failed because of a fault in pystatus" in caplog.text


async def test_an_envelope_that_cannot_be_posted_is_made_again(
    open_client: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with patient(), open_client("alice") as alice:
        await alice.wait_for_peer()
        await alice.join("status")
        post = alice.node.post
        refusals = iter([LocalError("no room")])

        def refuse_once(envelope: Envelope) -> None:
            for error in refusals:
                raise error
            post(envelope)

        monkeypatch.setattr(alice.node, "post", refuse_once)
        await (await alice.send_text("status", "hello")).sent()
    said = [record.getMessage() for record in caplog.records if record.name == "pystatus.client.sending"]
    assert said == ["no envelope can be posted: no room", "envelopes are posted again, after 0:00:00"]


async def test_a_closed_client_says_so(open_client: Open) -> None:
    client = open_client("alice")
    async with client:
        pass
    await client.close()
    with pytest.raises(LocalError, match="closed"):
        await client.join("status")


@pytest.mark.requirement("WK-48")
async def test_a_relay_that_confirms_makes_a_message_seen(tmp_path: Path) -> None:
    profile = Profiles(tmp_path).create(Account.from_private_key(PrivateKey.generate(os.urandom)), PASSWORD, "alice")
    async with (
        patient(),
        Node(NodeConfig(listen="127.0.0.1:0", confirmations=True)) as relay,
        Client.open(profile.name, PASSWORD, data_dir=tmp_path, peers=[str(relay.enode)]) as alice,
    ):
        events = alice.events()
        await alice.wait_for_peer()
        await alice.join("status")
        receipt = await alice.send_text("status", "does anybody take this?")
        await receipt.seen()
        await receipt.sent()
        assert receipt.state is MessageState.SEEN
        (message,) = alice.history("status")
        assert message.state is MessageState.SEEN
        states: list[MessageState] = []
        async for event in events:
            if isinstance(event, MessageStateChanged):
                states.append(event.state)
                if event.state is MessageState.SEEN:
                    break
        assert states == [MessageState.SEEN]  # it says so before half a second without a refusal is over


@pytest.mark.parametrize("bloom", [False, True])
async def test_a_client_asks_for_its_topics_and_for_fewer_when_it_leaves_a_chat(tmp_path: Path, bloom: bool) -> None:
    """Nothing of a chat that was left is sent to it any more, once its former interest is no longer tolerated."""
    profile = Profiles(tmp_path).create(Account.from_private_key(PrivateKey.generate(os.urandom)), PASSWORD, "alice")
    async with patient(), Node(NodeConfig(listen="127.0.0.1:0")) as relay:
        client = Client.open(profile.name, PASSWORD, data_dir=tmp_path, peers=[str(relay.enode)], bloom=bloom)
        async with client as alice:
            await alice.wait_for_peer()
            await alice.join("status")
            await asked(relay, topics.topic("status"), True, bloom)
            await alice.leave("status")
            await asked(relay, topics.topic("status"), False, bloom)


async def asked(relay: Node, topic: bytes, wanted: bool, bloom: bool) -> None:
    """Wait until the relay's only peer asks for a topic, or no longer does."""
    while True:
        (peer,) = relay.peers
        interest = relay.relay.peer(peer).interest
        if interest.wants(topic) == wanted:
            assert (interest.bloom is not None) == bloom
            assert (interest.topics is None) == bloom
            return
        await asyncio.sleep(0)


class Ticking(SystemClock):
    """A slow machine: a second passes between any two readings of its clock."""

    def __init__(self) -> None:
        self.readings = 0

    def now(self) -> float:
        self.readings += 1
        return super().now() + self.readings


async def test_all_inputs_of_a_batch_and_what_comes_of_them_have_one_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two readings would make something due a moment after it was looked for."""
    profile = Profiles(tmp_path).create(Account.from_private_key(PrivateKey.generate(os.urandom)), PASSWORD, "alice")
    async with (
        patient(),
        Client.open(profile.name, PASSWORD, data_dir=tmp_path, clock=Ticking()) as alice,
    ):
        finished: list[float] = []
        run = Messenger.run

        def noting(self: Messenger, inputs: Sequence[Callable[[], Any]], now: float, *others: Any) -> Any:
            finished.append(now)
            return run(self, inputs, now, *others)

        monkeypatch.setattr(Messenger, "run", noting)
        session = alice._access.session
        inputs = [session.inputs.submit(lambda: session.now) for _ in range(5)]
        assert set(await asyncio.gather(*inputs)) == {finished[-1]}
        assert session.now > finished[-1]


async def test_what_is_said_just_before_the_client_closes_leaves_at_once(open_client: Open) -> None:
    """Commands do so: they wait for a relay, and are over."""
    async with patient(), open_client("bob") as bob:
        await bob.join("status")
        await bob.wait_for_peer()
        events = bob.events()
        async with open_client("alice") as alice:
            await alice.join("status")
            await alice.send_text("status", "goodbye")
            await alice.wait_for_peer()
        async for event in events:
            if isinstance(event, MessageReceived):
                assert event.message.text == "goodbye"
                break
