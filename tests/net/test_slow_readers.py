"""What becomes of peers that do not read what they are sent."""

import asyncio
import hashlib

from pystatus.net.peer import Peer
from tests.net.support import PATIENCE, TOY, RawClient, TestNode, configured, key


class TestSlowReaders:
    async def stalled(self, a: TestNode) -> tuple[RawClient, Peer]:
        client = await RawClient.dial(a.enode, 2)
        await client.connected()
        client.transport.pause_reading()
        return client, await a.wait_for_peer()

    async def test_a_peer_that_never_reads_is_given_up(self) -> None:
        config = configured(write_high_water=100_000, write_timeout=0.05)
        async with asyncio.timeout(PATIENCE), TestNode(1, config) as a:
            client, peer = await self.stalled(a)
            random = key(1).secret
            while peer.pending_bytes < 1_000_000:
                peer.send(TOY, 0, self.incompressible(random))
                await asyncio.sleep(0)
            assert await a.app.disconnected.get() == (peer, "the peer does not read what we send")
            client.transport.abort()

    async def test_what_waits_is_bounded(self) -> None:
        config = configured(max_unsent=3_000_000)
        async with asyncio.timeout(PATIENCE), TestNode(1, config) as a:
            client, peer = await self.stalled(a)
            most = 0
            while peer.is_connected:
                peer.send(TOY, 0, self.incompressible(key(1).secret))
                most = max(most, peer.pending_bytes)
                await asyncio.sleep(0)
            assert most < 5_000_000
            assert (await a.app.disconnected.get())[1].startswith("the peer reads too slowly")
            client.transport.abort()

    async def test_what_waits_within_one_turn_is_bounded(self) -> None:
        async with asyncio.timeout(PATIENCE), TestNode(1, configured(max_unsent=3_000_000)) as a:
            client, peer = await self.stalled(a)
            for _ in range(100):
                peer.send(TOY, 0, self.incompressible(key(1).secret))
                assert peer.pending_bytes < 5_000_000
            assert not peer.is_connected
            assert (await a.app.disconnected.get())[1].startswith("the peer reads too slowly")
            client.transport.abort()

    async def test_a_peer_that_reads_again_in_time_is_kept(self) -> None:
        config = configured(write_high_water=100_000)
        async with asyncio.timeout(PATIENCE), TestNode(1, config) as a:
            client, peer = await self.stalled(a)
            sent = 0
            while peer.pending_bytes < 1_000_000:
                peer.send(TOY, 0, self.incompressible(key(1).secret))
                sent += 1
                await asyncio.sleep(0)
            client.transport.resume_reading()
            for _ in range(sent):
                await client._events.get()
            assert peer.is_connected
            client.transport.abort()

    @staticmethod
    def incompressible(seed: bytes) -> bytes:
        return hashlib.shake_128(seed).digest(1_000_000)
