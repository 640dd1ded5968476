"""Commands beside a pystatus that has the profile open: none of them asks for a password, what they show is the same,
and what the other one decides is said."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import pytest

from pystatus import Account, PrivateKey, Profiles
from pystatus.apps.cli.commands import web
from pystatus.apps.cli.option_groups import NetworkOptions, ProfileOptions
from pystatus.client.features.contacts import Contacts
from pystatus.client.features.conversations import Conversations
from pystatus.client.features.groups import Groups
from pystatus.client.features.media import Media
from pystatus.client.features.our_profile import OurProfile
from pystatus.client.features.reactions import Reactions
from pystatus.client.features.transactions import Transactions
from pystatus.client.features.wallet import Wallet
from pystatus.devp2p.enode import Enode
from pystatus.faces.attach.holder import SharedClient
from pystatus.fleets.invitation import invitation
from pystatus.messenger.records import Chat, Message
from pystatus.payloads.chats import ChatKind
from pystatus.peers.sources import WHISPER
from pystatus.storage.cached_peers import SqlCachedPeers
from pystatus.storage.messenger import SqlMessengerStore
from tests.apps.support import PASSWORD, Cli
from tests.fleets.support import HARBOUR
from tests.media.support import picture, saved
from tests.support.command_line import ENODE, LIST, SOMEBODY, Command, commands
from tests.support.holding import Holder

START = 1_601_553_600_000
"""Of a message, Unix milliseconds."""

ASKS = {
    "account backup": "the words are shown to who knows the password",
    "account export": "the copy opens with the password, which is seen to be right",
    "account password": "refuses, as another process has the profile open",
    "account vacuum": "refuses, as another process has the profile open",
    "wallet add": "seals a key with the password",
    "wallet send": "signs with a key that the password opens",
    "wallet call": "signs with a key that the password opens",
    "wallet speed-up": "signs with a key that the password opens",
    "wallet cancel": "signs with a key that the password opens",
    **dict.fromkeys(
        ("name register", "name update", "name release", "name slash", "sticker buy"),
        "signs with a key that the password opens",
    ),
}
"""Commands that want the password beside a process that has the profile open, or do nothing then."""

MORE: dict[str, tuple[str, ...]] = {
    "chat": ("--plain",),
    "link open": ("--yes",),
    "listen": ("--for", "0.01"),
    "peers": ("alice",),
    "transaction announce": ("--chat", SOMEBODY, "--signature", "0x" + "1" * 130),
}
"""What these need besides."""


@dataclass(frozen=True)
class Filled:
    """A profile with something of everything."""

    data_dir: Path
    message: str
    picture: str
    transaction: str
    group: str
    alice: str


async def fill(data_dir: Path) -> Filled:
    async with SharedClient.open("alice", PASSWORD, data_dir=data_dir) as alice:
        chat = await alice.join("status")
        first = (await alice.send_text(chat, "lunch is ready")).message
        for number in range(5):
            await alice.send_text(chat, f"answer {number} for @{SOMEBODY}", reply_to=first)
        await alice.feature(Reactions).add(first, "love")
        somebody = await alice.open_chat(SOMEBODY)
        await alice.feature(Contacts).add(SOMEBODY, "Bob")
        await alice.feature(Conversations).set_draft(somebody, "to be contin…")
        sent = (await alice.feature(Media).send_image(somebody, saved(picture(40, 30), "PNG"))).message
        asked = await alice.feature(Transactions).request_payment(somebody, 5, address="0x" + "07" * 20)
        group = await alice.feature(Groups).create("harbour", [SOMEBODY])
        await alice.feature(OurProfile).set_name("alice.eth")
        await alice.feature(Wallet).watch("0x" + "07" * 20, "Savings")
        return Filled(
            data_dir, f"0x{first.id.hex()}", f"0x{sent.id.hex()}", f"0x{asked.message_id.hex()}", group.id,
            alice.chat_key,
        )  # fmt: skip


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    data_dir = tmp_path_factory.mktemp("attaching") / "data"
    profiles = Profiles(data_dir)
    profile = profiles.create(Account.from_private_key(PrivateKey.generate(os.urandom)), PASSWORD, "alice")
    made = asyncio.run(fill(data_dir))
    with profiles.unlock(profile, PASSWORD) as unlocked, unlocked.database.transaction():
        SqlCachedPeers(unlocked.database.connection).connected(WHISPER, Enode.parse(ENODE), 10, time.time())
    return made


@pytest.fixture(scope="module")
def holder(filled: Filled) -> Iterator[None]:
    held = Holder(filled.data_dir, PASSWORD)
    held.start()
    yield
    held.stop()


@pytest.fixture
def nobody(filled: Filled) -> Cli:
    """Commands of somebody who does not know the password."""
    cli = Cli(filled.data_dir)
    cli.environment["PYSTATUS_PASSWORD"] = None
    return cli


def test_the_newest_page_of_a_chat_is_marked_as_read_where_the_profile_is_open(tmp_path: Path) -> None:
    account = Account.from_private_key(PrivateKey.generate(os.urandom))
    profiles = Profiles(tmp_path / "data")
    with profiles.unlock(profiles.create(account, PASSWORD, "alice"), PASSWORD) as unlocked:
        store = SqlMessengerStore(unlocked.database)
        with store.transaction():
            store.save_chat(Chat("status", ChatKind.PUBLIC, active=True, unread=1))
            stranger = PrivateKey.generate(os.urandom).public_key
            store.add_message(Message(bytes(32), "status", stranger, 1, START, START, 1, "hello", b""))
    held = Holder(tmp_path / "data", PASSWORD)
    held.start()
    try:
        cli = Cli(tmp_path / "data")
        cli.environment["PYSTATUS_PASSWORD"] = None
        assert [one["unread"] for one in cli.objects("conversation", "list", "alice")] == [1]
        for more, unread in ((("--keep-unread",), 1), ((), 0)):
            assert [one["text"] for one in cli.objects("history", "alice", "status", *more)] == ["hello"]
            assert [one["unread"] for one in cli.objects("conversation", "list", "alice")] == [unread]
    finally:
        held.stop()


@pytest.fixture(autouse=True)
def _no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page would be served until it is interrupted. Everything before that is as it is."""

    async def serve(*_: object) -> None:
        return None

    monkeypatch.setattr(web, "_until_interrupted", serve)


