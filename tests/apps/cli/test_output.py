"""What strangers say, on the screen and for programs (A41): shown safely to people, exactly to programs."""

import json
import logging
import os
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import typer

from pystatus.account.alias import alias
from pystatus.account.identicon import Identicon
from pystatus.account.key_encoding import encode
from pystatus.account.names import Aliases
from pystatus.apps.cli import output, views
from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.faces.sentences import as_sentence
from pystatus.logs import stderr_log
from pystatus.logs.levels import Levels
from pystatus.logs.stderr_log import LogFormat
from pystatus.messenger.records import Chat, Message, MessageState
from pystatus.payloads.chats import ChatKind
from pystatus.storage.messenger import SqlMessengerStore
from pystatus.storage.profiles import Profiles
from tests.apps.support import PASSWORD, Cli, Terminal

STRANGER = PrivateKey(bytes(31) + b"\x07").public_key
ROOM = Chat("status", ChatKind.PUBLIC)
PRIVATE = Chat(STRANGER.hex, ChatKind.ONE_TO_ONE)
NOON = 1_601_553_600_000

ATTACKS = {
    "clears the screen": "before\x1b[2J\x1b[Hafter",
    "sets the title and asks the terminal to answer": "\x1b]0;owned\x07\x1b[6n\x1b[c text",
    "C1 controls": "before\x9b31mred\x9d0;title\x9c",
    "puts something on the clipboard": "\x1b]52;c;cm0gLXJmIH4=\x1b\\ text",
    "overwrites its own line": "honest\rforged",
    "turns the direction": "txt.\u202eexe\u2066",
    "is invisible": "a\u200bb\u2060c\ufeff",
    "rings and erases": "\x07\x08\x08\x7fbell",
    "is nothing at all": "\u200b\x1b[0m",
    "pretends to be another message": "hello\n2020-10-01 12:00:00 #status you [sent]: I owe you everything",
}


def message(text: str, chat: Chat = ROOM, **more: object) -> Message:
    values: dict[str, object] = {
        "id": os.urandom(32),
        "chat_id": chat.id,
        "author": STRANGER,
        "clock": NOON,
        "sent_ms": NOON,
        "received_ms": NOON + 1_000,
        "content_type": 1,
        "text": text,
        "payload": b"",
    }
    return Message(**(values | more))  # type: ignore[arg-type]  # the values of a message, some of them replaced


def assert_safe(shown: str) -> None:
    """Nothing in it but visible text and line ends."""
    suspicious = {character for character in shown if unicodedata.category(character) in ("Cc", "Cf")} - {"\n"}
    assert not suspicious, ascii(shown)


@pytest.fixture
def told(cli: Cli) -> Cli:
    """A profile to which strangers have said all of it."""
    cli.add_profile("alice")
    profiles = Profiles(cli.data_dir)
    with profiles.unlock(profiles.find("alice"), PASSWORD) as unlocked:
        store = SqlMessengerStore(unlocked.database)
        with store.transaction():
            store.save_chat(ROOM)
            for number, text in enumerate(ATTACKS.values()):
                store.add_message(message(text, clock=NOON + number))
    return cli


def test_no_message_reaches_the_terminal_with_its_controls(told: Cli) -> None:
    shown = told.text("history", "alice", "status")
    assert_safe(shown)
    author = f"{alias(STRANGER)} ({encode(STRANGER)[:13]})"
    heads = [line for line in shown.splitlines() if not line.startswith("    | ")]
    assert len(heads) == len(ATTACKS)
    assert all(f" #status {author}: " in head for head in heads)
    assert "owned" not in shown
    assert "cm0g" not in shown
    assert heads[1][19:] == f" #status {author}: (nothing to show, content type 1)"


def test_a_second_line_cannot_pass_for_a_message(told: Cli) -> None:
    first, second = told.text("history", "alice", "status").splitlines()[:2]
    assert first.endswith(": hello")
    assert second == "    | 2020-10-01 12:00:00 #status you [sent]: I owe you everything"


