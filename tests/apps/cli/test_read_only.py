"""A read-only disk: commands that only read work on it, the others say in one sentence why they do not."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer.main

from pystatus import Account, PrivateKey, Profiles
from pystatus.apps.cli.root import app
from pystatus.fleets.invitation import invitation
from pystatus.inspector.recording import Recorder
from pystatus.messenger.copies import INSTALLATION_ID
from pystatus.messenger.records import Chat, Message
from pystatus.payloads.chats import ChatKind
from pystatus.storage.archive.sqlite import SqliteArchive
from pystatus.storage.messenger import SqlMessengerStore
from tests.apps.support import PASSWORD, Cli, Running, process_environment
from tests.fleets.support import HARBOUR
from tests.storage.archive.support import envelope, fill, mixture
from tests.storage.archive.test_copying import leveldb, needs_leveldb
from tests.support import forked
from tests.support.command_line import ADDRESS, HASH, LINK, MESSAGE, RECORD, SOMEBODY
from tests.support.forked import Case, Ended
from tests.support.read_only import AS_MODES_SAY, read_only

RELAY = f"enode://{PrivateKey(bytes([1] * 32)).public_key.xy.hex()}@127.0.0.1:1"
START = 1_601_553_600_000
NODE = ("--endpoint", "http://127.0.0.1:1")
INVITED = invitation(HARBOUR)


@dataclass(frozen=True)
class Disk:
    """A data directory with something of everything."""

    directory: Path
    device: str

    def __truediv__(self, name: str) -> str:
        return str(self.directory / name)


def fill_profile(directory: Path) -> str:
    """Make a profile with a message; the id of its device."""
    account = Account.from_private_key(PrivateKey.generate(os.urandom))
    profiles = Profiles(directory)
    with profiles.unlock(profiles.create(account, PASSWORD, "alice"), PASSWORD) as unlocked:
        store = SqlMessengerStore(unlocked.database)
        with store.transaction():
            store.save_setting(INSTALLATION_ID, "3f0c")
            store.save_chat(Chat("status", ChatKind.PUBLIC, active=True))
            store.add_message(Message(bytes(32), "status", account.public_key, 1, START, START, 1, "hello", b""))
    return "3f0c"


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    directory = tmp_path / "data"
    directory.mkdir()
    device = fill_profile(directory)
    with Recorder(directory / "capture") as recorder:
        recorder.record(1.0, envelope(1).raw)
    (directory / "node.toml").write_text('listen = "127.0.0.1:30303"\n')
    (directory / "node.key").write_text("01" * 32)
    (directory / "nodes").write_text(RECORD)
    (directory / "node.key").chmod(0o600)
    return Disk(directory, device)


@pytest.fixture
async def archive(disk: Disk) -> Path:
    path = disk.directory / "archive.db"
    opened = await SqliteArchive.open(path)
    await fill(opened, mixture(20, 100))
    await opened.close()
    return path


Arguments = Callable[[Disk, Path], tuple[str, ...]]
"""Of a command, for a read-only data directory and one that can be written to."""


def conversation(verb: str) -> Arguments:
    return lambda disk, _: ("conversation", verb, "alice", "#status")


def contact(verb: str, *more: str) -> Arguments:
    return lambda disk, _: ("contact", verb, "alice", SOMEBODY, *more)


READS: dict[str, Arguments] = {
    "account list": lambda disk, _: ("account", "list"),
    "account show": lambda disk, _: ("account", "show", "alice"),
    "device list": lambda disk, _: ("device", "list", "alice"),
    "contact show": lambda disk, _: ("contact", "show", "alice", SOMEBODY),
    "profile show": lambda disk, _: ("profile", "show", "alice"),
    "history": lambda disk, _: ("history", "alice", "status"),
    "link show": lambda disk, _: ("link", "show", LINK),
    "link create": lambda disk, _: ("link", "create", "#status"),
    "conversation list": lambda disk, _: ("conversation", "list", "alice"),
    "conversation export": lambda disk, _: ("conversation", "export", "alice", "status"),
    "message show": lambda disk, _: ("message", "show", "alice", MESSAGE),
    "search": lambda disk, _: ("search", "alice", "hello"),
    "archive show": lambda disk, _: ("archive", "show", disk / "archive.db"),
    "enode": lambda disk, _: ("enode", "--config", disk / "node.toml"),
    "config check": lambda disk, _: ("config", "check", disk / "node.toml"),
    "config show": lambda disk, _: ("config", "show", "--config", disk / "node.toml"),
    "inspect": lambda disk, _: ("inspect", disk / "capture"),
}
"""Commands that only read; what they print is the same on every disk."""

WRITES: dict[str, Arguments] = {
    "enr": lambda disk, _: ("enr", "--advertise", "192.0.2.1"),
    "dns-list sign": lambda disk, _: (
        *("dns-list", "sign", "nodes.example.org", disk / "nodes", "--key-file", disk / "node.key"),
        *("--zone", disk / "zone"),
    ),
    "account create": lambda disk, _: ("account", "create", "bob"),
    "account import": lambda disk, elsewhere: ("account", "import", "bob", "--key-file", disk / "node.key"),
    "account recover": lambda disk, elsewhere: (
        *("account", "recover", "bob", "--words-file", str(elsewhere / "words"), "--yes"),
    ),
    "account rename": lambda disk, _: ("account", "rename", "alice", "bob"),
    "account password": lambda disk, elsewhere: (
        *("account", "password", "alice", "--new-password-file", str(elsewhere / "words")),
    ),
    "account delete": lambda disk, _: ("account", "delete", "alice", "--yes"),
    "account restore": lambda disk, elsewhere: (
        *("account", "restore", str(elsewhere / "backup"), "--file-password-file", str(elsewhere / "words")),
    ),
    "account vacuum": lambda disk, _: ("account", "vacuum", "alice"),
    "account show --identicon": lambda disk, _: ("account", "show", "alice", "--identicon", disk / "alice.svg"),
    "device enable": lambda disk, _: ("device", "enable", "alice", "5a"),
    "device disable": lambda disk, _: ("device", "disable", "alice", "5a"),
    "device pair": lambda disk, _: ("device", "pair", "alice", "--peer", RELAY),
    "device rename": lambda disk, _: ("device", "rename", "alice", "the laptop"),
    "device renew": lambda disk, _: ("device", "renew", "alice"),
    "device sync": lambda disk, _: ("device", "sync", "alice", "--peer", RELAY),
    **{
        f"conversation {verb}": conversation(verb)
        for verb in (
            "archive",
            "clear",
            "delete",
            "leave",
            "mute",
            "pin",
            "read",
            "unarchive",
            "unmute",
            "unpin",
            "unread",
        )
    },
    "conversation draft": lambda disk, _: ("conversation", "draft", "alice", "#status", "hel"),
    "message withdraw": lambda disk, _: ("message", "withdraw", "alice", MESSAGE),
    "message delete": lambda disk, _: ("message", "delete", "alice", MESSAGE),
    "message react": lambda disk, _: ("message", "react", "alice", MESSAGE, "love", "--peer", RELAY),
    "message retract": lambda disk, _: ("message", "retract", "alice", MESSAGE, "love", "--peer", RELAY),
    "message reply": lambda disk, _: ("message", "reply", "alice", MESSAGE, "hello", "--peer", RELAY),
    "message resend": lambda disk, _: ("message", "resend", "alice", MESSAGE, "--peer", RELAY),
    "media send": lambda disk, elsewhere: (
        *("media", "send", "alice", "#status", str(elsewhere / "sound"), "--peer", RELAY),
    ),
    "media sticker": lambda disk, _: ("media", "sticker", "alice", "#status", "e30101701220ab", "4", "--peer", RELAY),
    **{
        f"contact {verb}": contact(verb, *more)
        for verb, more in {
            **dict.fromkeys(("add", "accept"), ("--peer", RELAY)),
            **dict.fromkeys(("block", "decline", "remove", "unblock"), ()),
            "nickname": ("Bob",),
        }.items()
    },
    "profile name": lambda disk, _: ("profile", "name", "alice", "alice.eth"),
    "profile picture": lambda disk, _: ("profile", "picture", "alice", "--remove"),
    "group create": lambda disk, _: ("group", "create", "alice", "harbour", SOMEBODY, "--peer", RELAY),
    "group add": lambda disk, _: ("group", "add", "alice", "harbour", SOMEBODY, "--peer", RELAY),
    "group remove": lambda disk, _: ("group", "remove", "alice", "harbour", SOMEBODY, "--peer", RELAY),
    "group promote": lambda disk, _: ("group", "promote", "alice", "harbour", SOMEBODY, "--peer", RELAY),
    "group demote": lambda disk, _: ("group", "demote", "alice", "harbour", "--peer", RELAY),
    "group rename": lambda disk, _: ("group", "rename", "alice", "harbour", "pier", "--peer", RELAY),
    "group join": lambda disk, _: ("group", "join", "alice", "harbour", "--peer", RELAY),
    "group leave": lambda disk, _: ("group", "leave", "alice", "harbour", "--peer", RELAY),
    "group request": lambda disk, _: ("group", "request", "alice", LINK, "--peer", RELAY),
    "group approve": lambda disk, _: ("group", "approve", "alice", "5a", "--peer", RELAY),
    "group reject": lambda disk, _: ("group", "reject", "alice", "5a", "--peer", RELAY),
    "link open": lambda disk, _: ("link", "open", "alice", "https://join.status.im/news", "--yes"),
    "link create --qr-file": lambda disk, _: ("link", "create", "#status", "--qr-file", disk / "status.svg"),
    "transaction request-address": lambda disk, _: (
        "transaction",
        "request-address",
        "alice",
        SOMEBODY,
        "5",
        "--peer",
        RELAY,
    ),
    "transaction request": lambda disk, _: ("transaction", "request", "alice", SOMEBODY, "5", "--peer", RELAY),
    "transaction accept": lambda disk, _: ("transaction", "accept", "alice", MESSAGE, "--peer", RELAY),
    "transaction decline": lambda disk, _: ("transaction", "decline", "alice", MESSAGE, "--peer", RELAY),
    "transaction announce": lambda disk, _: (
        *("transaction", "announce", "alice", HASH, "--chat", SOMEBODY, "--signature", "0x" + "1" * 130),
        *("--peer", RELAY),
    ),
    "wallet add": lambda disk, _: ("wallet", "add", "alice", "--watch", ADDRESS),
    "wallet change": lambda disk, _: ("wallet", "change", "alice", ADDRESS, "--name", "Savings"),
    "wallet history": lambda disk, _: ("wallet", "history", "alice", "--account", ADDRESS, *NODE),
    "wallet balance": lambda disk, _: ("wallet", "balance", "alice", "--account", ADDRESS, *NODE),
    "wallet collectibles": lambda disk, _: ("wallet", "collectibles", "alice", ADDRESS, "--account", ADDRESS, *NODE),
    "wallet send": lambda disk, _: ("wallet", "send", "alice", ADDRESS, "1", "--account", ADDRESS, *NODE),
    "wallet call": lambda disk, _: ("wallet", "call", "alice", ADDRESS, "0x12345678", "--account", ADDRESS, *NODE),
    "wallet speed-up": lambda disk, _: ("wallet", "speed-up", "alice", HASH, *NODE),
    "wallet cancel": lambda disk, _: ("wallet", "cancel", "alice", HASH, *NODE),
    "wallet add-token": lambda disk, _: ("wallet", "add-token", "alice", ADDRESS, *NODE),
    "wallet remove-token": lambda disk, _: ("wallet", "remove-token", "alice", ADDRESS),
    "wallet add-favourite": lambda disk, _: ("wallet", "add-favourite", "alice", ADDRESS, "Mother"),
    "wallet remove-favourite": lambda disk, _: ("wallet", "remove-favourite", "alice", "Mother"),
    "wallet remove": lambda disk, _: ("wallet", "remove", "alice", ADDRESS),
    "name register": lambda disk, _: ("name", "register", "alice", "alicious", "--yes", *NODE),
    "name update": lambda disk, _: ("name", "update", "alice", "alicious", "--yes", *NODE),
    "name release": lambda disk, _: ("name", "release", "alice", "alicious", "--yes", *NODE),
    "name slash": lambda disk, _: ("name", "slash", "alice", "abc", "--yes", *NODE),
    "name add": lambda disk, _: ("name", "add", "alice", "alicious", *NODE),
    "name changes": lambda disk, _: ("name", "changes", "alice", *NODE),
    "name prefer": lambda disk, _: ("name", "prefer", "alice"),
    "name remove": lambda disk, _: ("name", "remove", "alice", "alicious"),
    "sticker buy": lambda disk, _: ("sticker", "buy", "alice", "0", "--yes", *NODE),
    "sticker install": lambda disk, _: ("sticker", "install", "alice", "0", *NODE),
    "sticker uninstall": lambda disk, _: ("sticker", "uninstall", "alice", "0"),
    "sticker send": lambda disk, _: ("sticker", "send", "alice", "#status", "0", "1", "--peer", RELAY),
    "sticker save": lambda disk, _: (
        *("sticker", "save", "alice", "e30101701220ab", str(disk.directory.parent / "sticker")),
        *("--gateway", "http://127.0.0.1:1"),
    ),
    "send": lambda disk, _: ("send", "alice", "#status", "hello", "--peer", RELAY),
    "listen": lambda disk, _: ("listen", "alice", "--peer", RELAY),
    "daemon": lambda disk, _: ("daemon", "alice", "--peer", RELAY),
    "fetch": lambda disk, _: ("fetch", "alice", "--mailserver", RELAY),
    "network create": lambda disk, _: (
        *("network", "create", disk / "harbour", "--no-start", "--host", "127.0.0.1"),
        *("--port", "0", "--bootnode-port", "0", "--rendezvous-port", "0"),
    ),
    "network export": lambda disk, _: ("network", "export", INVITED, "--format=toml", "--to", disk / "fleet.toml"),
    "mailserver": lambda disk, _: ("mailserver", "--listen", "127.0.0.1:0"),
    "mailserver --archive": lambda disk, elsewhere: (
        *("mailserver", "--listen", "127.0.0.1:0", "--data-dir", str(elsewhere), "--archive", disk / "new.db"),
    ),
    "node --mailserver": lambda disk, _: ("node", "--mailserver", "--listen", "127.0.0.1:0"),
    "node": lambda disk, _: ("node", "--listen", "127.0.0.1:0", "--data-dir", disk / "empty"),
    "bootnode": lambda disk, _: ("bootnode", "--listen", "127.0.0.1:0", "--data-dir", disk / "empty"),
    "rendezvous": lambda disk, _: ("rendezvous", "--listen", "127.0.0.1:0", "--data-dir", disk / "empty"),
    "archive copy": lambda disk, _: ("archive", "copy", disk / "archive.db"),
}
"""Commands that write, each where it cannot; what they have to write is not there yet."""

OTHERS = {
    "chat": "wants a terminal; it writes where listen does",
    "web": "serves until it is interrupted: see tests/apps/web",
    "network start": "runs what was made: see the tests of it",
    "network show": "keeps nothing",
    "devchain": "keeps everything in memory",
    "wallet accounts": "reads; there is no account in this wallet",
    "wallet tokens": "reads what comes with the program; no token was added to this profile",
    "wallet favourites": "reads; there is no favourite in this profile",
    "wallet pending": "reads; nothing was sent from this profile",
    "name resolve": "keeps nothing",
    "name reverse": "keeps nothing",
    "name search": "keeps nothing",
    "name list": "reads; there is no name in this profile",
    "sticker market": "keeps nothing",
    "sticker packs": "reads; no pack is installed in this profile",
    "contact list": "reads; there is nobody in this profile",
    "contact requests": "reads; there is nobody in this profile",
    "account backup": "reads; there are no words in this profile",
    "account export": "writes to another disk: see below",
    "group list": "reads; there is no group in this profile",
    "group show": "reads; there is no group in this profile",
    "group invite": "reads; there is no group in this profile",
    "media save": "reads; there is no picture in this profile",
    "transaction list": "reads; there is no transaction in this profile",
    "transaction show": "reads; there is no transaction in this profile",
    "rpc": "reads the token of a node that runs",
    "canary": "keeps nothing",
    "dns-list show": "keeps nothing",
    "dns-list check": "keeps nothing",
    "discover": "keeps nothing",
    "peers": "reads; no peer is remembered in this profile",
    "crawl": "keeps nothing but its picture: see below",
    "notify test": "keeps nothing",
    "demo": "has a directory of its own below TMPDIR",
    "simulate chat": "has a directory of its own below TMPDIR, if any",
    "simulate network": "keeps nothing",
    "simulate discovery": "keeps nothing",
    "simulate eclipse": "keeps nothing",
    "simulate scaling": "keeps nothing",
}


Run = Callable[..., Ended]
"""Runs a command under a user who may not write below the disk, even if that is root."""


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[forked.Run]:
    environment = process_environment(tmp_path_factory.mktemp("none"), PYSTATUS_PASSWORD=PASSWORD)
    with forked.parent(environment, AS_MODES_SAY) as run:
        yield run


@pytest.fixture
def run(parent: forked.Run) -> Run:
    def ended(disk: Disk, arguments: tuple[str, ...], **more: str) -> Ended:
        environment = process_environment(disk.directory, PYSTATUS_PASSWORD=PASSWORD, **more)
        (found,) = parent([Case(arguments, environment=environment)])
        return found

    return ended


def tree(directory: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(directory)): (path.stat().st_mode, path.read_bytes() if path.is_file() else b"")
        for path in directory.rglob("*")
    }


def commands() -> set[str]:
    """Of the command line, those below others with both names."""
    root: Any = typer.main.get_command(app)
    return {
        f"{name} {below}".strip()
        for name, command in root.commands.items()
        for below in (getattr(command, "commands", None) or {"": None})
    }


def test_of_every_command_it_is_known_whether_it_writes() -> None:
    known = {*READS, *WRITES, *OTHERS}
    assert commands() - known == set(), "does it work on a read-only disk?"
    assert {name.partition(" --")[0] for name in known} == commands()


@pytest.mark.parametrize("command", READS)
def test_what_only_reads_works(disk: Disk, archive: Path, tmp_path: Path, command: str, run: Run) -> None:
    arguments = READS[command](disk, tmp_path)
    before = run(disk, arguments)
    assert before.code == 0, before.stderr
    assert before.stdout
    files = tree(disk.directory)
    with read_only(disk.directory):
        result = run(disk, arguments)
    assert (result.code, result.stdout, result.stderr) == (0, before.stdout, before.stderr)
    assert tree(disk.directory) == files


@pytest.mark.parametrize("command", WRITES)
def test_what_writes_says_in_a_sentence_why_it_does_not(
    disk: Disk, archive: Path, tmp_path: Path, command: str, run: Run
) -> None:
    (disk.directory / "empty").mkdir()
    (tmp_path / "words").write_text("abandon " * 11 + "about")
    (tmp_path / "words").chmod(0o600)
    (tmp_path / "sound").write_bytes(b"#!AMR\n\x3c" + bytes(31))  # one frame
    if command == "account restore":
        profiles = Profiles(disk.directory)
        password = (tmp_path / "words").read_text()
        profiles.export(profiles.find("alice"), PASSWORD, tmp_path / "backup", password)
    arguments = WRITES[command](disk, tmp_path)
    if command == "archive copy":  # the source can be written to, the target cannot
        shutil.copy(archive, tmp_path / "source.db")
        arguments = ("archive", "copy", str(tmp_path / "source.db"))
    files = tree(disk.directory)
    with read_only(disk.directory):
        result = run(disk, arguments)
    assert (result.code, result.stdout) == (1, "")
    (sentence,) = result.stderr.splitlines()
    assert "may not write to" in sentence or ": Permission denied. If the files are another user's" in sentence
    assert str(disk.directory) in sentence or "'alice'" in sentence
    assert tree(disk.directory) == files


def test_a_profile_is_saved_from_a_read_only_disk(disk: Disk, tmp_path: Path, run: Run) -> None:
    (tmp_path / "password").write_text("battery staple")
    (tmp_path / "password").chmod(0o600)
    target = tmp_path / "saved"
    target.mkdir()
    files = tree(disk.directory)
    with read_only(disk.directory):
        saved = run(
            disk,
            (
                *("account", "export", "alice", str(target / "backup")),
                *("--file-password-file", str(tmp_path / "password")),
            ),
        )
    assert saved.code == 0, saved.stderr
    assert tree(disk.directory) == files
    assert [one.name for one in target.iterdir()] == ["backup"]
    assert Profiles(tmp_path / "other").restore(target / "backup", "battery staple").name == "alice"


def test_an_archive_is_copied_from_a_read_only_disk(disk: Disk, archive: Path, tmp_path: Path, run: Run) -> None:
    with read_only(disk.directory):
        copied = run(
            disk,
            ("archive", "copy", str(archive), "--data-dir", str(tmp_path / "other"), "--json"),
        )
    assert copied.code == 0, copied.stderr
    assert json.loads(copied.stdout)["new"] == 20


@needs_leveldb
def test_a_leveldb_is_copied_from_a_read_only_disk(disk: Disk, tmp_path: Path, run: Run) -> None:
    """LevelDB itself opens nothing where it cannot write."""
    source = leveldb(disk.directory / "wmail", mixture(20, 100))
    files = tree(source)
    (temporary := tmp_path / "temporary").mkdir()
    with read_only(disk.directory):
        copied = run(
            disk,
            ("archive", "copy", str(source), "--data-dir", str(tmp_path / "other"), "--json"),
            TMPDIR=str(temporary),
        )
    assert copied.code == 0, copied.stderr
    assert json.loads(copied.stdout)["new"] == 20
    assert tree(source) == files
    assert list(temporary.iterdir()) == []


def test_a_relay_runs_with_a_key_on_a_read_only_disk_and_is_the_only_one(disk: Disk, run: Run) -> None:
    arguments = ("node", "--listen", "127.0.0.1:0")
    with (
        read_only(disk.directory),
        Running(disk.directory, *arguments, prefix=AS_MODES_SAY) as relay,
    ):
        assert relay.line().startswith("enode://")
        second = run(disk, arguments)
        assert (second.code, second.stdout) == (1, "")
        assert f"The node key {disk / 'node.key'} is in use by another process." in second.stderr


@pytest.fixture
def crashed(disk: Disk, archive: Path, tmp_path: Path) -> Disk:
    """What a process left that had stored one more message and envelope, and was killed."""
    copy = Disk(tmp_path / "crashed", disk.device)
    profiles = Profiles(disk.directory)
    opened = asyncio.run(SqliteArchive.open(archive))
    asyncio.run(opened.add([envelope(2)]))
    with profiles.unlock(profiles.find("alice"), PASSWORD) as unlocked:
        store = SqlMessengerStore(unlocked.database)
        with store.transaction():
            key = unlocked.account.public_key
            store.add_message(Message(b"\x01" * 32, "status", key, 2, START, START, 1, "the last words", b""))
        shutil.copytree(disk.directory, copy.directory)
    asyncio.run(opened.close())
    return copy


def test_the_last_changes_of_a_process_that_was_killed_are_read(crashed: Disk, run: Run) -> None:
    files = tree(crashed.directory)
    assert {"archive.db-wal", "archive.db-shm"} <= set(files)
    with read_only(crashed.directory):
        history = run(crashed, ("history", "alice", "status"))
        archive = run(crashed, ("archive", "show", crashed / "archive.db", "--json"))
    assert "the last words" in history.stdout
    assert json.loads(archive.stdout)["envelopes"] == 21
    assert tree(crashed.directory) == files


@pytest.mark.parametrize("state", ["closed", "killed"])
@pytest.mark.parametrize("command", ["history", "device list", "archive show"])
def test_what_only_reads_works_on_a_full_disk(
    disk: Disk, crashed: Disk, monkeypatch: pytest.MonkeyPatch, command: str, state: str
) -> None:
    """SQLite has no room for its files there; where it tried, some of them would be left."""
    used = disk if state == "closed" else crashed
    cli = Cli(used.directory)
    expected = cli.text(*READS[command](used, Path()), "--json") if state == "closed" else ""
    files = tree(used.directory)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
    shown = cli.text(*READS[command](used, Path()), "--json")
    assert shown == expected or state == "killed"
    assert shown
    after = tree(used.directory)
    assert set(after) == set(files)
    assert {name for name in files if after[name] != files[name]} <= {name for name in files if name.endswith("-shm")}


def test_changes_that_cannot_be_read_are_not_left_out_without_a_word(crashed: Disk, run: Run) -> None:
    """A backup without the index of the log: what is in the database alone would be an older state."""
    for index in crashed.directory.rglob("*-shm"):
        index.unlink()
    with read_only(crashed.directory):
        results = [run(crashed, READS[command](crashed, Path())) for command in ("history", "archive show")]
    for result in results:
        assert (result.code, result.stdout) == (1, "")
        (sentence,) = result.stderr.splitlines()
        assert (
            "-wal, which cannot be read on a disk that is read-only or full. Copy both into one directory" in sentence
        )
    assert "the last words" in run(crashed, READS["history"](crashed, Path())).stdout


def test_a_profile_of_an_older_version_says_where_it_is_brought_up_to_date(disk: Disk, run: Run) -> None:
    profiles = Profiles(disk.directory)
    with profiles.unlock(profiles.find("alice"), PASSWORD) as unlocked:
        unlocked.database.connection.execute("PRAGMA user_version = 1")
    with read_only(disk.directory):
        result = run(disk, READS["history"](disk, Path()))
    (sentence,) = result.stderr.splitlines()
    assert sentence.startswith("The profile was written by an older pystatus (schema 1, known ")
