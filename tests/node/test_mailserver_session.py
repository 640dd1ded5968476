"""A node that asks mailservers for history, over real sockets."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from pystatus import LocalError, Node, NodeConfig, PrivateKey
from pystatus.mailserver.client.actions import EnvelopesFound, Progress, SaveCoverage, SaveStart
from pystatus.mailserver.client.config import FetchConfig
from pystatus.mailserver.client.fetcher import Fetcher
from pystatus.mailserver.client.reputation import LONGEST_REST, PATIENCE
from pystatus.mailserver.lacking import COMPLETE
from pystatus.mailserver.server.archive import ArchiveQuery, Page
from pystatus.mailserver.server.server import Server
from pystatus.net.mailserver import Mailserver
from pystatus.net.watched_archive import WatchedArchive
from pystatus.node import NodeEvent, PeerGone, PeerJoined
from pystatus.node.mailserver_session import MailserverSession, Outcome
from pystatus.storage.archive.sqlite import SqliteArchive
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.events import EnvelopeReceived, RequestCompleted
from tests.mailserver.support import KEY, SIGNER
from tests.support.clocks import ShiftedClock

TOPIC = b"\x12\x34\x56\x78"
SOON = 30.0
"""Seconds after which a test has failed."""
ONE = FetchConfig(copies=1, connections=1)


class World:
    """Mailservers and nodes with one clock."""

    def __init__(self, path: Path, stack: AsyncExitStack) -> None:
        self.clock = ShiftedClock()
        self._path = path
        self._stack = stack
        self._count = 0

    async def node(self, config: NodeConfig | None = None) -> Node:
        """A node that others can dial."""
        node = Node(config or NodeConfig(listen="127.0.0.1:0"), clock=self.clock)
        return await self._stack.enter_async_context(node)

    async def mailserver(self) -> tuple[Node, Mailserver]:
        """A node with an archive."""
        self._count += 1
        archive = await SqliteArchive.open(self._path / f"{self._count}.db")
        node = Node(NodeConfig(listen="127.0.0.1:0"), clock=self.clock)
        mailserver = node.keep_history(archive, Server(KEY))
        mailserver.server.holdings = lambda _now: (
            COMPLETE
        )  # tests/scenarios/test_history_gaps.py is about what is lacking
        return await self._stack.enter_async_context(node), mailserver

    def envelopes(self, count: int) -> list[Envelope]:
        """From the last minutes."""
        return [Envelope.mine(self.clock.now() - 5 * n, 60, TOPIC, os.urandom(200), 0.0) for n in range(count)]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        yield World(tmp_path, stack)


async def archive(mailserver: Mailserver, envelopes: list[Envelope]) -> None:
    assert await mailserver._archive.add(envelopes) == len(envelopes)


class Fetching:
    """A client's node, what it asks for, and what came of it."""

    def __init__(self, node: Node, *mailservers: Node, config: FetchConfig | None = None) -> None:
        self.node = node
        self.outcomes: list[Outcome] = []
        self._news = asyncio.Event()
        self.enodes = [str(mailserver.enode) for mailserver in mailservers]
        keys = {mailserver.enode.node_id: KEY for mailserver in mailservers}
        self.fetcher = Fetcher(keys, SIGNER, os.urandom, config, now=node.now)
        self.inquiry: MailserverSession = node.fetch_history(self.fetcher, self.enodes, self._take)

    def _take(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self._news.set()

    def fetch(self) -> None:
        self.inquiry.do(lambda fetcher, now: fetcher.set_topics([TOPIC], now))

    @property
    def found(self) -> list[Envelope]:
        return [one for outcome in self.outcomes if isinstance(outcome, EnvelopesFound) for one in outcome.envelopes]

    @property
    def kept(self) -> set[bytes]:
        """The servers that have covered something."""
        return {outcome.entry.server for outcome in self.outcomes if isinstance(outcome, SaveCoverage)}

    async def wait(self, wanted: Callable[[], object]) -> None:
        async with asyncio.timeout(SOON):
            while not wanted():
                self._news.clear()
                await self._news.wait()

    async def complete(self) -> None:
        await self.wait(lambda: not self.fetcher.missing)


async def until(condition: Callable[[], object]) -> None:
    """Wait for what nothing tells."""
    async with asyncio.timeout(SOON):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0)


