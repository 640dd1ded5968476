"""A bot that keeps what is said in public chats, in a file of SQLite.

It shows how a bot resumes after a restart: what it missed is in its history, and a message that is in the file already
is not written again. examples/tests/test_archive_bot.py tests it. To run it (docs/bots.md has more):

    .venv/bin/pystatus account create bot
    export PYSTATUS_PASSWORD=... PYSTATUS_PEERS=enode://...
    .venv/bin/python examples/archive_bot.py bot archive.db news sports
    sqlite3 archive.db 'SELECT author, text FROM messages ORDER BY sent_ms'
"""

import sqlite3
import sys
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

from pystatus import Client, LocalError, Message, MessageReceived, chat_key, run_bot

TABLE = "CREATE TABLE IF NOT EXISTS messages (id BLOB PRIMARY KEY, chat TEXT, author TEXT, sent_ms INTEGER, text TEXT)"


async def archive(client: Client, file: Path, names: Sequence[str]) -> None:
    """The bot, with whatever client it is given: that of an account, or one of a test."""
    try:
        with closing(sqlite3.connect(file)) as database:
            database.execute(TABLE)
            async with client:
                print(f"I am {client.name}, and write to {file}", flush=True)
                chats = [await client.join(name) for name in names]
                events = client.events()  # before what was said is read, so that nothing comes between
                for chat in chats:
                    keep(database, client.messages(chat))
                async for event in events:
                    if isinstance(event, MessageReceived) and event.chat.id in [chat.id for chat in chats]:
                        keep(database, [event.message])
    except sqlite3.Error as error:
        raise LocalError(f"The archive {file} cannot be used: {error}. Give another file.") from None


def keep(database: sqlite3.Connection, messages: Iterable[Message]) -> None:
    """Write messages, each once, in one transaction: all of them are on the disk then, or none."""
    rows = ((one.id, one.chat_id, chat_key(one.author), one.sent_ms, one.text) for one in messages)
    with database:
        database.executemany("INSERT OR IGNORE INTO messages VALUES (?, ?, ?, ?, ?)", rows)


async def main() -> None:
    match sys.argv[1:]:
        case [profile, file, *names] if names:
            await archive(Client.from_environment(profile), Path(file), names)
        case _:
            raise LocalError("Name a profile, a file and public chats: archive_bot.py PROFILE FILE CHAT ...")


if __name__ == "__main__":
    run_bot(main)
