"""Good peers outlive the process: in the profile database, and in a file of a node."""

from __future__ import annotations

import logging
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pystatus.peers.cache import CACHE_SECONDS, MAX_CACHE_FAILURES, CachedPeer
from pystatus.peers.sources import WHISPER, WHISPERMAIL
from pystatus.storage import cached_peers
from pystatus.storage.cached_peers import SUCCESSES_COUNTED, WAITING_SECONDS, PeerFile, SqlCachedPeers
from pystatus.storage.database import Database
from pystatus.storage.errors import StorageError
from tests.peers.support import enode

NOW = 1_700_000_000.0
KEEP = 20


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "peers.db"


@pytest.mark.requirement("CL-28")
def test_a_peer_is_there_in_the_next_run(path: Path, clock: Clock) -> None:
    file = PeerFile(path, clock)
    file.connected(WHISPER, enode(1), KEEP)
    file.close()
    again = PeerFile(path, clock)
    assert again.load(WHISPER) == [CachedPeer(WHISPER, enode(1), successes=1)]
    assert again.load(WHISPERMAIL) == []
    again.close()


def test_topics_whose_names_begin_alike_are_two(path: Path, clock: Clock) -> None:
    """In the reference a scan of one finds the other's peers, too (overlay.md §7.5)."""
    file = PeerFile(path, clock)
    file.connected(WHISPERMAIL, enode(1), KEEP)
    assert file.load(WHISPER) == []
    file.close()


def test_the_best_come_first(path: Path, clock: Clock) -> None:
    file = PeerFile(path, clock)
    for number in (1, 2, 3, 3, 4, 4):
        file.connected(WHISPER, enode(number), KEEP)
        clock.now += 1
    file.failed(WHISPER, enode(3))
    assert [one.enode for one in file.load(WHISPER)] == [enode(number) for number in (4, 2, 1, 3)]
    file.close()


def test_a_peer_that_was_not_connected_for_a_week_is_none(path: Path, clock: Clock) -> None:
    file = PeerFile(path, clock)
    file.connected(WHISPER, enode(1), KEEP)
    clock.now += CACHE_SECONDS - 1
    assert len(file.load(WHISPER)) == 1
    clock.now += 1
    assert file.load(WHISPER) == []
    clock.now = NOW  # the clock was wrong: nothing is lost by it
    assert len(file.load(WHISPER)) == 1
    file.close()


def test_a_peer_that_fails_again_and_again_is_forgotten(path: Path, clock: Clock) -> None:
    file = PeerFile(path, clock)
    file.connected(WHISPER, enode(1), KEEP)
    for _ in range(MAX_CACHE_FAILURES - 1):
        file.failed(WHISPER, enode(1))
    file.connected(WHISPER, enode(1), KEEP)  # a success makes up for it
    for _ in range(MAX_CACHE_FAILURES - 1):
        file.failed(WHISPER, enode(1))
    assert len(file.load(WHISPER)) == 1
    file.failed(WHISPER, enode(1))
    assert file.load(WHISPER) == []
    file.failed(WHISPER, enode(2))  # is not there
    file.close()


def test_a_peer_that_has_misbehaved_is_forgotten_under_all_topics(path: Path, clock: Clock) -> None:
    file = PeerFile(path, clock)
    for topic in (WHISPER, WHISPERMAIL):
        file.connected(topic, enode(1), KEEP)
        file.connected(topic, enode(2), KEEP)
    file.forget(enode(1))
    assert [[one.enode for one in file.load(topic)] for topic in (WHISPER, WHISPERMAIL)] == [[enode(2)], [enode(2)]]
    file.close()


def test_of_too_many_the_worst_goes_and_never_the_newcomer(path: Path, clock: Clock) -> None:
    file = PeerFile(path, clock)
    for number in range(1, 4):
        file.connected(WHISPER, enode(number), 3)
        file.connected(WHISPER, enode(number), 3)
    file.failed(WHISPER, enode(2))
    file.connected(WHISPER, enode(4), 3)
    assert {one.enode for one in file.load(WHISPER)} == {enode(1), enode(3), enode(4)}
    file.connected(WHISPER, enode(5), 3)
    assert {one.enode for one in file.load(WHISPER)} == {enode(1), enode(3), enode(5)}
    file.close()


def test_successes_count_up_to_a_number(path: Path, clock: Clock) -> None:
    file = PeerFile(path, clock)
    for _ in range(SUCCESSES_COUNTED + 5):
        file.connected(WHISPER, enode(1), KEEP)
    assert file.load(WHISPER)[0].successes == SUCCESSES_COUNTED
    file.close()


def test_a_peer_that_moved_is_remembered_where_it_is(path: Path, clock: Clock) -> None:
    file = PeerFile(path, clock)
    file.connected(WHISPER, enode(1), KEEP)
    file.connected(WHISPER, enode(1, "9.9.9.9"), KEEP)
    assert [one.enode for one in file.load(WHISPER)] == [enode(1, "9.9.9.9")]
    file.close()


