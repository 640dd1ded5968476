"""Nodes that find, keep and lose each other over real sockets."""

import asyncio
import errno
import socket

import pytest

from pystatus.devp2p.enode import Enode
from pystatus.devp2p.limits import ConnectionLimits
from pystatus.devp2p.messages import DisconnectReason
from pystatus.errors import LocalError, RemoteError
from pystatus.net.connecting import ConnectionAttempt
from pystatus.net.listening import listen_error
from pystatus.net.manager import PeerManager
from pystatus.net.peer import Peer
from pystatus.net.rlpx_protocol import RlpxProtocol
from pystatus.peers.backoff import Backoff
from tests.net.support import CONFIG, PATIENCE, TOY, RawClient, SilentServer, TestNode, configured, key, node


async def test_two_nodes_exchange_packets() -> None:
    async with asyncio.timeout(PATIENCE), TestNode(1) as a, TestNode(2) as b:
        a.add_static(b.enode)
        at_a, at_b = await a.wait_for_peer(), await b.wait_for_peer()
        assert (at_a.id, at_b.id) == (key(2).public_key.xy, key(1).public_key.xy)
        assert (at_a.client_id, at_b.client_id) == ("node 2", "node 1")
        assert (at_a.inbound, at_b.inbound) == (False, True)
        assert (at_a.enode, at_b.enode) == (b.enode, Enode(key(1).public_key, "127.0.0.1"))
        assert at_a.capabilities == at_b.capabilities == (TOY,)
        assert "node 2" in repr(at_a)
        at_a.send(TOY, 1, b"hello")
        assert await b.app.packets.get() == (at_b, TOY, 1, b"hello")
        at_b.send(TOY, 7, bytes(1_000_000))
        assert await a.app.packets.get() == (at_a, TOY, 7, bytes(1_000_000))
        assert a.peers == (at_a,)
        assert at_a.pending_bytes == 0


async def test_waiting_for_one_of_several() -> None:
    async with asyncio.timeout(PATIENCE), TestNode(1) as a, TestNode(2) as b, TestNode(3) as c:
        waiting = asyncio.create_task(a.wait_for_peer(c.enode.node_id))
        given_up = asyncio.create_task(a.wait_for_peer(key(4).public_key.xy))
        await asyncio.sleep(0)
        a.add_static(b.enode)
        first = await a.wait_for_peer()
        assert await a.wait_for_peer() is first
        assert not waiting.done()
        a.add_static(c.enode)
        assert (await waiting).id == c.enode.node_id
        given_up.cancel()
        await asyncio.wait([given_up])
        assert a._waiting == []


async def test_many_packets_in_order_in_both_directions() -> None:
    async with asyncio.timeout(PATIENCE), TestNode(1) as a, TestNode(2) as b:
        b.app.on_packet = lambda peer, code, payload: peer.send(TOY, 0, payload)
        a.add_static(b.enode)
        peer = await a.wait_for_peer()
        for number in range(2000):
            peer.send(TOY, 0, number.to_bytes(2, "big") * (number % 50))
        for number in range(2000):
            _, _, _, payload = await a.app.packets.get()
            assert payload == number.to_bytes(2, "big") * (number % 50)


async def test_what_is_sent_in_one_turn_is_written_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async with asyncio.timeout(PATIENCE), TestNode(1) as a, TestNode(2) as b:
        a.add_static(b.enode)
        peer = await a.wait_for_peer()
        await b.wait_for_peer()
        link = peer._link
        writes = []

        class CountingTransport:
            def write(self, data: bytes) -> None:
                writes.append(len(data))
                real.write(data)

            def __getattr__(self, name: str) -> object:
                return getattr(real, name)

        assert isinstance(link, RlpxProtocol)
        real = link._transport
        monkeypatch.setattr(link, "_transport", CountingTransport())
        for _ in range(100):
            peer.send(TOY, 0, b"small")
        for _ in range(100):
            await b.app.packets.get()
        assert len(writes) == 1


