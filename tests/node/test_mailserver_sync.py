"""A mailserver that was down fetches what it lacks from another one, over real sockets."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from pystatus import Node, NodeConfig, PrivateKey
from pystatus.devp2p.enode import Enode
from pystatus.mailserver.client.actions import SaveCoverage
from pystatus.mailserver.coverage import ALL_TOPICS, CoverageEntry
from pystatus.mailserver.lacking import COMPLETE
from pystatus.mailserver.server.archive import Archive, ArchiveError, ArchiveFull, ArchiveQuery, Page
from pystatus.mailserver.server.server import Server
from pystatus.mailserver.time_ranges import NOTHING, TimeRange, TimeRanges
from pystatus.mailserver.timing import BEGINNING, LONGEST_HISTORY, LOOK_SECONDS, SETTLING, SHARE_SECONDS
from pystatus.metrics.reading import samples
from pystatus.net import archiver as archiver_module
from pystatus.node.mailserver_sync import MailserverSync
from pystatus.simulation.clock import VirtualClock
from pystatus.storage.archive.postgres import PostgresArchive
from pystatus.storage.archive.sqlite import SqliteArchive
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from tests.mailserver.support import KEY
from tests.scenarios.test_history import PATIENCE, until
from tests.storage.archive.support import START, envelope, fill, hashes
from tests.support.postgres import PostgresServer

MINUTE, HOUR, DAY = 60, 3_600, 86_400
A_WHILE = 4 * MINUTE
"""After a start, until what was uncertain about it is settled."""


class RunningClock(VirtualClock):
    """Passes by itself, too."""

    def now(self) -> float:
        return super().now() + time.monotonic()


class Place:
    """A mailserver that can be away: its key, its port and its archive stay."""

    def __init__(
        self,
        clock: VirtualClock,
        open_archive: Callable[[], Awaitable[Archive]],
        others: Sequence[Place] = (),
        *,
        lacks_nothing: bool = False,
    ) -> None:
        self.key = PrivateKey.generate(os.urandom)
        self.port = 0
        self.clock = clock
        self.others = others
        self.relays: Sequence[str] = ()
        self.lacks_nothing = lacks_nothing
        """Whatever its ledger says: it was there before the test began."""
        self.node: Node
        self.archive: Archive
        self.is_there = False
        self.queries: list[ArchiveQuery] = []
        """That it was asked, of its present life."""
        self.gate = asyncio.Event()
        """Closed, it answers nobody."""
        self.gate.set()
        self.open_archive = open_archive

    @asynccontextmanager
    async def running(self, retention: float | None = None) -> AsyncIterator[MailserverSync]:
        self.archive = archive = await self.open_archive()
        self.queries = []
        self.node = Node(
            NodeConfig(listen=f"127.0.0.1:{self.port}", key=self.key, peers=tuple(self.relays)), clock=self.clock
        )
        enodes = [f"{Enode(other.key.public_key)}@127.0.0.1:{other.port}" for other in self.others]
        read = archive.page

        async def page(query: ArchiveQuery) -> Page:
            self.queries.append(query)
            await self.gate.wait()
            return await read(query)

        archive.page = page  # type: ignore[method-assign]
        mailserver = self.node.keep_history(archive, Server(KEY), retention=retention, catch_up_from=enodes)
        if self.lacks_nothing:
            mailserver.server.holdings = lambda _now: COMPLETE
        async with self.node:
            self.port = self.node.enode.port or 0
            self.is_there = True
            try:
                yield self.catching_up
            finally:
                self.is_there = False

    @property
    def is_waiting(self) -> bool:
        """Whether it awaits its ledger, an answer of one that is there, or a connection."""
        fetcher = self.catching_up._fetcher
        return fetcher is None or any(
            fetcher._servers[other.id].deadline is not None for other in self.others if other.is_there
        )

    @property
    def id(self) -> bytes:
        return self.key.public_key.xy

    @property
    def catching_up(self) -> MailserverSync:
        assert self.node.catching_up is not None
        return self.node.catching_up


async def passes(clock: VirtualClock, seconds: float, *places: Place) -> None:
    """Time, in the steps in which mailservers look at it."""
    for _ in range(int(seconds / LOOK_SECONDS)):
        clock.jump(LOOK_SECONDS)
        for place in places:
            place.catching_up.look()
            if place.catching_up.is_due:
                await place.catching_up.share()
                await until(lambda place=place: not place.is_waiting)  # type: ignore[misc]  # sockets have their own time
    await until(lambda: not any(place.is_waiting for place in places))  # what began with the last look is over, too


async def nothing_lacks(place: Place) -> None:
    """All that the others can have by now is here."""
    unsettled = SETTLING + BEGINNING

    def is_here() -> bool:
        lacking = place.catching_up.lacking
        return lacking is not None and lacking <= unsettled

    await until(is_here)


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    yield server
    server.close()


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


@pytest.fixture
def anne(clock: VirtualClock, tmp_path: Path) -> Place:
    """A mailserver that is always there."""
    return Place(clock, lambda: SqliteArchive.open(tmp_path / "anne.db"), lacks_nothing=True)


@pytest.fixture
def bob(clock: VirtualClock, tmp_path: Path, anne: Place) -> Place:
    """One that catches up from her."""
    return Place(clock, lambda: SqliteArchive.open(tmp_path / "bob.db"), [anne])


@pytest.fixture(params=["sqlite", "postgres"])
def either_bob(request: pytest.FixtureRequest, clock: VirtualClock, tmp_path: Path, anne: Place) -> Place:
    """The same with archives of both kinds."""
    if request.param == "sqlite":
        return Place(clock, lambda: SqliteArchive.open(tmp_path / "bob.db"), [anne])
    url = request.getfixturevalue("postgres").new_database()
    return Place(clock, lambda: PostgresArchive.open(url), [anne])


def sent_within(begin: float, seconds: float, count: int) -> list[Envelope]:
    return [envelope(int(begin) + number, int(begin + seconds * number / count)) for number in range(count)]


async def test_what_came_while_it_was_down_is_there_when_it_is_back(
    clock: VirtualClock, anne: Place, either_bob: Place
) -> None:
    bob = either_bob
    async with anne.running():
        async with bob.running() as catching_up:
            await nothing_lacks(bob)
            await passes(clock, A_WHILE, anne, bob)
            live = Envelope.mine(clock.now(), 15, b"live", b"heard by both", 0.002)
            anne.node.post(live)
            await until(lambda: len(bob.node.relay.pool))
            assert anne.node.mailserver is not None
            await anne.node.mailserver.archiver.stored()
            assert catching_up.found.archived == 0
        missed = sent_within(clock.now(), HOUR, 2_500)
        await fill(anne.archive, missed)
        await passes(clock, HOUR, anne)
        async with bob.running() as catching_up:
            await nothing_lacks(bob)
            await passes(clock, A_WHILE, anne, bob)
            assert await hashes(bob.archive) == await hashes(anne.archive) == {one.hash for one in [live, *missed]}
            assert catching_up.found.archived == 2_500
            seen = {(name, labels): value for name, labels, value in samples(bob.node, ready=True)}
            assert seen["pystatus_archive_envelopes_total", ("caught_up",)] == 2_500
            assert seen["pystatus_archive_lacking_seconds", ()] == 0
            # It lacks nothing any more, and asks for nothing.
            asked = len(anne.queries)
            await passes(clock, HOUR, anne, bob)
            assert len(anne.queries) == asked
            assert catching_up.lacking == 0


async def test_what_was_heard_or_fetched_before_is_not_asked_for_again(
    clock: VirtualClock, anne: Place, bob: Place
) -> None:
    async with anne.running():
        async with bob.running():
            await nothing_lacks(bob)
            await passes(clock, HOUR, anne, bob)
            heard_until = clock.now() - SETTLING - SHARE_SECONDS
        await passes(clock, HOUR, anne)
        anne.queries.clear()
        async with bob.running():
            await nothing_lacks(bob)
            assert anne.queries
            assert all(query.lower >= heard_until for query in anne.queries)


async def _heard(place: Place) -> TimeRanges:
    """What its archive says that it has heard itself."""
    archive = await place.open_archive()
    heard = [one.entry.covered for one in await archive.ledger() if one.keeper == one.entry.server == place.id]
    await archive.close()
    return heard[0] if heard else NOTHING


async def test_what_was_heard_up_to_the_end_is_kept(clock: VirtualClock, anne: Place) -> None:
    async with anne.running():
        await passes(clock, HOUR + LOOK_SECONDS, anne)
    assert (await _heard(anne)).newest.upper == clock.now() - SETTLING


async def test_what_was_heard_by_a_clock_that_was_ahead_is_not_believed(clock: VirtualClock, anne: Place) -> None:
    async with anne.running():
        await passes(clock, HOUR, anne)
    assert (await _heard(anne)).seconds
    clock.jump(-HOUR // 2)
    async with anne.running() as catching_up:
        await catching_up.share()
    assert await _heard(anne) == NOTHING


async def test_at_first_it_fetches_what_the_others_have_as_far_as_it_keeps_it(
    clock: VirtualClock, anne: Place, bob: Place, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "pystatus.node.mailserver_sync")
    old, new = sent_within(clock.now() - 20 * DAY, 10 * DAY, 50), sent_within(clock.now() - 6 * DAY, 5 * DAY, 50)
    async with anne.running():
        await fill(anne.archive, [*old, *new])
        async with bob.running(retention=7 * DAY) as catching_up:
            await nothing_lacks(bob)
            assert await hashes(bob.archive) == {one.hash for one in new}
            assert min(query.lower for query in anne.queries) == clock.now() - 7 * DAY
            assert catching_up.found.archived == 50
            assert "caught up" not in caplog.text, "what was sent a moment ago may still be on its way to the others"
            await passes(clock, A_WHILE, anne, bob)
            assert catching_up.lacking == 0
        async with bob.running():  # which keeps everything now, and asks as far back as one can
            await nothing_lacks(bob)
            assert await hashes(bob.archive) == {one.hash for one in [*old, *new]}
            assert min(query.lower for query in anne.queries) == clock.now() - LONGEST_HISTORY
    assert "catching up: 7 days, 0:00:00 of history are lacking" in caplog.text
    assert "caught up: nothing is lacking; 50 envelopes came so far" in caplog.text


async def test_without_a_relay_it_hears_nothing_and_does_not_claim_to(clock: VirtualClock, anne: Place) -> None:
    anne.relays = [f"{Enode(PrivateKey.generate(os.urandom).public_key)}@127.0.0.1:1"]  # it is never there
    async with anne.running() as catching_up:
        await catching_up.share()
        before = catching_up.lacking
        await passes(clock, HOUR, anne)
        assert before is not None
        assert catching_up.lacking == before == LONGEST_HISTORY
        # Somebody who asks for a topic only passes on nothing of the others.
        async with Node(NodeConfig(peers=(str(anne.node.enode),), full_node=False)) as client:
            await client.wait_for_peer(PATIENCE)
            await until(lambda: anne.node.peers)
            await passes(clock, HOUR, anne)
            assert catching_up.lacking == before
        async with Node(NodeConfig(peers=(str(anne.node.enode),))) as relay:
            await relay.wait_for_peer(PATIENCE)
            await until(lambda: any(anne.node.relay.peer(peer).is_relay for peer in anne.node.peers))
            await passes(clock, HOUR, anne)
            lacking = before - HOUR + LOOK_SECONDS + BEGINNING  # the first look, and what may have passed
            assert lacking <= catching_up.lacking <= lacking + SHARE_SECONDS


async def test_who_names_nobody_to_hear_from_is_a_network_of_its_own(clock: VirtualClock, anne: Place) -> None:
    async with anne.running() as catching_up:
        await catching_up.share()
        before = catching_up.lacking
        assert before == LONGEST_HISTORY
        await passes(clock, HOUR, anne)
        lacking = catching_up.lacking
        assert lacking is not None
        assert before - HOUR + BEGINNING <= lacking <= before - HOUR + BEGINNING + SHARE_SECONDS


async def test_killed_in_the_middle_it_goes_on_and_loses_nothing(clock: VirtualClock, anne: Place, bob: Place) -> None:
    """Killed means here that nothing is finished: see tests/apps/test_mailserver_catching_up.py for a process."""
    missed = sent_within(clock.now() - 2 * DAY, 2 * DAY - HOUR, 3_000)
    async with anne.running():
        await fill(anne.archive, missed)
        async with bob.running() as catching_up:
            await until(lambda: catching_up.found.archived)
            anne.gate.clear()
        first = await _count(bob)
        assert 0 < first < len(missed)
        anne.gate.set()
        async with bob.running() as catching_up:
            await nothing_lacks(bob)
            assert await hashes(bob.archive) == {one.hash for one in missed}
            assert catching_up.found.archived == len(missed) - first


async def _count(place: Place) -> int:
    archive = await place.open_archive()
    found = len(await hashes(archive))
    await archive.close()
    return found


async def test_when_one_vanishes_in_an_answer_another_one_is_asked(
    clock: VirtualClock, anne: Place, bob: Place, tmp_path: Path
) -> None:
    carl = Place(clock, lambda: SqliteArchive.open(tmp_path / "carl.db"), lacks_nothing=True)
    bob.others = [anne, carl]
    missed = sent_within(clock.now() - 2 * DAY, 2 * DAY - HOUR, 3_000)
    async with carl.running():
        await fill(carl.archive, missed)
        async with anne.running():
            await fill(anne.archive, missed)
            anne.gate.clear()
            bob_runs = bob.running()
            await bob_runs.__aenter__()
            await until(lambda: anne.queries)
        # Anne has gone, and did not answer once.
        await until(lambda: len(bob.node.peers) == 1)
        await nothing_lacks(bob)
        assert await hashes(bob.archive) == {one.hash for one in missed}
        await bob_runs.__aexit__(None, None, None)


async def test_when_the_only_one_vanishes_it_is_asked_when_it_is_back(
    clock: VirtualClock, anne: Place, bob: Place, caplog: pytest.LogCaptureFixture
) -> None:
    missed = sent_within(clock.now() - 2 * DAY, 2 * DAY - HOUR, 500)
    async with anne.running():
        await fill(anne.archive, missed)
        anne.gate.clear()
        bob_runs = bob.running()
        await bob_runs.__aenter__()
        await until(lambda: anne.queries)
    await until(lambda: not bob.node.peers)
    await passes(clock, 5 * MINUTE, bob)
    assert bob.catching_up.lacking
    assert caplog.text.count("of history are lacking: No mailserver can be reached at present") == 1
    assert caplog.text.count("other mailservers cannot be asked: ") == 1
    anne.gate.set()
    async with anne.running():
        await passes(clock, HOUR, bob)
        await nothing_lacks(bob)
        assert await hashes(bob.archive) == {one.hash for one in missed}
        await bob_runs.__aexit__(None, None, None)


async def test_what_cannot_be_stored_is_not_said_to_be_here(
    clock: VirtualClock, anne: Place, bob: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No page is asked for before the last one is stored, and no entry is kept before its envelopes."""
    monkeypatch.setattr(archiver_module, "RETRY_SECONDS", 0.01)
    missed = sent_within(clock.now() - DAY, DAY - HOUR, 300)
    tried = asyncio.Event()
    is_full = False
    add = SqliteArchive.add

    async def add_or_fail(archive: SqliteArchive, envelopes: Sequence[Envelope]) -> int:
        if is_full:
            tried.set()
            raise ArchiveFull("no room")
        return await add(archive, envelopes)

    monkeypatch.setattr(SqliteArchive, "add", add_or_fail)
    async with anne.running():
        await fill(anne.archive, missed)
        is_full = True
        async with bob.running() as catching_up:
            async with asyncio.timeout(PATIENCE):
                await tried.wait()
            asked, lacking = len(anne.queries), catching_up.lacking
            tried.clear()
            async with asyncio.timeout(PATIENCE):
                await tried.wait()
            assert (len(anne.queries), catching_up.lacking) == (asked, lacking)
            assert lacking
            is_full = False
            await nothing_lacks(bob)
            assert await hashes(bob.archive) == {one.hash for one in missed}


