"""The name to show: the order of names, what is done to those of others, and who is told apart (account.md §10)."""

from __future__ import annotations

import os

import pytest

from pystatus.account import names
from pystatus.account.alias import alias
from pystatus.account.key_encoding import encode
from pystatus.account.names import (
    MAX_GIVEN,
    MAX_NICKNAME,
    Aliases,
    KnownNames,
    NameKind,
    Page,
    ShownName,
    checked_nickname,
    ens_text,
    is_ens_name,
    searched,
    shown_name,
    texts_of,
)
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError

KEY = PrivateKey(bytes(31) + b"\x01").public_key
WORDS = alias(KEY)


def test_a_nickname_goes_before_a_verified_name_and_that_before_the_three_words() -> None:
    everything = KnownNames("Bob", "bob.stateofus.eth", ens_verified=True)
    assert shown_name(KEY, everything) == ShownName(KEY, "Bob", NameKind.NICKNAME, "@bob")
    assert shown_name(KEY, KnownNames("Bob")) == ShownName(KEY, "Bob", NameKind.NICKNAME, WORDS)
    named = KnownNames("", "bob.stateofus.eth", ens_verified=True)
    assert shown_name(KEY, named) == ShownName(KEY, "@bob", NameKind.ENS)
    assert shown_name(KEY) == ShownName(KEY, WORDS, NameKind.ALIAS)


@pytest.mark.requirement("AC-17")
def test_a_name_that_nobody_has_verified_is_never_shown_but_our_own_is() -> None:
    claimed = KnownNames("", "vitalik.eth")
    assert shown_name(KEY, claimed).name == WORDS
    assert shown_name(KEY, KnownNames("Bob", "vitalik.eth")).second == WORDS
    assert texts_of(KEY.compressed, claimed) == [WORDS]
    assert shown_name(KEY, claimed, own=True).name == "@vitalik.eth"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("alice.stateofus.eth", "@alice"),
        ("alice.eth", "@alice.eth"),
        ("pay.alice.eth", "@pay.alice.eth"),
        ("alice.eth.stateofus.eth", "@alice.eth.stateofus.eth"),  # else it would be alice.eth
        ("straße.eth", ""),  # not its own normal form
        ("Alice.eth", ""),
        ("alice", ""),
        (".eth", ""),
        ("a..eth", ""),
        ("a b.eth", ""),
        ("a\u202eb.eth", ""),
        ("a\u0000.eth", ""),
        (f"{'a' * 300}.eth", ""),
    ],
)
def test_how_a_verified_name_is_shown(name: str, text: str) -> None:
    assert ens_text(name) == text
    assert is_ens_name(name) == bool(text)
    known = KnownNames("", name, ens_verified=True)
    assert shown_name(KEY, known).name == (text or WORDS)


def test_names_of_others_are_one_bounded_line() -> None:
    from_another_device = KnownNames("Bob\x1b[2J\n\u202eeve" + "x" * 500)
    shown = shown_name(KEY, from_another_device)
    assert shown.name.startswith("Bob eve")
    assert len(shown.name) == MAX_NICKNAME
    long = f"{'a' * 200}.eth"
    assert len(shown_name(KEY, KnownNames("", long, ens_verified=True)).name) == MAX_NICKNAME
    assert shown_name(KEY, KnownNames("\u200b\u2800")).name == WORDS


def test_few_names_are_kept_ready() -> None:
    for number in range(MAX_GIVEN + 100):
        assert shown_name(KEY, KnownNames(f"Bob {number}")).name == f"Bob {number}"
    assert names._given.cache_info().currsize == MAX_GIVEN


def test_a_nickname_is_what_can_be_seen() -> None:
    assert checked_nickname("  Bob   the\u00a0Builder ") == "Bob the Builder"
    assert checked_nickname("Ame\u0301lie") == "Amélie"
    assert checked_nickname("") == ""
    assert checked_nickname("\ufeffB\u202eo\u200bb\r\n") == "Bob"
    for hidden in ("Bob\x1b[2J", "Bob\nEve", "Bob\u2028Eve", "Bob\x7f"):
        with pytest.raises(LocalError, match="one line of letters"):
            checked_nickname(hidden)
    with pytest.raises(LocalError, match="Not all of this nickname"):
        checked_nickname("Bob\u3164")
    with pytest.raises(LocalError, match="at most 64 characters"):
        checked_nickname("x" * 65)


def test_the_key_tells_two_of_the_same_name_apart() -> None:
    shown, shared = ShownName(KEY, "Bob", NameKind.NICKNAME, WORDS), ShownName(KEY, "Bob", NameKind.ALIAS, shared=True)
    assert shown.label == "Bob"
    assert shared.label == f"Bob ({encode(KEY)[:13]})"
    assert shown.full == f"Bob ({WORDS}, {encode(KEY)[:13]})"
    assert shared.full == f"Bob ({encode(KEY)[:13]})"


def test_names_are_compared_without_capitals_and_marks_of_their_kind() -> None:
    assert searched("@ALICE") == searched("alice") == "alice"
    assert searched("AME\u0301LIE") == searched("amélie")
    assert searched("\uff22ob") == "bob"


def test_what_was_asked_for_together_is_not_asked_for_again() -> None:
    other = PrivateKey.generate(os.urandom).public_key
    page = Page(Aliases(), [KEY])
    assert page.of(KEY).name == WORDS
    assert page.of(other).name == alias(other)
    assert {key: name.name for key, name in page.of_people([KEY, other]).items()} == {KEY: WORDS, other: alias(other)}
