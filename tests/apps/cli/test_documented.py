"""docs/chat.md is a promise: its commands exist, and the objects have the fields that it names."""

import re
import shlex
from pathlib import Path

import pytest

from pystatus.account.key_encoding import encode
from pystatus.account.names import Aliases
from pystatus.apps.cli import views
from pystatus.crypto.keys import PrivateKey
from pystatus.messenger.records import Chat, Message
from pystatus.payloads.chats import ChatKind
from tests.apps.support import Cli

PAGE = (Path(__file__).parents[3] / "docs" / "chat.md").read_text(encoding="utf-8")
STRANGER = PrivateKey(bytes(31) + b"\x07").public_key

PLACEHOLDERS = {
    "zQ3sh…": encode(STRANGER),
    "enode://…@203.0.113.9:30301": f"enode://{STRANGER.xy.hex()}@203.0.113.9:30301",
    "enode://…@203.0.113.9:443": f"enode://{STRANGER.xy.hex()}@203.0.113.9:443",
    "enrtree://…@nodes.example.org": "enrtree://AKPYQIUQIL7PSIACI32J7FGZW56E5FKHEFCCOFHILBIMW3M6LWXS2@nodes.example.org",
    "/ip4/…/tcp/30703/ethv4/16Uiu2…": (
        "/ip4/203.0.113.9/tcp/30703/ethv4/16Uiu2HAmSH2XVgZqYHWucap5kuPzLnt2TsNQkoppVxB5eJGvaXwm"
    ),
}
"""What stands on the page for a value, and one that can be given."""


def fields(title: str, end: str = ";.") -> set[str]:
    """The names in the paragraph that begins with ``title``, up to the end of its list."""
    paragraph = PAGE.partition(f"**{title}**")[2].partition("\n\n")[0].partition("): ")[2]
    paragraph = re.sub(r"\([^)]*\)", "", paragraph)
    return set(re.findall(r"`([a-z_0-9]+)`", re.split(f"[{end}]", paragraph)[0]))


def commands() -> list[tuple[str, ...]]:
    """The arguments of every ``pystatus`` on the page, read as a shell reads them."""
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    lines = [line.partition("pystatus ") for line in "".join(blocks).splitlines()]
    lines += [text.partition("pystatus ") for text in re.findall(r"`(pystatus [a-z][^`]*)`", PAGE)]
    found = {tuple(shlex.split(rest, comments=True)) for _, name, rest in lines if name}
    return sorted(one[: one.index("|")] if "|" in one else one for one in found)


@pytest.mark.parametrize("arguments", commands(), ids=" ".join)
def test_every_command_of_the_page_is_understood(cli: Cli, arguments: tuple[str, ...]) -> None:
    """They are run where there is neither a profile nor a relay: what matters is that none is a usage error."""
    arguments = tuple(PLACEHOLDERS.get(one, one) for one in arguments)
    if arguments[0] == "node":
        arguments += ("--key-file", str(cli.data_dir / "none"))  # or it would run until somebody ends it
    cli.environment["PYSTATUS_PEERS"] = f"enode://{STRANGER.xy.hex()}@127.0.0.1:1"
    cli.environment["PYSTATUS_MAILSERVERS"] = cli.environment["PYSTATUS_PEERS"]
    assert cli.run(*arguments, input="hello").exit_code in (0, 1)


def test_the_commands_were_found() -> None:
    assert len(commands()) > 10
    assert ("history", "alice", "#status", "--limit", "20") in commands()


def test_accounts_have_the_fields_of_the_page(cli: Cli) -> None:
    assert cli.add_profile("alice").keys() == fields("Account")


def test_messages_and_chats_have_the_fields_of_the_page() -> None:
    room = Chat("status", ChatKind.PUBLIC)
    hello = Message(bytes(32), "status", STRANGER, 1, 1, 1, 1, "hello", b"")
    assert views.message_fields(hello, room, STRANGER, Aliases()).keys() == fields("Message")
    assert views.chat_fields(room, Aliases()).keys() < fields("Chat")
