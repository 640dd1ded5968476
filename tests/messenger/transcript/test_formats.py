"""A chat written down: everything of it, in its order, in bounded memory, in each format."""

from __future__ import annotations

import gc
import json
import tracemalloc
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from pystatus.account.alias import alias
from pystatus.account.key_encoding import chat_key
from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.errors import LocalError
from pystatus.messenger.records import Chat
from pystatus.messenger.transcript import formats
from pystatus.messenger.transcript.entries import NAMES_AT_A_TIME, PAGE, Source, StoredShelf
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.kinds import ContentType, ReactionType
from tests.messenger.transcript.support import BOB, EXPORTED, ME, START, Written, small_picture, written


def lines(text: str) -> list[dict[str, Any]]:
    assert text.isascii()
    return [json.loads(line) for line in text.splitlines()]


def test_json_is_an_object_a_line_with_everything(chat: Written) -> None:
    hello = chat.say("hello \u2764\u202e")
    answer = chat.say("hi", ME, answers=hello)
    chat.react(hello, ME)
    chat.react(hello, BOB, 99)
    carried = chat.say("look", content_type=ContentType.IMAGE)
    chat.attach(carried, small_picture())
    gone = chat.say("look", content_type=ContentType.IMAGE)
    chat.attach(gone, b"", "it was given up")

    head, first, second, third, fourth = lines(chat.down("json"))
    assert head == {
        "event": "transcript",
        "format": 1,
        "chat": "status",
        "chat_kind": "public",
        "chat_name": "#status",
        "own": ME.hex,
        "own_chat_key": chat_key(ME),
        "exported_ms": EXPORTED,
    }
    assert first == {
        "event": "message",
        "id": f"0x{hello.id.hex()}",
        "author": BOB.hex,
        "author_name": alias(BOB),
        "own": False,
        "text": "hello \u2764\u202e",
        "content_type": 1,
        "response_to": None,
        "reactions": first["reactions"],
        "media": None,
        "clock": 1,
        "sent_ms": START + 60_000,
        "received_ms": START,
        "state": None,
        "forward_secrecy": False,
    }
    assert sorted(first["reactions"], key=str) == sorted(
        (
            {"type": 1, "emoji": ReactionType.LOVE.emoji, "author": ME.hex, "author_name": alias(ME)},
            {"type": 99, "emoji": None, "author": BOB.hex, "author_name": alias(BOB)},
        ),
        key=str,
    )
    assert (second["response_to"], second["own"], second["state"]) == (f"0x{hello.id.hex()}", True, "delivered")
    assert second["id"] == f"0x{answer.id.hex()}"
    media = third["media"]
    assert isinstance(media, dict)
    assert b64decode(media.pop("data")) == small_picture()
    assert media == {
        "kind": "image", "type": "png", "bytes": len(small_picture()), "width": 8, "height": 6, "duration_ms": None,
        "problem": None,
    }  # fmt: skip
    assert (fourth["media"]["data"], fourth["media"]["problem"]) == (None, "it was given up")
    assert lines(chat.down("json", media=False))[3]["media"]["data"] is None


def test_the_page_for_people_names_every_field(chat: Written) -> None:
    page = (Path(__file__).parents[3] / "docs" / "accounts.md").read_text(encoding="utf-8")
    chat.react(chat.say("hello"), ME)
    chat.attach(chat.say("look", content_type=ContentType.IMAGE), small_picture())
    head, message, carried = lines(chat.down("json"))
    for fields in (head, message, message["reactions"][0], carried["media"]):
        assert [name for name in fields if f"`{name}`" not in page] == []


def test_text_is_what_a_terminal_may_show(chat: Written) -> None:
    hello = chat.say(f"hello @{ME.hex}\nand a \x1b[31mred\x1b[0m line\u202e\x07")
    chat.say("yes", ME, answers=hello)
    chat.say("no", ME, answers=bytes(32))
    chat.react(hello, ME)
    chat.attach(chat.say("look", content_type=ContentType.IMAGE), small_picture())
    chat.say("tomorrow", at=START + 86_400_000)
    chat.say("at no time", at=2**62)
    me, bob = alias(ME), alias(BOB)
    assert chat.down("text") == (
        "#status (public)\n"
        "Times are those that the authors give, in UTC.\n"
        "\n-- 2020-11-30 --\n\n"
        f"06:01 {bob} ({chat_key(BOB)[:13]}): hello @{me}\n"
        "    | and a red line\n"
        f"    | \u2764\ufe0f {me}\n"
        f"06:02 {me} (you) ({chat_key(ME)[:13]}): yes\n"
        f'    | (answers {bob}: "hello @{me} and a red line")\n'
        f"06:03 {me} (you) ({chat_key(ME)[:13]}): no\n"
        "    | (answers a message that is not here)\n"
        f"06:04 {bob} ({chat_key(BOB)[:13]}): look\n"
        "    | [picture, 8 x 6, 1 kB]\n"
        "\n-- 2020-12-01 --\n\n"
        f"06:00 {bob} ({chat_key(BOB)[:13]}): tomorrow\n"
        "\n-- 2020-11-30 --\n\n"
        f"06:00 {bob} ({chat_key(BOB)[:13]}): at no time\n"
    )


