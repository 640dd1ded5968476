"""EDN (github.com/edn-format/edn), in which packs of stickers are described: values alone.

``edn_format`` 0.7 is not used: it makes objects of what is tagged, and has no limit for what strangers write. Here a
tag is refused, and so is whatever is nested deeply or is made of very many values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pystatus.errors import RemoteError

MAX_DEPTH = 16
"""Collections within collections. Ours: a pack has four."""
MAX_VALUES = 10_000
"""Values of one text. Ours: a pack of two hundred stickers has a thousand."""


@dataclass(frozen=True, slots=True)
class Keyword:
    """``:name``, without its colon."""

    name: str


@dataclass(frozen=True, slots=True)
class Symbol:
    """``name``."""

    name: str


Value: TypeAlias = "str | int | float | bool | Keyword | Symbol | Sequence[Value] | Mapping[Value, Value] | None"

_OPEN = {"(": ")", "[": "]", "{": "}", "#{": "}"}
_TOKEN = re.compile(
    r"""
    (?P<blank>(?:[\s,]|;[^\n]*)+)
    | (?P<open>\#\{|[(\[{])
    | (?P<close>[)\]}])
    | (?P<text>"(?:[^"\\]|\\.)*")
    | (?P<discard>\#_)
    | (?P<tag>\#)
    | (?P<character>\\(?:u[0-9a-fA-F]{4}|[a-z]+|\S))
    | (?P<word>[^\s,;()\[\]{}"\\\#][^\s,;()\[\]{}"\\]*)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPED = {"t": "\t", "r": "\r", "n": "\n", "\\": "\\", '"': '"', "b": "\b", "f": "\f"}
_CHARACTERS = {"newline": "\n", "return": "\r", "space": " ", "tab": "\t"}
_WHOLE = re.compile(r"[+-]?(?:0|[1-9][0-9]{0,77})N?")
_FRACTION = re.compile(r"[+-]?[0-9]{1,78}(?:\.[0-9]{0,78})?(?:[eE][+-]?[0-9]{1,3})?M?")
_WORDS = {"nil": None, "true": True, "false": False}


class BadEdn(RemoteError):
    """A text is no EDN, or more than is read. The message is the end of a sentence, and quotes nothing of the text."""


def read(text: str) -> Value:
    """The only value of a text.

    :raises BadEdn: it is none, has a tag, is nested too deeply, or has too many values.
    """
    reader = _Reader(text)
    found = reader.value(0)
    if found is _END:
        raise BadEdn("it is empty")
    if reader.value(0) is not _END:
        raise BadEdn("it has something behind its end")
    return found  # type: ignore[return-value]  # not the end


class _End:
    """Stands for what there is not."""


_END = _End()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._count = 0

    def value(self, depth: int, closing: str = "") -> Value | _End:
        """The next one; :data:`_END`: there is none before ``closing``, which is passed over."""
        while True:
            kind, token = self._token()
            if not kind:
                if closing:
                    raise BadEdn("its end is missing")
                return _END
            if kind == "close":
                if token != closing:
                    raise BadEdn("its brackets do not fit together")
                return _END
            self._count += 1
            if self._count > MAX_VALUES:
                raise BadEdn(f"it has more than {MAX_VALUES} values")
            if kind != "discard":
                return self._made(kind, token, depth)
            if self._deeper(depth, closing) is _END:
                raise BadEdn("something is to be left out, and there is nothing")

    def _deeper(self, depth: int, closing: str) -> Value | _End:
        if depth >= MAX_DEPTH:
            raise BadEdn(f"it is nested more than {MAX_DEPTH} deep")
        return self.value(depth + 1, closing)

    def _made(self, kind: str, token: str, depth: int) -> Value:
        match kind:
            case "open":
                return self._collection(token, depth)
            case "text":
                return _paired(_ESCAPE.sub(_unescaped, token[1:-1]))
            case "character":
                return _character(token[1:])
            case "tag":
                raise BadEdn("it has a tagged literal, and none is read")
        return _word(token)

    def _collection(self, opening: str, depth: int) -> Value:
        found: list[Value] = []
        while (one := self._deeper(depth, _OPEN[opening])) is not _END:
            found.append(one)  # type: ignore[arg-type]  # not the end
        if opening != "{":
            return tuple(found)
        if len(found) % 2:
            raise BadEdn("a map has a key without a value")
        try:
            made = dict(zip(found[::2], found[1::2], strict=True))
        except TypeError as error:  # a map, or something that has one
            raise BadEdn("a map is the key of another one") from error
        if 2 * len(made) != len(found):
            raise BadEdn("a map has a key twice")
        return made

    def _token(self) -> tuple[str, str]:
        while self._at < len(self._text):
            match = _TOKEN.match(self._text, self._at)
            if match is None:
                raise BadEdn("it has a character that cannot stand there")
            self._at = match.end()
            if match.lastgroup != "blank":
                return match.lastgroup or "", match[0]
        return "", ""


def _unescaped(match: re.Match[str]) -> str:
    escaped = match[1]
    if len(escaped) > 1:
        return chr(int(escaped[1:], 16))
    if escaped not in _ESCAPED:
        raise BadEdn("a text has an escape that there is not")
    return _ESCAPED[escaped]


def _paired(text: str) -> str:
    """Without surrogates: two that belong together are one character, as Java writes it."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _character(name: str) -> str:
    if len(name) == 1:
        return name
    if name in _CHARACTERS:
        return _CHARACTERS[name]
    if name.startswith("u") and len(name) == 5:
        return _paired(chr(int(name[1:], 16)))
    raise BadEdn("it has a character that there is not")


def _word(word: str) -> Value:
    if word in _WORDS:
        return _WORDS[word]
    if word.startswith(":"):
        if len(word) == 1:
            raise BadEdn("a keyword has no name")
        return Keyword(word[1:])
    if word[0].isdigit() or (word[0] in "+-" and word[1:2].isdigit()):
        if _WHOLE.fullmatch(word):
            return int(word.rstrip("N"))
        if _FRACTION.fullmatch(word):
            return float(word.rstrip("M"))
        raise BadEdn("it has a number that is none")
    return Symbol(word)
