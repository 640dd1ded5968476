"""Which chat a word on the command line means: nobody posts in public by mistake."""

from __future__ import annotations

import signal
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from pystatus.account.alias import alias
from pystatus.account.key_encoding import parse_public_key
from pystatus.apps.cli import values
from tests.apps.support import PASSWORD, Cli, Running, Terminal
from tests.support.command_line import commands, kind_of

ENTERING = {
    "send": ("send", "alice", "CHAT", "hello", "--timeout", "0.1"),
    "listen": ("listen", "alice", "CHAT", "--for", "0.1"),
    "fetch": ("fetch", "alice", "CHAT", "--timeout", "0.1"),
    "media sticker": ("media", "sticker", "alice", "CHAT", "e30101701220ab", "4", "--timeout", "0.1"),
}
"""The commands that enter a chat, with the place where it stands."""
HERE = ("archive", "clear", "delete", "draft", "leave", "mute", "pin", "read", "unarchive", "unmute", "unpin", "unread")
"""What is done with a conversation that is here, else refused."""
READING = {
    "listen": "--chat, which shows less",
    "chat": "--chat, which shows it first",
    "history": "it only reads",
    "search": "it only reads",
    "conversation export": "it only reads",
    "inspect": "it only looks on",
    "sticker send": "it enters a chat as media sticker does, by the same function",
    "media send": "it enters a chat as media sticker does, by the same function",
    "transaction announce": "it enters one with a person as send does, by the same function, and refuses others",
    "transaction list": "it only reads",
    "transaction request": "as transaction announce",
    "transaction request-address": "as transaction announce",
    **{f"conversation {verb}": "it enters none" for verb in HERE},
}
"""Those that show something of one, and the others that are not tried here."""


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with Running(tmp_path_factory.mktemp("relay"), "node", "--listen", "127.0.0.1:0") as node:
        yield node.line()
        assert node.stop(signal.SIGTERM) == 0


@pytest.fixture
def people(cli: Cli, relay: str) -> Cli:
    """Alice, and Bob, who is a profile here; both know a relay, which is no mailserver."""
    cli.environment |= {"PYSTATUS_PEERS": relay, "PYSTATUS_MAILSERVERS": relay}
    for name in ("alice", "bob"):
        cli.add_profile(name)
    return cli


def entering(command: str, chat: str) -> list[str]:
    return [chat if word == "CHAT" else word for word in ENTERING[command]]


def chats_of(cli: Cli, name: str = "alice") -> list[str]:
    return [one["chat"] for one in cli.objects("history", name)]


def key_of(cli: Cli, name: str) -> str:
    return str(cli.object("account", "show", name)["chat_key"])


@pytest.mark.parametrize("command", ENTERING)
def test_a_chat_key_behind_a_hash_is_not_posted_to_in_public(command: str, people: Cli) -> None:
    sentence = people.error(*entering(command, f"#{key_of(people, 'bob')}"), code=2)
    assert "This is the chat key of a person" in sentence
    assert chats_of(people) == []


def test_of_every_command_with_a_chat_it_is_known_whether_it_enters_it() -> None:
    found = {
        command.name for command in commands() for parameter in command.with_values if kind_of(parameter) is values.CHAT
    }
    assert found == {*ENTERING, *READING}


@pytest.mark.parametrize("command", ENTERING)
def test_a_script_says_what_it_means(people: Cli, command: str) -> None:
    bob = key_of(people, "bob")
    who = alias(parse_public_key(bob))
    assert people.error(*entering(command, "bob"), code=2) == (
        f"'bob' is the profile 'bob' on this machine: {who}, chat key {bob}. Nothing was done: give the chat key if"
        " they are meant. The public chat, which everybody can read, is '#bob'."
    )
    assert people.error(*entering(command, "news"), code=2) == (
        "'news' would be a new public chat: everybody who knows its name can read what is written there. Nothing was"
        " done. If that is meant, write '#news'."
    )
    assert people.error(*entering(command, "Alice"), code=2) == (
        "'Alice' is this profile itself. The public chat is '#alice'."
    )
    assert chats_of(people) == []