def of_profiles() -> list[Command]:
    return [one for one in commands() if {"password_file", "profile"} <= {each.name for each in one.parameters}]


def line(command: Command) -> list[str]:
    """A good one, which waits for nothing."""
    names = {one.name for one in command.parameters}
    arguments = list(command.arguments)
    if command.name in ("chat", "web"):  # they do without one
        arguments = ["alice"]
    return [
        *command.words, *arguments, *MORE.get(command.name, ()),
        *(("--timeout", "0.01") if "timeout" in names else ()),
    ]  # fmt: skip


def reads(filled: Filled, target: Path) -> list[list[str]]:
    """Every command that shows something of a profile, as people would have it."""
    export = str(target / "chat.html")
    return [
        ["history", "alice"],
        ["history", "alice", "#status"],
        ["history", "alice", "#status", "--limit", "2"],
        ["history", "alice", "Bob"],
        ["conversation", "list", "alice"],
        ["conversation", "list", "alice", "--limit", "1"],
        ["conversation", "draft", "alice", "Bob"],
        *(["conversation", "export", "alice", chat] for chat in ("#status", "Bob", "harbour")),
        ["conversation", "export", "alice", "Bob", "--no-media"],
        ["conversation", "export", "alice", "Bob", export, "--overwrite"],
        ["search", "alice", "answer"],
        ["search", "alice", "answer", "--chat", "#status", "--limit", "2", "--author", filled.alice],
        ["message", "show", "alice", filled.message],
        ["message", "show", "alice", filled.transaction[:12]],
        ["contact", "list", "alice"],
        ["contact", "requests", "alice"],
        ["contact", "show", "alice", "Bob"],
        ["profile", "show", "alice"],
        ["device", "list", "alice"],
        ["group", "list", "alice"],
        ["group", "show", "alice", "harbour"],
        ["group", "show", "alice", filled.group],
        ["group", "invite", "alice", "harbour"],
        ["transaction", "list", "alice"],
        ["transaction", "list", "alice", "Bob"],
        ["transaction", "show", "alice", filled.transaction],
        ["media", "save", "alice", filled.picture, str(target / "picture"), "--overwrite"],
        ["wallet", "accounts", "alice"],
        ["wallet", "favourites", "alice"],
        ["wallet", "pending", "alice", "--all"],
        ["wallet", "tokens", "alice", "--chain-id", "100"],
        ["name", "list", "alice"],
        ["name", "changes", "alice"],
        ["sticker", "packs", "alice"],
        ["peers", "alice"],
    ]


def shown(cli: Cli, arguments: tuple[str, ...]) -> tuple[int, str, str]:
    result = cli.run(*arguments)
    return result.exit_code, result.stdout, result.stderr


AS_LINES = ("history", "message", "search")
"""Commands of which the lines for people are looked at, too."""


