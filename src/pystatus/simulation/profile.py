"""The profile database of a simulated device: the real store, in memory or in a file that nobody waits for."""

from __future__ import annotations

from pathlib import Path

from sqlcipher3 import dbapi2 as sqlcipher

from pystatus.storage.database import CACHED_STATEMENTS, Database
from pystatus.storage.files import prepare_database
from pystatus.storage.messenger import SqlMessengerStore
from pystatus.storage.schema import migrate

ChannelKeys = dict[str, bytes]
"""Keys of channels by their secret names. Deriving one takes 7 ms, and all who share a channel derive the same."""

_CACHE_KIB = 512
"""Pages in memory for each file."""


class SimulatedStore(SqlMessengerStore):
    """The real store, but for the keys of channels: the people of a simulation share what they have derived."""

    def __init__(self, database: Database, keys: ChannelKeys) -> None:
        super().__init__(database)
        self.database = database
        self._keys = keys

    def channel_key(self, name: str) -> bytes | None:
        return self._keys.get(name)

    def save_channel_key(self, name: str, key: bytes) -> None:
        self._keys[name] = key


class Profile:
    """One device's database. What was committed survives :meth:`reopen`, and nothing else does."""

    def __init__(self, keys: ChannelKeys, path: Path | None = None, restored: Profile | None = None) -> None:
        """
        :param path: a new file; None keeps the database in memory, which is the same to those above it.
        :param restored: a backup to begin with. The device takes a new installation id then, as decided for those.
        """
        self._path = path
        self._keys = keys
        if path is not None:
            prepare_database(path)
        self._connection = self._connect()
        if restored is not None:
            restored._connection.backup(self._connection)
            self._connection.execute("DELETE FROM settings WHERE name = 'installation_id'")
        migrate(self._connection)

    def reopen(self) -> SimulatedStore:
        """The store, on a new connection where there is a file."""
        if self._path is not None:
            self._connection.close()
            self._connection = self._connect()
        return SimulatedStore(Database(self._connection), self._keys)

    def backup(self) -> Profile:
        """A copy, in memory, of everything that is committed."""
        copy = Profile(self._keys)
        self._connection.backup(copy._connection)
        return copy

    def close(self) -> None:
        self._connection.close()

    def _connect(self) -> sqlcipher.Connection:
        connection = sqlcipher.connect(
            self._path or ":memory:", isolation_level=None, cached_statements=CACHED_STATEMENTS
        )
        # No power fails here; a crash is a connection that is dropped, and loses what was not committed all the same.
        for setting in (
            "synchronous = OFF",
            "journal_mode = MEMORY",
            "foreign_keys = ON",
            f"cache_size = -{_CACHE_KIB}",
        ):
            connection.execute(f"PRAGMA {setting}")
        return connection
