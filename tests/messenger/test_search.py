"""What people search for is found: by word, phrase, beginning, chat, author and time; and what is gone is not."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pystatus.account.alias import alias
from pystatus.account.key_encoding import encode
from pystatus.errors import LocalError
from pystatus.messenger.features import search
from pystatus.messenger.features.conversations import Conversations
from pystatus.messenger.features.search import Query, Search, SearchResult, parsed
from pystatus.messenger.records import Chat, Cursor, Message
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.kinds import ContentType
from pystatus.storage.database import Database
from pystatus.storage.features import search as stored
from pystatus.storage.messenger import SqlMessengerStore
from tests.support.people import KEY, Network, Person


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    network = Network(tmp_path)
    yield network
    network.close()


def results(
    person: Person, words: str, limit: int = 100, before: Cursor | None = None, **more: Any
) -> list[SearchResult]:
    query = Query(parsed(words), **more)
    return list(person.messenger.feature(Search).find(query, limit, before))


def found(person: Person, words: str, **more: Any) -> list[str]:
    return [one.message.text for one in results(person, words, **more)]


def waiting(person: Person) -> int:
    """Messages that are not in the index."""
    count, _ = person.store.tables(Search).waiting()
    return int(count)


def index_all(person: Person) -> None:
    while waiting(person):
        with person.store.transaction():
            person.store.tables(Search).take(search.STEP)


def add(person: Person, *texts: str, chat: str = "status", clock: int | None = None, kind: int = 1) -> list[Message]:
    """Messages of the person, stored as they come from another device."""
    made = []
    with person.store.transaction():
        if person.store.chat(chat) is None:
            person.store.save_chat(Chat(chat, ChatKind.PUBLIC))
        for text in texts:
            number = _numbers[0] = _numbers[0] + 1
            at = number if clock is None else clock
            message = Message(number.to_bytes(32, "big"), chat, person.key, at, at, at, kind, text, b"")
            person.store.add_message(message)
            made.append(message)
    return made


_numbers = [1_000_000]


NO_WORD = "There is no word in it to search for. Give letters or digits."


def refusal(person: Person, words: str) -> str:
    """Why they are not searched for; empty: they are."""
    try:
        results(person, words)
    except LocalError as error:
        return str(error)
    return ""


@pytest.fixture(params=["indexed", "waiting"])
def alice(network: Network, request: pytest.FixtureRequest) -> Person:
    """What she has is in the index, or is looked through: it makes no difference."""
    alice = network.add("alice")
    add(
        alice,
        "See you at lunch tomorrow",
        "Tomorrow is another day",
        "¿Dónde está el café?",
        "lunchtime!",
        "tomorrow: lunch",
    )
    if request.param == "indexed":
        index_all(alice)
        assert waiting(alice) == 0
    else:
        assert waiting(alice) >= 5
    return alice


def test_all_words_have_to_be_there_and_the_newest_comes_first(alice: Person) -> None:
    assert found(alice, "tomorrow") == ["tomorrow: lunch", "Tomorrow is another day", "See you at lunch tomorrow"]
    assert found(alice, "LUNCH tomorrow") == ["tomorrow: lunch", "See you at lunch tomorrow"]
    assert found(alice, "lunch never") == []


def test_a_phrase_is_words_that_follow_each_other(alice: Person) -> None:
    assert found(alice, '"lunch tomorrow"') == ["See you at lunch tomorrow"]
    assert found(alice, '"tomorrow lunch') == ["tomorrow: lunch"]  # the second quotation mark is forgotten often


def test_a_star_is_for_what_begins_so(alice: Person) -> None:
    assert found(alice, "lun*") == ["tomorrow: lunch", "lunchtime!", "See you at lunch tomorrow"]
    assert found(alice, '"at lun"*') == ["See you at lunch tomorrow"]


def test_accents_make_no_difference(alice: Person) -> None:
    assert found(alice, "CAFE donde") == ["¿Dónde está el café?"]


@pytest.mark.parametrize(
    "words",
    [
        '"',
        '""',
        "AND",
        "lunch AND",
        "NEAR(",
        "text:lunch",
        "-lunch",
        "^lunch",
        "{text}:lunch",
        "a*b",
        "*",
        "lunch\0x",
        "(lunch",
        "+",
        "'",
    ],
)
def test_no_syntax_of_the_index_is_an_error(alice: Person, words: str) -> None:
    assert refusal(alice, words) in ("", NO_WORD)


def test_nothing_random_is_an_error_either(alice: Person) -> None:
    chance = random.Random(15)
    signs = "ab \"*():^-+{}\\'\0\ud800é中😀.,"
    for _ in range(500):
        text = "".join(chance.choice(signs) for _ in range(chance.randrange(12)))
        assert refusal(alice, text) in ("", NO_WORD)


def test_what_is_searched_for_is_bounded(alice: Person) -> None:
    with pytest.raises(LocalError, match="At most 32 words"):
        results(alice, "word " * 33)
    with pytest.raises(LocalError, match="1000 are allowed"):
        results(alice, "w" * 1_001)


def test_matches_are_where_the_words_stand(alice: Person) -> None:
    first, second = results(alice, "tomorrow lunch")
    assert [first.snippet[start:end] for start, end in first.matches] == ["tomorrow", "lunch"]
    assert [second.snippet[start:end] for start, end in second.matches] == ["lunch", "tomorrow"]


def test_a_snippet_is_the_part_around_the_match(network: Network) -> None:
    alice = network.add("alice")
    add(alice, "before " * 100 + "needle " + "after " * 100)
    (result,) = results(alice, "needle")
    assert result.snippet.startswith("…")
    assert result.snippet.endswith("…")
    assert len(result.snippet) == search.SNIPPET + 2
    assert [result.snippet[start:end] for start, end in result.matches] == ["needle"]


def test_who_writes_what_stands_around_matches_is_found_all_the_same(network: Network) -> None:
    alice = network.add("alice")
    add(alice, "a \ufdd0 needle \ufdd1 in hay", "another needle")
    with_place, without = results(alice, "needle")
    assert (with_place.matches, without.matches) == (((8, 14),), ())


def test_by_chat_author_and_time(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    alice.connect()
    bob.connect()
    alice.join("status")
    bob.join("status")
    alice.say("status", "lunch of alice")
    network.now += 100
    bob.say("status", "lunch of bob")
    alice.join("other")
    network.now += 100
    alice.say("other", "lunch elsewhere")
    for _ in range(2):
        assert found(alice, "lunch", chat_id="status") == ["lunch of bob", "lunch of alice"]
        assert found(alice, "lunch", author=bob.key) == ["lunch of bob"]
        assert found(alice, "lunch", author=alice.key, chat_id="status") == ["lunch of alice"]
        (clock,) = {one.message.clock for one in results(alice, "lunch", author=bob.key)}
        assert found(alice, "lunch", since_ms=clock) == ["lunch elsewhere", "lunch of bob"]
        assert found(alice, "lunch", until_ms=clock) == ["lunch of bob", "lunch of alice"]
        assert found(alice, "lunch", since_ms=clock, until_ms=clock) == ["lunch of bob"]
        assert found(alice, "lunch", chat_id="nowhere") == []
        index_all(alice)


def test_pages_are_stable_and_complete_whatever_the_order_of_arrival(network: Network) -> None:
    """Messages of days ago come late, some have one clock, and new ones come while somebody reads."""
    alice = network.add("alice")
    chance = random.Random(15)
    clocks = [chance.randrange(5_000) for _ in range(4_000)]
    for clock in clocks[:3_000]:
        add(alice, "word", clock=clock)
    index_all(alice)
    for clock in clocks[3_000:]:
        add(alice, "word", clock=clock)
    expected = [one.message.id for one in results(alice, "word", 10_000)]
    assert len(expected) == 4_000
    place, paged = None, []
    while page := results(alice, "word", 300, place):
        paged += [one.message.id for one in page]
        place = page[-1].message.cursor
        add(alice, "word", clock=9_000)
    assert paged == expected
    order = [one.message.cursor for one in results(alice, "word", 10_000)]
    assert order == sorted(order, reverse=True)


def test_what_is_deleted_is_not_found(network: Network) -> None:
    alice = network.add("alice")
    kept, deleted, later = add(alice, "one needle", "another needle", "the last needle")
    index_all(alice)
    alice.do(lambda: alice.messenger.feature(Conversations).delete_message(deleted.id))
    alice.do(lambda: alice.messenger.feature(Conversations).delete_message(later.id))
    assert found(alice, "needle") == [kept.text]
    add(alice, "needle again")  # it gets the number of the last one
    assert found(alice, "needle") == ["needle again", kept.text]
    index_all(alice)
    assert found(alice, "needle") == ["needle again", kept.text]
    alice.do(lambda: alice.messenger.feature(Conversations).clear("status"))
    assert found(alice, "needle") == []
    assert is_sound(alice)


def is_sound(person: Person) -> bool:
    """Whether the index holds the words of exactly the messages that are there."""
    person.database.connection.execute("INSERT INTO message_index (message_index, rank) VALUES ('integrity-check', 1)")
    return True


def test_messages_are_indexed_when_nothing_comes_for_a_moment(network: Network) -> None:
    alice = network.add("alice")
    alice.connect()
    alice.join("status")
    alice.say("status", "hello everybody")
    assert waiting(alice) == 1
    due = alice.messenger.feature(Search).next_timer()
    assert due is not None
    network.now = due
    alice.tick()
    assert waiting(alice) == 0
    assert alice.messenger.feature(Search).next_timer() is None
    assert found(alice, "everybody") == ["hello everybody"]
    assert is_sound(alice)


def test_in_a_burst_they_are_indexed_once_very_many_wait(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MAX_WAITING", 20)
    alice = network.add("alice")
    alice.connect()
    add(alice, *["word"] * 19, clock=int(network.now * 1_000))
    assert (alice.messenger.feature(Search).next_timer() or 0) > network.now
    add(alice, "word", clock=int(network.now * 1_000))
    assert alice.messenger.feature(Search).next_timer() == 0.0
    alice.tick()
    assert waiting(alice) == 0


def test_a_profile_encrypted_anew_is_searched_as_before(network: Network, tmp_path: Path) -> None:
    """As when its password is changed."""
    alice = network.add("alice")
    add(alice, "one needle")
    index_all(alice)
    add(alice, "another needle")
    other = bytes(32)
    alice.database.copy_to(tmp_path / "copy.db", other)
    alice.close()
    (tmp_path / "copy.db").rename(alice.path)
    for end in ("-wal", "-shm"):
        alice.path.with_name(alice.path.name + end).unlink(missing_ok=True)
    database = Database.open(alice.path, other)
    database.check()
    database.close()
    rekeyed = Database.open(alice.path, other)
    rekeyed.copy_to(tmp_path / "back.db", KEY)
    rekeyed.close()
    (tmp_path / "back.db").rename(alice.path)
    alice.reopen()
    assert found(alice, "needle") == ["another needle", "one needle"]
    assert is_sound(alice)


def test_nothing_of_the_words_is_readable_in_the_file(network: Network) -> None:
    alice = network.add("alice")
    add(alice, *["unmistakableneedle"] * 100)
    index_all(alice)
    results(alice, "unmistakableneedle")
    for file in alice.path.parent.iterdir():
        assert b"unmistakable" not in file.read_bytes().lower()


def test_a_search_reads_all_as_of_one_moment(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process puts what waits into the index, and deletes some of it, in the middle of it."""
    alice = network.add("alice")
    messages = add(alice, *["needle"] * 5)
    reader = Database.open(alice.path, KEY, read_only=True)
    store = SqlMessengerStore(reader)
    look = stored._found

    def interrupted(*arguments: Any) -> Any:
        found = look(*arguments)
        index_all(alice)
        with alice.store.transaction():
            alice.store.people.forget_messages([messages[0].id])
        return found

    monkeypatch.setattr(stored, "_found", interrupted)
    hits = store.tables(Search).find(Query(parsed("needle")), 100, None)
    assert [hit.message_id for hit in hits] == [one.id for one in reversed(messages)]
    reader.close()


