"""A node that keeps what its peers send and receive (WK-54)."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from pystatus import LocalError, Node, NodeConfig, PrivateKey
from pystatus import accounting as accounting_module
from pystatus.accounting import Accounting
from pystatus.net.peer import Peer
from pystatus.simulation.clock import VirtualClock
from pystatus.storage.errors import StorageError
from pystatus.storage.traffic import PeerTraffic, TrafficFile

PATIENCE = 30.0


def kept(path: Path) -> list[PeerTraffic]:
    file = TrafficFile(path)
    rows = [row for epoch in file.epochs() for row in file.epoch(epoch)]
    file.close()
    return rows


@pytest.mark.requirement("WK-53", "WK-54")
async def test_a_node_keeps_the_traffic_of_its_peers(tmp_path: Path) -> None:
    path = tmp_path / "traffic.db"
    key = PrivateKey.generate(os.urandom)
    async with (
        asyncio.timeout(PATIENCE),
        Node(NodeConfig(listen="127.0.0.1:0", traffic_file=path)) as relay,
        Node(NodeConfig(key=key, peers=(str(relay.enode),))) as node,
    ):
        await node.wait_for_peer()
        await relay.wait_for_peer()
        (peer,) = relay.peers
        received, sent = relay.relay.peer(peer).traffic
    (row,) = kept(path)
    assert row.node_id == key.public_key.xy
    assert (row.received, row.sent) >= (received, sent)
    assert row.received > 0


async def test_it_is_written_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounting_module, "SAVE_SECONDS", 0.0)
    path = tmp_path / "traffic.db"
    async with (
        asyncio.timeout(PATIENCE),
        Node(NodeConfig(listen="127.0.0.1:0", traffic_file=path)) as relay,
        Node(NodeConfig(peers=(str(relay.enode),))) as node,
    ):
        await node.wait_for_peer()
        while not sum(row.received for row in kept(path)):  # noqa: ASYNC110 - a file tells nobody
            await asyncio.sleep(0)


async def test_a_disk_that_refuses_stops_no_relay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What was counted meanwhile is written when the disk has recovered."""
    monkeypatch.setattr(accounting_module, "LEFT_SECONDS", 0.0)
    path = tmp_path / "traffic.db"
    add = TrafficFile.add

    def refuse(*args: object) -> None:
        raise StorageError("The disk is full.")

    async with asyncio.timeout(PATIENCE), Node(NodeConfig(listen="127.0.0.1:0", traffic_file=path)) as relay:
        for refusing in (True, False):
            monkeypatch.setattr(TrafficFile, "add", refuse if refusing else add)
            async with Node(NodeConfig(peers=(str(relay.enode),))) as node:
                await node.wait_for_peer()
                await relay.wait_for_peer()
            while relay.peers:  # noqa: ASYNC110 - this node tells nobody
                await asyncio.sleep(0)
            assert len(kept(path)) == (0 if refusing else 2)
    assert "the traffic of peers is not kept: The disk is full" in caplog.text
    assert "the traffic of peers is kept again" in caplog.text


@dataclass(frozen=True)
class Named:
    """All that is asked of a peer."""

    id: bytes


async def test_peers_that_come_and_go_do_not_make_it_wait_for_the_disk_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "traffic.db"
    writes: list[int] = []
    add = TrafficFile.add

    def count(file: TrafficFile, now: float, traffic: Sequence[PeerTraffic], *args: Any) -> None:
        writes.append(len(traffic))
        add(file, now, traffic, *args)

    monkeypatch.setattr(TrafficFile, "add", count)
    peers = [cast(Peer, Named(number.to_bytes(64, "big"))) for number in range(50)]
    accounting = Accounting(path, VirtualClock(1_600_000_000.0), lambda peer: (1, 2))
    await accounting.start()
    for peer in peers:
        accounting.peer_connected(peer)
        accounting.peer_gone(peer)
    assert writes == [1]
    await accounting.close()
    assert writes == [1, 49]
    assert len(kept(path)) == 50


async def test_a_file_that_cannot_be_opened_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="cannot be kept in"):
        await Node(NodeConfig(traffic_file=tmp_path / "nowhere" / "traffic.db")).start()


async def test_a_node_that_is_started_once_more_counts_once(tmp_path: Path) -> None:
    path = tmp_path / "traffic.db"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        node = Node(NodeConfig(listen=f"127.0.0.1:{taken.getsockname()[1]}", traffic_file=path))
        for _ in range(2):
            with pytest.raises(LocalError, match="in use"):
                await node.start()
    await node.start()
    assert [type(one) for one in node._service.listeners].count(Accounting) == 1
    await node.close()


@pytest.mark.parametrize("confirmed", [False, True])
async def test_a_clock_that_is_ahead_forgets_nothing_unless_peers_confirm_it(tmp_path: Path, confirmed: bool) -> None:
    path = tmp_path / "traffic.db"
    now = 1_600_000_000.0
    file = TrafficFile(path)
    file.add(now, [PeerTraffic(bytes(64), 1, 2)], now, int(now))
    file.close()
    for ahead in (40 * 86_400.0, 80 * 86_400.0):
        accounting = Accounting(path, VirtualClock(now + ahead), lambda peer: (0, 0), lambda now: confirmed)
        await accounting.start()
        accounting._save()
        await accounting.close()
    assert len(kept(path)) == (0 if confirmed else 1)
