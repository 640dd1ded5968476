"""What is unread goes down when it is shown: by ``listen`` as it arrives, by ``history`` with its newest page."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pystatus import Client, LocalError, Profiles
from pystatus.account.account import Account
from pystatus.crypto.keys import PrivateKey
from pystatus.messenger.records import Chat, Message, MessageState
from pystatus.payloads.chats import ChatKind
from pystatus.storage.messenger import SqlMessengerStore
from tests.apps.support import PASSWORD, Cli, Running

STRANGER = PrivateKey(bytes(31) + b"\x07").public_key
ROOM = "news"


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The enode URL of a relay."""
    with Running(tmp_path_factory.mktemp("relay"), "node", "--listen", "127.0.0.1:0") as node:
        yield node.line()
        assert node.stop(signal.SIGTERM) == 0


def arrived(cli: Cli, name: str, count: int, own: int = 0) -> None:
    """A chat with so many messages of a stranger that nobody has seen, and some of our own behind them."""
    profiles = Profiles(cli.data_dir)
    with profiles.unlock(profiles.find(name), PASSWORD) as unlocked:
        store = SqlMessengerStore(unlocked.database)
        with store.transaction():
            store.save_chat(Chat(ROOM, ChatKind.PUBLIC, unread=count, updated_ms=1))
            for number in range(count + own):
                author = STRANGER if number < count else unlocked.account.public_key
                state = None if number < count else MessageState.SENT
                made = Message(
                    number.to_bytes(32, "big"), ROOM, author, number, 1, 1, 1, f"number {number}", b"", state=state
                )
                store.add_message(made)


def unread(cli: Cli, name: str) -> int:
    (chat,) = cli.objects("history", name)
    assert isinstance(chat["unread"], int)
    return chat["unread"]


def test_the_newest_page_marks_the_chat_as_read(cli: Cli) -> None:
    cli.add_profile("alice")
    arrived(cli, "alice", 5, own=1)
    assert unread(cli, "alice") == 5
    assert cli.run("history", "alice", "#news", "--keep-unread").exit_code == 0
    assert unread(cli, "alice") == 5
    page = cli.run("history", "alice", "#news", "--limit", "3")  # one of ours and two of others
    assert "There are older messages, 3 of them unread: --before " in page.stderr
    assert unread(cli, "alice") == 0
    assert "[" not in cli.text("history", "alice")


def test_an_older_page_changes_nothing(cli: Cli) -> None:
    cli.add_profile("alice")
    arrived(cli, "alice", 5)
    newest, *_ = cli.objects("history", "alice", "#news", "--keep-unread")
    cli.run("history", "alice", "#news", "--before", newest["cursor"])
    assert unread(cli, "alice") == 5


async def test_beside_an_open_client_it_stays_unread_and_is_said(cli: Cli) -> None:
    cli.add_profile("alice")
    arrived(cli, "alice", 2)
    async with Client.open("alice", PASSWORD, data_dir=cli.data_dir, state_dir=cli.data_dir / "state"):
        page = await asyncio.to_thread(cli.run, "history", "alice", "#news")
        assert (page.exit_code, len(page.stdout.splitlines())) == (0, 2)
        assert page.stderr == "What was shown stays unread, because another process has the profile open.\n"
    assert unread(cli, "alice") == 2


def test_what_listen_shows_is_read_and_nothing_else(cli: Cli, relay: str) -> None:
    for name in ("alice", "bob"):
        cli.add_profile(name)
    arrived(cli, "bob", 2)  # from before, and not shown
    for options, left in ((), 2), (("--keep-unread",), 3), (("--chat", "#other"), 4):
        command = ("listen", "bob", "#other", *options, "--json")
        with Running(cli.data_dir, *command, PYSTATUS_PEERS=relay, PYSTATUS_PASSWORD=PASSWORD) as bob:
            bob.event("peer-connected")
            cli.environment["PYSTATUS_PEERS"] = relay
            assert cli.run("send", "alice", "#news", f"at {time.time_ns()}").exit_code == 0
            if "--chat" in options:
                assert cli.run("send", "alice", "#other", "shown").exit_code == 0
            bob.event("message")
            assert bob.stop(signal.SIGTERM) == 0
        (chat,) = [one for one in cli.objects("history", "bob") if one["chat"] == ROOM]
        assert chat["unread"] == left, options


def test_listen_says_what_came_before(cli: Cli, relay: str) -> None:
    """It prints none of that, so a script that sends and then listens would miss an answer without a word."""
    cli.add_profile("alice")
    arrived(cli, "alice", 5)
    for options, said in (((), True), (("--chat", "#news"), True), (("#other", "--chat", "#other"), False)):
        command = ("listen", "alice", *options, "--for", "0")
        done = cli.run(*command, "--peer", relay)
        told = "5 messages that came before are unread. See: pystatus history alice" in done.stderr.splitlines()
        assert (done.exit_code, told) == (0, said), done.stderr
        assert "unread" not in cli.run(*command, "--peer", relay, "--json").stderr


async def test_some_messages_are_marked_as_read(tmp_path: Path) -> None:
    profiles = Profiles(tmp_path)
    profile = profiles.create(Account.from_private_key(PrivateKey(bytes(31) + b"\x01")), PASSWORD, "alice")
    with profiles.unlock(profile, PASSWORD) as unlocked:
        store = SqlMessengerStore(unlocked.database)
        with store.transaction():
            store.save_chat(Chat(ROOM, ChatKind.PUBLIC, unread=5, updated_ms=1))
    async with Client.open("alice", PASSWORD, data_dir=tmp_path, state_dir=tmp_path / "state") as client:
        assert [(await client.mark_read(ROOM, number)).unread for number in (0, 2, 7)] == [5, 3, 0]
        with pytest.raises(LocalError, match="not -1"):
            await client.mark_read(ROOM, -1)
        assert client.message(bytes(32)) is None


def test_a_message_that_is_sent_later_is_told_with_its_text(cli: Cli, relay: str) -> None:
    cli.add_profile("alice")
    nobody = f"{relay.rpartition(':')[0]}:1"
    stored = cli.run("send", "alice", "#news", "written before\nin two lines", "--peer", nobody, "--timeout", "0.1")
    assert stored.exit_code == 3
    with Running(cli.data_dir, "listen", "alice", PYSTATUS_PEERS=relay, PYSTATUS_PASSWORD=PASSWORD) as alice:
        while not (line := alice.next_complaint()).startswith("sent 0x"):
            pass
        assert line.endswith(" to #news: written before in two lines")
        assert alice.stop(signal.SIGTERM) == 0
