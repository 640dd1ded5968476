"""The client's offline inbox with real sockets, databases and mailservers."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from pystatus import Account, Client, LocalError, MessageState, Node, NodeConfig, PrivateKey, Profiles
from pystatus.client import HistoryProgress
from pystatus.client.command_queue import CommandQueue
from pystatus.mailserver.lacking import COMPLETE, Holdings
from pystatus.mailserver.server.server import Server
from pystatus.mailserver.time_ranges import TimeRange, TimeRanges
from pystatus.messenger.events import MessageReceived
from pystatus.storage.archive.sqlite import SqliteArchive
from pystatus.storage.errors import StorageError
from tests.mailserver.support import KEY
from tests.scenarios.test_history import until
from tests.support.clocks import ShiftedClock

PASSWORD = "correct horse"
PATIENCE = 60.0
HOUR = 3600


class Town:
    """Mailservers, and people who come and go."""

    def __init__(self, folder: Path, stack: AsyncExitStack) -> None:
        self.clock = ShiftedClock()
        self._folder = folder
        self._stack = stack
        self._profiles = Profiles(folder)

    async def mailserver(self, name: str = "mailserver", *, confirmations: bool = True) -> Node:
        node = Node(NodeConfig(listen="127.0.0.1:0", confirmations=confirmations), clock=self.clock)
        server = Server(KEY)
        node.keep_history(await SqliteArchive.open(self._folder / f"{name}.db"), server)
        server.holdings = lambda _now: COMPLETE  # it would say that it was away when the clock moves on
        return await self._stack.enter_async_context(node)

    def client(self, name: str, *mailservers: Node, relays: tuple[Node, ...] = (), **more: object) -> Client:
        """A client of this profile, which is made if need be; mailservers are its relays, too, unless others are."""
        if name not in [profile.name for profile in self._profiles.list()]:
            self._profiles.create(Account.from_private_key(PrivateKey.generate(os.urandom)), PASSWORD, name)
        return Client.open(
            name,
            PASSWORD,
            data_dir=self._folder,
            peers=[str(node.enode) for node in relays or mailservers],
            mailservers=[str(node.enode) for node in mailservers],
            clock=self.clock,
            **more,  # type: ignore[arg-type]  # any further setting
        )


def patient() -> AbstractAsyncContextManager[object]:
    return asyncio.timeout(PATIENCE)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with AsyncExitStack() as stack:
        yield Town(tmp_path, stack)


async def stored(node: Node, count: int) -> None:
    """Wait until so many envelopes are in the mailserver's archive."""
    mailserver = node.mailserver
    assert mailserver is not None
    await until(lambda: mailserver.archiver.archived >= count)


def texts(client: Client, chat: str) -> list[str]:
    return [message.text for message in reversed(client.history(chat))]


@pytest.mark.requirement("WU-27", "WM-17", "WM-18")
async def test_what_was_said_while_somebody_was_away(town: Town) -> None:
    mailserver = await town.mailserver()
    async with patient():
        async with town.client("alice", mailserver) as alice, town.client("bob", mailserver) as bob:
            for client in (alice, bob):
                await client.join("status")
                await client.wait_for_peer()
            await (await bob.send_text(await bob.open_chat(alice.public_key), "hello")).delivered()
        town.clock.ahead += HOUR
        async with town.client("bob", mailserver) as bob:
            await bob.wait_for_peer()
            for number in range(150):
                receipt = await bob.send_text("status", f"public {number}")
            await receipt.archived()
            await (await bob.send_text(alice.public_key.hex, "private")).archived()
        town.clock.ahead += HOUR  # no relay has any of it any more
        async with town.client("alice", mailserver) as alice:
            heard: list[HistoryProgress] = []
            alice.on(HistoryProgress)(heard.append)
            await alice.fetch_history()
            assert texts(alice, "status")[-3:] == [f"public {number}" for number in (147, 148, 149)]
            assert len(alice.history("status", 200)) == 150
            assert texts(alice, bob.public_key.hex) == ["hello", "private"]
            assert alice.history_gaps() == []
        assert heard[-1].missing == 0
        assert heard[-1].envelopes >= 151


async def test_when_nothing_is_missing_everything_has_been_told(town: Town) -> None:
    mailserver = await town.mailserver()
    async with patient():
        async with town.client("bob", mailserver) as bob:
            await bob.join("status")
            await bob.wait_for_peer()
            for number in range(150):
                receipt = await bob.send_text("status", str(number))
            await receipt.archived()
        town.clock.ahead += HOUR
        heard: list[MessageReceived | HistoryProgress] = []
        async with town.client("alice", mailserver) as alice:
            alice.on(MessageReceived)(heard.append)
            alice.on(HistoryProgress)(heard.append)
            await alice.join("status")
            await alice.fetch_history("status")
        told, told_when_complete = 0, set()
        for event in heard:
            if isinstance(event, MessageReceived):
                told += 1
            elif event.envelopes >= 150 and not event.missing:
                told_when_complete.add(told)
        assert told_when_complete == {150}


