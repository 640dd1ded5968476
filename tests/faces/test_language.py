"""The texts of a face in every language, and in one that shows what comes from no catalogue."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

import pystatus.faces
from pystatus.errors import LocalError
from pystatus.faces.catalogue import Catalogue, texts_in
from pystatus.faces.language import LANGUAGES, PLACE, PSEUDO, PSEUDO_END, PSEUDO_START, Texts, arguments, chosen, read

FACES = Path(pystatus.faces.__file__).parent
ALL = [name for name, _ in inspect.getmembers(Catalogue, inspect.isfunction) if name not in dir(Texts)]


def said(catalogue: Catalogue, name: str, value: str = "X", number: int = 2) -> str:
    method = getattr(catalogue, name)
    values = {
        one: number if parameter.annotation == "int" else value
        for one, parameter in inspect.signature(method).parameters.items()
    }
    return str(method(**values))


@pytest.mark.parametrize(
    ("environment", "code"),
    [
        ({}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "de"}, "de"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_GB", "LC_MESSAGES": "de_AT@euro"}, "de"),
        ({"LANG": "de_DE", "PYSTATUS_LANG": "en"}, "en"),
        ({"LANG": "en_US", "PYSTATUS_LANG": " DE "}, "de"),
        ({"PYSTATUS_LANG": "pseudo"}, PSEUDO),
        ({"LANG": "pseudo"}, "en"),
    ],
)
def test_the_language_is_the_one_that_is_wanted(environment: Mapping[str, str], code: str) -> None:
    assert chosen(environment) == code


def test_a_language_without_texts_is_said() -> None:
    with pytest.raises(LocalError, match=r"PYSTATUS_LANG is 'fr'\. Choose one of en, de\."):
        chosen({"PYSTATUS_LANG": "fr"})
    with pytest.raises(LocalError, match=r"There are no texts in 'fr'"):
        Catalogue("fr")


@pytest.mark.parametrize("code", [*LANGUAGES, PSEUDO])
@pytest.mark.parametrize("number", [0, 1, 2, 1_234_567])
def test_every_text_can_be_said_and_holds_its_values(code: str, number: int) -> None:
    catalogue = Catalogue(code)
    assert len(ALL) == len(read("en"))
    for name in ALL:
        text = said(catalogue, name, "{n} {name:int}", number)
        assert text, name
        assert not re.search(r"[{}]", text.replace("{n} {name:int}", "")), "what a value says is no place for another"


def test_a_text_without_places_is_as_it_is() -> None:
    assert texts_in().delivery_sent() == "with a relay"
    assert texts_in("de") is texts_in("de")


def test_numbers_are_written_as_the_language_does() -> None:
    english, german = Catalogue("en"), Catalogue("de")
    assert [english.size_bytes(n=number) for number in (0, 1, 1_234)] == ["0 bytes", "1 byte", "1,234 bytes"]
    assert german.size_bytes(n=1_234) == "1.234 Byte"
    assert german.time_days(n=1) == "1 Tag"
    assert (english.decimal(1_234.56), german.decimal(1_234.56)) == ("1,234.6", "1.234,6")
    assert german.decimal(12, 0) == "12"
    assert repr(german) == "<Catalogue de>"


def test_texts_of_the_pseudo_locale_are_longer_and_marked_and_keep_their_values() -> None:
    english, pseudo = Catalogue("en"), Catalogue(PSEUDO)
    for name in ALL:
        text, plain = said(pseudo, name, "Alice"), said(english, name, "Alice")
        assert text.startswith(PSEUDO_START)
        assert text.endswith(PSEUDO_END)
        assert len(text) > len(plain)
        assert text.count("Alice") == plain.count("Alice")


def test_german_is_not_english() -> None:
    english, german = read("en"), read("de")
    alike = {key for key, text in english.items() if text == german[key] and not SAME.search(key)}
    assert {key for key in alike if re.search("[a-z]{4}", PLACE.sub("", str(english[key])))} == set()


SAME = re.compile(r"^(date\.month_|chat\.title)|^media\.note$|^terminal\.(keys_chats|chats_title)$|^wallet\.title$")
"""Keys of texts that are the same in both languages."""

APART = ("catalogue.py", "attach/")
"""Made by a tool; and a face of programs, not of people."""
OWN = {
    "language.py": "what the pseudo-locale is made of",
    "network_view.py": "what systems say of connections",
    "terminal.py": "what getpass and a terminal ask for",
}
"""Modules with words that no catalogue has, and why."""


WORDS = re.compile(r"[A-Za-z]{2} [A-Za-z]|[a-z]{2} $|^[ ,]*[ ][a-z]{2}")
"""What shows that a text is of words rather than a name, a mark or a format."""


def words(tree: ast.Module) -> list[str]:
    """Texts of several words that are written in a module, but for docstrings and errors."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        for one in body if isinstance(body, list) else ():
            if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant):
                skipped.add(id(one.value))
        if isinstance(node, ast.Assert):
            skipped.update(map(id, ast.walk(node)))
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1].endswith(("Error", "compile")):
            skipped.update(map(id, ast.walk(node)))
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in skipped]
    return [text for text in texts if isinstance(text, str) and WORDS.search(text)]


def test_no_face_shows_words_that_are_not_of_the_catalogue() -> None:
    files = {str(file.relative_to(FACES)): file for file in sorted(FACES.rglob("*.py"))}
    found = {name: words(ast.parse(file.read_text())) for name, file in files.items() if not name.startswith(APART)}
    assert {name: texts for name, texts in found.items() if texts and name not in OWN} == {}


def test_arguments_are_found_in_all_forms() -> None:
    assert arguments("{a} {b:int} {a}") == {"a": "str", "b": "int"}
    assert arguments({"one": "one", "other": "{n:int} of {total:int}"}) == {"n": "int", "total": "int"}
