"""The language of the texts of a face: which one, how it counts and writes numbers, and how a text is filled in.

The texts are in ``texts/en.json`` and ``texts/de.json``; ``tools/texts.py`` makes an accessor with typed arguments for
each (:class:`pystatus.faces.catalogue.Catalogue`). A text is ``"Hello, {name}"``, or ``{"one": …, "other": …}`` where
the argument ``n`` decides. ``{name}`` is text, ``{n:int}`` a whole number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cache
from typing import TypeAlias

from pystatus.errors import LocalError
from pystatus.records import dataclass
from pystatus.sanitise import quoted
from pystatus.variables import LANG_VARIABLE

Text: TypeAlias = str | Mapping[str, str]
"""A text as the files have it: one, or one for each plural category."""

PLACE = re.compile(r"\{(?P<name>[a-z][a-z0-9_]*)(?::(?P<kind>int))?\}")
"""Where a value goes into a text."""
COUNTED = "n"
"""The argument that chooses among ``one`` and ``other``."""
PSEUDO = "pseudo"
"""As a language: English with accents, and longer, by which one sees what comes from no catalogue and what does not
fit."""
_ENVIRONMENT = (LANG_VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG")
_GROWTH = 0.4
"""How much longer a text of the pseudo-locale is: German is some 30 % longer than English."""


class Form(Enum):
    """Plural categories of CLDR. English and German have these two; languages with more of them add theirs."""

    ONE = "one"
    OTHER = "other"


def _one_or_other(number: int) -> Form:
    return Form.ONE if number == 1 else Form.OTHER


@dataclass(frozen=True, slots=True)
class Language:
    """How a language counts and writes numbers. ``form`` is the rule of CLDR for whole numbers
    (unicode-org/cldr, common/supplemental/plurals.xml)."""

    code: str
    form: Callable[[int], Form]
    thousands: str
    decimal: str


LANGUAGES = {
    one.code: one for one in (Language("en", _one_or_other, ",", "."), Language("de", _one_or_other, ".", ","))
}
"""Those that there are texts in, by their code (ISO 639-1)."""
DEFAULT = LANGUAGES["en"]


def chosen(environment: Mapping[str, str]) -> str:
    """The code of the language that somebody wants: of ``PYSTATUS_LANG``, else of the system, else English.

    :param environment: the variables of the process.
    :raises LocalError: ``PYSTATUS_LANG`` names a language that there are no texts in.
    """
    for variable in _ENVIRONMENT:
        wanted = environment.get(variable, "").strip()
        if not wanted:
            continue
        code = re.split(r"[_.@-]", wanted.lower(), maxsplit=1)[0]
        if code in LANGUAGES or (code == PSEUDO and variable == LANG_VARIABLE):
            return code
        if variable == LANG_VARIABLE:
            raise LocalError(f"{LANG_VARIABLE} is {quoted(wanted)}. Choose one of {', '.join(LANGUAGES)}.")
        break  # the system speaks another language
    return DEFAULT.code


@cache
def read(code: str) -> Mapping[str, Text]:
    """The texts of a language, read once."""
    from pystatus.data_files import read_data  # loaded late, as the texts are: few processes show any

    texts: Mapping[str, Text] = json.loads(read_data("pystatus.faces", f"texts/{code}.json"))
    return texts


class Texts:
    """The base of the generated catalogue."""

    def __init__(self, code: str = DEFAULT.code) -> None:
        """
        :param code: ``en``, ``de``, or :data:`PSEUDO`.
        :raises LocalError: there are no texts in this language.
        """
        if code not in LANGUAGES and code != PSEUDO:
            raise LocalError(f"There are no texts in {quoted(code)}. Choose one of {', '.join(LANGUAGES)}.")
        self.code = code
        self.language = LANGUAGES.get(code, DEFAULT)
        self._texts = read(self.language.code)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.code}>"

    def number(self, number: int) -> str:
        """``12,345``."""
        return f"{number:,}".replace(",", self.language.thousands)

    def decimal(self, number: float, digits: int = 1) -> str:
        """``1.2``."""
        whole, dot, rest = f"{number:,.{digits}f}".partition(".")
        return whole.replace(",", self.language.thousands) + (self.language.decimal if dot else "") + rest

    def _text(self, key: str, **values: str | int) -> str:
        """The text of ``key`` with its values. A value is put in as it is: nothing in it is a place for another one."""
        text = self._texts[key]
        if not isinstance(text, str):
            number = values[COUNTED]
            assert isinstance(number, int), "the accessors are typed"
            text = text[self.language.form(number).value]
        pieces = list(self._pieces(text, values))
        return _accented(pieces) if self.code == PSEUDO else "".join(piece for piece, _ in pieces)

    def _pieces(self, text: str, values: Mapping[str, str | int]) -> Iterator[tuple[str, bool]]:
        """A text in pieces, and of each whether it is of the catalogue."""
        done = 0
        for match in PLACE.finditer(text):
            value = values[match["name"]]
            yield text[done : match.start()], True
            yield self.number(value) if isinstance(value, int) else value, False
            done = match.end()
        yield text[done:], True


PSEUDO_START, PSEUDO_END = "⟦", "⟧"
_ACCENTS = str.maketrans("AEIOUYaeiouycnsACNS", "ÀÉÎÕÛÝàéîõûýçñšÅÇÑŠ")


def _accented(pieces: Sequence[tuple[str, bool]]) -> str:
    letters = sum(len(piece) for piece, ours in pieces if ours)
    shown = "".join(piece.translate(_ACCENTS) if ours else piece for piece, ours in pieces)
    return f"{PSEUDO_START}{shown}{'~' * round(letters * _GROWTH)}{PSEUDO_END}"


def arguments(text: Text) -> dict[str, str]:
    """The names of the values of a text, in their order, each with its kind: ``str`` or ``int``.

    :raises ValueError: one has two kinds.
    """
    found: dict[str, str] = {}
    if not isinstance(text, str):
        found[COUNTED] = "int"
    for form in [text] if isinstance(text, str) else text.values():
        for match in PLACE.finditer(form):
            kind = match["kind"] or "str"
            if found.setdefault(match["name"], kind) != kind:
                raise ValueError(f"{match['name']} is a text and a number")
    return found
