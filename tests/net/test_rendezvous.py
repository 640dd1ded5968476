"""Rendezvous over sockets: servers, clients, and those who vanish."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import os
import resource
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enode import Enode
from pystatus.devp2p.enr import NodeRecord
from pystatus.discovery.addresses import IPAddress
from pystatus.discovery.rendezvous.messages import PROTOCOL, DiscoverResponse, MessageType, Status
from pystatus.discovery.rendezvous.server import ServerStream
from pystatus.errors import LocalError, RemoteError
from pystatus.libp2p.events import StreamData, StreamOpened
from pystatus.libp2p.limits import Libp2pLimits
from pystatus.libp2p.multiaddr import PeerAddress, at_address
from pystatus.libp2p.peer_id import PeerId
from pystatus.net import rendezvous_client, rendezvous_link
from pystatus.net.rendezvous_client import MAX_NODES, RendezvousSource
from pystatus.net.rendezvous_link import RendezvousLink
from pystatus.net.rendezvous_server import OTHER_DESCRIPTORS, RendezvousServer, ServerLimits, _Session
from pystatus.peers.sources import Source

LOOPBACK = ipaddress.ip_address("127.0.0.1")
WHISPER = "whisper"


def key() -> PrivateKey:
    return PrivateKey.generate(os.urandom)


@asynccontextmanager
async def serving(**options: Any) -> AsyncIterator[RendezvousServer]:
    server = RendezvousServer(
        options.pop("key", None) or key(), ["127.0.0.1"], options.pop("port", 0), os.urandom, **options
    )
    await server.start()
    try:
        yield server
    finally:
        await server.close()


def address_of(server: RendezvousServer) -> PeerAddress:
    return server.address()


class Client:
    """A node that looks for others by Rendezvous, and what it has found."""

    def __init__(self, *nodes: PeerAddress, port: int = 30303, is_known: bool = True) -> None:
        self.key = key()
        self.record = NodeRecord.sign(self.key, 0, {b"ip": LOOPBACK.packed, b"tcp": port})
        self.found: list[tuple[str, Enode]] = []
        self._anything = asyncio.Event()
        self.source = RendezvousSource(
            self.key, nodes, lambda: self.record if is_known else None, os.urandom, self._found
        )

    def _found(self, source: Source, topic: str, node: Enode) -> None:
        assert source is Source.RENDEZVOUS
        self.found.append((topic, node))
        self._anything.set()

    async def __aenter__(self) -> Client:
        await self.source.start()
        return self

    async def __aexit__(self, *ignored: object) -> None:
        await self.source.close()

    async def finds(self) -> None:
        self._anything.clear()
        async with asyncio.timeout(20):
            await self._anything.wait()


async def until(there: Callable[[], object]) -> None:
    """Turns of the event loop, until other tasks have brought it about."""
    async with asyncio.timeout(20):
        while not there():  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0)


@contextmanager
def often(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Clients register ten times a second, and pause as little."""
    with monkeypatch.context() as patch:
        patch.setattr(rendezvous_client, "REGISTRATION_PERIOD", 0.1)
        patch.setattr(rendezvous_client, "FIRST_PAUSE", 0.05)
        yield


@pytest.mark.requirement("CL-18", "CL-19")
async def test_one_registers_and_another_finds_it() -> None:
    async with serving() as server, Client(address_of(server)) as relay, Client(address_of(server)) as client:
        relay.source.register(WHISPER)
        await until(lambda: len(server.registry))
        client.source.search(WHISPER, 3.0)
        await client.finds()
        assert client.found == [(WHISPER, relay.record.enode)]
        assert server.connections == 2
        assert server.counters.answered == {("register", 0): 1, ("discover", 0): 1}
        assert client.source.problem is None
    assert not server.is_listening
    assert server.connections == 0


async def test_a_node_does_not_find_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving() as server, Client(address_of(server)) as relay:
        relay.source.register(WHISPER)
        await until(lambda: len(server.registry))
        relay.source.search(WHISPER, 0.01)
        await until(lambda: server.counters.records_out)
        relay.source.search(WHISPER, None)
        assert relay.found == []