@pytest.mark.requirement("WK-61")
async def test_a_peer_that_was_killed_is_dialled_again() -> None:
    async with asyncio.timeout(PATIENCE), TestNode(1) as a:
        async with TestNode(2) as b:
            static = a.add_static(b.enode)
            first = await a.wait_for_peer()
            assert static.is_connected
            assert static.failure is None
            b_enode = b.enode
        peer, reason = await a.app.disconnected.get()
        assert (peer, reason) == (first, "the peer disconnected: client quitting")
        assert not first.is_connected
        assert not static.is_connected
        first.send(TOY, 0, b"into the void")
        async with TestNode(2, configured(listen_port=b_enode.port)) as b_again:
            second = await a.wait_for_peer(b_enode.node_id)
            assert second is not first
            second.send(TOY, 2, b"again")
            assert (await b_again.app.packets.get())[2:] == (2, b"again")


async def test_a_broken_connection_is_dialled_again() -> None:
    async with asyncio.timeout(PATIENCE), TestNode(1) as a, TestNode(2) as b:
        static = a.add_static(b.enode)
        for _ in range(3):
            peer = await a.app.connected.get()
            link = (await b.app.connected.get())._link
            assert isinstance(link, RlpxProtocol)
            link._transport.abort()
            assert await a.app.disconnected.get() == (peer, "the peer closed the connection")
        await a.app.connected.get()
        assert static.failures == 3


async def test_a_connection_that_lasted_begins_the_backoff_anew() -> None:
    async with asyncio.timeout(PATIENCE), TestNode(1, configured(stable_after=0.0)) as a, TestNode(2) as b:
        static = a.add_static(b.enode)
        for _ in range(3):
            await a.app.connected.get()
            (await b.app.connected.get()).disconnect()
        await a.app.connected.get()
        assert static.failures == 1


async def test_unreachable_peers_are_tried_for_ever_and_say_why() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))  # bound and not listening: refuses
        port = reserved.getsockname()[1]
        async with asyncio.timeout(PATIENCE), TestNode(1) as a:
            static = a.add_static(Enode(key(2).public_key, "127.0.0.1", port, port))
            for _ in range(4):
                failure = await a.dialled.get()
                assert failure is not None
                assert "refused" in failure.lower()
            assert static.failures >= 3
            assert static.failure == failure
            assert a.static_peers == (static,)


async def test_a_name_is_resolved_when_dialled() -> None:
    async with asyncio.timeout(PATIENCE), TestNode(1) as a, TestNode(2) as b:
        a.add_static(Enode(key(2).public_key, "localhost", b.enode.port, 0))
        await a.wait_for_peer()


async def test_a_removed_peer_is_disconnected_and_left_alone() -> None:
    async with asyncio.timeout(PATIENCE), TestNode(1) as a, TestNode(2) as b:
        a.add_static(b.enode)
        peer = await a.wait_for_peer()
        await b.wait_for_peer()
        a.remove_static(peer.id)
        assert (await b.app.disconnected.get())[1] == "the peer disconnected: requested"
        assert a.static_peers == ()
        a.remove_static(peer.id)


async def test_removed_while_dialling() -> None:
    async with asyncio.timeout(PATIENCE), SilentServer() as silent, TestNode(1) as a:
        a.add_static(silent.enode(2))
        await silent.accepted.get()
        a.remove_static(key(2).public_key.xy)
        await a.lost.get()


async def test_removed_while_shaking_hands() -> None:
    async with asyncio.timeout(PATIENCE), SilentServer() as silent, TestNode(1) as a:
        a.add_static(silent.enode(2))
        await silent.accepted.get()
        for _ in range(10):  # until create_connection has returned
            await asyncio.sleep(0)
        a.remove_static(key(2).public_key.xy)
        await a.lost.get()


