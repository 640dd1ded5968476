"""The encrypted database: what a wrong key, a broken file, a full disk and a newer version look like."""

from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from pystatus.errors import RemoteError
from pystatus.messenger.records import MessageState
from pystatus.storage.database import MAX_LOG, Database
from pystatus.storage.errors import DamagedDatabase, StorageError
from pystatus.storage.schema import migrate, migrations

KEY = bytes(range(32))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "profile.db"


def write(database: Database, name: str, value: str = "x") -> None:
    database.connection.execute("INSERT INTO settings (name, value) VALUES (?, ?)", (name, value))


def names(database: Database) -> list[str]:
    return [row[0] for row in database.connection.execute("SELECT name FROM settings ORDER BY name")]


def test_what_was_committed_is_there_after_reopening(path: Path) -> None:
    database = Database.open(path, KEY, create=True)
    with database.transaction():
        write(database, "kept")
    database.close()

    again = Database.open(path, KEY)
    assert names(again) == ["kept"]
    again.check()
    again.close()


def test_the_log_of_a_large_transaction_does_not_stay(path: Path) -> None:
    database = Database.open(path, KEY, create=True)
    log = path.with_name(f"{path.name}-wal")
    with database.transaction():
        write(database, "large", "x" * 2 * MAX_LOG)
    assert log.stat().st_size > MAX_LOG
    for number in range(2):
        with database.transaction():
            write(database, f"small {number}")
    assert log.stat().st_size <= MAX_LOG
    database.close()


def test_the_file_shows_nothing_without_the_key(path: Path) -> None:
    database = Database.open(path, KEY, create=True)
    with database.transaction():
        write(database, "needle", "a secret sentence")
    database.close()
    contents = path.read_bytes()
    assert not contents.startswith(b"SQLite format 3")
    assert b"secret sentence" not in contents


def test_another_key_is_refused_and_costs_no_data(path: Path) -> None:
    Database.open(path, KEY, create=True).close()
    before = path.read_bytes()
    with pytest.raises(DamagedDatabase, match="damaged"):
        Database.open(path, bytes(32))
    assert path.read_bytes() == before
    Database.open(path, KEY).close()


def test_an_emptied_file_is_not_taken_for_a_new_one(path: Path) -> None:
    Database.open(path, KEY, create=True).close()
    path.write_bytes(b"")
    with pytest.raises(DamagedDatabase, match="is empty"):
        Database.open(path, KEY)
    assert path.read_bytes() == b""


