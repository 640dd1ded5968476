"""A mailserver over real sockets: what a relay hears is asked for, and comes back."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from pystatus import LocalError, Node, NodeConfig, PrivateKey
from pystatus.mailserver.completion import Completed, Completion, Failed, decode_completion
from pystatus.mailserver.config import MailserverConfig
from pystatus.mailserver.requests import HistoryRequest
from pystatus.mailserver.server.archive import ArchiveBusy, ArchiveError
from pystatus.mailserver.server.server import Server
from pystatus.metrics.reading import samples
from pystatus.net import mailserver as module
from pystatus.net.mailserver import Mailserver
from pystatus.net.peer import Peer
from pystatus.node import NodeEvent
from pystatus.storage.archive.sqlite import SqliteArchive
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.events import EnvelopeConfirmed, EnvelopeReceived, RequestCompleted
from pystatus.wire import rlp
from tests.mailserver.support import KEY

TOPIC = b"\x12\x34\x56\x78"
OTHER = b"\x12\x34\x56\x79"
PATIENCE = 30.0


def envelope(topic: bytes = TOPIC, size: int = 300, age: float = 0.0) -> Envelope:
    return Envelope.mine(time.time() - age, 60, topic, os.urandom(size), 0.002)


async def until(condition: Callable[[], object]) -> None:
    """Wait for what nothing tells."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0)


