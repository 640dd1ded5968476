"""A node that keeps what its peers send and receive (WK-54)."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from pystatus import LocalError, Node, NodeConfig, PrivateKey
from pystatus import accounting as accounting_module
from pystatus.accounting import Accounting
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
        received, sent = relay.traffic(peer)
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


async def test_a_file_that_cannot_be_opened_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="cannot be kept in"):
        await Node(NodeConfig(traffic_file=tmp_path / "nowhere" / "traffic.db")).start()


class Clock:
    def __init__(self, now: float) -> None:
        self.time = now

    def now(self) -> float:
        return self.time


@pytest.mark.parametrize("confirmed", [False, True])
async def test_a_clock_that_is_ahead_forgets_nothing_unless_peers_confirm_it(tmp_path: Path, confirmed: bool) -> None:
    path = tmp_path / "traffic.db"
    now = 1_600_000_000.0
    file = TrafficFile(path)
    file.add(now, [PeerTraffic(bytes(64), 1, 2)], now, int(now))
    file.close()
    for ahead in (40 * 86_400.0, 80 * 86_400.0):
        accounting = Accounting(path, Clock(now + ahead), lambda peer: (0, 0), lambda now: confirmed)
        accounting._save()
        accounting.close()
    assert len(kept(path)) == (0 if confirmed else 1)