def test_on_a_real_terminal_only_our_own_colours_arrive(told: Cli) -> None:
    with Terminal(told.data_dir, "history", "alice", "status", PYSTATUS_PASSWORD=PASSWORD) as screen:
        assert screen.wait() == 0
    colour = Identicon.of(STRANGER).rgb
    ours = {typer.style("x", fg=colour).partition("x")[0], typer.style("x", bold=True).partition("x")[0], "\x1b[0m"}
    rest = screen.screen.replace("\r\n", "\n")
    for sequence in ours:
        assert sequence in rest
        rest = rest.replace(sequence, "")
    assert_safe(rest)


def test_programs_get_the_exact_text_in_ascii(told: Cli) -> None:
    result = told.run("history", "alice", "status", "--json")
    assert result.stdout.isascii()
    assert_safe(result.stdout)
    texts = [json.loads(line)["text"] for line in result.stdout.splitlines()]
    assert texts == list(reversed(ATTACKS.values()))


def test_history_goes_back_page_by_page(told: Cli) -> None:
    everything = told.objects("history", "alice", "status")
    assert len(everything) == len(ATTACKS)
    assert everything == sorted(everything, key=lambda one: one["clock"], reverse=True)
    pages = []
    page = told.objects("history", "alice", "status", "--limit", "4")
    while page:
        pages.append(page)
        page = told.objects("history", "alice", "status", "--limit", "4", "--before", page[-1]["cursor"])
    assert [len(page) for page in pages] == [4, 4, 2]
    assert [one for page in pages for one in page] == everything

    for_people = told.run("history", "alice", "status", "--limit", "4")
    assert for_people.stderr == f"There are older messages: --before {pages[0][-1]['cursor']}\n"
    assert told.run("history", "alice", "status", "--limit", "10").stderr == ""


def test_where_there_is_nothing_to_show_people_are_told_so(told: Cli) -> None:
    told.add_profile("bob")
    result = told.run("history", "bob")
    assert result.stdout == ""
    assert result.stderr == "This profile is in no chat yet. Begin one with: pystatus listen, or pystatus send\n"
    assert told.objects("history", "bob") == []
    oldest = told.objects("history", "alice", "status")[-1]["cursor"]
    result = told.run("history", "alice", "status", "--before", oldest)
    assert (result.stdout, result.stderr) == ("", "There are no older messages.\n")
    profiles = Profiles(told.data_dir)
    with profiles.unlock(profiles.find("alice"), PASSWORD) as unlocked:
        store = SqlMessengerStore(unlocked.database)
        with store.transaction():
            store.save_chat(Chat("silent", ChatKind.PUBLIC))
    result = told.run("history", "alice", "silent")
    assert (result.stdout, result.stderr) == ("", "Nothing was said there yet.\n")


@pytest.mark.parametrize("cursor", ["", "1", "1-2", f"x-{'00' * 32}", f"{'9' * 19}-{'00' * 32}"])
def test_what_is_no_cursor(told: Cli, cursor: str) -> None:
    assert told.error("history", "alice", "status", "--before", cursor, code=2) == (
        f"--before: {cursor!r} is no cursor. Copy the one that the page before ended with."
    )


def test_history_without_a_chat_lists_the_chats(told: Cli) -> None:
    profiles = Profiles(told.data_dir)
    with profiles.unlock(profiles.find("alice"), PASSWORD) as unlocked:
        store = SqlMessengerStore(unlocked.database)
        with store.transaction():
            store.save_chat(Chat("left-long-ago", ChatKind.PUBLIC, active=False))
            store.save_chat(Chat(STRANGER.hex, ChatKind.ONE_TO_ONE, unread=3, updated_ms=NOON))
    person = f"{alias(STRANGER)} ({encode(STRANGER)[:13]})"
    assert told.text("history", "alice").splitlines() == [f"{person} [3 unread]", "#left-long-ago [left]", "#status"]
    first, *_ = told.objects("history", "alice")
    assert first == {
        "chat": STRANGER.hex,
        "chat_kind": "one-to-one",
        "chat_name": alias(STRANGER),
        "active": True,
        "unread": 3,
        "updated_ms": NOON,
        "mentions": 0,
        "muted": False,
        "pinned": False,
        "archived": False,
    }
    assert told.error("history", "alice", "nowhere") == (
        "There is no such chat in this profile. Without a chat, this command lists what there is."
    )


