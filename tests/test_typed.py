"""Text from hands and files: what nobody sees decides nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pystatus import typed
from pystatus.errors import LocalError
from tests.support.effort import Effort

BOM, ZERO_WIDTH, HARD_SPACE = "\ufeff", "\u200b", "\u00a0"
NFC, NFD = "Zo\u00eb", "Zoe\u0308"


@pytest.mark.parametrize(
    "data",
    [
        "caf\u00e9".encode(),
        b"\xef\xbb\xbfcaf\xc3\xa9",
        BOM.encode("utf-16-le") + "caf\u00e9".encode("utf-16-le"),
        BOM.encode("utf-16-be") + "caf\u00e9".encode("utf-16-be"),
    ],
)
def test_a_file_of_any_editor_is_the_same_text(data: bytes) -> None:
    assert typed.decoded(data, "it") == "caf\u00e9"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\xff", "it is not text in UTF-8. Check that it is the right file."),
        (b"\xff\xfea", "it is not text in UTF-8. Check that it is the right file."),
        ("caf".encode("utf-16-le"), "it holds zero bytes, which no text has. Save it as UTF-8."),
        (
            BOM.encode("utf-32-le") + "caf".encode("utf-32-le"),
            "it holds zero bytes, which no text has. Save it as UTF-8.",
        ),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(LocalError) as refusal:
        typed.decoded(data, "it")
    assert str(refusal.value) == why


@pytest.mark.parametrize("text", [NFC, NFD, BOM + NFC, NFD + "\n", NFC + "\r\n", BOM + NFD + "\r\n"])
def test_a_password_is_stored_in_one_form(text: str) -> None:
    assert typed.password(text) == NFC


@pytest.mark.parametrize("stored", [NFC, NFD, BOM + NFC])
@pytest.mark.parametrize("now", [NFC, NFC + "\n", BOM + NFC])
def test_a_password_opens_what_was_stored_in_any_form(stored: str, now: str) -> None:
    assert stored in typed.password_forms(now)
    assert typed.password_forms(now)[0] == NFC


def test_what_was_given_itself_is_among_the_forms() -> None:
    for text in (NFD, " blanks count ", "an end of line\n", "\u212b", "tab\t"):
        assert text in typed.password_forms(text)
    assert typed.password_forms("plain") == ("plain", BOM + "plain")  # a wrong one costs no more than two tries


def test_blanks_inside_and_around_a_password_count() -> None:
    assert len({typed.password(text) for text in ("a b", " a b", "a b ", "a  b", "a\u00a0b", "a\u200bb")}) == 6


@pytest.mark.parametrize(
    "text",
    [
        f"{BOM}test junk", f"test{HARD_SPACE}junk", f"te{ZERO_WIDTH}st\u2060 junk", "TEST\r\njunk\r\n",
        "\uff54\uff45\uff53\uff54\u3000junk", "\u200etest\tjunk",
    ],
)  # fmt: skip
def test_words_are_those_that_one_sees(text: str) -> None:
    assert typed.words(text) == ["test", "junk"]


def test_words_are_in_the_form_that_is_hashed() -> None:
    assert typed.words(NFC) == typed.words(NFD) == [NFD.lower()]


@pytest.mark.parametrize(
    "text", ["0xAb", f" {BOM}0xAb\r\n", f"{HARD_SPACE}0x{ZERO_WIDTH}Ab", "\uff10\uff58\uff21\uff42"]
)
def test_a_token_is_what_one_sees(text: str) -> None:
    assert typed.token(text) == "0xAb"
    assert typed.tokens(f"{text},{text} {text}") == ["0xAb"] * 3


def test_a_chat_is_named_with_or_without_its_sign_and_in_capitals_or_not() -> None:
    for text in ("status", "#status", " #Status ", "\uff03\uff33tatus", f"#{ZERO_WIDTH}status{BOM}"):
        assert typed.chat_name(text) == "status"
    assert typed.chat_name("no spaces") == "no spaces"  # left for those who refuse it


@pytest.mark.parametrize("text", [NFC, NFD, f" {NFD}\n", f"{BOM}{NFC}{HARD_SPACE}", f"Zo{ZERO_WIDTH}\u00eb"])
def test_a_name_is_stored_in_one_form(text: str) -> None:
    assert typed.name(text) == NFC
    assert typed.is_same_name(text, NFD.upper())


def test_names_that_look_different_are_different() -> None:
    assert not typed.is_same_name("Zoe", NFC)
    assert typed.name("a\u00a0b") == "a b"
    assert typed.name("two\nlines") == "two\nlines"  # left for those who refuse it


@pytest.mark.parametrize("read", [typed.token, typed.name])
def test_a_heap_of_accents_takes_no_time(read: Callable[[str], str]) -> None:
    accents = "a" + "\u0301\u0316" * 64_000
    with Effort() as effort:
        assert read(accents) == accents
    assert effort.seconds < 0.5
    assert read("a" + "\u0316\u0301" * 2) == read("a" + "\u0301\u0316" * 2) == "\u00e1\u0316\u0316\u0301"


def test_a_message_has_plain_ends_of_lines() -> None:
    assert typed.message(f"{BOM}one\r\ntwo\rthree\n{NFD}") == f"one\ntwo\nthree\n{NFD}"
    with pytest.raises(LocalError, match="bytes that are not UTF-8"):
        typed.message("\udcff")


def test_only_a_yes_is_a_yes() -> None:
    assert all(map(typed.is_yes, ("y", "YES\n", f" {BOM}Yes", "\uff59")))
    assert not any(map(typed.is_yes, ("", "n", "yess", "ja", "\n")))


def test_what_other_programs_share_keeps_its_form() -> None:
    assert typed.line(f"{BOM}{NFD} \r\n") == NFD