@pytest.mark.parametrize("command", ENTERING)
def test_whom_one_has_a_chat_with_is_no_public_chat(people: Cli, command: str) -> None:
    bob = key_of(people, "bob")
    people.object("send", "alice", bob, "hello")
    who = alias(parse_public_key(bob))
    assert people.error(*entering(command, who.lower()), code=2) == (
        f"{who.lower()!r} is somebody you have a chat with: {who}, chat key {bob}. Nothing was done: give the chat key"
        " if they are meant."
    )
    assert people.error(*entering(command, "No Such Name"), code=2) == (
        "There is no chat with anybody called 'No Such Name'. Give their chat key, zQ3sh…"
    )
    assert len(chats_of(people)) == 1


def test_a_chat_that_one_is_in_needs_no_sign_unless_somebody_is_called_so(people: Cli) -> None:
    room = f"room-{uuid.uuid4().hex[:12]}"
    people.object("send", "alice", f"#{room}", "hello")
    assert people.object("send", "alice", room.upper(), "again")["chat"] == room
    people.object("account", "rename", "bob", room)
    assert people.error("send", "alice", room, "once more", code=2).startswith(f"'{room}' is the profile '{room}'")
    assert [one["text"] for one in people.objects("history", "alice", room)] == ["again", "hello"]


def test_two_people_of_one_name_are_told_apart_by_key(people: Cli) -> None:
    bob = key_of(people, "bob")
    people.object("send", "alice", bob, "hello")
    who = alias(parse_public_key(bob))
    people.object("account", "rename", "bob", "robert")
    carol = people.add_profile(who)["chat_key"]
    assert people.error("send", "alice", who, "hello", code=2) == (
        f"Several people are called {who!r}. Give the chat key of one: {bob}, {carol}."
    )


def test_the_line_after_sending_says_where_it_went_and_who_can_read_it(people: Cli) -> None:
    bob = key_of(people, "bob")
    state, _, rest = people.text("send", "alice", "#Status", "hello").split(" ", 2)
    assert (state, rest) == ("sent", "to #status: everybody who knows this name can read it\n")
    state, _, rest = people.text("send", "alice", bob, "hello").split(" ", 2)
    assert rest == f"to {alias(parse_public_key(bob))}, {bob}: only the two of you can read it\n"


def test_at_a_terminal_the_person_decides(people: Cli) -> None:
    bob = key_of(people, "bob")
    who = alias(parse_public_key(bob))
    variables = {"PYSTATUS_PEERS": str(people.environment["PYSTATUS_PEERS"]), "PYSTATUS_PASSWORD": PASSWORD}

    def answered(chat: str, question: str, answer: str, then: str, code: int) -> None:
        with Terminal(people.data_dir, "send", "alice", chat, "hello", **variables) as screen:
            screen.expect(f"{question} [y/N] ")
            screen.type(f"{answer}\n")
            screen.expect(then)
            assert screen.wait() == code

    answered("bob", f"Do you mean {who} alone?", "", "Nothing was done. The public chat, which everybody", 1)
    answered("news", "Do you mean the public chat #news?", "n", "Nothing was done. A person is named by chat key", 1)
    assert chats_of(people) == []
    answered("bob", f"Do you mean {who} alone?", "y", "only the two of you can read it", 0)
    answered("news", "Do you mean the public chat #news?", "y", "to #news: everybody", 0)
    assert set(chats_of(people)) == {"news", parse_public_key(bob).hex}


def test_programs_are_not_asked(people: Cli) -> None:
    variables = {"PYSTATUS_PEERS": str(people.environment["PYSTATUS_PEERS"]), "PYSTATUS_PASSWORD": PASSWORD}
    with Terminal(people.data_dir, "send", "alice", "bob", "hello", "--json", **variables) as screen:
        screen.expect("Nothing was done: give the chat key if they are meant.")
        assert screen.wait() == 2


def test_what_only_reads_finds_the_person_without_a_question(people: Cli) -> None:
    bob = key_of(people, "bob")
    people.object("send", "alice", bob, "psst")
    assert [one["text"] for one in people.objects("history", "alice", "bob")] == ["psst"]
    assert [one["text"] for one in people.objects("history", "alice", alias(parse_public_key(bob)))] == ["psst"]
    people.object("send", "alice", "#bob", "hello everybody")
    assert [one["text"] for one in people.objects("history", "alice", "bob")] == ["hello everybody"]
    assert people.error("history", "alice", "elsewhere").startswith("There is no such chat in this profile.")


def test_a_wrong_password_is_told_before_anything_is_asked(people: Cli, tmp_path: Path) -> None:
    people.environment["PYSTATUS_PASSWORD"] = "something else"
    assert people.error("send", "alice", "news", "hello").startswith("The password of 'alice' is wrong.")