class Asker:
    """A node that asks one mailserver, and what came of it."""

    def __init__(self) -> None:
        self.node: Node
        self.server: Peer
        self.key = PrivateKey.generate(os.urandom)
        self.received: list[Envelope] = []
        self.completions: list[Completion] = []
        self._news = asyncio.Event()

    def __call__(self, event: NodeEvent) -> None:
        if isinstance(event, EnvelopeReceived) and event.p2p:
            self.received.append(event.envelope)
        elif isinstance(event, RequestCompleted):
            self.completions.append(decode_completion(rlp.encode_bytes(event.content)))
        self._news.set()

    async def wait(self, wanted: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not wanted():
                self._news.clear()
                await self._news.wait()

    def send(self, request: HistoryRequest) -> bytes:
        """Ask; the id of the request."""
        sealed = request.seal(KEY, self.key, time.time(), 0.002, os.urandom)
        self.node.send_request(self.server, sealed.raw)
        return sealed.hash

    async def ask(self, request: HistoryRequest) -> Completion:
        """Ask, and wait for the completion, before which all envelopes have come."""
        before = len(self.completions)
        request_id = self.send(request)
        await self.wait(lambda: len(self.completions) > before)
        completion = self.completions[-1]
        assert completion.request_id == request_id
        return completion


class Site:
    """A node with an archive, and its mailserver."""

    def __init__(self, node: Node, mailserver: Mailserver) -> None:
        self.node = node
        self.mailserver = mailserver

    @asynccontextmanager
    async def asker(self) -> AsyncIterator[Asker]:
        asker = Asker()
        config = NodeConfig(peers=(str(self.node.enode),), full_node=False)
        async with Node(config, on_event=asker) as node:
            node.trust(str(self.node.enode))
            await node.wait_for_peer(PATIENCE)
            node.watch([TOPIC, OTHER])
            asker.node = node
            (asker.server,) = node.peers
            yield asker


@asynccontextmanager
async def site(path: Path, config: MailserverConfig | None = None) -> AsyncIterator[Site]:
    node = Node(NodeConfig(listen="127.0.0.1:0"))
    mailserver = node.keep_history(await SqliteArchive.open(path / "archive.db"), Server(KEY, config))
    async with node:
        await until(lambda: knows_what_it_lacks(node))
        yield Site(node, mailserver)


def knows_what_it_lacks(node: Node) -> bool:
    """It answers nothing before it has read the ledger of its archive, a moment after its start."""
    return node.catching_up is not None and node.catching_up.lacking is not None


def everything(limit: int = 0, cursor: bytes = b"", lower: int = 0) -> HistoryRequest:
    return HistoryRequest(lower, 0, b"", (TOPIC,), limit, cursor)


@pytest.mark.requirement("WM-1", "WM-5", "WM-13")
async def test_what_was_sent_while_somebody_was_away_is_there_when_they_ask(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        async with Node(NodeConfig(peers=(str(here.node.enode),))) as sender:
            await sender.wait_for_peer(PATIENCE)
            sent = [envelope() for _ in range(25)]
            for one in [*sent, envelope(OTHER)]:
                sender.post(one)
            await until(lambda: here.mailserver.archiver.archived == 26)
        async with here.asker() as asker:
            cursor = b""
            for expected in (10, 10, 5):
                completion = await asker.ask(everything(10, cursor))
                assert isinstance(completion, Completed)
                assert completion.last_hash == asker.received[-1].hash
                cursor = completion.cursor
                assert bool(cursor) == (expected == 10)
            assert len(asker.received) == 25
            assert set(asker.received) == set(sent)
    # It is there after a restart, too.
    async with site(tmp_path) as here, here.asker() as asker:
        assert isinstance(await asker.ask(everything()), Completed)
        assert set(asker.received) == set(sent)


@pytest.mark.requirement("WM-15")
async def test_who_does_not_trust_the_server_gets_nothing(tmp_path: Path) -> None:
    async with site(tmp_path) as here, here.asker() as asker:
        here.node.post(envelope())
        await here.mailserver.archiver.stored()
        asker.node.trust(str(here.node.enode), False)
        asker.send(everything())
        await until(lambda: asker.node.relay.counters.packets_received[packets.P2P_REQUEST_COMPLETE])
        asker.node.trust(str(here.node.enode))
        assert (asker.received, asker.completions) == ([], [])
        await asker.ask(everything())
        assert len(asker.received) == 1


async def test_a_refusal_is_told(tmp_path: Path) -> None:
    async with site(tmp_path, MailserverConfig(min_pow=5.0)) as here, here.asker() as asker:
        completion = await asker.ask(everything())
        assert isinstance(completion, Failed)
        assert completion.text == "PoW too low"


async def test_a_page_of_many_megabytes_comes_whole(tmp_path: Path) -> None:
    async with site(tmp_path) as here, here.asker() as asker:
        large = [envelope(size=700_000) for _ in range(12)]
        for one in large:
            here.node.post(one)
        await here.mailserver.archiver.stored()
        asker.received.clear()
        completion = await asker.ask(everything())
        assert isinstance(completion, Completed)
        assert not completion.cursor
        assert set(asker.received) == set(large)


@pytest.mark.parametrize(
    ("failure", "text"),
    [
        (ArchiveBusy("the search took too long"), "the search took too long"),
        (ArchiveError("The archive /home/operator/a.db is damaged."), "the archive cannot be read at present"),
    ],
)
async def test_an_archive_that_cannot_be_read_is_said_without_details(
    tmp_path: Path, failure: ArchiveError, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with site(tmp_path) as here, here.asker() as asker:

        async def page(_archive: object, _query: object) -> None:
            raise failure

        monkeypatch.setattr(SqliteArchive, "page", page)
        completion = await asker.ask(everything())
        assert isinstance(completion, Failed)
        assert text in completion.text
        assert "/home" not in completion.text


async def test_who_leaves_while_being_answered_holds_up_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with site(tmp_path) as here:
        gate = asyncio.Event()
        begun = asyncio.Event()
        read = SqliteArchive.page

        async def page(archive: SqliteArchive, query: object) -> object:
            begun.set()
            await gate.wait()
            return await read(archive, query)  # type: ignore[arg-type]

        monkeypatch.setattr(SqliteArchive, "page", page)
        async with here.asker() as leaving:
            leaving.send(everything())
            leaving.send(everything())
            await begun.wait()
        await until(lambda: not here.node.peers)
        gate.set()
        async with here.asker() as asker:
            assert isinstance(await asker.ask(everything()), Completed)


async def test_who_does_not_read_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The request has failed; it is not said to be complete (waku.md §7.6)."""
    monkeypatch.setattr(module, "PUSH_TIMEOUT", 0.2)
    monkeypatch.setattr(module, "UNREAD_BYTES", -1)
    async with site(tmp_path) as here, here.asker() as asker:
        completion = await asker.ask(everything())
        assert isinstance(completion, Failed)
        assert "too slowly" in completion.text


async def test_only_a_full_node_can_be_a_mailserver(tmp_path: Path) -> None:
    archive = await SqliteArchive.open(tmp_path / "archive.db")
    with pytest.raises(LocalError, match="full node"):
        Node(NodeConfig(full_node=False)).keep_history(archive, Server(KEY))
    await archive.close()


async def test_closing_breaks_off_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = asyncio.Event()

    async def page(_archive: object, _query: object) -> None:
        begun.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(SqliteArchive, "page", page)
    async with site(tmp_path) as here, here.asker() as asker:
        asker.send(everything())
        asker.send(everything())
        await begun.wait()
        await until(lambda: here.mailserver.server.accepted == 2)
    assert not here.mailserver._tasks, "the one that waits is not begun"


async def test_monitoring_sees_what_is_archived_and_asked_for(tmp_path: Path) -> None:
    async with site(tmp_path, MailserverConfig(interval=1_000.0)) as here, here.asker() as asker:
        here.node.post(envelope())
        await here.mailserver.archiver.stored()
        assert isinstance(await asker.ask(everything()), Completed)
        assert isinstance(await asker.ask(everything()), Failed)
        seen = {(name, labels): value for name, labels, value in samples(here.node, ready=True)}
    assert seen["pystatus_archive_envelopes_total", ("archived",)] == 1
    assert seen["pystatus_archive_envelopes_total", ("lost",)] == 0
    assert seen["pystatus_archive_well", ()] == 1
    assert seen["pystatus_history_requests_total", ("accepted",)] == 1
    assert seen["pystatus_history_requests_total", ("refused",)] == 1


async def test_a_confirmation_of_a_mailserver_says_that_it_is_archived(tmp_path: Path) -> None:
    node = Node(NodeConfig(listen="127.0.0.1:0", confirmations=True))
    archive = await SqliteArchive.open(tmp_path / "archive.db")
    mailserver = node.keep_history(archive, Server(KEY))
    confirmed = asyncio.Event()
    stored_then: list[int] = []

    def on_event(event: NodeEvent) -> None:
        if isinstance(event, EnvelopeConfirmed):
            stored_then.append(mailserver.archiver.archived)
            confirmed.set()

    async with node, Node(NodeConfig(peers=(str(node.enode),)), on_event=on_event) as sender:
        await sender.wait_for_peer(PATIENCE)
        sender.post(envelope())
        async with asyncio.timeout(PATIENCE):
            await confirmed.wait()
    assert stored_then == [1]
