"""A profile database as an earlier version would have left it."""

from __future__ import annotations

from pathlib import Path

from sqlcipher3 import dbapi2 as sqlcipher

from pystatus.storage.database import Database
from pystatus.storage.messenger import SqlMessengerStore
from pystatus.storage.schema import migrations

_EVERYTHING = 1_000_000


def made_older(path: Path, key: bytes, version: int) -> sqlcipher.Connection:
    """Undo what later versions than this schema added to a database, which is closed: the connection to it. Of messages
    everything is there that was there."""
    schema = sqlcipher.connect(":memory:")
    for script in migrations()[:version]:
        schema.executescript(script)
    tables = {
        name: [row[1] for row in schema.execute(f"PRAGMA table_info({name})")]
        for (name,) in schema.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
    }
    making = schema.execute(
        "SELECT name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
        " ORDER BY type <> 'table'"
    ).fetchall()
    schema.close()

    database = Database.open(path, key)
    store = SqlMessengerStore(database)
    messages = [message for chat in store.chats() for message in store.messages(chat.id, _EVERYTHING)]
    kept = {
        name: database.connection.execute(f"SELECT {', '.join(columns)} FROM {name}").fetchall()
        for name, columns in tables.items()
        if name not in ("messages", "sqlite_sequence")
    }
    kept.pop("feature_schemas", None)  # their tables go, and are made again
    kept["messages"] = [
        (
            one.id,
            one.chat_id,
            one.author.uncompressed,
            one.clock,
            one.sent_ms,
            one.received_ms,
            one.content_type,
            one.text,
            one.response_to,
            one.payload,
            one.state,
            one.forward_secrecy,
        )
        for one in messages
    ]
    database.close()

    connection = sqlcipher.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    connection.execute("PRAGMA foreign_keys = OFF")
    for kind in ("trigger", "view", "virtual table", "table"):
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = ? AND (sql LIKE 'CREATE VIRTUAL%') = ?"
            " AND name NOT LIKE 'sqlite_%'",
            (kind.split()[-1], kind == "virtual table"),
        ).fetchall():
            connection.execute(f"DROP {kind.split()[-1]} {name}")
    for _, _, sql in making:
        connection.execute(sql)
    for name, rows in kept.items():
        marks = ", ".join("?" * len(tables[name]))
        connection.executemany(f"INSERT INTO {name} ({', '.join(tables[name])}) VALUES ({marks})", rows)
    connection.execute(f"PRAGMA user_version = {version}")
    return connection