@asynccontextmanager
async def client(world: World, *relays: Node) -> AsyncIterator[Node]:
    config = NodeConfig(peers=tuple(str(relay.enode) for relay in relays), full_node=False)
    async with Node(config, clock=world.clock) as node:
        if relays:
            await node.wait_for_peer(SOON)
        yield node


class Gate:
    """Archives that are read only when it opens, and which of them are asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[object] = []
        self.begun = asyncio.Event()
        self.opened = asyncio.Event()
        read = WatchedArchive.page

        async def page(archive: WatchedArchive, query: ArchiveQuery) -> Page:
            self.asked.append(archive)
            self.begun.set()
            await self.opened.wait()
            return await read(archive, query)

        monkeypatch.setattr(WatchedArchive, "page", page)


# Fetching


@pytest.mark.requirement("WM-5", "WM-17", "WU-26")
async def test_what_two_mailservers_have_comes_from_both(world: World) -> None:
    (one, first), (other, second) = await world.mailserver(), await world.mailserver()
    sent = world.envelopes(40)
    await archive(first, sent[:30])
    await archive(second, sent[10:])
    async with client(world) as node:
        fetching = Fetching(node, one, other)
        fetching.fetch()
        await fetching.wait(lambda: set(fetching.found) == set(sent))
        await fetching.wait(lambda: fetching.kept == {one.enode.node_id, other.enode.node_id})
        await fetching.wait(lambda: not fetching.fetcher.missing and not fetching.fetcher.is_asking)
        assert SaveStart in {type(outcome) for outcome in fetching.outcomes}
        last = [outcome for outcome in fetching.outcomes if isinstance(outcome, Progress)][-1]
        assert (last.is_complete, last.problem) == (True, None)
        assert first.server.refused == second.server.refused == 0


@pytest.mark.requirement("WM-8", "WM-18")
async def test_many_pages_come_in_order_and_what_is_kept_comes_after_what_was_found(world: World) -> None:
    one, mailserver = await world.mailserver()
    sent = world.envelopes(450)
    await archive(mailserver, sent)
    async with client(world) as node:
        fetching = Fetching(node, one, config=ONE)
        fetching.fetch()
        await fetching.complete()
        assert fetching.found == sent  # the newest first
        kinds = [type(outcome) for outcome in fetching.outcomes]
        assert kinds.index(SaveCoverage) > max(index for index, kind in enumerate(kinds) if kind is EnvelopesFound)
        assert mailserver.server.accepted > 2


@pytest.mark.requirement("WM-16")
async def test_what_is_found_reaches_whoever_watches_the_topic_too(world: World) -> None:
    one, mailserver = await world.mailserver()
    sent = world.envelopes(3)
    await archive(mailserver, sent)
    heard: list[EnvelopeReceived] = []
    async with client(world) as node:
        node.open_watch(heard.append).set_topics([TOPIC])
        fetching = Fetching(node, one, config=ONE)
        fetching.fetch()
        await fetching.complete()
        await until(lambda: len(heard) == 3)
        assert all(event.p2p for event in heard)


async def test_what_is_found_is_handed_over_once(world: World) -> None:
    """Not to whoever fetches as an envelope that has come, too; what relays bring, still."""
    one, mailserver = await world.mailserver()
    sent = world.envelopes(3)
    await archive(mailserver, sent)
    heard: list[NodeEvent] = []
    config = NodeConfig(peers=(str(one.enode),), full_node=False)
    async with Node(config, clock=world.clock, on_event=heard.append) as node:
        node.watch([TOPIC])
        await node.wait_for_peer(SOON)
        fetching = Fetching(node, one, config=ONE)
        fetching.fetch()
        await fetching.complete()
        fresh = Envelope.mine(world.clock.now(), 60, TOPIC, os.urandom(200), 0.002)
        one.post(fresh)
        await until(lambda: any(isinstance(event, EnvelopeReceived) for event in heard))
        assert sorted(each.hash for each in fetching.found) == sorted(each.hash for each in sent)
        received = [event for event in heard if isinstance(event, EnvelopeReceived)]
        assert [(event.envelope, event.p2p) for event in received] == [(fresh, False)]


async def test_what_is_fetched_is_handed_over_once(world: World) -> None:
    """To the caller of fetch_history, and not to the events of the node besides; what another trusted peer sends goes
    there."""
    one, mailserver = await world.mailserver()
    sent = world.envelopes(3)
    await archive(mailserver, sent)
    friend = await world.node()
    told: list[NodeEvent] = []
    config = NodeConfig(peers=(str(friend.enode),), full_node=False)
    async with Node(config, clock=world.clock, on_event=told.append) as node:
        node.watch([TOPIC])
        await node.wait_for_peer(SOON)
        fetching = Fetching(node, one, config=ONE)
        fetching.fetch()
        await fetching.complete()
        assert sorted(found.hash for found in fetching.found) == sorted(envelope.hash for envelope in sent)
        node.trust(str(friend.enode))
        (peer,) = friend.peers
        gift = world.envelopes(1)
        friend.send_p2p(peer, gift)
        await until(lambda: any(isinstance(event, EnvelopeReceived) for event in told))
        assert [event.envelope for event in told if isinstance(event, EnvelopeReceived)] == gift


async def test_topics_that_are_set_before_the_mailserver_is_there(world: World) -> None:
    """And a look later, when more has been archived."""
    one, mailserver = await world.mailserver()
    async with client(world) as node:
        fetching = Fetching(node, one, config=ONE)
        fetching.fetch()
        assert fetching.fetcher.problem is None
        await fetching.complete()
        assert fetching.found == []
        later = world.envelopes(2)
        await archive(mailserver, later)
        fetching.inquiry.do(Fetcher.check)
        await fetching.wait(lambda: len(fetching.found) == 2)


async def test_time_is_told_to_the_fetcher(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the timer that it wants, not only when somebody says something."""
    silent = await world.node()
    told = asyncio.Event()
    on_timer = Fetcher.on_timer

    def noted(fetcher: Fetcher, now: float) -> None:
        told.set()
        on_timer(fetcher, now)

    monkeypatch.setattr(Fetcher, "on_timer", noted)
    async with client(world, silent) as node:
        fetching = Fetching(node, silent, config=ONE)
        fetching.fetch()
        monkeypatch.setattr(Fetcher, "next_timer", lambda _fetcher: node.now)
        fetching.inquiry.do(lambda _fetcher, _now: None)
        monkeypatch.undo()
        monkeypatch.setattr(Fetcher, "on_timer", noted)
        async with asyncio.timeout(SOON):
            await told.wait()


