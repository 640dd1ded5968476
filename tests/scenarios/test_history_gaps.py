"""A mailserver that was away says so, and nobody loses a message for it: over real sockets, in steps of one clock."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from pystatus import Node, NodeConfig, PrivateKey
from pystatus.devp2p.enode import Enode
from pystatus.mailserver.client.config import FetchConfig
from pystatus.mailserver.client.fetcher import Fetcher
from pystatus.mailserver.completion import Completed, Completion, Failed, parse_completion
from pystatus.mailserver.lacking import Pending
from pystatus.mailserver.requests import HistoryRequest
from pystatus.mailserver.server.archive import ArchiveError, ArchiveFull
from pystatus.mailserver.time_ranges import TimeRange, TimeRanges
from pystatus.mailserver.timing import BACK_AGAIN, LOOK_SECONDS, PENDING_SECONDS, SETTLING, SHARE_SECONDS
from pystatus.net import archiver as archiver_module
from pystatus.node.events import NodeEvent
from pystatus.simulation.clock import VirtualClock
from pystatus.storage.archive.sqlite import SqliteArchive
from pystatus.waku.bloom import topics_bloom
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.events import EnvelopeReceived, RequestCompleted
from tests.mailserver.support import KEY, SIGNER
from tests.node.test_mailserver_session import Fetching
from tests.node.test_mailserver_sync import Place, nothing_lacks, passes
from tests.scenarios.test_history import PATIENCE, until
from tests.storage.archive.support import START, fill

TOPIC = b"news"
HOUR = 3_600
AWAY = 35
"""Seconds: in steps of five, the 33 after which messages were lost once."""
ASKED_AFTER = (30, 105, 290)
"""Seconds after its return at which clients ask."""


def sent_within(begin: float, seconds: float, count: int = 200) -> list[Envelope]:
    return [
        Envelope.create(int(begin + seconds * number / count) + 15, 15, TOPIC, number.to_bytes(4, "big") * 50)
        for number in range(count)
    ]


class Person:
    """Somebody who asks mailservers; it is one client as long as it lives."""

    def __init__(self, node: Node, *places: Place, copies: int = 2) -> None:
        config = FetchConfig(look_back=HOUR, copies=copies)
        self.fetching = Fetching(node, *[place.node for place in places], config=config)

    async def asks(self) -> None:
        """Look, and wait until there is nothing more to be done."""
        fetcher, inquiry = self.fetching.fetcher, self.fetching.inquiry
        inquiry.do(lambda fetcher, now: fetcher.set_topics([TOPIC], now))
        inquiry.do(Fetcher.ask_again)
        await until(lambda: not fetcher.is_asking)

    @property
    def found(self) -> set[bytes]:
        return {one.hash for one in self.fetching.found}

    @property
    def gaps(self) -> TimeRanges:
        return self.fetching.fetcher.gaps([TOPIC])


class ReferenceClient:
    """Somebody who asks as status-go does, and takes a failure for one and anything else for all there is."""

    def __init__(self, place: Place, clock: VirtualClock) -> None:
        self._enode = str(place.node.enode)
        self._found: list[Envelope] = []
        self._completion: Completion | None = None
        self._clock = clock

    def _report(self, event: NodeEvent) -> None:
        match event:
            case EnvelopeReceived(envelope):
                self._found.append(envelope)
            case RequestCompleted():
                self._completion = parse_completion(event.content)

    async def asks(self) -> tuple[set[bytes], Completion]:
        self._found, self._completion, cursor = [], None, b""
        config = NodeConfig(peers=(self._enode,), full_node=False)
        async with Node(config, clock=self._clock, on_event=self._report) as node:
            node.watch([TOPIC])
            await node.wait_for_peer(PATIENCE)
            peer = node.connected_peer(self._enode)
            node.trust(self._enode)
            while True:
                now = int(self._clock.now())
                request = HistoryRequest(now - HOUR, now, topics_bloom({TOPIC}), (), 100, cursor)
                node.send_request(peer, request.seal(KEY, SIGNER, now, 0.002, os.urandom).raw)
                self._completion = None
                await until(lambda: self._completion)
                completion = self._completion
                assert completion is not None
                if isinstance(completion, Failed) or not completion.cursor:
                    return {one.hash for one in self._found}, completion
                cursor = completion.cursor


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


class Town:
    """Anne, who has everything, and Bob, who was away. He hears from her, as from any relay."""

    def __init__(self, clock: VirtualClock, path: Path, stack: AsyncExitStack) -> None:
        self.clock = clock
        self.anne = Place(clock, lambda: SqliteArchive.open(path / "anne.db"), lacks_nothing=True)
        self.bob = Place(clock, lambda: SqliteArchive.open(path / "bob.db"))
        self.stack = stack
        self.missed: list[Envelope] = []

    async def begins(self, *others: Place) -> None:
        """Bob is there for an hour, goes away, and comes back."""
        await self.stack.enter_async_context(self.anne.running())
        self.bob.relays = [f"{self.anne.node.enode}"]
        self.bob.others = others
        async with self.bob.running():
            await until(lambda: self.bob.node.peers)
            if others:
                await nothing_lacks(self.bob)
            await passes(self.clock, HOUR + 300, self.anne, self.bob)
        self.missed = sent_within(self.clock.now(), 33)
        await fill(self.anne.archive, self.missed)
        await passes(self.clock, AWAY, self.anne)
        await self.stack.enter_async_context(self.bob.running())
        await until(lambda: self.bob.node.peers)
        await until(lambda: self.bob.catching_up.lacking is not None)
        self.bob.catching_up.look()

    async def client(self) -> Node:
        return await self.stack.enter_async_context(Node(NodeConfig(full_node=False), clock=self.clock))

    async def waits(self, seconds: float) -> None:
        await passes(self.clock, seconds, self.anne, self.bob)

    @property
    def missed_hashes(self) -> set[bytes]:
        return {one.hash for one in self.missed}

    @property
    def missed_span(self) -> TimeRanges:
        return TimeRanges([TimeRange(self.missed[0].sent, self.missed[-1].sent + 1)])


@pytest.fixture
def town(clock: VirtualClock, tmp_path: Path, stack: AsyncExitStack) -> Town:
    return Town(clock, tmp_path, stack)


async def test_what_passed_while_the_only_mailserver_was_away_arrives(town: Town) -> None:
    """It catches up from another one. Whoever asks it before is told, be it for the first time or again."""
    await town.begins(town.anne)
    old = Person(await town.client(), town.bob)
    reference = ReferenceClient(town.bob, town.clock)
    waited = 0
    for seconds in ASKED_AFTER:
        await town.waits(seconds - waited)
        waited = seconds
        new = Person(await town.client(), town.bob)
        for person in (old, new):
            await person.asks()
            lost = TimeRanges(TimeRange(one.sent, one.sent + 1) for one in town.missed if one.hash not in person.found)
            assert not lost - person.gaps, "what is lacking is not called complete"
            assert bool(person.gaps) is (seconds < BACK_AGAIN)
        found, completion = await reference.asks()
        if seconds < BACK_AGAIN:
            assert isinstance(completion, Failed)
            assert Pending.parse(completion.text)
        else:
            assert isinstance(completion, Completed)
            assert found >= town.missed_hashes


async def test_the_last_of_what_it_missed_is_fetched_as_soon_as_it_is_settled(town: Town) -> None:
    await town.begins(town.anne)
    await town.waits(BACK_AGAIN - LOOK_SECONDS)
    assert town.bob.catching_up.lacking
    await town.waits(2 * LOOK_SECONDS)
    await until(lambda: town.bob.catching_up.lacking == 0)
    assert town.bob.catching_up.holdings(town.clock.now()).pending == TimeRanges()


async def test_while_the_other_one_is_away_it_waits_for_a_while_and_then_says_what_it_lacks(
    clock: VirtualClock, tmp_path: Path, stack: AsyncExitStack
) -> None:
    town = Town(clock, tmp_path, stack)
    town.bob.others = [town.anne]
    async with town.anne.running():
        await stack.enter_async_context(town.bob.running())
        await until(lambda: town.bob.node.peers)
        await nothing_lacks(town.bob)
        await town.waits(HOUR)
        assert town.bob.catching_up.lacking == 0
    await until(lambda: not town.bob.node.peers)
    began = int(clock.now())
    for seconds, is_pending in ((PENDING_SECONDS - 100, True), (200, False)):
        await passes(clock, seconds, town.bob)
        holdings = town.bob.catching_up.holdings(clock.now())
        assert not TimeRanges([TimeRange(began, int(clock.now()))]) - holdings.lacking
        assert bool(holdings.pending) is is_pending


async def test_what_nobody_can_give_back_is_said_and_not_called_complete(town: Town) -> None:
    """Bob has nobody to catch up from: he answers with what he has, and says what he lacks."""
    await town.begins()
    await town.waits(ASKED_AFTER[-1])
    person = Person(await town.client(), town.bob)
    await person.asks()
    assert not town.missed_span - person.gaps
    assert person.gaps.seconds < AWAY + 2 * SETTLING + SHARE_SECONDS
    fetcher = person.fetching.fetcher
    assert (fetcher.missing, fetcher.lacking) == (0, person.gaps.seconds), "nothing is left to be done"
    _, completion = await ReferenceClient(town.bob, town.clock).asks()
    assert isinstance(completion, Completed), "whoever knows no gaps is served all the same"
    # As soon as it knows somebody who has it, it has it, too.
    person = Person(await town.client(), town.bob, town.anne)
    await person.asks()
    assert person.found == town.missed_hashes
    assert person.gaps == TimeRanges()


async def test_before_the_ledger_is_read_nothing_is_answered(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(_: SqliteArchive) -> None:
        raise ArchiveError("The disk is gone.")

    monkeypatch.setattr(SqliteArchive, "ledger", fails)
    async with town.bob.running():
        found, completion = await ReferenceClient(town.bob, town.clock).asks()
        assert isinstance(completion, Failed)
        assert Pending.parse(completion.text)
        assert not found


async def test_what_waits_for_a_full_archive_is_not_here_yet(
    town: Town, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is served when it is stored, and nothing is called complete before. What is older comes nevertheless."""
    add = SqliteArchive.add
    monkeypatch.setattr(archiver_module, "RETRY_SECONDS", 0.01)
    async with town.anne.running() as catching_up:
        await passes(clock, HOUR, town.anne)
        assert town.anne.node.mailserver is not None
        archiver = town.anne.node.mailserver.archiver
        older = Envelope.mine(clock.now(), 15, TOPIC, b"older", 0.002)
        town.anne.node.post(older)
        await archiver.stored()
        await passes(clock, HOUR // 2, town.anne)

        async def fails(*_: object) -> int:
            raise ArchiveFull("no room")

        monkeypatch.setattr(SqliteArchive, "add", fails)
        town.anne.node.post(Envelope.mine(clock.now(), 15, TOPIC, b"live", 0.002))
        await until(lambda: archiver.problem)
        now = int(clock.now())
        assert not TimeRanges([TimeRange(now - SETTLING, now + HOUR)]) - catching_up.holdings(now).pending
        town.anne.node.mailserver.server.holdings = catching_up.holdings
        found, completion = await ReferenceClient(town.anne, clock).asks()
        assert isinstance(completion, Failed)
        assert older.hash in found
        monkeypatch.setattr(SqliteArchive, "add", add)
        await until(lambda: archiver.problem is None)
        assert catching_up.holdings(now).pending == TimeRanges()


async def test_two_that_were_both_away_do_not_believe_each_other(clock: VirtualClock, tmp_path: Path) -> None:
    """Each waits for the other, and after a while both say that they lack it."""
    anne = Place(clock, lambda: SqliteArchive.open(tmp_path / "anne.db"))
    bob = Place(clock, lambda: SqliteArchive.open(tmp_path / "bob.db"))

    @asynccontextmanager
    async def both() -> AsyncIterator[None]:
        async with anne.running(), bob.running():
            anne.relays, bob.relays = [str(bob.node.enode)], [str(anne.node.enode)]
            anne.others, bob.others = [bob], [anne]
            await until(lambda: not anne.node.static_peers or anne.node.peers)
            for place in (anne, bob):
                await until(lambda place=place: place.catching_up.lacking is not None)  # type: ignore[misc]
            yield

    async with both():
        pass
    async with both():
        await until(lambda: anne.node.peers and bob.node.peers)
        await passes(clock, 2 * PENDING_SECONDS, anne, bob)
    began, away = clock.now(), HOUR
    clock.jump(away)
    missed = TimeRanges([TimeRange(int(began), int(began) + away)])
    async with both():
        await until(lambda: anne.node.peers and bob.node.peers)
        for seconds in (0, BACK_AGAIN, PENDING_SECONDS):
            await passes(clock, seconds + LOOK_SECONDS, anne, bob)
            for place in (anne, bob):
                holdings = place.catching_up.holdings(clock.now())
                assert not missed - holdings.lacking
                assert bool(holdings.pending) is (seconds < PENDING_SECONDS)
        await passes(clock, 2 * HOUR, anne, bob)
        for place in (anne, bob):
            assert not missed - place.catching_up.holdings(clock.now()).lacking


async def test_one_that_heard_nothing_from_its_relay_says_so(town: Town) -> None:
    """It was there all the time, and cut off."""
    await town.begins()
    await town.waits(HOUR)
    began = town.clock.now()
    town.bob.node.remove_peer(str(town.anne.node.enode))
    town.bob.node.add_peer(_nobody())
    await until(lambda: not town.bob.node.peers)
    await town.waits(300)
    lacking = town.bob.catching_up.holdings(town.clock.now()).lacking
    assert not TimeRanges([TimeRange(int(began), int(town.clock.now()))]) - lacking
    assert lacking.newest.lower > began - 2 * SETTLING


def _nobody() -> str:
    return f"{Enode(PrivateKey.generate(os.urandom).public_key)}@127.0.0.1:1"
