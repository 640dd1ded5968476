"""The schema of a profile database: the steps that make it, and how far a file has come.

What all features share has numbered files in :mod:`pystatus.storage.migrations`; each feature has steps of its own in
:mod:`pystatus.storage.features`, so two features that are made at the same time have no number to agree on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlcipher3 import dbapi2 as sqlcipher

from pystatus.records import dataclass
from pystatus.storage.errors import StorageError
from pystatus.storage.features.registry import feature_tables
from pystatus.storage.messages import payload_form

LATEST = 16
"""Steps of what all features share: the number of the last file. A profile that has them all reads none of them."""


@dataclass(frozen=True, slots=True)
class _Schema:
    """One part of the schema, and the version that a file has of it."""

    name: str
    """Empty: what all features share."""
    version: int
    latest: int
    """The version after the last step."""
    steps: Sequence[str] | None
    """``None``: those of :func:`migrations`, which are files."""

    def note(self, version: int) -> str:
        """SQL that stores a version."""
        if not self.name:
            return f"PRAGMA user_version = {version}"
        return f"INSERT OR REPLACE INTO feature_schemas (feature, version) VALUES ('{self.name}', {version})"

    def missing(self) -> Iterator[str]:
        """SQL of the steps that the file lacks; each stores that it was done."""
        if self.version >= self.latest:
            return
        steps = migrations() if self.steps is None else self.steps
        for number, script in enumerate(steps[self.version :], self.version + 1):
            yield f"{script}\n;{self.note(number)};\n"


def migrate(connection: sqlcipher.Connection) -> None:
    """Apply the steps that the file lacks. A new file gets all of them in one transaction, because each waits for the
    disk. In one that holds something each has its own, so that an interruption undoes little.

    :raises StorageError: the file was written by a newer pystatus.
    """
    _check_known(connection)
    connection.create_function("payload_form", 8, payload_form, deterministic=True)
    (checks,) = connection.execute("PRAGMA foreign_keys").fetchone()
    connection.execute("PRAGMA foreign_keys = OFF")  # a table that another one takes the place of takes no rows along
    try:
        _apply(connection)
    finally:
        connection.execute(f"PRAGMA foreign_keys = {checks}")


def _apply(connection: sqlcipher.Connection) -> None:
    if _is_empty(connection):
        _run(connection, "".join(step for schema in _schemas(connection) for step in schema.missing()))
        return
    for schema in _schemas(connection):
        for step in schema.missing():
            _run(connection, step)


def _is_empty(connection: sqlcipher.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None


def _run(connection: sqlcipher.Connection, script: str) -> None:
    try:
        connection.executescript(f"BEGIN IMMEDIATE;\n{script}COMMIT;")
    except sqlcipher.Error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def check_newest(connection: sqlcipher.Connection, unwritable: str) -> None:
    """Before a file is used that no step can be applied to.

    :param unwritable: why, as the end of a sentence.
    :raises StorageError: it lacks one, or was written by a newer pystatus.
    """
    _check_known(connection)
    for schema in _schemas(connection):
        if schema.version < schema.latest:
            raise StorageError(
                f"The profile was written by an older pystatus ({_versions(schema)}), and it {unwritable}. It is "
                "brought up to date when it is opened there."
            )


def migrations() -> list[str]:
    """The steps of what all features share, in their order: ``NNNN_name.sql``, numbered from 1 without a hole."""
    from importlib import resources  # loaded late: it costs 10 ms, and a profile is seldom brought up to date

    folder = resources.files("pystatus.storage.migrations")
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".sql")), key=lambda entry: entry.name)
    assert [int(file.name[:4]) for file in files] == list(range(1, LATEST + 1))
    return [file.read_text(encoding="utf-8") for file in files]


def _schemas(connection: sqlcipher.Connection) -> Iterator[_Schema]:
    """All parts, each with the version that the file has when it is its turn."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    yield _Schema("", version, LATEST, None)
    stored = _feature_versions(connection)
    for kind in feature_tables():
        yield _Schema(kind.NAME, stored.pop(kind.NAME, 0), len(kind.STEPS), kind.STEPS)
    for name, version in stored.items():  # of features that are not known here
        yield _Schema(name, version, 0, ())


def _feature_versions(connection: sqlcipher.Connection) -> dict[str, int]:
    """None, if the file is older than the schemas of features."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'feature_schemas'").fetchone():
        return {}
    return dict(connection.execute("SELECT feature, version FROM feature_schemas").fetchall())


def _check_known(connection: sqlcipher.Connection) -> None:
    """Before anything is changed."""
    for schema in _schemas(connection):
        if schema.version > schema.latest:
            raise StorageError(f"The profile was written by a newer pystatus ({_versions(schema)}). Update pystatus.")


def _versions(schema: _Schema) -> str:
    return f"schema {schema.name and f'of {schema.name} '}{schema.version}, known {schema.latest}"