class FleetingClock(ShiftedClock):
    """Time passes between any two readings of it."""

    def now(self) -> float:
        self.ahead += 0.4
        return super().now()


@pytest.mark.parametrize("before", [0.2, 0.6, 1.0, 1.4])
async def test_the_only_mailserver_is_dialled_again_when_its_rest_is_over(world: World, before: float) -> None:
    """However the end of its rest falls between two readings of the clock."""
    gone = await world.node()
    enode, server = str(gone.enode), gone.enode.node_id
    await gone.close()
    clock = FleetingClock()
    async with Node(NodeConfig(full_node=False), clock=clock) as node:
        fetcher = Fetcher({server: KEY}, SIGNER, os.urandom, ONE, now=node.now)
        inquiry = node.fetch_history(fetcher, [enode], lambda _: None)
        inquiry.do(lambda fetcher, now: fetcher.set_topics([TOPIC], now))
        clock.ahead += PATIENCE
        inquiry.do(Fetcher.on_timer)
        (resting,) = fetcher._servers
        assert resting.rests_until > node.now
        clock.ahead = resting.rests_until - time.time() - before
        for _ in range(4):
            inquiry.do(Fetcher.on_timer)
            assert inquiry._timer is not None
            waits = inquiry._timer.when() - asyncio.get_running_loop().time()
            assert resting.is_wanted or round(waits, 6) <= 1.0, "not with the next look in ten minutes"
        assert resting.is_wanted