# How single messages look


def line(one: Message, chat: Chat, own: PublicKey = STRANGER) -> str:
    return views.message_text(one, chat, own, Aliases(), output.Output(as_json=False))


def test_delivery_is_marked_on_own_messages() -> None:
    other = PrivateKey(bytes(31) + b"\x08").public_key
    chat = Chat(other.hex, ChatKind.ONE_TO_ONE)
    for state in MessageState:
        sent = line(message("hi", chat, state=state, forward_secrecy=True), chat)
        assert sent[19:] == f" private you to {alias(other)} ({encode(other)[:13]}) [{state.name.lower()}]: hi"
        public = line(message("hi", state=state), ROOM)
        assert public[19:] == f" #status you [{state.name.lower()}]: hi"


def test_a_private_message_says_when_it_has_no_forward_secrecy() -> None:
    own = PrivateKey(bytes(31) + b"\x08").public_key
    person = f"{alias(STRANGER)} ({encode(STRANGER)[:13]})"
    assert line(message("hi", PRIVATE), PRIVATE, own)[19:] == f" private {person} [no forward secrecy]: hi"
    assert line(message("hi", PRIVATE, forward_secrecy=True), PRIVATE, own)[19:] == f" private {person}: hi"


def test_times_that_are_none() -> None:
    """Whoever writes a message says when; nobody's clock is right for certain."""
    usual = line(message("hi"), ROOM)[:19]
    late = line(message("hi", sent_ms=(1 << 63) - 1, received_ms=NOON), ROOM)[:19]
    assert late == usual
    assert line(message("hi", sent_ms=1 << 62, received_ms=1 << 62), ROOM).startswith("- #status ")


def test_the_id_of_the_message_that_is_answered() -> None:
    fields = views.message_fields(message("hi", response_to=b"\x01" * 32), ROOM, STRANGER, Aliases())
    assert fields["response_to"] == "0x" + "01" * 32


# Answers

Finder = Callable[[bytes], Message | None]
FIRST = message("are you *there*?\nI wonder")
OTHER = PrivateKey(bytes(31) + b"\x08").public_key


def reply(text: str) -> Message:
    return message(text, response_to=FIRST.id, author=OTHER)


def there(*messages: Message) -> Finder:
    """What finds these messages."""
    return {one.id: one for one in messages}.get


def answering(one: Message, find: Finder | None, own: PublicKey = OTHER) -> str:
    return views.message_text(one, ROOM, own, Aliases(), output.Output(as_json=False), find=find)[19:]


def test_a_reply_says_what_it_answers() -> None:
    assert (
        answering(reply("yes"), there(FIRST))
        == f' #status you (answers {alias(STRANGER)}: "are you there? I wonder"): yes'
    )
    person = f"{alias(OTHER)} ({encode(OTHER)[:13]})"
    assert (
        answering(reply("yes"), there(FIRST), STRANGER)
        == f' #status {person} (answers you: "are you there? I wonder"): yes'
    )
    fields = views.message_fields(reply("yes"), ROOM, OTHER, Aliases(), find=there(FIRST))
    assert fields["answered"] == {
        "id": views.hex_id(FIRST.id),
        "author": STRANGER.hex,
        "author_name": alias(STRANGER),
        "text": FIRST.text,
    }


@pytest.mark.parametrize(
    "find", [None, there(), there(replace(FIRST, chat_id=PRIVATE.id))], ids=["no finder", "nothing", "another chat"]
)
def test_a_reply_to_what_is_not_here(find: Finder | None) -> None:
    """What was said elsewhere is not shown here, whoever knows its id."""
    assert answering(reply("yes"), find) == " #status you (answers a message that is not here): yes"
    assert views.message_fields(reply("yes"), ROOM, OTHER, Aliases(), find=find)["answered"] is None


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_what_is_answered_is_safe_and_short(attack: str) -> None:
    evil = replace(FIRST, text=attack + "x" * 1_000)
    shown = answering(reply("yes"), there(evil))
    assert_safe(shown)
    assert "\n" not in shown
    assert len(shown) < 200