async def test_an_answer_that_could_not_be_stored_before_its_server_left_is_asked_for_again(
    clock: VirtualClock, anne: Place, bob: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "pystatus.node.mailserver_session")
    missed = sent_within(clock.now() - DAY, DAY - HOUR, 300)
    begun, may_store = asyncio.Event(), asyncio.Event()
    may_store.set()
    add = SqliteArchive.add

    async def add_slowly(archive: SqliteArchive, envelopes: Sequence[Envelope]) -> int:
        begun.set()
        await may_store.wait()
        return await add(archive, envelopes)

    monkeypatch.setattr(SqliteArchive, "add", add_slowly)
    async with anne.running():
        await fill(anne.archive, missed)
        begun.clear()
        may_store.clear()
        bob_runs = bob.running()
        await bob_runs.__aenter__()
        await begun.wait()
        asked = anne.queries[-1]
        answered = anne.node.relay.counters.packets_sent[packets.P2P_REQUEST_COMPLETE]
        await until(lambda: bob.node.relay.counters.packets_received[packets.P2P_REQUEST_COMPLETE] == answered)
    await until(lambda: not bob.node.peers)
    may_store.set()
    await bob.catching_up.found.stored()
    assert bob.catching_up.lacking
    async with anne.running():
        await passes(clock, HOUR, bob)
        await nothing_lacks(bob)
        assert any(query.lower <= asked.lower <= query.before.sent for query in anne.queries)
        assert await hashes(bob.archive) == {one.hash for one in missed}
        assert bob.catching_up.found.archived == len(missed)
        await bob_runs.__aexit__(None, None, None)
    assert "what nobody asked" not in caplog.text