# Mailservers that fail


async def test_a_mailserver_that_vanishes_in_the_middle_of_an_answer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sites = [await world.mailserver(), await world.mailserver()]
    sent = world.envelopes(20)
    for _, mailserver in sites:
        await archive(mailserver, sent)
    gate = Gate(monkeypatch)
    async with client(world) as node:
        fetching = Fetching(node, *[site for site, _ in sites], config=ONE)
        fetching.fetch()
        async with asyncio.timeout(SOON):
            await gate.begun.wait()
        (vanishing,) = [site for site, mailserver in sites if mailserver._archive is gate.asked[0]]
        (staying,) = [site for site, mailserver in sites if mailserver._archive is not gate.asked[0]]
        await vanishing.close()
        gate.opened.set()
        await fetching.complete()
        assert set(fetching.found) == set(sent)
        assert fetching.kept == {staying.enode.node_id}
        # It is not even dialled while it rests.
        assert [static.enode.node_id for static in node.static_peers] == [staying.enode.node_id]


async def test_a_node_that_never_answers_is_left_for_another_one(world: World) -> None:
    silent = await world.node()  # a relay without archive
    one, mailserver = await world.mailserver()
    sent = world.envelopes(5)
    await archive(mailserver, sent)
    async with client(world, silent) as node:  # so that the silent one is the first choice
        fetching = Fetching(node, silent, one, config=ONE)
        fetching.fetch()
        assert [static.enode.node_id for static in node.static_peers] == [silent.enode.node_id]
        world.clock.ahead += PATIENCE + 1
        fetching.inquiry.do(Fetcher.on_timer)
        await fetching.complete()
        assert set(fetching.found) == set(sent)
        assert node.connected_peer(str(silent.enode)).id not in node.trusted


async def test_a_mailserver_that_is_a_relay_too_stays_a_relay_when_it_lied(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "pystatus.node.mailserver_session")
    one, mailserver = await world.mailserver()
    async with client(world, one) as node:
        fetching = Fetching(node, one, config=ONE)
        fetching.fetch()
        await fetching.complete()
        peer = node.connected_peer(str(one.enode))
        assert peer.id in node.trusted
        asked = mailserver.server.accepted
        one.send_p2p(one.peers[0], world.envelopes(1))  # that nobody asked for
        await until(lambda: peer.id not in node.trusted)
        assert fetching.found == []
        assert node.peers == (peer,)
        # An hour later it is asked again, over the same connection.
        world.clock.ahead += LONGEST_REST
        fetching.inquiry.do(Fetcher.on_timer)
        assert peer.id in node.trusted
        assert fetching.fetcher.missing
        await fetching.complete()
        assert mailserver.server.accepted > asked
        assert node.peers == (peer,)
    left, back = [record.getMessage() for record in caplog.records if record.name == "pystatus.node.mailserver_session"]
    assert f"the mailserver {one.enode.node_id[:8].hex()} is left for a while: " in left
    assert f"the mailserver {one.enode.node_id[:8].hex()} answers again" in back


async def test_a_mailserver_that_lied_and_is_nothing_else_is_disconnected(world: World) -> None:
    one, _ = await world.mailserver()
    async with client(world) as node:
        fetching = Fetching(node, one, config=ONE)
        fetching.fetch()
        await fetching.complete()
        one.send_p2p(one.peers[0], world.envelopes(1))
        await until(lambda: not node.network.peers)
        assert node.static_peers == ()
        world.clock.ahead += LONGEST_REST
        fetching.inquiry.do(Fetcher.on_timer)
        await fetching.complete()
        assert [peer.id for peer in node.peers] == [one.enode.node_id]


