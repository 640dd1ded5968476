"""Good peers in the profile of a client."""

from __future__ import annotations

from pathlib import Path

import pytest

from pystatus.client.cached_peers import ProfilePeers
from pystatus.client.command_queue import CommandQueue
from pystatus.peers.cache import CachedPeer
from pystatus.peers.sources import WHISPER
from pystatus.storage.database import Database
from tests.peers.support import enode

NOW = 1_700_000_000.0


def test_a_database_that_cannot_be_read_ends_no_search(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The pool asks in the middle of its work, and would not go on."""
    database = Database.open(tmp_path / "profile.db", bytes(32), create=True)
    peers = ProfilePeers(database, _queue(), lambda: NOW)
    peers._table.connected(WHISPER, enode(1), 10, NOW)
    peers._table.keep_list_version("enrtree://x", 7, NOW)
    assert (peers.load(WHISPER), peers.list_version("enrtree://x")) == ([CachedPeer(WHISPER, enode(1), 1)], 7)
    database.connection.execute("ALTER TABLE cached_peers RENAME TO away")
    database.connection.execute("ALTER TABLE list_versions RENAME TO away_too")
    assert (peers.load(WHISPER), peers.list_version("enrtree://x")) == ((), 0)
    assert [line.getMessage().partition(":")[0] for line in caplog.records] == [
        "good peers cannot be read from the profile"
    ]
    database.close()


def _queue() -> CommandQueue:
    return CommandQueue(lambda inputs, settle: None, lambda: None)