async def test_one_that_hands_over_another_time_is_left_and_nothing_of_it_is_kept(
    clock: VirtualClock,
    anne: Place,
    bob: Place,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A26, A28: it would spread the archive over all of time."""
    caplog.set_level(logging.INFO, "pystatus.node.mailserver_session")
    liar = Place(clock, lambda: SqliteArchive.open(tmp_path / "liar.db"), lacks_nothing=True)
    bob.others = [anne, liar]
    missed = sent_within(clock.now() - 2 * DAY, 2 * DAY - HOUR, 300)
    async with anne.running(), liar.running():
        await fill(anne.archive, missed)

        async def lie(_query: ArchiveQuery) -> Page:
            return Page([envelope(number, sent).raw for number, sent in enumerate((1, START * 2))], more=True)

        monkeypatch.setattr(liar.archive, "page", lie)
        async with bob.running():
            await nothing_lacks(bob)
            assert await hashes(bob.archive) == {one.hash for one in missed}
            await until(lambda: "a page has envelopes of another time in it" in caplog.text)


async def test_a_ledger_that_cannot_be_written_is_written_later(
    clock: VirtualClock, anne: Place, bob: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    keep, ledger = SqliteArchive.keep, SqliteArchive.ledger

    async def fails(*_: object) -> None:
        raise ArchiveError("The disk is gone.")

    async with anne.running():
        monkeypatch.setattr(SqliteArchive, "ledger", fails)
        async with bob.running() as catching_up:
            await until(lambda: "the archive fails: history cannot be read: The disk is gone" in caplog.text)
            assert catching_up.lacking is None
            monkeypatch.setattr(SqliteArchive, "ledger", ledger)
            monkeypatch.setattr(SqliteArchive, "keep", fails)
            with pytest.raises(ArchiveError):
                await catching_up.share()
                await nothing_lacks(bob)
                await catching_up.share()
            assert await bob.archive.ledger() == []
            monkeypatch.setattr(SqliteArchive, "keep", keep)
            await catching_up.share()
            kept = {one.entry.server: one.entry.covered.seconds for one in await bob.archive.ledger()}
            assert kept[anne.node.enode.node_id] == LONGEST_HISTORY - SETTLING


async def test_two_on_one_database_ask_only_for_what_both_missed(
    clock: VirtualClock, anne: Place, tmp_path: Path, postgres: PostgresServer
) -> None:
    url = postgres.new_database()
    bob = Place(clock, lambda: PostgresArchive.open(url), [anne])
    carl = Place(clock, lambda: PostgresArchive.open(url), [anne])
    async with anne.running():
        async with bob.running():
            await nothing_lacks(bob)
            await passes(clock, HOUR, anne, bob)
            asked = len(anne.queries)
            async with carl.running() as catching_up:  # it was away all the time, but Bob was not
                await until(lambda: catching_up.lacking is not None)
                await passes(clock, 2 * MINUTE, anne, bob, carl)
        both_away = clock.now()
        settled = both_away - 2 * MINUTE - SETTLING - SHARE_SECONDS
        assert all(query.lower >= settled for query in anne.queries[asked:]), "Bob had heard the rest"
        asked = len(anne.queries)
        await passes(clock, HOUR, anne)
        async with carl.running():
            await nothing_lacks(carl)
            assert all(query.lower >= both_away - SETTLING - SHARE_SECONDS for query in anne.queries[asked:])
            assert anne.queries[asked:]


class SlowAtFirst:
    """An archive of which one call takes at first until :meth:`goes_on`, or until it was called once more."""

    def __init__(self, archive: Archive, name: str) -> None:
        self._call = getattr(archive, name)
        self.calls = self.ended = 0
        self.began = asyncio.Event()
        self._goes_on = asyncio.Event()
        setattr(archive, name, self)

    async def __call__(self, *arguments: object) -> object:
        self.calls += 1
        if self.calls == 1:
            self.began.set()
            await self._goes_on.wait()
        answer = await self._call(*arguments)
        self.ended += 1
        self.goes_on()
        return answer

    def goes_on(self) -> None:
        self._goes_on.set()


def answered(server: bytes, lower: int, upper: int) -> SaveCoverage:
    return SaveCoverage(CoverageEntry(ALL_TOPICS, server, TimeRanges([TimeRange(lower, upper)])))


async def covered_by(archive: Archive, server: bytes) -> list[TimeRange]:
    return [span for kept in await archive.ledger() for span in kept.entry.covered if kept.entry.server == server]


async def test_what_is_stored_last_is_what_is_known_last(bob: Place) -> None:
    """Two store at a time, and the first takes longer."""
    bob.others = []
    async with bob.running() as catching_up:
        await until(lambda: catching_up.lacking is not None)
        slow, server = SlowAtFirst(bob.archive, "keep"), b"\x07" * 64
        catching_up._take(answered(server, START - 1_000, START - 900))
        await slow.began.wait()
        catching_up._take(answered(server, START - 1_000, START - 500))
        second = asyncio.create_task(catching_up._store())
        await asyncio.sleep(0)
        if slow.calls == 1:
            slow.goes_on()
        await second
        await until(lambda: slow.ended == slow.calls)
        assert await covered_by(bob.archive, server) == [TimeRange(START - 1_000, START - 500)]


async def test_what_was_answered_while_the_archive_was_slow_is_not_of_a_clock_that_was_ahead(
    clock: VirtualClock, bob: Place
) -> None:
    bob.others = []
    async with bob.running() as catching_up:
        await until(lambda: catching_up.lacking is not None)
        slow, server = SlowAtFirst(bob.archive, "ledger"), b"\x07" * 64
        share = asyncio.create_task(catching_up.share())
        await slow.began.wait()
        clock.jump(SETTLING + MINUTE)
        catching_up._take(answered(server, START - 1_000, START + MINUTE))
        slow.goes_on()
        await share
        assert await covered_by(bob.archive, server) == [TimeRange(START - 1_000, START + MINUTE)]


async def test_what_is_being_stored_at_the_end_is_stored(bob: Place) -> None:
    bob.others = []
    server = b"\x07" * 64
    async with bob.running() as catching_up:
        await until(lambda: catching_up.lacking is not None)
        slow = SlowAtFirst(bob.archive, "keep")
        catching_up._take(answered(server, START - 1_000, START - 500))
        await slow.began.wait()
    async with bob.running():
        assert await covered_by(bob.archive, server) == [TimeRange(START - 1_000, START - 500)]


@pytest.mark.parametrize("seed", range(3))
async def test_two_that_are_away_by_turns_have_everything_in_the_end(
    anne: Place, bob: Place, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is sent, and whenever one of them comes or goes: seconds, minutes or hours before or after. Who is alone
    hears of nobody, so of those times, and of when both began, neither claims to have everything."""
    defaults = archiver_module.Archiver.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "batch_seconds", 0.0)
    source = random.Random(seed)
    anne.clock = bob.clock = clock = RunningClock(START)
    sent: list[Envelope] = []
    alone = NOTHING

    async def publish(places: Sequence[Place]) -> None:
        at = source.choice(places)
        heard = {
            place: place.node.relay.counters.envelopes_new for place in places if place is not at and at.node.peers
        }
        sent.append(Envelope.mine(clock.now(), source.choice((10, 15, 50)), b"news", source.randbytes(100), 0.002))
        at.node.post(sent[-1])
        # Sockets and archives have their own time.
        for place, before in heard.items():
            await until(lambda place=place, before=before: place.node.relay.counters.envelopes_new > before)  # type: ignore[misc]
        for place in places:
            assert place.node.mailserver is not None
            await place.node.mailserver.archiver.stored()

    async def live(seconds: float, *places: Place) -> None:
        for _ in range(4):
            await publish(places)
            await passes(clock, seconds / 4, *places)
            await publish(places)

    async with anne.running(), bob.running():
        anne.others, anne.lacks_nothing = [bob], False  # from now on, as both have a port
        await nothing_lacks(bob)
    for _ in range(6):
        staying, leaving = source.sample((anne, bob), 2)
        began_at = clock.now()
        async with staying.running():
            async with leaving.running():
                await until(lambda: anne.node.peers and bob.node.peers)
                await live(source.choice((60, 300, 1_800)), anne, bob)
            left_at = clock.now()
            await live(source.choice((20, 120, 600, 7_200)), staying)
            alone |= TimeRanges(
                [TimeRange(int(at) - 2 * SETTLING, int(at) + 2 * SETTLING) for at in (began_at, clock.now())]
            )
            alone |= TimeRanges([TimeRange(int(left_at) - 2 * SETTLING, int(clock.now()))])
    async with anne.running(), bob.running():
        await passes(clock, 2 * HOUR, anne, bob)
        for place in (anne, bob):
            lacking = place.catching_up.holdings(clock.now()).lacking
            assert lacking
            assert not lacking - alone
        everything = {one.hash for one in sent}
        assert len(everything) == 6 * 16
        assert await hashes(anne.archive) == everything
        assert await hashes(bob.archive) == everything


async def test_who_names_itself_is_passed_over(
    clock: VirtualClock, anne: Place, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "pystatus.node.mailserver_sync")
    node = Node(NodeConfig(key=anne.key), clock=clock)
    own = f"{node.enode}@127.0.0.1:30303"
    node.keep_history(await anne.open_archive(), Server(KEY), catch_up_from=[own])
    async with node:
        assert node.catching_up is not None
        await node.catching_up.share()
        assert node.static_peers == ()
    assert "this mailserver is itself among those to catch up from, and is passed over" in caplog.text
    assert "catching up:" not in caplog.text
