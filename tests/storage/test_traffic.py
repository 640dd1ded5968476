"""How much each peer has sent and received is kept by the hour."""

from pathlib import Path

import pytest

from pystatus.storage import traffic
from pystatus.storage.errors import StorageError
from pystatus.storage.traffic import EPOCH_SECONDS, KEPT_SECONDS, OTHERS, PeerTraffic, TrafficFile

ONE, OTHER = b"\x01" * 64, b"\x02" * 64
HOUR = 1_600_000_000 // EPOCH_SECONDS * EPOCH_SECONDS


@pytest.mark.requirement("WK-53", "WK-54")
def test_traffic_is_summed_by_hour_and_peer_and_outlives_the_process(tmp_path: Path) -> None:
    file = TrafficFile(tmp_path / "traffic.db")
    file.add(HOUR + 1, [PeerTraffic(ONE, 10, 20), PeerTraffic(OTHER, 100, 200)])
    file.add(HOUR + 3599, [PeerTraffic(ONE, 1, 2)])
    file.add(HOUR + 3600, [PeerTraffic(ONE, 5, 6)])
    file.close()
    again = TrafficFile(tmp_path / "traffic.db")
    assert again.epochs() == [HOUR, HOUR + 3600]
    assert again.epoch(HOUR) == [PeerTraffic(OTHER, 100, 200), PeerTraffic(ONE, 11, 22)]
    assert again.epoch(HOUR + 3600) == [PeerTraffic(ONE, 5, 6)]
    end = HOUR + KEPT_SECONDS
    for until, left in ((end + 3599.0, [HOUR, HOUR + 3600]), (end + 3600.0, [HOUR + 3600])):
        again.add(end + 3600, [], until)
        assert again.epochs() == left
    again.close()


def test_what_it_vouches_for_is_kept_and_before_that_is_its_newest_epoch(tmp_path: Path) -> None:
    file = TrafficFile(tmp_path / "traffic.db")
    assert file.vouched_time() is None
    file.add(HOUR + 10, [PeerTraffic(ONE, 10, 20)], 0.0, 7)
    file.close()
    again = TrafficFile(tmp_path / "traffic.db")
    assert again.vouched_time() == 7
    again._connection.execute("DELETE FROM vouched_time")  # as an older version has left it
    assert again.vouched_time() == HOUR
    again.close()


def test_peers_that_come_and_go_share_one_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic, "MAX_PEERS", 3)
    monkeypatch.setattr(traffic, "SLACK", 2)
    file = TrafficFile(tmp_path / "traffic.db")
    busy = [PeerTraffic(bytes([200 + number]) * 64, 1_000 + number, 1) for number in range(3)]
    file.add(HOUR, busy)
    for number in range(100):
        file.add(HOUR, [PeerTraffic(bytes([number]) * 64, 2, 3)])
        assert len(file.epoch(HOUR)) <= 3 + 2
    assert set(busy) <= set(file.epoch(HOUR))
    assert sum(peer.received for peer in file.epoch(HOUR)) == sum(peer.received for peer in busy) + 200
    assert OTHERS in [peer.node_id for peer in file.epoch(HOUR)]
    file.close()


def test_a_file_that_cannot_be_used_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be kept in"):
        TrafficFile(tmp_path / "nowhere" / "traffic.db")
    (tmp_path / "text").write_bytes(b"this is no database" * 1000)
    with pytest.raises(StorageError, match="not a database"):
        TrafficFile(tmp_path / "text")