async def test_a_handshake_that_takes_too_long() -> None:
    limits = ConnectionLimits(handshake_timeout=0.02)
    async with asyncio.timeout(PATIENCE), SilentServer() as silent, TestNode(1, configured(limits)) as a:
        a.add_static(silent.enode(2))
        failure = await a.dialled.get()
        assert (
            failure == "it accepts connections and says nothing within 0.02 seconds; another program may listen there"
        )


async def test_a_peer_that_hangs_up_at_once() -> None:
    async with asyncio.timeout(PATIENCE), SilentServer() as silent, TestNode(1) as a:
        a.add_static(silent.enode(2))
        for _ in range(3):
            (await silent.accepted.get()).abort()
            assert await a.dialled.get() is not None


async def test_added_again_with_another_address() -> None:
    async with asyncio.timeout(PATIENCE), TestNode(1) as a, TestNode(2) as b:
        wrong = Enode(b.enode.public_key, "127.0.0.1", 1, 1)
        first = a.add_static(wrong)
        assert a.add_static(wrong) is first
        second = a.add_static(b.enode)
        await a.wait_for_peer()
        assert a.static_peers == (second,)
        third = a.add_static(wrong)
        assert third.is_connected


async def test_two_nodes_that_dial_each_other_agree_on_one_connection() -> None:
    async with asyncio.timeout(PATIENCE), TestNode(1) as a, TestNode(2) as b:
        a.app.on_connected = lambda peer: peer.send(TOY, 0, b"from a")
        b.app.on_connected = lambda peer: peer.send(TOY, 0, b"from b")
        a.add_static(b.enode)
        b.add_static(a.enode)
        # Whoever hears the other one knows that both hold the same connection.
        assert (await b.app.packets.get())[3] == b"from a"
        assert (await a.app.packets.get())[3] == b"from b"
        assert len(a.peers) == len(b.peers) == 1


async def test_dialling_another_key_than_the_one_that_lives_there() -> None:
    async with asyncio.timeout(PATIENCE), TestNode(1) as a, TestNode(2) as b:
        static = a.add_static(Enode(key(3).public_key, "127.0.0.1", b.enode.port, 0))
        failure = await a.dialled.get()
        assert failure is not None
        assert "it may be another node than its enode or the invitation says" in failure
        assert static.failure == failure
        assert a.peers == b.peers == ()


async def test_a_hello_that_names_another_key() -> None:
    class Liar:
        """Proves one key and says Hello with another."""

        key = key(1)
        subprotocols = node(1).subprotocols
        hello = node(9).hello

    async with asyncio.timeout(PATIENCE), TestNode(2) as b:
        client = await RawClient.dial(b.enode, 1, local=Liar())  # type: ignore[arg-type]  # a LocalNode cannot lie
        await client.connected()
        assert (await client.closed()).reason == DisconnectReason.UNEXPECTED_IDENTITY
        assert b.peers == ()


