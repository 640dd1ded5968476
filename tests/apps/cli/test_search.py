"""``pystatus search``: for people with the words marked, for programs with their places."""

from __future__ import annotations

from typing import Any

import pytest

from pystatus import Profiles
from pystatus.account.names import Aliases
from pystatus.apps.cli import result_views
from pystatus.apps.cli.output import Output
from pystatus.crypto.keys import PrivateKey
from pystatus.messenger.features.search import SearchResult
from pystatus.messenger.records import Chat, Message
from pystatus.payloads.chats import ChatKind
from pystatus.storage.messenger import SqlMessengerStore
from tests.apps.support import PASSWORD, Cli

FRIEND = PrivateKey(bytes(31) + b"\x07").public_key
OTHER = PrivateKey(bytes(31) + b"\x08").public_key
DAY = 86_400_000
TEXTS = (
    ("news", FRIEND, "Lunch at noon"),
    ("news", OTHER, "no lunch today"),
    ("harbour", FRIEND, "a lunch\x1b[31m\nred"),
)


@pytest.fixture
def alice(cli: Cli) -> Cli:
    cli.add_profile("alice")
    profiles = Profiles(cli.data_dir)
    with profiles.unlock(profiles.find("alice"), PASSWORD) as unlocked:
        store = SqlMessengerStore(unlocked.database)
        with store.transaction():
            for number, (chat, author, text) in enumerate(TEXTS, 1):
                store.save_chat(Chat(chat, ChatKind.PUBLIC))
                at = number * DAY + DAY // 2
                store.add_message(Message(bytes([number]) * 32, chat, author, at, at, at, 1, text, b""))
    return cli


def texts(found: list[Any]) -> list[str]:
    return [one["text"] for one in found]


def test_programs_get_messages_with_places(alice: Cli) -> None:
    found = alice.objects("search", "alice", "lunch")
    assert texts(found) == [TEXTS[2][2], TEXTS[1][2], TEXTS[0][2]]
    for one in found:
        (match,) = one["matches"]
        assert one["snippet"][match["start"] : match["end"]].lower() == "lunch"


def test_by_chat_author_and_day(alice: Cli) -> None:
    assert texts(alice.objects("search", "alice", "lunch", "--chat", "#news")) == [TEXTS[1][2], TEXTS[0][2]]
    assert texts(alice.objects("search", "alice", "lunch", "--author", FRIEND.hex)) == [TEXTS[2][2], TEXTS[0][2]]
    assert texts(alice.objects("search", "alice", "lunch", "--since", "1970-01-03", "--until", "1970-01-03")) == [
        TEXTS[1][2]
    ]
    assert texts(alice.objects("search", "alice", "lunch", "--until", "1970-01-02T18:00")) == [TEXTS[0][2]]


def test_the_next_page_begins_where_the_last_one_ended(alice: Cli) -> None:
    page = alice.run("search", "alice", "lunch", "--limit", "2")
    assert "There is more: --before " in page.stderr
    (last,) = alice.objects("search", "alice", "lunch", "--before", page.stderr.split("--before ")[1].split()[0])
    assert last["text"] == TEXTS[0][2]


def test_people_see_no_control_characters_and_the_words_stand_out(alice: Cli) -> None:
    lines = alice.text("search", "alice", "lunch").splitlines()
    assert len(lines) == 3
    assert lines[0].endswith("a lunch red")
    assert "\x1b" not in lines[0]
    message = Message(bytes(32), "news", FRIEND, 1, 1, 1, 1, "a lunch\x1b[31m\nred", b"")
    out = Output(as_json=False)
    out.in_colour = True
    result = SearchResult(message, message.text, ((2, 7),))
    text = result_views.result_text(result, Chat("news", ChatKind.PUBLIC), OTHER, Aliases(), out)
    assert text.endswith("a \x1b[1m\x1b[4mlunch\x1b[0m red")


def test_beside_a_process_that_writes(alice: Cli) -> None:
    profiles = Profiles(alice.data_dir)
    with profiles.unlock(profiles.find("alice"), PASSWORD):
        assert len(alice.objects("search", "alice", "lunch")) == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["?!"], "There is no word in it"),
        (["lunch", "--since", "yesterday"], "a day, 2020-10-01"),
        (["lunch", "--author", "bob"], "--author"),
        (["lunch", "--chat", "#nowhere"], "There is no such chat"),
    ],
)
def test_mistakes_are_told(alice: Cli, arguments: list[str], words: str) -> None:
    result = alice.run("search", "alice", *arguments)
    assert result.exit_code != 0
    assert words in result.stderr


def test_nothing_found_is_no_mistake(alice: Cli) -> None:
    result = alice.run("search", "alice", "dinner")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "Nothing was found." in result.stderr