async def test_no_page_is_asked_for_before_the_last_one_is_stored(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mailserver that answers faster than a client stores must not fill its memory."""
    mailserver = await town.mailserver()
    assert mailserver.mailserver is not None
    server = mailserver.mailserver.server
    async with patient():
        async with town.client("bob", mailserver) as bob:
            await bob.join("status")
            await bob.wait_for_peer()
            for number in range(150):
                receipt = await bob.send_text("status", str(number))
            await receipt.archived()
        town.clock.ahead += HOUR
        alice = town.client("alice", mailserver)
        when_handled = CommandQueue.when_handled
        held: list[tuple[CommandQueue, Callable[[], None]]] = []
        is_busy = True
        monkeypatch.setattr(
            CommandQueue,
            "when_handled",
            lambda queue, then: held.append((queue, then)) if is_busy else when_handled(queue, then),
        )
        async with alice:
            await alice.join("status")
            await until(lambda: any("MailserverSession" in then.__qualname__ for _, then in held))  # a page has come
            asked = server.accepted
            for _ in range(200):
                await asyncio.sleep(0)
            assert server.accepted == asked
            is_busy = False
            for queue, then in held:
                when_handled(queue, then)
            await alice.fetch_history("status")
            assert len(alice.history("status", 200)) == 150
        assert server.accepted > asked


async def test_it_is_asked_for_once(town: Town) -> None:
    """What was fetched is not fetched again, but for the last minute and a half."""
    mailserver = await town.mailserver()
    async with patient():
        async with town.client("bob", mailserver) as bob:
            await bob.join("status")
            await bob.wait_for_peer()
            for number in range(10):
                await (await bob.send_text("status", str(number))).archived()
        town.clock.ahead += HOUR
        counts = []
        for _ in range(2):
            async with town.client("alice", mailserver) as alice:
                found: list[int] = []
                alice.on(HistoryProgress)(lambda progress: found.append(progress.envelopes))  # noqa: B023 - only called within this turn of the loop
                await alice.join("status")
                await alice.fetch_history("status")
                assert len(texts(alice, "status")) == 10
            counts.append(max(found))
            town.clock.ahead += HOUR
    assert counts[0] >= 10 > counts[1]


async def test_further_back_on_demand(town: Town) -> None:
    mailserver = await town.mailserver()
    async with patient():
        async with town.client("bob", mailserver) as bob:
            await bob.join("status")
            await bob.wait_for_peer()
            await (await bob.send_text("status", "long ago")).archived()
        town.clock.ahead += 72 * HOUR
        async with town.client("alice", mailserver) as alice:
            await alice.join("status")
            await alice.fetch_history("status")
            assert texts(alice, "status") == []
            await alice.fetch_history("status", days=7)
            assert texts(alice, "status") == ["long ago"]
            with pytest.raises(LocalError, match="30 days"):
                await alice.fetch_history("status", days=31)


async def test_another_mailserver_has_what_one_lacks(town: Town) -> None:
    """One was away in the meantime, and does not know what it has missed."""
    first, second = await town.mailserver("first"), await town.mailserver("second")
    async with patient():
        async with town.client("bob", relays=(second,)) as bob:
            await bob.join("status")
            await bob.wait_for_peer()
            await (await bob.send_text("status", "only one heard me")).seen()
            await stored(second, 1)
        town.clock.ahead += HOUR
        async with town.client("alice", first, second) as alice:
            await alice.join("status")
            await alice.fetch_history()
            assert texts(alice, "status") == ["only one heard me"]


@pytest.mark.requirement("PL-25")
async def test_what_the_mailserver_lacks_is_told_and_asked_for_again_by_whoever_fetches(town: Town) -> None:
    node = await town.mailserver()
    now = int(town.clock.now())
    lacking = TimeRanges([TimeRange(now - 2 * HOUR, now - HOUR)])
    assert node.mailserver is not None
    server = node.mailserver.server
    server.holdings = lambda _now: Holdings(lacking)
    async with patient(), town.client("alice", node) as alice:
        heard: list[HistoryProgress] = []
        alice.on(HistoryProgress)(heard.append)
        await alice.join("status")
        await alice.fetch_history("status")
        assert alice.history_gaps("status") == list(lacking)
        assert (heard[-1].missing, heard[-1].problem) == (0, None)
        assert heard[-1].lacking >= HOUR
        server.holdings = lambda _now: COMPLETE
        await alice.fetch_history("status")
        assert alice.history_gaps("status") == []
        assert heard[-1].lacking == 0


async def test_archived_because_the_mailserver_says_so(town: Town) -> None:
    mailserver = await town.mailserver()
    async with patient(), town.client("bob", mailserver) as bob:
        await bob.join("status")
        await bob.wait_for_peer()
        receipt = await bob.send_text("status", "keep this")
        await receipt.archived()
        assert receipt.state is MessageState.ARCHIVED


async def test_archived_because_it_was_found_in_the_archive(town: Town) -> None:
    """A relay that says nothing passed it on to a mailserver that says nothing."""
    mailserver = await town.mailserver(confirmations=False)
    async with patient(), town.client("bob", mailserver) as bob:
        await bob.join("status")
        await bob.wait_for_peer()
        receipt = await bob.send_text("status", "keep this")
        await receipt.sent()
        assert [receipt.state] == [MessageState.SENT]
        await stored(mailserver, 2)  # that, and a contact code
        await bob.fetch_history()
        assert receipt.state is MessageState.ARCHIVED
        (message,) = bob.history("status")
        assert message.state is MessageState.ARCHIVED


async def test_only_the_pinned_one_is_asked(town: Town) -> None:
    first, second = await town.mailserver("first"), await town.mailserver("second")
    async with patient():
        pinned = str(first.enode)
        async with town.client("alice", first, second, pinned_mailserver=pinned) as alice:
            await alice.fetch_history()
        servers = [node.mailserver.server for node in (first, second) if node.mailserver is not None]
        assert servers[0].accepted > 0
        assert servers[1].accepted == 0


async def test_nothing_to_ask(town: Town) -> None:
    relay = await town._stack.enter_async_context(Node(NodeConfig(listen="127.0.0.1:0"), clock=town.clock))
    async with patient(), town.client("alice", relays=(relay,)) as alice:
        with pytest.raises(LocalError, match="Name one"):
            await alice.fetch_history()
        with pytest.raises(LocalError, match="Name one"):
            alice.history_gaps()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"mailservers": ["enode://nonsense"]}, "enode"),
        ({"pinned_mailserver": "enode://" + "11" * 64 + "@127.0.0.1:1"}, "No mailserver"),
        ({"history_days": 31.0}, "30 days"),
        ({"daily_history_bytes": -1}, "not negative"),
    ],
)
def test_settings_that_make_no_sense(settings: dict[str, object], message: str) -> None:
    given = {"mailservers": ["enode://" + PrivateKey.generate(os.urandom).public_key.xy.hex() + "@127.0.0.1:1"]}
    if "pinned_mailserver" in settings:
        given = {}
    with pytest.raises(LocalError, match=message):
        Client.open("alice", PASSWORD, **{**given, **settings})  # type: ignore[arg-type]  # wrong settings are the point


async def test_whoever_waits_is_told_that_the_client_is_closed(town: Town) -> None:
    mailserver = await town.mailserver()
    async with patient():
        async with town.client("alice", mailserver) as alice:
            await mailserver.close()
            await alice.join("status")
            fetching = asyncio.ensure_future(alice.fetch_history())
            await asyncio.sleep(0)
        with pytest.raises(LocalError, match="closed"):
            await fetching


async def test_whoever_waits_is_told_of_the_disk_that_fails(town: Town) -> None:
    mailserver = await town.mailserver()

    def refuse(*_: object) -> None:
        raise sqlcipher.OperationalError("database or disk is full")

    async with patient():
        with pytest.raises(StorageError, match="disk is full"):
            async with town.client("alice", mailserver) as alice:
                await alice.join("status")
                vars(alice._access.session.store)["_execute"] = refuse
                await alice.fetch_history()


async def test_another_mailserver_is_asked_while_the_client_is_open(town: Town) -> None:
    empty, full = await town.mailserver("empty"), await town.mailserver("full")
    async with patient():
        async with town.client("bob", full) as bob:
            await bob.join("status")
            await bob.wait_for_peer()
            await (await bob.send_text("status", "said before")).archived()
        town.clock.ahead += HOUR
        async with town.client("alice", empty) as alice:
            await alice.join("status")
            await alice.fetch_history()
            assert texts(alice, "status") == []
            with pytest.raises(LocalError):
                await alice.use_mailservers(["enode://nothing"])
            with pytest.raises(LocalError, match="No mailserver is given"):
                await alice.use_mailservers([])
            await alice.use_mailservers([str(empty.enode), str(full.enode)])
            (topic,) = [one.topic for one in alice.channels() if one.name == "status"]
            now = alice.now
            await alice.fetch_topics([topic], now - 2 * HOUR)
            await until(
                lambda: texts(alice, "status") == ["said before"]
            )  # a second one is asked what one has answered
            await alice.use_mailservers([str(full.enode), str(empty.enode)])  # are asked already: it goes on
            with pytest.raises(LocalError, match="does not listen"):
                await alice.fetch_topics([b"none"], now - HOUR)
            with pytest.raises(LocalError, match="30 days"):
                await alice.fetch_topics([topic], now - 31 * 24 * HOUR)


async def test_a_client_that_was_given_no_mailserver_can_be_given_one(town: Town) -> None:
    full = await town.mailserver("full")
    async with patient():
        async with town.client("bob", full) as bob:
            await bob.join("status")
            await bob.wait_for_peer()
            await (await bob.send_text("status", "said before")).archived()
        town.clock.ahead += HOUR
        async with town.client("alice", relays=(full,)) as alice:
            await alice.join("status")
            with pytest.raises(LocalError, match="no mailserver to ask"):
                await alice.fetch_history()
            await alice.use_mailservers([str(full.enode)])
            await alice.fetch_history()
            assert texts(alice, "status") == ["said before"]