async def test_why_a_mailserver_was_left_is_told(world: World) -> None:
    relay = await world.node()  # named as a mailserver by mistake
    told: list[NodeEvent] = []
    async with Node(NodeConfig(full_node=False), clock=world.clock, on_event=told.append) as node:
        fetching = Fetching(node, relay, config=ONE)
        fetching.fetch()
        await until(lambda: any(isinstance(event, PeerJoined) for event in told))
        world.clock.ahead += PATIENCE + 1
        fetching.inquiry.do(Fetcher.on_timer)
        await until(lambda: any(isinstance(event, PeerGone) for event in told))
    (reason,) = [event.reason for event in told if isinstance(event, PeerGone)]
    assert reason == "we left this mailserver for a while: it does not answer"


async def test_a_mailserver_that_says_again_and_again_that_it_has_answered(world: World) -> None:
    """One word of it waits for what is being stored, and the last one counts."""
    one, _ = await world.mailserver()
    held: list[Callable[[], None]] = []
    async with client(world) as node:
        fetcher = Fetcher({one.enode.node_id: KEY}, SIGNER, os.urandom, ONE, now=node.now)
        inquiry = node.fetch_history(fetcher, [str(one.enode)], lambda _: None, held.append)
        inquiry.do(lambda fetcher, now: fetcher.set_topics([TOPIC], now))
        await until(lambda: held)
        (peer,) = node.peers
        for number in range(100):
            inquiry.request_completed(RequestCompleted(bytes([number]) * 32, peer))
        for _ in range(2):
            (stored,) = held
            held.clear()
            stored()
        assert held == []
        await until(lambda: not node.network.peers)  # nobody had asked for that
    assert fetcher.missing


async def test_a_relay_that_is_not_asked_may_be_silent_and_go(world: World) -> None:
    """Peers that are no mailservers are none of the fetcher's business, even if they are trusted."""
    relay = await world.node()
    one, _ = await world.mailserver()
    async with client(world, relay) as node:
        node.trust(str(relay.enode))
        fetching = Fetching(node, one, config=ONE)
        fetching.fetch()
        relay.send_p2p(relay.peers[0], world.envelopes(1))
        await fetching.complete()
        await relay.close()
        await until(lambda: [peer.id for peer in node.peers] == [one.enode.node_id])
        assert fetching.found == []


async def test_a_mailserver_that_is_a_relay_and_not_connected_yet(world: World) -> None:
    """It is dialled already, and goes on being dialled when nobody asks it any more."""
    one, _ = await world.mailserver()
    async with Node(NodeConfig(peers=(str(one.enode),), full_node=False), clock=world.clock) as node:
        fetching = Fetching(node, one, config=ONE)
        assert not node.peers
        fetching.fetch()
        await fetching.complete()
        fetching.inquiry.close()
        assert [static.enode.node_id for static in node.static_peers] == [one.enode.node_id]


async def test_a_mailserver_that_has_dialled_us_is_asked_over_that_connection(world: World) -> None:
    one, mailserver = await world.mailserver()
    listening = await world.node(NodeConfig(listen="127.0.0.1:0"))
    await archive(mailserver, world.envelopes(2))
    one.add_peer(str(listening.enode))
    await listening.wait_for_peer(SOON)
    fetching = Fetching(listening, one, config=ONE)
    fetching.fetch()
    await fetching.complete()
    assert len(fetching.found) == 2
    assert listening.static_peers == ()


