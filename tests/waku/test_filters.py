"""Keys by topic: who opens what, and that nothing else is tried."""

import os

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError, RemoteError
from pystatus.waku import filters as filters_module
from pystatus.waku.data import Contents, OpeningKey, SealingKey, SymmetricKey, seal, unseal
from pystatus.waku.envelope import Envelope
from pystatus.waku.filters import Filters
from tests.waku.network import NOW, OTHER_TOPIC, TOPIC

ALICE, BOB = (PrivateKey(bytes(31) + bytes((number,))) for number in (1, 2))
SHARED, OTHER = SymmetricKey(b"k" * 32), SymmetricKey(b"l" * 32)


def sealed(key: SealingKey, payload: bytes = b"hello", topic: bytes = TOPIC) -> Envelope:
    return Envelope.mine(NOW, 15, topic, seal(key, payload, ALICE, os.urandom), 0.0)


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[OpeningKey]:
    """The keys that were tried, in order."""
    keys: list[OpeningKey] = []

    def watch(key: OpeningKey, data: bytes) -> Contents:
        keys.append(key)
        return unseal(key, data)

    monkeypatch.setattr(filters_module, "unseal", watch)
    return keys


def test_opening() -> None:
    filters: Filters[str] = Filters()
    filters.add(TOPIC, SHARED, "chat")
    filters.add(OTHER_TOPIC, BOB, "mine")
    for envelope, tag in ((sealed(SHARED), "chat"), (sealed(BOB.public_key, topic=OTHER_TOPIC), "mine")):
        opened = filters.open(envelope)
        assert opened is not None
        tags, message = opened
        assert tags == (tag,)
        assert (message.payload, message.signer, message.envelope) == (b"hello", ALICE.public_key, envelope)
        assert message.sent == int(NOW)
        assert message.padding
    assert filters.open(sealed(OTHER)) is None
    assert filters.open(sealed(SHARED, topic=b"none")) is None


def test_one_key_under_several_tags_is_tried_once(tried: list[OpeningKey]) -> None:
    filters: Filters[str] = Filters()
    filters.add(TOPIC, SHARED, "one")
    filters.add(TOPIC, SymmetricKey(SHARED.raw), "two")
    opened = filters.open(sealed(SHARED))
    assert opened is not None
    assert opened[0] == ("one", "two")
    assert tried == [SHARED]
    filters.remove("one")
    opened = filters.open(sealed(SHARED))
    assert opened is not None
    assert opened[0] == ("two",)
    filters.remove("two")
    assert filters.open(sealed(SHARED)) is None
    assert filters.topics == frozenset()


def test_a_shared_and_a_private_key_of_the_same_bytes() -> None:
    filters: Filters[str] = Filters()
    filters.add(TOPIC, SymmetricKey(ALICE.secret), "shared")
    filters.add(TOPIC, ALICE, "private")
    for key, tag in ((SymmetricKey(ALICE.secret), "shared"), (ALICE.public_key, "private")):
        opened = filters.open(sealed(key))
        assert opened is not None
        assert opened[0] == (tag,)


def test_keeping_books() -> None:
    filters: Filters[str] = Filters()
    filters.add(TOPIC, SHARED, "one")
    filters.add(TOPIC, OTHER, "two")
    filters.add(OTHER_TOPIC, SHARED, "three")
    assert filters.topics == {TOPIC, OTHER_TOPIC}
    assert filters.tags == {"one", "two", "three"}
    assert "one" in filters
    filters.remove("one")
    filters.remove("three")
    assert filters.topics == {TOPIC}
    assert "one" not in filters


def test_our_own_mistakes() -> None:
    filters: Filters[str] = Filters()
    filters.add(TOPIC, SHARED, "one")
    with pytest.raises(LocalError):
        filters.add(TOPIC, OTHER, "one")
    with pytest.raises(LocalError):
        filters.add(b"abc", OTHER, "two")
    with pytest.raises(LocalError):
        filters.remove("two")
    assert filters.tags == {"one"}


def test_contents_that_are_no_message() -> None:
    """The right key, but the plaintext is malformed: nobody's message."""
    filters: Filters[str] = Filters()
    filters.add(TOPIC, SHARED, "one")
    data = SHARED.seal(b"\x03\xff\xff\xff", os.urandom)
    with pytest.raises(RemoteError):
        unseal(SHARED, data)
    assert filters.open(Envelope.mine(NOW, 15, TOPIC, data, 0.0)) is None


def test_a_key_for_every_topic(tried: list[OpeningKey]) -> None:
    filters: Filters[str] = Filters()
    filters.add(TOPIC, BOB, "here")
    filters.add(TOPIC, ALICE, "alice")
    filters.add(None, BOB, "anywhere")
    filters.add(None, SHARED, "shared")
    assert filters.any_topic
    assert filters.topics == {TOPIC}
    for envelope, tags in (
        (sealed(BOB.public_key), ("here", "anywhere")),
        (sealed(BOB.public_key, topic=OTHER_TOPIC), ("anywhere",)),
        (sealed(SHARED), ("shared",)),
    ):
        opened = filters.open(envelope)
        assert opened is not None
        assert opened[0] == tags
    tried.clear()
    assert filters.open(sealed(OTHER)) is None
    assert sorted(map(repr, tried)) == sorted(map(repr, (SHARED, ALICE, BOB))), "each key once"
    assert tried[0] == SHARED, "shared ones first"
    filters.remove("anywhere")
    filters.remove("shared")
    assert not filters.any_topic
    assert filters.open(sealed(BOB.public_key, topic=OTHER_TOPIC)) is None
