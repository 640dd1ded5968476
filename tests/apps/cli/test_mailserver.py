"""``pystatus mailserver`` and ``pystatus node --mailserver``: archives, and what is wrong with them."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sqlite3
import sys
import time
from pathlib import Path

import pytest

from pystatus import Node, NodeConfig
from pystatus.mailserver.server.archive import ArchiveError
from pystatus.storage.archive.sqlite import SqliteArchive
from pystatus.waku.envelope import Envelope
from tests.apps.support import Cli, Running
from tests.scenarios.test_history import Asker, everything
from tests.storage.archive.support import fill, mixture
from tests.storage.archive.test_copying import leveldb, needs_leveldb

LOOPBACK = ("--listen", "127.0.0.1:0")
TOPIC = b"\x12\x34\x56\x78"
PATIENCE = 30.0


def kept(path: Path) -> int:
    """Envelopes in an archive that nobody has open."""
    with sqlite3.connect(path) as connection:
        (count,) = connection.execute("SELECT count(*) FROM envelopes").fetchone()
    connection.close()
    return int(count)


async def talk(enode: str) -> None:
    """Send an envelope to a mailserver, and ask until it is in its history."""
    asker = Asker()
    async with Node(NodeConfig(peers=(enode,)), on_event=asker) as node:
        node.trust(enode)
        await node.wait_for_peer(PATIENCE)
        node.watch([TOPIC])
        asker.node = node
        (asker.server,) = node.peers
        sent = Envelope.mine(time.time(), 15, TOPIC, os.urandom(300), 0.002)
        node.post(sent)
        async with asyncio.timeout(PATIENCE):
            while sent not in asker.received:
                await asker.ask(everything())


@pytest.mark.parametrize("command", [("mailserver",), ("node", "--mailserver")], ids=" ".join)
def test_what_it_hears_is_in_its_history_and_in_its_file(tmp_path: Path, command: tuple[str, ...]) -> None:
    with Running(tmp_path, *command, *LOOPBACK) as mailserver:
        asyncio.run(talk(mailserver.line()))
        assert mailserver.stop(signal.SIGTERM) == 0
        assert mailserver.errors() == ["Stopped."]
    assert kept(tmp_path / "archive.db") == 1


def test_it_continues_with_the_archive_that_it_is_given(tmp_path: Path) -> None:
    archive = tmp_path / "elsewhere.db"
    for count in (1, 2):
        with Running(tmp_path / "data", "mailserver", *LOOPBACK, "--archive", str(archive)) as mailserver:
            asyncio.run(talk(mailserver.line()))
            mailserver.stop(signal.SIGTERM)
        assert kept(archive) == count


def an_empty_archive(folder: Path) -> Path:
    async def make() -> None:
        await (await SqliteArchive.open(folder / "empty.db")).close()

    asyncio.run(make())
    return folder / "empty.db"


def test_mistakes_are_sentences(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear archive, " * 100)
    for arguments, sentence in [
        (("mailserver", *LOOPBACK, "--archive", str(file)), "is damaged, or no database"),
        (
            ("mailserver", *LOOPBACK, "--archive", "postgresql://user:secret@/d?host=/nowhere"),
            "cannot be reached: /nowhere: ",
        ),
        (("mailserver", *LOOPBACK, "--max-bytes", "much"), "--max-bytes must be a whole number"),
        (("archive", "show", "postgresql://user:secret@host:port/d"), "'port' is not a port"),
        (("archive", "copy", "mysql://user:secret@host/d"), "There are no archives at mysql://"),
        (("mailserver", *LOOPBACK, "--archive", "mysql://user:secret@h/d"), "There are no archives at mysql://"),
        (("mailserver", *LOOPBACK, "--log-level", "much"), "--log-level must be debug"),
        (("node", "--mailserver", "--workers", "2", *LOOPBACK), "A mailserver runs in one process"),
    ]:
        result = cli.run(*arguments)
        assert result.exit_code != 0
        assert sentence in result.stderr
        assert "secret" not in result.stderr


def test_postgresql_without_its_driver_says_what_to_install(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pystatus.storage.archive.postgres", None)
    result = cli.run("mailserver", *LOOPBACK, "--archive", "postgresql:///d")
    assert result.exit_code == 1
    assert f"{sys.executable} -m pip install asyncpg" in result.stderr


def test_archives_are_copied_and_shown(cli: Cli, tmp_path: Path) -> None:
    stored = mixture(1_500, 100)
    source = tmp_path / "source.db"

    async def fill_source() -> None:
        archive = await SqliteArchive.open(source)
        await fill(archive, stored)
        await archive.close()

    asyncio.run(fill_source())
    target = tmp_path / "target.db"
    (copied,) = cli.objects("archive", "copy", str(source), "--archive", str(target))
    assert copied == {"event": "copied", "read": 1_500, "new": 1_500, "known": 0, "unusable": 0}
    assert cli.text("archive", "copy", str(source), "--archive", str(target)) == (
        "1500 envelopes read: 0 new, 1500 known already, 0 unusable.\n"
    )
    assert cli.object("archive", "show", str(target))["envelopes"] == 1_500
    assert cli.text("archive", "show", str(source)).startswith("1500 envelopes, ")
    shown = cli.text("archive", "show", str(source))
    assert re.search(
        r" bytes, sent between \d{4}-\d\d-\d\d \d\d:\d\d:\d\d and \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.$", shown
    )
    assert "sent" not in cli.text("archive", "show", str(an_empty_archive(tmp_path)))
    result = cli.run("archive", "show", str(tmp_path / "nothing"))
    assert (result.exit_code, "There is no archive at" in result.stderr) == (1, True)


@needs_leveldb
def test_an_archive_of_status_go_is_copied_however_many_it_has(cli: Cli, tmp_path: Path) -> None:
    """Nobody knows how many are in a LevelDB, and an archive may be empty: there is a bar for both."""
    target = str(tmp_path / "target.db")
    for count in (0, 30):
        source = leveldb(tmp_path / f"wmail-{count}", mixture(count, 100))
        assert cli.object("archive", "copy", str(source), "--archive", target)["new"] == count
    result = cli.run("archive", "show", str(source))
    assert (result.exit_code, "one of status-go" in result.stderr) == (1, True)


def test_a_copy_continues_where_it_was_broken_off(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = tmp_path / "source.db", tmp_path / "target.db"

    async def fill_source() -> None:
        archive = await SqliteArchive.open(source)
        await fill(archive, mixture(2_500, 100))
        await archive.close()

    asyncio.run(fill_source())
    add = SqliteArchive.add
    batches = 0

    async def fails(archive: SqliteArchive, envelopes: list[Envelope]) -> int:
        nonlocal batches
        batches += 1
        if batches == 2:
            raise ArchiveError("The disk is full.")
        return await add(archive, envelopes)

    monkeypatch.setattr(SqliteArchive, "add", fails)
    command = ("archive", "copy", str(source), "--archive", str(target))
    result = cli.run(*command)
    assert (result.exit_code, result.stderr) == (1, "The disk is full.\n")
    result = cli.run(*command)
    assert result.exit_code == 0
    assert "Continued after 1000 envelopes." in result.stderr
    assert result.stdout == "2500 envelopes read: 2500 new, 0 known already, 0 unusable.\n"
    assert list(cli.data_dir.glob("archive-copy-*")) == []
    again = cli.run(*command, "--again", "--json")
    assert '"known": 2500' in again.stdout