def test_long_texts_go_into_the_index_a_few_at_a_time(network: Network) -> None:
    alice = network.add("alice")
    alice.join("status")
    for _ in range(6):
        alice.say("status", "word " * 100)
    tables = alice.store.tables(Search)
    assert tables.waiting()[0] == 6
    with alice.database.transaction():
        tables.take(search.STEP, 1_100)
    assert tables.waiting()[0] == 4
    with alice.database.transaction():
        tables.take(search.STEP, 10)
    assert tables.waiting()[0] == 3, "a longer one goes in by itself"


def test_without_words_all_that_else_is_asked_for_is_found(network: Network) -> None:
    alice = network.add("alice")
    add(alice, "one", "two", chat="status")
    picture = add(alice, "three", chat="harbour", kind=ContentType.IMAGE)[0]
    index = alice.messenger.feature(Search)

    def texts(**wanted: Any) -> list[str]:
        return [one.message.text for one in index.find(Query((), **wanted), 10, None)]

    assert texts(chat_id="status") == ["two", "one"]
    assert texts(content_type=ContentType.IMAGE) == ["three"]
    assert texts(content_type=ContentType.IMAGE, chat_id="status") == []
    assert texts(author=alice.key) == ["three", "two", "one"]
    assert texts(author=network.add("bob").key, chat_id="status") == []
    assert texts(since_ms=picture.clock) == ["three"]
    assert texts(until_ms=picture.clock - 1) == ["two", "one"]
    first = index.find(Query((), author=alice.key), 1, None)[0].message
    assert [one.message.text for one in index.find(Query((), author=alice.key), 10, first.cursor)] == ["two", "one"]


@pytest.mark.parametrize("indexed", [True, False])
def test_words_of_one_kind_of_message(network: Network, indexed: bool) -> None:
    alice = network.add("alice")
    add(alice, "a cat", kind=ContentType.IMAGE)
    add(alice, "a cat in words")
    if indexed:
        index_all(alice)
    assert found(alice, "cat", content_type=ContentType.IMAGE) == ["a cat"]
    assert len(found(alice, "cat")) == 2


def test_authors_are_found_by_their_words_and_keys(network: Network) -> None:
    alice = network.add("alice")
    index = alice.messenger.feature(Search)
    assert index.authors("", 10) == ()
    add(alice, "hello")
    name = alias(alice.key)
    first, _, last = name.split()
    for typed in (name, name.upper(), first, first[:3].lower(), last, encode(alice.key)[:8], alice.key.hex[:9].lower()):
        assert list(index.authors(typed, 10)) == [alice.key], typed
    for typed in ("xyzzy", "zQ3sh1", last[1:], "\x1b", "0x04ffff"):
        assert list(index.authors(typed, 10)) == [], typed
    assert list(index.authors(name, 0)) == []