# Mentions and styles


def test_people_who_are_mentioned_have_names() -> None:
    one = message(f"hi @{OTHER.hex}")
    assert line(one, ROOM).endswith(f": hi @{alias(OTHER)}")
    fields = views.message_fields(one, ROOM, OTHER, Aliases())
    assert fields["text"] == one.text
    assert fields["mentions"] == [{"key": OTHER.hex, "name": alias(OTHER)}]
    assert fields["mentions_me"] is True
    assert views.message_fields(one, ROOM, STRANGER, Aliases())["mentions_me"] is False


def test_a_terminal_shows_styles_and_a_pipe_the_marks() -> None:
    text = "*a* **b** ~~c~~ `d` #news\n> e\n\n> f"
    assert line(message(text), ROOM).endswith("*a* **b** ~~c~~ `d` #news\n    | > e\n    | \n    | > f")
    screen = output.Output(as_json=False)
    screen.in_colour = True
    styles = [
        typer.style("a", italic=True),
        typer.style("b", bold=True),
        typer.style("c", strikethrough=True),
        typer.style("d", fg="cyan"),
        typer.style("#news", bold=True),
    ]
    shown = views.message_text(message(text), ROOM, STRANGER, Aliases(), screen)
    assert shown.endswith(f"{' '.join(styles)}\n    | > e\n    | {typer.style('> f', dim=True)}")


# Errors, warnings and the log


def test_errors_that_quote_what_they_were_given_are_safe(cli: Cli) -> None:
    assert_safe(cli.error("node", "--listen", "\x1b[2J\u202e:1:x", code=2))
    assert_safe(cli.error("send", "alice", "#status", "hi", "--peer", "enode://\x1b[2J@\x9b31m:1", code=2))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("no answer within 3 seconds", "No answer within 3 seconds"),
        ("one-to-one chats have no topic", "One-to-one chats have no topic"),
        ("can't, and why", "Can't, and why"),
        ("settings: listen is wrong", "settings: listen is wrong"),
        ("r.toml: listen is wrong", "r.toml: listen is wrong"),
        ("small/x.capture cannot be written", "small/x.capture cannot be written"),
        ("relay.example.org: no answer", "relay.example.org: no answer"),
        ("", ""),
    ],
)
def test_a_sentence_begins_with_a_capital_unless_it_begins_with_a_name(text: str, sentence: str) -> None:
    assert as_sentence(text) == sentence


def test_the_log_is_safe_in_both_forms(capsys: pytest.CaptureFixture[str]) -> None:
    evil = "\x1b[2J\nforged line\u202e"
    for form in LogFormat:
        stderr_log.set_up(Levels("info"), form, as_json=False)
        log = logging.getLogger("pystatus.test")
        log.debug("not shown")
        log.info("a peer calls itself %r and %s", evil, evil)
        try:
            raise ValueError(evil)
        except ValueError:
            log.exception("failed")
        shown = capsys.readouterr().err
        assert_safe(shown)
        assert "not shown" not in shown
        assert "Traceback (most recent call last)" in shown
        if form == LogFormat.JSON:
            first, second = (json.loads(text) for text in shown.splitlines())
            assert (first["level"], first["logger"]) == ("info", "pystatus.test")
            assert first["message"].endswith("and forged line")
            assert "forged line" in second["traceback"]
            assert_safe(first["message"] + second["traceback"])
        else:
            assert "\n    | Traceback (most recent call last)" in shown
            assert all(part[:4].isdigit() or part.startswith("    | ") for part in shown.splitlines())
            assert (
                " INFO    pystatus.test: a peer calls itself '\\x1b[2J\\nforged line\\u202e' and forged line" in shown
            )


def test_warnings_are_safe(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output.warn("a file called \x1b[2J\u202e")
    assert_safe(capsys.readouterr().err)
