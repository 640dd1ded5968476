"""What SIGHUP and SIGTERM do to a real node, and what its log says at level info."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from pystatus.node import Node, NodeConfig, PeerGone
from pystatus.node.waku_service import DRAIN_TIMEOUT
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.events import EnvelopeReceived
from tests.apps.cli.scraping import LOOPBACK, Monitored, receipt_of
from tests.apps.support import Running
from tests.node.test_node import PATIENCE, Recorder

TOPIC = bytes.fromhex("d15ea5ed")


def settings(directory: Path, text: str) -> Path:
    file = directory / "pystatus.toml"
    file.write_text(text)
    return file


def test_reloading_changes_what_can_be_changed_and_names_the_rest(tmp_path: Path) -> None:
    with Running(tmp_path / "other", "node", *LOOPBACK) as other:
        peer = other.line()
        file = settings(tmp_path, '[log]\nlevel = "info"\n')
        with Monitored(tmp_path / "data", "--config", str(file), "--log-level", "info") as node:
            assert node.scrape()["p2p_peers_max",] == 50
            settings(
                tmp_path,
                f'advertise = "a.example.org"\npeers = ["{peer}"]\n[relay]\nmax_peers = 3\nmin_pow = 0.5\n'
                "[limits]\npackets_per_peer = 100\n"
                '[metrics]\nmin_peers = 1\n[log]\nlevel = "debug"\n',
            )
            node.process.send_signal(signal.SIGHUP)
            said = node.until_it_says("settings read again")
            assert said.endswith(
                "changed: peers, relay.max_peers, relay.min_pow, limits.packets_per_peer, metrics.min_peers"
            )
            assert node.next_complaint().endswith("only when the node is restarted: advertise")
            node.until_it_says("connected: <Peer")
            after = node.scrape()
            assert (after["p2p_peers_max",], after["pystatus_static_peers", "connected"]) == (3, 1)

            settings(tmp_path, 'advertise = "a.example.org"\n')
            node.process.send_signal(signal.SIGHUP)
            assert "relay.min_pow, limits.packets_per_peer, metrics.min_peers" in node.until_it_says("read again")
            assert node.next_complaint().endswith("only when the node is restarted: advertise")
            node.until_it_says("disconnected: <Peer")
            after = node.scrape()
            assert (after["p2p_peers_max",], after["p2p_peers_absolute",]) == (50, 0)
            assert node.stop(signal.SIGTERM) == 0


def test_levels_of_modules_change_while_the_node_runs(tmp_path: Path) -> None:
    file = settings(tmp_path, '[log]\nlevel = "error,pystatus.settings=info"\n')
    with Running(tmp_path / "data", "node", *LOOPBACK, "--config", str(file)) as node:
        node.line()
        for level in ("error,pystatus.settings=info,pystatus.net=info", "error,pystatus.settings=info"):
            settings(tmp_path, f'[log]\nlevel = "{level}"\n')
            node.process.send_signal(signal.SIGHUP)
            assert node.next_complaint().endswith("settings read again; changed: log.level")
        assert node.stop(signal.SIGTERM) == 0


def test_a_bad_file_changes_nothing(tmp_path: Path) -> None:
    file = settings(tmp_path, "[relay]\nmax_peers = 3\n")
    with Monitored(tmp_path / "data", "--config", str(file)) as node:
        settings(tmp_path, "[relay]\nmax_peers = many\n")
        node.process.send_signal(signal.SIGHUP)
        said = node.until_it_says("the settings stay as they were")
        assert " ERROR " in said
        assert f"{file} is not TOML" in said
        settings(tmp_path, "[relay]\nmax_peers = 4\n[limits]\nbytes_per_peer = 1000\n")
        node.process.send_signal(signal.SIGHUP)
        assert "is less than one packet may have" in node.until_it_says("the settings stay as they were")
        assert node.scrape()["p2p_peers_max",] == 3
        assert node.stop(signal.SIGTERM) == 0


def test_a_node_that_is_named_among_its_own_peers_runs(tmp_path: Path) -> None:
    """One list of all relays of an operator serves each of them."""
    file = settings(tmp_path, "")
    with Monitored(tmp_path / "data", "--config", str(file)) as node:
        settings(tmp_path, f'peers = ["{node.enode}"]\n')
        node.process.send_signal(signal.SIGHUP)
        assert node.until_it_says("settings read again").endswith("changed: peers")
        assert node.stop(signal.SIGTERM) == 0
    with Monitored(tmp_path / "data", "--config", str(file)) as node:
        assert node.stop(signal.SIGTERM) == 0


def test_a_node_without_a_file_is_not_troubled(tmp_path: Path) -> None:
    with Monitored(tmp_path) as node:
        node.process.send_signal(signal.SIGHUP)
        assert node.until_it_says("settings read again").endswith("changed: nothing")
        assert node.stop(signal.SIGTERM) == 0


def large_envelopes() -> list[Envelope]:
    """12 MB, more than sockets hold."""
    expiry = int(time.time()) + 50
    return [Envelope.create(expiry, 50, TOPIC, os.urandom(500_000), number) for number in range(24)]


@asynccontextmanager
async def slow_reader(received: Recorder) -> AsyncIterator[tuple[Node, asyncio.Transport]]:
    """A relay with much to give to a peer that does not read, and the transport to make it read again."""
    config = NodeConfig(listen="127.0.0.1:0", min_pow=0.0)
    async with Node(config) as relay:
        peers = NodeConfig(peers=(str(relay.enode),), min_pow=0.0)
        async with Node(peers, on_event=received) as reader:
            await reader.wait_for_peer(PATIENCE)
            await relay.wait_for_peer(PATIENCE)
            reader.watch([TOPIC])
            [link] = reader.network._links
            link._transport.pause_reading()
            yield relay, link._transport


async def test_whoever_leaves_gives_its_peers_time_to_take_what_waits() -> None:
    """A peer that reads slowly still gets all of it, and nobody comes in meanwhile."""
    received = Recorder()
    async with slow_reader(received) as (relay, transport):
        envelopes = large_envelopes()
        for envelope in envelopes:
            relay.post(envelope)
        draining = asyncio.create_task(relay.drain(PATIENCE))
        await asyncio.sleep(0)
        assert not relay.network.is_listening
        assert not draining.done()
        transport.resume_reading()
        assert await draining
        await relay.close()
        for one in envelopes:
            await received.wait(receipt_of(one))
        gone = await received.wait(lambda event: isinstance(event, PeerGone))
        assert isinstance(gone, PeerGone)
        assert gone.reason == "the peer disconnected: client quitting"


async def test_a_peer_that_never_reads_is_waited_for_no_longer_than_said() -> None:
    async with slow_reader(Recorder()) as (relay, _):
        for envelope in large_envelopes():
            relay.post(envelope)
        [peer] = relay.peers
        started = time.monotonic()
        assert not await relay.drain(0.2)
        assert peer.pending_bytes
        assert 0.2 <= time.monotonic() - started < PATIENCE


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_node_says_goodbye(tmp_path: Path, how: signal.Signals) -> None:
    with Monitored(tmp_path / "1") as first, Monitored(tmp_path / "2", "--peer", first.enode) as second:
        first.until_it_says("connected: <Peer")
        started = time.monotonic()
        assert first.stop(how) == 0
        assert time.monotonic() - started < DRAIN_TIMEOUT
        assert "the peer disconnected: client quitting" in second.until_it_says("disconnected: <Peer")
        assert second.stop(how) == 0


async def test_the_log_at_level_info_names_no_topics_and_no_secrets(tmp_path: Path) -> None:
    """Peers come and go, envelopes pass, one that is refused too: what the log says of it is safe to keep."""
    token = os.urandom(20).hex()
    with Monitored(tmp_path, PYSTATUS_PASSWORD=token) as node:
        received = Recorder()
        client = NodeConfig(peers=(node.enode,), full_node=False)
        async with Node(client) as sender, Node(client, on_event=received) as receiver:
            for one in (sender, receiver):
                await one.wait_for_peer(PATIENCE)
            receiver.watch([TOPIC])
            envelope = Envelope.mine(time.time(), 15, TOPIC, os.urandom(300), 0.002)
            sender.post(envelope)
            await received.wait(lambda event: isinstance(event, EnvelopeReceived))
        metrics = node.scrape()
        assert metrics["pystatus_topic_envelopes_total", "out", f"0x{TOPIC.hex()}"] == 1
        assert node.stop(signal.SIGTERM) == 0
        said = "\n".join(node.errors())
    key = (tmp_path / "node.key").read_text().strip()
    assert len(re.findall(r" INFO .*connected: <Peer", said)) == 4
    for secret in (TOPIC.hex(), TOPIC.hex().upper(), repr(TOPIC), envelope.hash.hex(), key, token):
        assert secret not in said
