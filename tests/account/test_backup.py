"""Three words asked back by their places."""

from __future__ import annotations

import os
from collections import Counter

import pytest

from pystatus.account import backup
from pystatus.account.backup import ASKED, WrongWord
from pystatus.account.mnemonic import new_phrase
from pystatus.errors import LocalError

PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"
WORDS = dict(enumerate(PHRASE.split(), 1))


def test_three_different_places_in_their_order_each_as_likely_as_any_other() -> None:
    drawn = [backup.places(12, os.urandom) for _ in range(4_000)]
    assert all(len(set(places)) == ASKED == 3 and list(places) == sorted(places) for places in drawn)
    counts = Counter(place for places in drawn for place in places)
    assert set(counts) == set(range(1, 13))
    assert all(800 < count < 1_200 for count in counts.values())


def test_the_right_words_are_right_however_they_are_typed() -> None:
    backup.check(PHRASE, {place: WORDS[place] for place in (2, 7, 12)})
    backup.check(PHRASE, {2: " Winner\n", 7: "WORTH", 12: "\ufeffyellow"})
    backup.check(PHRASE, WORDS)


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ({2: "winner", 7: "wave", 12: "yellow"}, 7),
        ({2: "thank", 7: "wave", 12: "yellow"}, 2),
        ({2: "winner", 7: "", 12: "yellow"}, 7),
        ({2: "winner", 7: "worth useful", 12: "yellow"}, 7),
        ({2: "winner", 7: "worth"}, 0),
        ({}, 0),
        ({0: "yellow", 7: "worth", 12: "yellow"}, 0),
        ({2: "winner", 7: "worth", 13: "yellow"}, 0),
    ],
)
def test_a_wrong_word_is_named_by_its_place_and_not_repeated(words: dict[int, str], place: int) -> None:
    with pytest.raises(WrongWord) as error:
        backup.check(PHRASE, words)
    assert error.value.place == place
    assert not set(PHRASE.split()) & set(str(error.value).lower().replace(".", "").split())


def test_what_is_no_word_is_a_mistake_of_the_program() -> None:
    with pytest.raises(TypeError):
        backup.check(new_phrase(os.urandom), {1: 2, 2: "a", 3: "b"})  # type: ignore[dict-item]
    with pytest.raises(LocalError):
        backup.check(PHRASE, {1: "\ud800", 2: "a", 3: "b"})
