"""The words of a new account in its encrypted database, until somebody confirms that they are on paper (AC-34)."""

from __future__ import annotations

from pystatus.account.backup import PHRASE, NoPhraseKept
from pystatus.storage.database import Database


def keep_phrase(database: Database, phrase: str) -> None:
    """Store the words with the profile."""
    with database.transaction():
        database.connection.execute("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", (PHRASE, phrase))
        database.memory.forget()


def kept_phrase(database: Database) -> str:
    """The words.

    :raises NoPhraseKept: they are not kept here.
    """
    row = database.connection.execute("SELECT value FROM settings WHERE name = ?", (PHRASE,)).fetchone()
    if row is None:
        raise NoPhraseKept
    return str(row[0])


def forget_phrase(database: Database) -> None:
    """Overwrite the words, also in the log of the database."""
    with database.transaction():
        database.connection.execute("DELETE FROM settings WHERE name = ?", (PHRASE,))
        database.memory.forget()
    database.empty_log()