class TestErrors:
    async def test_a_packet_that_the_application_refuses(self) -> None:
        def refuse(peer: Peer, code: int, payload: bytes) -> None:
            raise RemoteError("nonsense")

        async with asyncio.timeout(PATIENCE), TestNode(1) as a, TestNode(2) as b:
            b.app.on_packet = refuse
            a.add_static(b.enode)
            peer = await a.wait_for_peer()
            peer.send(TOY, 0, b"one")
            peer.send(TOY, 0, b"two")
            assert (await b.app.disconnected.get())[1] == "nonsense"
            assert await a.app.disconnected.get() == (peer, "the peer disconnected: subprotocol error")
            assert b.app.packets.empty()

    async def test_packets_behind_a_refused_one_are_dropped_even_if_the_peer_has_left(self) -> None:
        seen = []

        def refuse(peer: Peer, code: int, payload: bytes) -> None:
            seen.append(payload)
            raise RemoteError("nonsense")

        async with asyncio.timeout(PATIENCE), TestNode(1) as a:
            a.app.on_packet = refuse
            client = await RawClient.dial(a.enode, 2)
            await client.connected()
            for payload in (b"one", b"two", b"three"):
                client.connection.send(TOY, 0, payload)
            client.connection.disconnect(DisconnectReason.REQUESTED)
            client.pump()
            await a.app.disconnected.get()
            assert seen == [b"one"]
            client.transport.abort()

    async def test_disconnecting_in_the_middle_of_packets(self) -> None:
        async with asyncio.timeout(PATIENCE), TestNode(1) as a, TestNode(2) as b:
            b.app.on_packet = lambda peer, code, payload: peer.disconnect(DisconnectReason.USELESS_PEER)
            a.add_static(b.enode)
            peer = await a.wait_for_peer()
            for _ in range(10):
                peer.send(TOY, 0, b"x")
            assert (await b.app.disconnected.get())[1] == "we disconnected: useless peer"
            assert (await a.app.disconnected.get())[1] == "the peer disconnected: useless peer"
            assert b.app.packets.qsize() == 1

    async def test_sending_what_cannot_be_sent(self) -> None:
        async with asyncio.timeout(PATIENCE), TestNode(1) as a, TestNode(2) as b:
            a.add_static(b.enode)
            peer = await a.wait_for_peer()
            with pytest.raises(LocalError):
                peer.send(TOY, 8, b"")

    async def test_garbage_from_a_stranger(self) -> None:
        async with asyncio.timeout(PATIENCE), TestNode(1) as a:
            client = await RawClient.silent(a.enode)
            client.transport.write(b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n")
            await client.lost
            assert a.peers == ()
            assert a._admission.half_open == 0


class TestListening:
    async def test_port_in_use(self) -> None:
        async with TestNode(1) as a:
            config = configured(listen_port=a.enode.port)
            with pytest.raises(LocalError, match=rf"Port {a.enode.port} is already in use .* choose another port"):
                await TestNode(2, config).start()

    async def test_an_address_that_is_not_ours(self) -> None:
        with pytest.raises(LocalError, match=r"Cannot listen on 192\.0\.2\.1"):
            await TestNode(1, configured(listen_hosts=("192.0.2.1",))).start()

    def test_other_reasons(self) -> None:
        config = configured(listen_port=443)
        assert "above 1023" in str(
            listen_error(config.listen_hosts, config.listen_port, PermissionError(errno.EACCES, "x"))
        )
        unknown = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        assert "443: Name or service not known" in str(listen_error(config.listen_hosts, config.listen_port, unknown))
        assert "443: Multiple exceptions" in str(
            listen_error(config.listen_hosts, config.listen_port, OSError("Multiple exceptions: …"))
        )

    async def test_the_enode(self) -> None:
        async with TestNode(1, configured(listen_hosts=("0.0.0.0",))) as a:
            assert a.enode.host == "127.0.0.1"
            assert a.enode.port == a.enode.udp_port > 0
            assert a.enode.public_key == key(1).public_key
        async with TestNode(1, configured(listen_hosts=("127.0.0.1",))) as a:
            assert a.enode.host == "127.0.0.1"
        async with TestNode(1, configured(advertised_host="relay.example")) as a:
            assert a.enode.host == "relay.example"

    async def test_without_listening(self) -> None:
        async with TestNode(1, configured(listen_hosts=())) as a:
            assert a.enode == Enode(key(1).public_key)


class TestClosing:
    async def test_goodbye_to_everybody(self) -> None:
        async with asyncio.timeout(PATIENCE), TestNode(1) as a:
            clients = [await RawClient.dial(a.enode, number) for number in (2, 3, 4)]
            for client in clients:
                await client.connected()
            await a.close()
            for client in clients:
                assert (await client.closed()).reason == DisconnectReason.CLIENT_QUITTING
            assert a.peers == ()
            await a.close()

    async def test_a_peer_that_ignores_goodbye_does_not_hold_us(self) -> None:
        async with asyncio.timeout(PATIENCE), TestNode(1) as a:
            client = await RawClient.dial(a.enode, 2)
            await client.connected()
            client.transport.pause_reading()
            await a.close()
            client.transport.abort()

    async def test_waiters_are_told(self) -> None:
        async with asyncio.timeout(PATIENCE), TestNode(1) as a:
            waiting = asyncio.create_task(a.wait_for_peer())
            await asyncio.sleep(0)
            await a.close()
            with pytest.raises(LocalError, match="closed"):
                await waiting
            with pytest.raises(LocalError, match="closed"):
                await a.wait_for_peer()
            with pytest.raises(LocalError, match="closed"):
                a.add_static(Enode(key(2).public_key, "127.0.0.1", 1, 1))

    async def test_while_dialling(self) -> None:
        async with asyncio.timeout(PATIENCE), SilentServer() as silent, TestNode(1) as a:
            a.add_static(silent.enode(2))
            await silent.accepted.get()


async def test_nobody_is_let_in_while_closing() -> None:
    async with TestNode(1) as a:
        await a.close()
        assert a.link_opened(RlpxProtocol(a, asyncio.get_running_loop())) is None


async def test_the_descriptor_of_a_connection_that_is_not_wanted_is_closed_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Closed twice, it would be somebody else's the second time."""
    connect, given = ConnectionAttempt.connect, asyncio.Queue[socket.socket]()

    async def noted(attempt: ConnectionAttempt) -> socket.socket:
        connected = await connect(attempt)
        given.put_nowait(connected)
        return connected

    monkeypatch.setattr(ConnectionAttempt, "connect", noted)
    async with asyncio.timeout(PATIENCE), SilentServer() as silent, TestNode(1) as a:
        monkeypatch.setattr(a, "link_opened", lambda link: None)
        a.add_static(silent.enode(2))
        assert await a.dialled.get() == "the connection was closed at once"
        dialled = await given.get()
        while dialled.fileno() != -1:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0)