async def test_two_servers_are_asked_and_what_they_say_is_merged(monkeypatch: pytest.MonkeyPatch) -> None:
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(serving()) for _ in range(2)]
        nodes = [address_of(server) for server in servers]
        client = await stack.enter_async_context(Client(*nodes))
        with often(monkeypatch):
            relay = await stack.enter_async_context(Client(*nodes))
            relay.source.register(WHISPER)
            await until(lambda: all(len(server.registry) for server in servers))
        client.source.search(WHISPER, 30.0)
        await client.finds()
        assert [server.counters.answered["discover", 0] for server in servers] == [1, 1]
        assert client.found == [(WHISPER, relay.record.enode)]


async def test_a_new_pace_holds_at_once_and_a_search_ends() -> None:
    async with serving() as server, Client(address_of(server)) as client:
        client.source.search(WHISPER, 1000.0)
        await until(lambda: server.counters.answered.get(("discover", 0)) == 1)
        client.source.search(WHISPER, 0.001)
        await until(lambda: server.counters.answered.get(("discover", 0), 0) >= 3)
        client.source.search(WHISPER, None)
        client.source.search("unheard", None)


async def test_a_registration_is_repeated_until_it_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    with often(monkeypatch):
        async with serving() as server, Client(address_of(server)) as relay:
            relay.source.register(WHISPER)
            relay.source.register(WHISPER)
            await until(lambda: server.counters.answered.get(("register", 0), 0) >= 3)
            relay.source.unregister(WHISPER)
            relay.source.unregister(WHISPER)
            assert server.registry.topics() == {b"whisper": 1}


async def test_without_a_record_nothing_is_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    with often(monkeypatch):
        async with serving() as server, Client(address_of(server), is_known=False) as relay:
            relay.source.register(WHISPER)
            relay.source.search(WHISPER, 0.05)
            await until(lambda: server.counters.answered.get(("discover", 0), 0) >= 3)
            assert ("register", 0) not in server.counters.answered