@pytest.mark.parametrize("form", formats.FORMATS)
def test_a_chat_without_messages(chat: Written, form: str) -> None:
    assert "#status" in chat.down(form)


@pytest.mark.parametrize(
    ("place", "title", "kind"),
    [
        (Chat(BOB.hex, ChatKind.ONE_TO_ONE), alias(BOB), "one-to-one"),
        (Chat(f"{'1' * 36}-{BOB.hex}", ChatKind.PRIVATE_GROUP, name="Book \x1b[31mclub"), "Book club", "private-group"),
    ],
)
def test_private_chats_are_called_by_their_names(tmp_path: Path, place: Chat, title: str, kind: str) -> None:
    with written(tmp_path, place) as chat:
        chat.say("hello")
        assert chat.down("text").startswith(f"{title} ({kind})\n")
        assert lines(chat.down("json"))[0]["chat_name"] == title


def test_messages_come_in_their_order_over_all_pages_and_late_ones_are_left_out(chat: Written) -> None:
    chat.say_often(3 * PAGE + 7, "hello")
    entries = chat.source().entries()
    found = [next(entries).message.text]
    chat.say("late")
    found += [entry.message.text for entry in entries]
    assert found == [f"{number} hello" for number in range(3 * PAGE + 7)]


def test_messages_of_one_clock_come_in_the_order_of_their_ids(chat: Written) -> None:
    for _ in range(2 * PAGE):
        chat._clock = 0
        chat.say("hello")
    found = [entry.message.id for entry in chat.source().entries()]
    assert len(found) == 2 * PAGE
    assert found == sorted(found)


def test_a_reply_to_another_chat_shows_nothing_of_it(chat: Written) -> None:
    with chat.store.transaction():
        chat.store.save_chat(Chat("secret", ChatKind.PUBLIC))
    other = chat.say("between us", chat_id="secret")
    chat.say("look", answers=other)
    for form in formats.FORMATS:
        assert "between us" not in chat.down(form)


@pytest.mark.parametrize("form", formats.FORMATS)
def test_memory_does_not_grow_with_the_chat(chat: Written, form: str) -> None:
    chat.say_often(2 * PAGE, "something that was said")
    short = min(peak(chat, form, 2 * PAGE) for _ in range(3))
    chat.say_often(6 * PAGE, "something that was said")
    long = min(peak(chat, form, 8 * PAGE) for _ in range(3))
    assert long < short + 300_000


def peak(chat: Written, form: str, count: int) -> int:
    """Bytes at most while the messages are written down, with what other threads of the process take meanwhile."""
    gc.collect()
    tracemalloc.start()
    written_down = sum(len(piece) for piece in formats.pieces(chat.source(), form, EXPORTED))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert written_down > count * 50
    return most


@pytest.mark.parametrize("form", formats.FORMATS)
def test_a_step_is_a_message(chat: Written, form: str) -> None:
    """So that a client which goes through it piece by piece does not keep its event loop from anything."""
    chat.say_often(5 * PAGE, "word " * 50)
    pieces = list(formats.pieces(chat.source(), form, EXPORTED))
    assert len(pieces) >= 5 * PAGE
    assert max(piece.count("word word") for piece in pieces) <= 50


@pytest.mark.parametrize("form", formats.FORMATS)
def test_names_of_many_who_have_reacted_are_looked_up_in_steps(chat: Written, form: str) -> None:
    """A thousand strangers under one message kept a client for a fifth of a second."""
    message = chat.say("look")
    people = [PrivateKey(number.to_bytes(32)).public_key for number in range(1, 4 * NAMES_AT_A_TIME)]
    for person in people:
        chat.react(message, person)
    asked: list[PublicKey] = []

    def name_of(person: PublicKey) -> str:
        asked.append(person)
        return f"number {len(asked)}"

    most, before = 0, 0
    source = Source(StoredShelf(chat.store, ME), ME, chat.chat, name_of)
    written_down = ""
    for piece in formats.pieces(source, form, EXPORTED):
        most, before = max(most, len(asked) - before), len(asked)
        written_down += piece
    assert most <= NAMES_AT_A_TIME + 3, "with the author, and who is answered"
    assert all(asked.count(person) == 1 for person in people)
    assert all(f"number {asked.index(person) + 1}" in written_down for person in people)


def test_another_format_is_refused() -> None:
    with pytest.raises(LocalError, match="html, json, text, not as 'pdf'"):
        formats.check_format("pdf")
