"""Values that are one text, number or truth value in JSON."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeAlias

from pystatus.crypto.keys import PublicKey
from pystatus.records import dataclass

LARGEST_NUMBER = 2**53
"""Whole numbers from this on are strings: a reader that holds numbers as doubles of IEEE 754, as JavaScript's, would
change them (RFC 8259 §6)."""
MAX_DIGITS = 80
"""Characters of such a string: 256 bits have 78 digits."""

Json: TypeAlias = Any
"""None, bool, int, float, str, and lists and dictionaries (with keys of text) of these."""


class BadValue(ValueError):
    """What was given is not of the wanted type. The sentence says what was wanted, and never what was given: it may be
    secret."""


@dataclass(frozen=True, slots=True)
class Converter:
    """How values of one annotation are written and read."""

    encode: Callable[[Any], Json]
    decode: Callable[[Json], Any]
    """Raises :class:`BadValue`."""
    wanted: str
    """What is to be given, in words."""
    schema: Mapping[str, Any]
    """JSON Schema (2020-12)."""


def bad(wanted: str) -> BadValue:
    """Something else was given."""
    return BadValue(f"expected {wanted}")


def text(to_text: Callable[[Any], str], of_text: Callable[[str], Any], wanted: str, **schema: str) -> Converter:
    """Values that are texts in JSON.

    :param of_text: raises ``ValueError``, or a :class:`LocalError` with a sentence of its own.
    """

    def decode(given: Json) -> Any:
        if not isinstance(given, str):
            raise bad(wanted)
        try:
            return of_text(given)
        except ValueError:
            raise bad(wanted) from None

    return Converter(to_text, decode, wanted, {"type": "string", **schema})


def of_enum(kind: type[enum.Enum]) -> Converter:
    """The members of ``kind`` by their values."""
    values = [member.value for member in kind]
    wanted = f"one of {', '.join(map(str, values))}"

    def decode(given: Json) -> enum.Enum:
        if type(given) not in (int, str):
            raise bad(wanted)
        try:
            return kind(given)
        except ValueError:
            raise bad(wanted) from None

    schema = {"type": "integer"} if issubclass(kind, enum.Flag) else {"enum": values}
    return Converter(attrgetter("_value_"), decode, wanted, schema)  # value is a function of Python's that returns it


def _same(wanted: str, schema: str, *kinds: type) -> Converter:
    """Values that JSON has itself."""

    def decode(given: Json) -> Any:
        if type(given) not in kinds:
            raise bad(wanted)
        return given

    return Converter(lambda value: value, decode, wanted, {"type": schema})


def _write_str(value: str) -> Json:
    return value if type(value) is str else str.__str__(value)  # a subclass, as of a reason, is nothing that is written


def _read_str(given: Json) -> str:
    if type(given) is not str:
        raise bad("a text")
    return given


def _write_int(value: int) -> Json:
    return int(value) if abs(value) < LARGEST_NUMBER else str(int(value))


def _read_int(given: Json) -> int:
    if type(given) is int:
        return given
    if isinstance(given, str) and len(given) <= MAX_DIGITS and given.isascii() and given.removeprefix("-").isdecimal():
        return int(given)
    raise bad("a whole number")


def _read_float(given: Json) -> float:
    if type(given) not in (int, float):
        raise bad("a number")
    try:
        return float(given)
    except OverflowError:
        raise bad("a number") from None


def _bytes(given: str) -> bytes:
    if not given.startswith("0x"):
        raise ValueError
    return bytes.fromhex(given[2:])


def _key(given: str) -> PublicKey:
    from pystatus.links.people import parse_person  # what a person may be given as, in any form

    return parse_person(given)


def _path(given: str) -> Path:
    if not given or "\0" in given:
        raise ValueError
    return Path(given)


PLAIN: Mapping[Any, Converter] = {
    type(None): _same("null", "null", type(None)),
    bool: _same("true or false", "boolean", bool),
    str: Converter(_write_str, _read_str, "a text", {"type": "string"}),
    int: Converter(_write_int, _read_int, "a whole number", {"type": ["integer", "string"]}),
    float: Converter(float, _read_float, "a number", {"type": "number"}),
    bytes: text(lambda value: f"0x{value.hex()}", _bytes, "0x and hexadecimal digits", pattern="^0x([0-9a-fA-F]{2})*$"),
    PublicKey: text(lambda key: key.hex, _key, "a chat key"),
    Path: text(str, _path, "a path"),
    datetime: text(
        datetime.isoformat, datetime.fromisoformat, "a time as in ISO 8601, 2026-11-30T18:00:00Z", format="date-time"
    ),
}
"""Each class and how its values are written."""