async def test_a_server_that_says_nothing_does_not_keep_what_another_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendezvous_client, "PATIENCE", 0.01)
    silent: list[asyncio.StreamWriter] = []

    def accept(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        silent.append(writer)

    async with serving() as server, await asyncio.start_server(accept, "127.0.0.1", 0) as other:
        mute = at_address(LOOPBACK, other.sockets[0].getsockname()[1], PeerId(key().public_key))
        async with Client(address_of(server)) as relay, Client(address_of(server), mute) as client:
            relay.source.register(WHISPER)
            await until(lambda: len(server.registry))
            monkeypatch.setattr(rendezvous_client, "REQUEST_TIMEOUT", 1_000.0)
            client.source.search(WHISPER, 3.0)
            await client.finds()
            assert client.found == [(WHISPER, relay.record.enode)]
            await until(lambda: silent)
        for writer in silent:
            writer.close()


async def test_a_record_that_the_disk_does_not_take_is_registered_later(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A node makes its record when it is needed first, and nobody sees one that is not stored."""
    tries = 0
    with often(monkeypatch):
        async with serving() as server, Client(address_of(server)) as relay:

            def record() -> NodeRecord:
                nonlocal tries
                tries += 1
                if tries < 3:
                    raise LocalError("The record cannot be stored: the disk is full.")
                return relay.record

            relay.source._record = record
            relay.source.register(WHISPER)
            await until(lambda: len(server.registry))
    assert tries >= 3
    assert relay.source.problem == "The record cannot be stored: the disk is full."
    assert caplog.text.count("nothing can be registered with Rendezvous nodes: The record cannot be stored") == 1


async def test_a_server_that_restarts_is_found_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    with often(monkeypatch):
        identity = key()
        async with serving(key=identity) as server, Client(address_of(server)) as client:
            client.source.search(WHISPER, 0.05)
            await until(lambda: server.counters.answered)
            await server.close()
            await until(lambda: client.source.problem)
            assert str(address_of(server)) in str(client.source.problem)
            async with serving(key=identity, port=server.port) as again:
                await until(lambda: again.counters.answered)
                await until(lambda: "answers again" in caplog.text)
    assert caplog.text.count("cannot be asked") == 1
    assert "Errno" not in caplog.text


async def test_a_server_that_is_another_than_its_address_says(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving() as server:
        wrong = PeerAddress("ip4", "127.0.0.1", server.port, PeerId(key().public_key))
        async with Client(wrong) as client:
            client.source.search(WHISPER, 0.05)
            await until(lambda: client.source.problem)
            assert f"peer is {server.peer_id}, and not the" in str(client.source.problem)
            assert server.counters.answered == {}


async def test_a_registration_that_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    async with serving() as server, Client(address_of(server)) as relay:
        relay.record = NodeRecord.sign(relay.key, 0, {b"ip": bytes((5, 6, 7, 8)), b"tcp": 1})
        relay.source.register(WHISPER)
        await until(lambda: relay.source.problem)
        assert "status 200, not authorized" in str(relay.source.problem)
        assert len(server.registry) == 0
    assert caplog.text.count("does not register us") == 1


@pytest.mark.parametrize(
    ("answer", "problem", "is_left_alone"),
    [
        (DiscoverResponse(Status.INTERNAL_ERROR, "no room").encode(), "status 300, internal error: no room", False),
        (b"\x04\xc3\x80\x80\x80", "node records in a Rendezvous message are no list", True),
        (b"\x04\xff" + bytes(8), "announces a length that no message has", True),
    ],
)
async def test_answers_that_are_none(
    monkeypatch: pytest.MonkeyPatch, answer: bytes, problem: str, is_left_alone: bool
) -> None:
    monkeypatch.setattr(ServerStream, "receive_data", lambda self, data, now: answer)
    async with serving() as server, Client(address_of(server)) as client:
        client.source.search(WHISPER, 0.01)
        await until(lambda: client.source.problem)
        assert problem in str(client.source.problem)
        (asked,) = client.source._servers
        assert (asked.retry_at > asyncio.get_running_loop().time()) == is_left_alone
        assert client.found == []


@pytest.mark.parametrize("answer", [b"\x02\xc1\x80", b"\x03\xc0"])
async def test_registrations_that_are_answered_by_nonsense(monkeypatch: pytest.MonkeyPatch, answer: bytes) -> None:
    monkeypatch.setattr(ServerStream, "receive_data", lambda self, data, now: answer)
    async with serving() as server, Client(address_of(server)) as client:
        client.source.register(WHISPER)
        await until(lambda: client.source.problem)
        (asked,) = client.source._servers
        assert asked.retry_at > asyncio.get_running_loop().time()


async def test_records_that_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server of the own network may send us there, and nowhere else may a forged record."""
    good = NodeRecord.sign(key(), 0, {b"ip": LOOPBACK.packed, b"tcp": 5})
    forged = bytearray(good.encoded)
    forged[-1] ^= 1
    answer = DiscoverResponse(Status.OK, records=(bytes(forged), good.encoded)).encode()
    monkeypatch.setattr(ServerStream, "receive_data", lambda self, data, now: answer)
    async with serving() as server, Client(address_of(server)) as client:
        client.source.search(WHISPER, 3.0)
        await client.finds()
        assert client.found == [(WHISPER, good.enode)]


async def test_a_fault_of_ours_is_told(caplog: pytest.LogCaptureFixture) -> None:
    async with serving() as server, Client(address_of(server)) as client:
        client.record = NodeRecord.sign(client.key, 0, {b"ip": LOOPBACK.packed, b"tcp": 5})
        client.source._record = lambda: 1 / 0  # type: ignore[assignment, return-value]
        client.source.register(WHISPER)
        await until(lambda: "has ended" in caplog.text)
        assert "ZeroDivisionError" in caplog.text


async def test_nobody_listens() -> None:
    async with serving() as server:
        nobody = address_of(server)
    async with Client(nobody) as client:
        client.source.search(WHISPER, 0.01)
        await until(lambda: client.source.problem)
        assert client.found == []


@pytest.mark.parametrize("answer", [None, b"\x04\xff" + bytes(8)])
async def test_two_topics_that_fail_together_make_one_pause(
    monkeypatch: pytest.MonkeyPatch, answer: bytes | None
) -> None:
    """A server that is gone, and one that says nonsense: the next failure is the second one, not the third."""
    told: list[Exception] = []
    failed = rendezvous_client._Server.failed

    def spy(self: rendezvous_client._Server, error: Exception, *began: float) -> RemoteError:
        told.append(error)
        return failed(self, error, *began)

    monkeypatch.setattr(rendezvous_client._Server, "failed", spy)
    if answer is not None:
        monkeypatch.setattr(ServerStream, "receive_data", lambda self, data, now: answer)
    async with serving() as server:
        if answer is None:
            await server.close()
        async with Client(address_of(server)) as client:
            client.source.search(WHISPER, 1000.0)
            client.source.search("whispermail", 1000.0)
            await until(lambda: len(told) == 2)
            (asked,) = client.source._servers
            assert asked._failures == 1
            assert asked.retry_at <= asyncio.get_running_loop().time() + rendezvous_client.FIRST_PAUSE * 1.25


@asynccontextmanager
async def listening(
    said: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[PeerAddress]:
    """A server that does what a test wants."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await said(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield PeerAddress("ip4", "127.0.0.1", port, PeerId(key().public_key))
    server.close()
    await server.wait_closed()


async def test_a_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendezvous_client, "REQUEST_TIMEOUT", 0.05)

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)

    async with listening(say) as node, Client(node) as client:
        client.source.search(WHISPER, 0.01)
        await until(lambda: client.source.problem)
        assert str(client.source.problem).endswith("no answer in time")


async def test_a_server_that_hangs_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)

    async with listening(say) as node, Client(node) as client:
        client.source.search(WHISPER, 0.01)
        await until(lambda: client.source.problem)
        assert "closed the connection" in str(client.source.problem) or "reset" in str(client.source.problem)


async def test_what_was_not_started_says_so() -> None:
    async with serving() as server:
        client = Client(address_of(server))
        with pytest.raises(LocalError, match="Start the search"):
            client.source.register(WHISPER)
        async with client:
            with pytest.raises(LocalError, match="1 to 50 bytes"):
                client.source.search("x" * 51, 3.0)
            with pytest.raises(LocalError, match="1 to 50 bytes"):
                client.source.register("")
        await client.source.close()
        with pytest.raises(LocalError, match="Start the search"):
            client.source.search(WHISPER, 3.0)
        async with client:
            client.source.search(WHISPER, 3.0)
            await until(lambda: server.counters.answered)


async def test_servers_are_named() -> None:
    node = PeerAddress("ip4", "127.0.0.1", 1, PeerId(key().public_key))
    for nodes in ((), (node,) * (MAX_NODES + 1)):
        with pytest.raises(LocalError, match="name 1 to 16 Rendezvous nodes"):
            Client(*nodes)


class TestLinks:
    async def test_requests_share_a_connection(self) -> None:
        async with serving() as server:
            link = await RendezvousLink.open(key(), address_of(server), os.urandom)
            bodies = await asyncio.gather(
                *(link.ask(MessageType.DISCOVER_RESPONSE, b"\x03\xc9\x0a\x87whisper") for _ in range(10))
            )
            assert bodies == [b"\xc3\x80\x80\xc0"] * 10
            assert server.connections == 1
            await link.close()
            with pytest.raises(RemoteError, match="is over"):
                await link.ask(MessageType.DISCOVER_RESPONSE, b"\x03")

    async def test_an_answer_of_another_type(self) -> None:
        async with serving() as server:
            link = await RendezvousLink.open(key(), address_of(server), os.urandom)
            with pytest.raises(RemoteError, match="answers with type 4, not 2"):
                await link.ask(MessageType.REGISTER_RESPONSE, b"\x03\xc9\x0a\x87whisper")
            await link.close()

    async def test_a_stream_that_the_server_resets(self) -> None:
        async with serving() as server:
            link = await RendezvousLink.open(key(), address_of(server), os.urandom)
            with pytest.raises(RemoteError, match="gave the stream up"):
                await link.ask(MessageType.REGISTER_RESPONSE, b"\x09")
            await link.close()

    async def test_a_request_that_nobody_waits_for_any_more(self) -> None:
        async with serving() as server:
            link = await RendezvousLink.open(key(), address_of(server), os.urandom)
            waiting = asyncio.create_task(link.ask(MessageType.DISCOVER_RESPONSE, b"\x03"))
            await until(lambda: link._requests)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            assert await link.ask(MessageType.DISCOVER_RESPONSE, b"\x03\xc9\x0a\x87whisper")
            await link.close()

    async def test_a_server_that_stops_while_it_is_asked(self) -> None:
        async with serving() as server:
            link = await RendezvousLink.open(key(), address_of(server), os.urandom)
            waiting = asyncio.create_task(link.ask(MessageType.DISCOVER_RESPONSE, b"\x03"))
            await until(lambda: any(isinstance(one, _Session) and one._streams for one in server._sessions))
            await server.close()
            with pytest.raises(RemoteError, match="goes away"):
                await waiting
            assert link.is_over
            await link.close()

    async def test_a_stream_that_ends_without_an_answer(self) -> None:
        async with serving() as server:
            link = await RendezvousLink.open(key(), address_of(server), os.urandom)
            waiting = asyncio.create_task(link.ask(MessageType.DISCOVER_RESPONSE, b""))
            await until(lambda: link._requests)
            (number,) = link._requests
            await until(lambda: link._connection._streams[number].negotiation is None)
            link._connection.end(number, 0.0)
            link._protocol.pump()
            with pytest.raises(RemoteError, match="without an answer"):
                await waiting
            await link.close()

    async def test_a_stream_that_the_server_closes_at_once(self) -> None:
        """It has agreed on the protocol, and reset the stream in the same packet."""
        async with serving() as server:
            link = await RendezvousLink.open(key(), address_of(server), os.urandom)
            waiting = asyncio.create_task(link.ask(MessageType.DISCOVER_RESPONSE, b"\x03"))
            await until(lambda: link._requests)
            (number,) = link._requests
            link._connection._muxer.reset(number)
            link.event(StreamOpened(number, PROTOCOL, by_peer=False))
            with pytest.raises(RemoteError, match="closed the stream at once"):
                await waiting
            link.event(StreamOpened(number, PROTOCOL, by_peer=False))
            link.event(StreamData(number, b"\x04"))
            link.abort()

    async def test_a_time_limit_while_connecting(self) -> None:
        async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(-1)

        async with listening(say) as node:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await RendezvousLink.open(key(), node, os.urandom)

    def test_the_family_of_an_address(self) -> None:
        assert set(rendezvous_link._FAMILIES) == {"ip4", "ip6", "dns4"}


class TestServer:
    async def test_an_address_has_so_many_connections(self) -> None:
        """Others than of the own network; so the rule is asked directly."""
        server = RendezvousServer(key(), ["127.0.0.1"], 0, os.urandom, limits=ServerLimits(connections_per_host=2))
        sessions = [FakeSession(server, address) for address in ("1.1.1.1", "1.1.1.1", "1.1.1.1", "1.1.1.2")]
        assert [server.admit(one, 0.0) is not None for one in sessions] == [True, True, False, True]
        assert server.refused_connections == 1
        server.forget(sessions[0])
        server.forget(sessions[0])
        assert server.admit(sessions[2], 0.0) is not None
        assert server.connections == 3

    async def test_a_network_has_so_many_connections(self) -> None:
        server = RendezvousServer(key(), ["127.0.0.1"], 0, os.urandom, limits=ServerLimits(connections_per_subnet=2))
        addresses = ("1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.2.1")
        assert [server.admit(FakeSession(server, one), 0.0) is not None for one in addresses] == [
            True, True, False, True,
        ]  # fmt: skip

    async def test_a_network_comes_so_often(self) -> None:
        """However soon it leaves again."""
        limits = ServerLimits(arrivals_burst=2.0, arrivals_per_second=0.5)
        server = RendezvousServer(key(), ["127.0.0.1"], 0, os.urandom, limits=limits)
        taken = []
        for now in (0.0, 0.0, 0.0, 2.0):
            session = FakeSession(server, "1.1.1.1")
            taken.append(server.admit(session, now) is not None)
            server.forget(session)
        assert taken == [True, True, False, True]

    async def test_where_all_is_full_the_network_with_most_gives_way(self) -> None:
        server = RendezvousServer(key(), ["127.0.0.1"], 0, os.urandom, limits=ServerLimits(connections=3))
        sessions = [FakeSession(server, one) for one in ("1.1.1.1", "1.1.1.2", "2.2.2.2")]
        assert all(server.admit(one, 0.0) for one in sessions)
        assert server.admit(FakeSession(server, "1.1.1.3"), 0.0) is None
        assert server.admit(FakeSession(server, "3.3.3.3"), 0.0) is not None
        assert [one.ended for one in sessions] == [True, False, False]
        assert server.connections == 3

    async def test_somebody_gives_way_before_the_process_may_open_no_more_files(self) -> None:
        """Where the system has no descriptor left it accepts nobody, and nobody would ever give way."""
        before = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (OTHER_DESCRIPTORS + 3, before[1]))
        try:
            server = RendezvousServer(key(), ["127.0.0.1"], 0, os.urandom)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
        sessions = [FakeSession(server, f"{number}.1.1.1") for number in range(1, 5)]
        assert all(server.admit(one, 0.0) for one in sessions)
        assert server.connections == 3
        assert [one.ended for one in sessions].count(True) == 1

    async def test_a_connection_that_gives_way_is_closed(self) -> None:
        async with serving(limits=ServerLimits(connections=2)) as server:
            links = [await RendezvousLink.open(key(), address_of(server), os.urandom) for _ in range(2)]
            with pytest.raises((RemoteError, OSError)):  # they are all of one network
                await RendezvousLink.open(key(), address_of(server), os.urandom)
            next(iter(server._sessions)).abort("for the test")
            await until(lambda: links[0].is_over)
            assert server.connections == 1
            for link in links:
                await link.close()

    async def test_a_client_that_does_not_finish_is_closed(self) -> None:
        limits = Libp2pLimits(handshake_timeout=0.05)
        async with serving(connection_limits=limits) as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            await until(lambda: server.connections)
            async with asyncio.timeout(20):
                assert (await reader.read(-1)).startswith(b"\x13/multistream")
            writer.close()
            await until(lambda: not server.connections)

    async def test_a_client_that_asks_too_often_is_closed(self) -> None:
        async with serving() as server:
            link = await RendezvousLink.open(key(), address_of(server), os.urandom)
            with pytest.raises(RemoteError, match="goes away"):
                await link.ask(MessageType.REGISTER_RESPONSE, b"\x03\xc9\x0a\x87whisper" * 100)
            await link.close()

    async def test_a_client_that_does_not_read(self) -> None:
        """What does not fit into its window does not wait for it: its stream is reset."""
        async with serving() as server:
            link = await RendezvousLink.open(key(), address_of(server), os.urandom)
            (session,) = server._sessions
            assert isinstance(session, _Session)
            number = link._connection.open_stream(PROTOCOL, asyncio.get_running_loop().time())
            link._protocol.pump()
            await until(lambda: session._streams)
            session._connection._muxer._streams[number].window = 1
            link._connection.send(number, b"\x03\xc9\x0a\x87whisper")
            link._protocol.pump()
            await until(lambda: number not in link._connection._streams)
            assert not session._streams
            await link.close()

    async def test_a_client_that_takes_nothing_from_its_socket(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("pystatus.net.libp2p_protocol.MAX_UNSENT", 1000)
        async with serving() as server:
            link = await RendezvousLink.open(key(), address_of(server), os.urandom)
            (session,) = server._sessions
            assert isinstance(session, _Session)
            session._connection._output.append(bytes(20_000_000))
            session._connection.pending_bytes = 1
            session._protocol.pump()
            await until(lambda: not server.connections)
            link.abort()

    async def test_a_port_that_is_taken(self) -> None:
        async with serving() as server:
            with pytest.raises(LocalError, match="already in use"):
                await RendezvousServer(key(), ["127.0.0.1"], server.port, os.urandom).start()

    async def test_registrations_end_without_anybody_asking(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("pystatus.net.rendezvous_server.CLEANING_PERIOD", 0.01)
        async with serving() as server:
            record = NodeRecord.sign(key(), 0, {b"tcp": 1})
            now = asyncio.get_running_loop().time()
            server.registry.register(b"whisper", record, 0, LOOPBACK, now - 1)
            await until(lambda: not len(server.registry))


class FakeSession:
    """A connection from anywhere."""

    def __init__(self, server: RendezvousServer, address: str) -> None:
        self._address = ipaddress.ip_address(address)
        self.ended = False

    @property
    def address(self) -> IPAddress:
        return self._address

    def abort(self, why: str) -> None:
        self.ended = True

    def close(self, why: str) -> None:
        self.ended = True