async def test_what_a_refused_peer_says_is_not_heard() -> None:
    async with TestNode(1) as a:
        await a.close()
        link = RlpxProtocol(a, asyncio.get_running_loop())
        with socket.create_server(("127.0.0.1", 0)) as listener:
            transport, _ = await asyncio.get_running_loop().create_connection(lambda: link, *listener.getsockname())
            link.data_received(b"hello")
            assert not hasattr(link, "connection")
            while not transport.is_closing():  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0)


async def test_dialling_gives_up_after_a_while() -> None:
    async with asyncio.timeout(PATIENCE), SilentServer() as silent, TestNode(1, configured(dial_timeout=0.0)) as a:
        a.add_static(silent.enode(2))
        assert await a.dialled.get() == "no answer within 0 seconds"


async def test_a_dialler_that_crashes_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(enode: Enode) -> str | None:
        raise ZeroDivisionError

    reported: asyncio.Queue[dict[str, object]] = asyncio.Queue()
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: reported.put_nowait(context))
    async with asyncio.timeout(PATIENCE), TestNode(1) as a:
        monkeypatch.setattr(a, "_dial", broken)
        a.add_static(Enode(key(2).public_key, "127.0.0.1", 1, 1))
        assert (await reported.get())["message"] == "a dialler has crashed"


async def test_incomplete_enodes_cannot_be_dialled() -> None:
    network = TestNode(1)
    with pytest.raises(LocalError, match="no address"):
        network.add_static(Enode(key(2).public_key))


async def test_a_network_needs_no_configuration() -> None:
    app = TestNode(1).app
    async with PeerManager(node(1), app) as network:
        assert network.peers == ()


def test_backoff() -> None:
    backoff = Backoff(initial=1.0, maximum=300.0, jitter=0.5)
    assert [backoff.pause(failures, 0.0) for failures in (1, 2, 3, 9, 10, 10_000)] == [1, 2, 4, 256, 300, 300]
    assert backoff.pause(1, 1.0) == 0.5
    assert CONFIG.backoff.pause(1, 0.0) < 1