def plain(told: tuple[int, str, str]) -> tuple[int, str, str]:
    """Without what is of the moment: when something was written down."""
    return told[0], "\n".join(one for one in told[1].splitlines() if "exported" not in one.lower()), told[2]


def test_what_is_shown_is_the_same_with_and_without_a_holder(filled: Filled, nobody: Cli, tmp_path: Path) -> None:
    lines, knowing = reads(filled, tmp_path), Cli(filled.data_dir)
    forms = [(*one, *more) for one in lines for more in ((), ("--json",)) if more or one[0] in AS_LINES]
    alone = [shown(knowing, one) for one in forms]
    held = Holder(filled.data_dir, PASSWORD)
    held.start()
    try:
        beside = [shown(nobody, one) for one in forms]
    finally:
        held.stop()
    for form, before, after in zip(forms, alone, beside, strict=True):
        assert before[0] == 0, (form, before)
        assert plain(after) == plain(before), form


@pytest.mark.usefixtures("holder")
def test_no_command_asks_for_a_password_where_another_pystatus_has_the_profile_open(
    nobody: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_bytes(saved(picture(4, 3), "PNG"))
    asked = []
    for command in of_profiles():
        if command.name not in ASKS:
            result = nobody.run(*line(command), input="")
            assert result.exit_code in (0, 1, 2, 3), (command.name, result)
            if "assword" in result.stderr:
                asked.append((command.name, result.stderr))
    assert asked == []


@pytest.mark.usefixtures("holder")
def test_those_that_ask_beside_a_holder_have_a_reason(nobody: Cli) -> None:
    names = {command.name for command in of_profiles()}
    assert names >= ASKS.keys()
    for command in of_profiles():
        if command.name in ASKS:
            assert nobody.run(*line(command), input="").exit_code == 1, command.name


VALUES = {
    **dict.fromkeys(("peer", "bootnode", "mailserver"), ENODE),
    "rendezvous": "/ip4/203.0.113.1/tcp/30703/ethv4/16Uiu2HAmSH2XVgZqYHWucap5kuPzLnt2TsNQkoppVxB5eJGvaXwm",
    "dns_list": LIST,
    "dns_server": "127.0.0.1",
    "join": invitation(HARBOUR),
    "time_server": "127.0.0.1",
    "daily_history": "4",
}
"""Of the options about the network."""


def network_options() -> list[str]:
    own = {one.name for one in fields(ProfileOptions)}
    return [one.name for one in fields(NetworkOptions) if one.name not in own]


def connected() -> list[Command]:
    """Every command that takes options for a network, and has a profile."""
    return [one for one in of_profiles() if any(each.name == "peer" for each in one.parameters)]


def with_all_options(command: Command, secret: Path) -> tuple[list[str], list[str]]:
    """A line with everything about the network, and the options that are not this process's to decide about."""
    arguments, decided = line(command), []
    for one in command.parameters:
        if (one.name in network_options() and one.name not in ("proxy", "fleet")) or one.name == "daily_history":
            option = max(one.opts, key=len)
            value = str(secret) if "password" in one.name else VALUES[one.name]
            arguments += [option, value]
            decided.append(option)
    return arguments, decided


@pytest.mark.usefixtures("holder")
def test_what_the_holder_decides_is_said_for_every_option_and_every_command(
    nobody: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_bytes(saved(picture(4, 3), "PNG"))
    secret = tmp_path / "secret"
    secret.write_text("secret")
    secret.chmod(0o600)
    found = connected()
    assert len(found) > 15
    for command in found:
        if command.name in ("daemon", "chat"):  # the one holds the profile itself; the other is a screen
            continue
        arguments, decided = with_all_options(command, secret)
        assert len(decided) >= len(network_options()) - 2
        told = nobody.run(*arguments).stderr
        warnings = [each for each in told.splitlines() if each.startswith("Warning: ")]
        assert len(warnings) == 1, (command.name, told)
        (warning,) = warnings
        assert all(f"{option}" in warning for option in decided), (command.name, warning)
        assert "is not used. To use it, stop that one first." in warning


@pytest.mark.usefixtures("holder")
def test_what_stands_in_the_environment_is_meant_for_all_commands_and_warns_of_nothing(nobody: Cli) -> None:
    nobody.environment |= {"PYSTATUS_PEERS": ENODE, "PYSTATUS_JOIN": invitation(HARBOUR), "PYSTATUS_MAILSERVERS": ENODE}
    result = nobody.run("send", "alice", "#status", "hello", "--timeout", "0.01")
    assert "Warning" not in result.stderr
    told = nobody.run("send", "alice", "#status", "hello", "--timeout", "0.01", "--peer", ENODE).stderr
    assert "decides about --peer: what you gave" in told