def test_a_damaged_file_is_told_by_us_alone(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path.write_bytes(bytes(range(256)) * 32)
    with pytest.raises(DamagedDatabase):
        Database.open(path, KEY)
    assert capfd.readouterr() == ("", "")


def test_a_missing_file_is_not_created_by_opening(path: Path) -> None:
    with pytest.raises(StorageError, match="missing"):
        Database.open(path, KEY)
    assert not path.exists()


def test_a_directory_in_its_place_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        Database.open(tmp_path, KEY, create=True)


def test_a_damaged_page_is_found(path: Path) -> None:
    database = Database.open(path, KEY, create=True)
    with database.transaction():
        for number in range(200):
            write(database, f"row {number}", "x" * 200)
    database.close()
    contents = bytearray(path.read_bytes())
    contents[-2000:-1900] = bytes(100)
    path.write_bytes(contents)

    damaged = Database.open(path, KEY)
    with pytest.raises(DamagedDatabase):
        damaged.check()
    damaged.close()


def test_nothing_of_a_failed_transaction_stays(path: Path) -> None:
    database = Database.open(path, KEY, create=True)
    with pytest.raises(RemoteError), database.transaction():
        write(database, "lost")
        raise RemoteError("in the middle")
    assert names(database) == []
    database.close()


def test_a_savepoint_undoes_one_input_alone(path: Path) -> None:
    database = Database.open(path, KEY, create=True)
    with database.transaction():
        write(database, "first")
        with pytest.raises(RemoteError), database.savepoint():
            write(database, "second")
            raise RemoteError("in the middle")
        with database.savepoint():
            write(database, "third")
    assert names(database) == ["first", "third"]
    database.close()


def test_a_full_disk_is_a_sentence_and_loses_nothing(path: Path) -> None:
    database = Database.open(path, KEY, create=True)
    with database.transaction():
        write(database, "before")
    (pages,) = database.connection.execute("PRAGMA page_count").fetchone()
    database.connection.execute(f"PRAGMA max_page_count = {pages}").fetchone()
    with pytest.raises(StorageError, match="disk is full"), database.transaction(), database.savepoint():
        write(database, "too much", "x" * 100_000)
    database.connection.execute("PRAGMA max_page_count = 1000000").fetchone()

    with database.transaction():
        write(database, "after")
    assert names(database) == ["after", "before"]
    database.check()
    database.close()


def test_a_disk_that_becomes_read_only_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As file systems do after an error, with the profile open."""
    database = Database.open(path, KEY, create=True)
    monkeypatch.setattr("pystatus.storage.database.why_refused", lambda _: "is on a read-only disk. Make it writable")
    with (
        pytest.raises(StorageError, match=r"profile\.db is on a read-only disk\. Make.*lost\."),
        database.transaction(),
    ):
        raise sqlcipher.OperationalError("disk I/O error")
    monkeypatch.undo()
    with pytest.raises(StorageError, match="cannot be used: disk I/O error"), database.transaction():
        raise sqlcipher.OperationalError("disk I/O error")
    database.close()


def test_a_mistake_of_ours_is_not_blamed_on_the_disk(path: Path) -> None:
    database = Database.open(path, KEY, create=True)
    with pytest.raises(sqlcipher.IntegrityError), database.transaction():
        write(database, "twice")
        write(database, "twice")
    assert names(database) == []
    database.close()


@pytest.mark.parametrize(
    "value", [b"", b"\0\xff", None, True, False, 0, -1, 2**62, 1.5, "", "text", MessageState.SENT, bytearray(b"ab")]
)
def test_a_parameter_is_bound_as_it_is(path: Path, value: Any) -> None:
    """Whatever the driver is told of its type."""
    database = Database.open(path, KEY, create=True)
    bound, kind = database.connection.execute("SELECT ?1, typeof(?1)", (value,)).fetchone()
    assert bound == value
    assert kind == {bytes: "blob", bytearray: "blob", str: "text", float: "real", type(None): "null"}.get(
        type(value), "integer"
    )
    database.close()


def test_a_profile_of_a_newer_version_is_left_alone(path: Path) -> None:
    database = Database.open(path, KEY, create=True)
    database.connection.execute("PRAGMA user_version = 9999")
    database.close()
    with pytest.raises(StorageError, match="newer pystatus"):
        Database.open(path, KEY)


GOOD_AND_BAD_STEP = ["CREATE TABLE two (a);", "CREATE TABLE three (a); nonsense"]


def test_a_migration_that_fails_leaves_the_version_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """The steps before it have been done, each for itself."""
    connection = sqlcipher.connect(":memory:", isolation_level=None)
    connection.executescript("CREATE TABLE one (a); PRAGMA user_version = 1;")
    monkeypatch.setattr("pystatus.storage.schema.migrations", lambda: ["nonsense", *GOOD_AND_BAD_STEP])
    with pytest.raises(sqlcipher.Error):
        migrate(connection)
    assert connection.execute("PRAGMA user_version").fetchone() == (2,)
    assert [row[0] for row in connection.execute("SELECT name FROM sqlite_master")] == ["one", "two"]
    connection.close()


def test_a_new_file_has_the_whole_schema_or_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = sqlcipher.connect(":memory:", isolation_level=None)
    monkeypatch.setattr("pystatus.storage.schema.migrations", lambda: GOOD_AND_BAD_STEP)
    with pytest.raises(sqlcipher.Error):
        migrate(connection)
    assert connection.execute("PRAGMA user_version").fetchone() == (0,)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    connection.close()


def test_migrations_are_numbered_without_a_hole() -> None:
    assert len(migrations()) >= 1