def test_a_row_that_is_no_peer_is_passed_over(path: Path, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    file = PeerFile(path, clock)
    file.connected(WHISPER, enode(1), KEEP)
    file.connected(WHISPER, enode(2), KEEP)
    file._connection.execute("UPDATE cached_peers SET enode = 'x' WHERE node_id = ?", (enode(1).node_id,))
    with caplog.at_level(logging.WARNING):
        assert [one.enode for one in file.load(WHISPER)] == [enode(2)]
    assert "a peer that was kept cannot be used" in caplog.text
    file.close()


def test_the_profile_has_the_same_table(tmp_path: Path) -> None:
    database = Database.open(tmp_path / "profile.db", bytes(32), create=True)
    peers = SqlCachedPeers(database.connection)
    with database.transaction():
        peers.connected(WHISPER, enode(1), KEEP, NOW)
        peers.connected(WHISPER, enode(2), KEEP, NOW)
        peers.failed(WHISPER, enode(1))
        peers.forget(enode(2))
    assert peers.load(WHISPER, NOW) == [CachedPeer(WHISPER, enode(1), successes=1, failures=1)]
    database.close()


def test_a_file_that_cannot_be_used_is_a_sentence(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "peers.db"
    path.write_bytes(b"not a database, but a text that is long enough to be seen as one by SQLite" * 20)
    with pytest.raises(StorageError, match=r"^Good peers cannot be kept in .*peers\.db: .*\. Move the file away\.$"):
        PeerFile(path, clock)
    with pytest.raises(StorageError, match=r"^Good peers cannot be kept in "):
        PeerFile(tmp_path / "nowhere" / "peers.db", clock)


def test_a_disk_that_refuses_costs_the_memory_alone(path: Path, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    file = PeerFile(path, clock)
    other = sqlite3.connect(path)
    other.execute("DROP TABLE cached_peers")
    with caplog.at_level(logging.WARNING):
        file.connected(WHISPER, enode(1), KEEP)
        assert not file.load(WHISPER)
    assert caplog.text.count("good peers cannot be kept in") == 1
    other.executescript("CREATE TABLE cached_peers (topic, node_id, enode, successes, failures, connected_s)")
    other.close()
    file.forget(enode(1))
    assert "good peers are kept in" in caplog.text
    file.close()


def test_the_version_of_a_list_is_there_in_the_next_run(path: Path, clock: Clock) -> None:
    file = PeerFile(path, clock)
    assert file.list_version("enrtree://A@one.example") == 0
    file.keep_list_version("enrtree://A@one.example", 7)
    file.keep_list_version("enrtree://A@one.example", 2**64 - 1)
    file.keep_list_version("enrtree://A@one.example", 8)  # of another node that shares the file, and has seen no newer
    file.close()
    again = PeerFile(path, clock)
    assert again.list_version("enrtree://A@one.example") == 2**64 - 1
    assert again.list_version("enrtree://B@one.example") == 0, "a list is of one owner"
    again.close()


def test_a_list_that_is_seen_now_and_then_is_crowded_out_by_no_number_of_others(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cached_peers, "MAX_LIST_VERSIONS", 5)
    file = PeerFile(path, clock)
    for number in range(20):
        clock.now += 1800
        file.keep_list_version("named", 3)
        file.keep_list_version(f"linked {number}", 1)
    assert file.list_version("named") == 3
    assert [bool(file.list_version(f"linked {number}")) for number in range(20)] == [False] * 16 + [True] * 4
    file.close()


def test_a_file_that_cannot_be_read_knows_no_versions(path: Path, clock: Clock) -> None:
    file = PeerFile(path, clock)
    file._connection.execute("DROP TABLE list_versions")
    assert file.list_version("named") == 0
    file.keep_list_version("named", 3)
    file.close()


def test_another_process_that_has_the_file_is_not_waited_for_while_the_node_runs(
    path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """The event loop stands still meanwhile, and with it every conversation with peers."""
    file = PeerFile(path, clock)
    file.connected(WHISPER, enode(1), KEEP)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert _waits(file) == round(WAITING_SECONDS * 1000)
    file.connected(WHISPER, enode(2), KEEP)
    assert _waits(file) == 0, "it was in vain once"
    assert file.load(WHISPER) == ()
    other.execute("ROLLBACK")
    other.close()
    file.connected(WHISPER, enode(2), KEEP)
    assert _waits(file) == round(WAITING_SECONDS * 1000)
    assert [one.enode for one in file.load(WHISPER)] == [enode(1), enode(2)]
    assert caplog.text.count("good peers cannot be kept in") == 1
    file.close()


def _waits(file: PeerFile) -> int:
    """Milliseconds for which the database is waited for."""
    (found,) = file._connection.execute("PRAGMA busy_timeout").fetchone()
    return int(found)


def test_nodes_that_start_at_the_same_time_share_a_new_file(path: Path, clock: Clock) -> None:
    for _ in range(20):
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda number: _keep(path, clock, number), range(1, 5)))
        file = PeerFile(path, clock)
        assert {one.enode for one in file.load(WHISPER)} <= {enode(number) for number in range(1, 5)}
        file.close()
        path.unlink()


def _keep(path: Path, clock: Clock, number: int) -> None:
    file = PeerFile(path, clock)
    file.connected(WHISPER, enode(number), KEEP)
    file.close()


def test_who_has_the_file_for_long_is_named_as_the_reason(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pystatus.storage.cached_peers.OPENING_SECONDS", 0.0)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("CREATE TABLE something (name)")
    path.chmod(0o600)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StorageError, match=r"database is locked\. Stop the program that uses the file\.$"):
        PeerFile(path, clock)
    other.close()


def test_a_file_that_may_only_be_read_is_read(path: Path, clock: Clock) -> None:
    file = PeerFile(path, clock)
    file.connected(WHISPER, enode(1), KEEP)
    file.close()
    file = PeerFile(path, clock)
    file._connection.execute("PRAGMA query_only = 1")
    file.connected(WHISPER, enode(2), KEEP)
    assert [one.enode for one in file.load(WHISPER)] == [enode(1)]
    file.close()
    file.forget(enode(1))  # closed: nothing happens
