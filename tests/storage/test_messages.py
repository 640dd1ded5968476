"""The table of messages: what is made again is what was sent, earlier profiles lose nothing, and pages cost what they
show."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from pystatus.crypto.keys import PrivateKey
from pystatus.messenger.records import OWN_KEY, UNSENT, Chat, Cursor, Message, MessageState
from pystatus.payloads.chats import ChatKind, group_chat_id
from pystatus.payloads.kinds import ContentType, MessageType
from pystatus.payloads.messages import ChatMessage, Sticker
from pystatus.storage.database import Database
from pystatus.storage.messages import Contents, PayloadForm, made_again
from pystatus.storage.messenger import SqlMessengerStore
from tests.support.older_profile import made_older

KEY = bytes(range(32))
BEFORE = 10
"""The last schema in which a message had its payload beside its text."""
OWN, BOB, CAROL = (PrivateKey(bytes(31) + bytes([number])).public_key for number in (1, 2, 3))
GROUP = group_chat_id("7edd6a3a-0237-1e5d-1665-8e53daa53162", BOB)
CHATS = (Chat("status", ChatKind.PUBLIC), Chat(BOB.hex, ChatKind.ONE_TO_ONE), Chat(GROUP, ChatKind.PRIVATE_GROUP))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "profile.db"
    Database.open(path, KEY, create=True).close()
    return path


@pytest.fixture
def store(path: Path) -> Iterator[SqlMessengerStore]:
    database = Database.open(path, KEY)
    store = SqlMessengerStore(database)
    with store.transaction():
        store.save_setting(OWN_KEY, OWN.uncompressed)
        for chat in CHATS:
            store.save_chat(chat)
    yield store
    database.close()


def message(number: int, chat_id: str = "status", clock: int | None = None, payload: bytes = b"") -> Message:
    at = number if clock is None else clock
    return Message(number.to_bytes(32, "big"), chat_id, BOB, at, at, at + 1, 1, f"text {number}", payload)


def test_a_message_is_added_once(store: SqlMessengerStore) -> None:
    """Also where the chat has a number already, and its author."""
    for number in (1, 2):
        with store.transaction():
            store.add_message(message(number))
        with pytest.raises(sqlcipher.IntegrityError), store.transaction():
            store.add_message(message(number))
    with pytest.raises(sqlcipher.IntegrityError), store.transaction():
        store.add_message(message(3, "a chat that is not stored"))
    assert [one.id[-1] for one in store.messages("status", 10)] == [2, 1]


def test_what_waits_is_paged_over_all_chats_by_an_index_of_its_own(store: SqlMessengerStore) -> None:
    """Also where many have one clock, and among any number that do not wait."""
    with store.transaction():
        for number in range(1, 40):
            state = [None, *MessageState][number % (len(MessageState) + 1)]
            chat = CHATS[number % len(CHATS)].id
            store.add_message(replace(message(number, chat, clock=number // 10), author=OWN, state=state))
    found: list[Message] = []
    while page := store.unsent(4, found[-1].cursor if found else None):
        found += page
    assert found == sorted(
        (one for chat in CHATS for one in store.messages(chat.id, 100) if one.state in UNSENT),
        key=lambda one: one.cursor,
        reverse=True,
    )
    assert len(found) > 10
    assert store.unsent_ids(1_000) == [one.id for one in found]
    assert store.unsent_ids(4) == [one.id for one in found[:4]]
    said: list[str] = []
    connection = store._database.connection
    connection.set_trace_callback(said.append)
    store.unsent(4, found[5].cursor)
    store.unsent_ids(4)
    connection.set_trace_callback(None)
    plans = [str(connection.execute(f"EXPLAIN QUERY PLAN {one}").fetchall()) for one in said if one.startswith("SEL")]
    assert plans
    assert all("USING INDEX messages_unsent" in plan for plan in plans), plans


def sent(message: Message, message_type: int, *, to: str | None = None, **more: object) -> Message:
    """With its payload."""
    payload = ChatMessage(
        clock=message.clock,
        timestamp=message.sent_ms,
        text=message.text,
        response_to="" if message.response_to is None else f"0x{message.response_to.hex()}",
        chat_id=to or message.chat_id,
        message_type=message_type,
        content_type=message.content_type,
    )
    return replace(message, payload=replace(payload, **more).encode())  # type: ignore[arg-type]


def of_all_sorts() -> list[Message]:
    one_to_one = message(3, BOB.hex)
    return [
        message(1),  # a stranger sent very much
        sent(replace(message(2), text="größe 😂" * 50, response_to=bytes(range(32))), MessageType.PUBLIC_GROUP),
        sent(one_to_one, MessageType.ONE_TO_ONE, to=OWN.hex),
        sent(replace(message(4, BOB.hex), author=OWN, state=MessageState.SENT), MessageType.ONE_TO_ONE),
        sent(replace(message(5, GROUP), author=CAROL), MessageType.PRIVATE_GROUP),
        sent(replace(message(6), content_type=ContentType.EMOJI), MessageType.PUBLIC_GROUP),
        sent(message(7), MessageType.PUBLIC_GROUP, ens_name="bob.eth"),
        sent(
            replace(message(8), content_type=ContentType.STICKER),
            MessageType.PUBLIC_GROUP,
            sticker=Sticker(hash="e30101701220", pack=1),
        ),
        sent(replace(message(9), clock=2**62, sent_ms=2**62), MessageType.PUBLIC_GROUP),
        sent(message(10, BOB.hex), MessageType.ONE_TO_ONE, to=CAROL.hex),
        replace(message(11), payload=b"no chat message at all"),
        replace(sent(message(12), MessageType.PUBLIC_GROUP), response_to=None, forward_secrecy=True),
        replace(sent(message(13), MessageType.PUBLIC_GROUP), payload=sent(message(13), 2).payload + b"\xf8\x07\x01"),
    ]


def forms(store: SqlMessengerStore) -> list[int]:
    return [form for (form,) in store._execute("SELECT payload_form FROM messages ORDER BY number")]


def everything(store: SqlMessengerStore) -> dict[bytes, Message]:
    return {one.id: one for chat in CHATS for one in store.messages(chat.id, 1_000)}


def test_every_message_is_read_as_it_was_stored(store: SqlMessengerStore) -> None:
    with store.transaction():
        for one in of_all_sorts():
            store.add_message(one)
    assert everything(store) == {one.id: one for one in of_all_sorts()}
    assert [store.message(one.id) for one in of_all_sorts()] == of_all_sorts()


def test_payloads_that_are_made_again_are_not_stored(store: SqlMessengerStore) -> None:
    with store.transaction():
        for one in of_all_sorts():
            store.add_message(one)
    none, kept, made, to_us = PayloadForm
    assert forms(store) == [none, made, to_us, made, made, made, kept, kept, made, kept, kept, made, kept]
    (rows,) = store._execute("SELECT count(*) FROM message_payloads").fetchone()
    assert rows == forms(store).count(kept)


def test_forms_never_change() -> None:
    """Profiles rely on them."""
    contents = Contents("status", 1_600_000_000_000, 1_600_000_000_001, 1, "hello", bytes(32))
    made = made_again(PayloadForm.TO_CHAT, contents, None)
    beginning = bytes.fromhex("088080babbc82e108180babbc82e1a0568656c6c6f2242")
    assert made == beginning + b"0x" + b"0" * 64 + bytes.fromhex("320673746174757338024001")


def test_a_profile_of_before_loses_nothing(path: Path, store: SqlMessengerStore) -> None:
    with store.transaction():
        for one in of_all_sorts():
            store.add_message(one)
    before = everything(store)
    store._database.close()
    connection = made_older(path, KEY, BEFORE)
    columns = [row[1] for row in connection.execute("PRAGMA table_info(messages)")]
    assert "chat_id" in columns
    connection.execute("DELETE FROM settings WHERE name = ?", (OWN_KEY,))  # it is found among the authors
    connection.close()

    database = Database.open(path, KEY)
    database.check()
    again = SqlMessengerStore(database)
    assert everything(again) == before
    assert forms(again).count(PayloadForm.TO_US) == 1
    assert database.connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert database.connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
    assert dict(again._execute("SELECT key, messages FROM authors").fetchall()) == {
        OWN.uncompressed: 1,
        BOB.uncompressed: 11,
        CAROL.uncompressed: 1,
    }
    database.close()


def test_a_message_is_stored_once(store: SqlMessengerStore) -> None:
    with store.transaction():
        store.add_message(message(1))
    with pytest.raises(Exception, match="UNIQUE"), store.transaction():
        store.add_message(message(1))


def test_the_first_message_of_a_chat_and_of_an_author_may_be_undone(store: SqlMessengerStore) -> None:
    """Nothing of the numbers that they got is remembered: others get them meanwhile."""
    first, other = message(1), replace(message(2, BOB.hex), author=OWN)
    with pytest.raises(ZeroDivisionError), store.transaction():
        store.add_message(first)
        raise ZeroDivisionError
    with store.transaction():
        store.add_message(other)
        store.add_message(first)
    assert [store.message(one.id) for one in (first, other)] == [first, other]
    assert store._execute("SELECT messages FROM authors").fetchall() == [(1,), (1,)]


def test_the_newest_clock_of_messages(store: SqlMessengerStore) -> None:
    with store.transaction():
        for number in range(1, 21):
            store.add_message(message(number, clock=100 - number))
    ids = [message(number).id for number in range(1, 31)]
    assert store.newest_clock(ids) == 99
    assert store.newest_clock(ids[9:12]) == 90
    assert store.newest_clock(ids[20:]) is store.newest_clock([]) is None


def test_what_belongs_to_deleted_messages_goes_with_them(store: SqlMessengerStore) -> None:
    with store.transaction():
        for one in of_all_sorts():
            store.add_message(one)
    with store.transaction():
        store.people.forget_messages([one.id for one in of_all_sorts()])
    for table in ("messages", "message_payloads", "authors"):
        assert store._execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def ordered(store: SqlMessengerStore, clocks: list[int]) -> list[Message]:
    """Messages of these clocks with any ids, stored; the newest first."""
    made = [replace(message(number, clock=clock), id=os.urandom(32)) for number, clock in enumerate(clocks)]
    with store.transaction():
        for one in made:
            store.add_message(one)
    return sorted(made, key=lambda one: (one.clock, one.id), reverse=True)


@pytest.mark.parametrize("clocks", [list(range(100)), [7] * 100, [one // 10 for one in range(100)]])
def test_pages_both_ways_from_any_message(store: SqlMessengerStore, clocks: list[int]) -> None:
    random.Random(15).shuffle(clocks)
    messages = ordered(store, clocks)
    for place in range(100):
        cursor = messages[place].cursor
        assert store.messages("status", 8, before=cursor) == messages[place + 1 : place + 9]
        assert store.messages("status", 8, after=cursor) == messages[max(0, place - 8) : place]
        around = store.messages_around("status", cursor, 9)
        assert around == messages[max(0, place - 4) : max(0, place - 4) + len(around)]
        assert messages[place] in around
        assert len(around) == 9 or place > 91
    assert store.messages("status", 1_000, after=Cursor(0, b"")) == messages
    assert store.messages("status", 0) == []


def steps(store: SqlMessengerStore, limit: int, cursor: Cursor, *, upwards: bool) -> int:
    """About how much work a page is, in hundreds of instructions of the database."""
    counted = [0]

    def step() -> int:
        counted[0] += 1
        return 0

    store._database.connection.set_progress_handler(step, 100)
    if upwards:
        store.messages("status", limit, after=cursor)
    else:
        store.messages("status", limit, before=cursor)
    store._database.connection.set_progress_handler(None, 100)
    return counted[0]


@pytest.mark.parametrize("clocks", [list(range(5_000)), [7] * 5_000], ids=["in order", "of one clock"])
@pytest.mark.parametrize("upwards", [True, False])
def test_a_page_in_the_middle_costs_as_much_as_one_at_the_end(
    store: SqlMessengerStore, clocks: list[int], upwards: bool
) -> None:
    """Anybody can send very many messages of one clock."""
    messages = ordered(store, clocks)
    end = steps(store, 20, messages[30].cursor if not upwards else messages[-30].cursor, upwards=upwards)
    middle = steps(store, 20, messages[2_500].cursor, upwards=upwards)
    assert middle <= 2 * end + 10


def test_messages_of_strangers_are_gone_through_in_order_whatever_their_clocks(store: SqlMessengerStore) -> None:
    messages = ordered(store, [7] * 300 + list(range(300)))
    place, seen = None, []
    while page := store.people.public_messages("status", place, 50):
        seen += [cursor for cursor, _ in page]
        place = seen[-1]
    assert seen == [one.cursor for one in reversed(messages)]