async def test_a_node_that_is_among_its_mailservers_asks_the_others(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    one, (other, another) = await world.node(), await world.mailserver()
    await archive(another, world.envelopes(2))
    fetching = Fetching(one, one, other)
    fetching.fetch()
    await fetching.complete()
    assert len(fetching.found) == 2
    assert fetching.kept == {other.enode.node_id}
    assert "This enode is our own" in caplog.text


async def test_a_mailserver_fetches_by_itself_and_nobody_else_does_with_its_node(world: World) -> None:
    """Each would end what the other has begun."""
    (one, _), (other, another) = await world.mailserver(), await world.mailserver()
    await archive(another, world.envelopes(2))
    with pytest.raises(LocalError, match=r"asks others for what it lacks by itself: ask for history with another node"):
        Fetching(one, other)


async def test_an_enode_that_says_not_where_to_dial(world: World) -> None:
    async with client(world) as node:
        fetcher = Fetcher({}, SIGNER, os.urandom, now=node.now)
        for enode in ("enode://abc", f"enode://{PrivateKey(b'1' * 32).public_key.uncompressed[1:].hex()}"):
            with pytest.raises(LocalError):
                node.fetch_history(fetcher, [enode], lambda _: None)


# The end


async def test_after_closing_nobody_is_asked_and_nothing_is_taken(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (relay, first), (other, second) = await world.mailserver(), await world.mailserver()
    for mailserver in (first, second):
        await archive(mailserver, world.envelopes(3))
    gate = Gate(monkeypatch)
    async with client(world, relay) as node:
        fetching = Fetching(node, relay, other)
        fetching.fetch()
        await until(lambda: len(set(gate.asked)) == 2)
        before = list(fetching.outcomes)
        fetching.inquiry.close()
        assert node.connected_peer(str(relay.enode)).id not in node.trusted
        gate.opened.set()
        await until(lambda: [peer.id for peer in node.peers] == [relay.enode.node_id])  # who is a relay stays
        assert [static.enode.node_id for static in node.static_peers] == [relay.enode.node_id]
        fetching.inquiry.do(Fetcher.check)
        await relay.close()
        await until(lambda: not node.peers)
        assert fetching.outcomes == before


async def test_whoever_takes_the_outcomes_may_close_it(world: World) -> None:
    """At the first one, when there is more to be done."""
    one, mailserver = await world.mailserver()
    taken: list[Outcome] = []

    async with client(world, one) as node:
        fetcher = Fetcher({one.enode.node_id: KEY}, SIGNER, os.urandom, ONE, now=node.now)
        fetcher.set_topics([TOPIC], node.now)
        inquiries: list[MailserverSession] = []

        def take(outcome: Outcome) -> None:
            taken.append(outcome)
            other = Fetcher({}, SIGNER, os.urandom, now=node.now)
            inquiries.append(node.fetch_history(other, [], lambda _: None))  # closes the first one

        node.fetch_history(fetcher, [str(one.enode)], take)
        assert len(taken) == 1
        assert node.connected_peer(str(one.enode)).id not in node.trusted
        inquiries[0].do(Fetcher.check)
        await node.drain(SOON)
    assert len(taken) == 1
    assert mailserver.server.accepted == 0


async def test_closing_the_node_in_the_middle_of_an_answer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    one, mailserver = await world.mailserver()
    await archive(mailserver, world.envelopes(3))
    gate = Gate(monkeypatch)
    async with client(world) as node:
        fetching = Fetching(node, one)
        fetching.fetch()
        await gate.begun.wait()
    before = list(fetching.outcomes)
    gate.opened.set()
    await until(lambda: not one.peers)
    assert fetching.outcomes == before


async def test_another_fetcher_takes_the_place_of_the_first(world: World) -> None:
    (one, _), (other, mailserver) = await world.mailserver(), await world.mailserver()
    await archive(mailserver, world.envelopes(2))
    async with client(world) as node:
        first = Fetching(node, one, config=ONE)
        first.fetch()
        await first.complete()
        second = Fetching(node, other, config=ONE)
        second.fetch()
        await second.complete()
        assert len(second.found) == 2
        assert first.found == []
        assert [static.enode.node_id for static in node.static_peers] == [other.enode.node_id]


async def test_another_fetcher_with_the_same_mailserver_goes_on_at_once(world: World) -> None:
    one, mailserver = await world.mailserver()
    await archive(mailserver, world.envelopes(2))
    async with client(world) as node:
        for _ in range(3):
            fetching = Fetching(node, one, config=ONE)
            fetching.fetch()
            await fetching.complete()
            assert len(fetching.found) == 2
