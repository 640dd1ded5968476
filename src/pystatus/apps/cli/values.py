"""What the options and arguments of commands may hold. Every one but a switch is made here, of a
:class:`~pystatus.settings.kinds.Kind`, so that a mistake is always told in our words and the help has the bounds that
hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from pystatus import typed
from pystatus.logs.stderr_log import LogFormat
from pystatus.settings.kinds import ENODES, LISTS, PATH, Kind, WrongValue, one_of, whole

_RANGE = re.compile(r"([0-9]{1,3})(?:-([0-9]{1,3}))?")


class BadValue(typer.BadParameter):
    """An option or an argument has a wrong value; :mod:`~pystatus.apps.cli.usage` adds its name."""

    def __init__(self, wrong: WrongValue) -> None:
        super().__init__(str(wrong))
        self.wrong = wrong


@dataclass(frozen=True, slots=True)
class Reader:
    """What typer calls with the text of an option, and with its default."""

    kind: Kind
    as_text: bool = False
    """The command gets the text as it was typed, for example because others are added to it."""
    quote: bool = True
    """A wrong value may be shown."""

    def __call__(self, given: Any) -> Any:
        if not isinstance(given, str):
            return given
        try:
            value = self.kind.parse(given, quote=self.quote)
        except WrongValue as wrong:
            raise BadValue(wrong) from wrong
        return given if self.as_text else value


def option(
    kind: Kind,
    *names: str,
    metavar: str,
    help: str,  # noqa: A002 - as typer calls it
    as_text: bool = False,
    quote: bool = True,
    **more: Any,
) -> Any:
    """An option of a command, to be used in ``Annotated``.

    :param names: where it is not called like its parameter.
    :param help: one or more sentences; the bounds are added.
    :param more: of :func:`typer.Option`.
    """
    text = help + _bounds(kind)
    return typer.Option(*names, parser=Reader(kind, as_text, quote), metavar=metavar, help=text, **more)


def argument(kind: Kind, *, metavar: str, help: str, as_text: bool = False, quote: bool = True) -> Any:  # noqa: A002 - as typer calls it
    """An argument of a command, likewise."""
    text = help + _bounds(kind)
    return typer.Argument(parser=Reader(kind, as_text, quote), metavar=metavar, help=text, show_default=False)


def _bounds(kind: Kind) -> str:
    if not kind.bounds:
        return ""
    bounds = kind.bounds.removeprefix("of ")
    return f" {bounds[0].upper()}{bounds[1:]}."


def text_kind(allowed: str, read: Callable[[str], Any], *, is_path: bool = False) -> Kind:
    """A kind of value that stands on the command line alone.

    :param read: raises ValueError, or LocalError where there is more to say; gets no broken Unicode.
    :param is_path: names of files may be any bytes.
    """

    def from_text(text: str) -> Any:
        if not is_path:
            text.encode()  # what was no text in UTF-8 raises a ValueError
        return read(text)

    def from_toml(value: object) -> Any:
        raise ValueError(value)

    return Kind(allowed, from_toml, from_text)


def _named(text: str) -> str:
    text = typed.name(text)
    if not text or not text.isprintable():
        raise ValueError
    return text


def _method(text: str) -> str:
    text = typed.token(text)
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*_[A-Za-z0-9_]+", text):
        raise ValueError
    return text


def _profile_name(text: str) -> str:
    from pystatus.storage.profiles import checked_name

    return checked_name(_named(text))


def _device_name(text: str) -> str:
    from pystatus.messenger.features.devices import checked_name

    return checked_name(_named(text))


def _chat(text: str) -> str:
    from pystatus.faces import places

    places.check(text)
    return text


def _message(text: str) -> str:
    from pystatus.messenger.features.messages import check_text

    text = typed.message(text)
    check_text(text)
    return text


def _cursor(text: str) -> Any:
    from pystatus.apps.cli.views import parse_cursor

    return parse_cursor(text)


def _base(text: str) -> str:
    from pystatus.wire.multibase import check_base

    text = typed.token(text)
    check_base("f" if text == "0x" else text)
    return text


def _relay(text: str) -> Any:
    from pystatus.node.config import complete_enode

    return complete_enode(text)


def _source(text: str) -> Any:
    from pystatus.devp2p.enode import SCHEME

    return _relay(text) if typed.token(text).startswith(SCHEME) else PATH.from_text(text)


def _node_list(text: str) -> str:
    from pystatus.discovery.entries import Link

    Link.parse(text)
    return typed.token(text)


def _url(text: str) -> str:
    from urllib.parse import urlsplit

    text = typed.token(text)
    parts = urlsplit(text)  # raises ValueError
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
        raise ValueError
    return text


def _range(text: str, highest: int) -> tuple[int, int]:
    match = _RANGE.fullmatch(typed.token(text))
    if match is None:
        raise ValueError
    fewest, most = int(match[1]), int(match[2] or match[1])
    if not 1 <= fewest <= most <= highest:
        raise ValueError
    return fewest, most


def range_kind(highest: int) -> Kind:
    """A whole number, or a lowest and a highest one: a pair of them in either case."""
    bounds = f"from 1 to {highest}"
    kind = text_kind(f"a whole number {bounds}, or two with a dash between them", lambda text: _range(text, highest))
    return Kind(kind.allowed, kind.from_toml, kind.from_text, bounds=bounds)


def file_kind(*endings: str) -> Kind:
    """A path whose name says of which form the file is."""

    def read(text: str) -> Path:
        path: Path = PATH.from_text(text)
        if path.suffix.lower() not in endings:
            raise ValueError
        return path

    return text_kind("a path that ends with " + " or ".join(endings), read, is_path=True)


def _one(kind: Kind) -> Kind:
    """One word of what is a list elsewhere, or several with commas between them."""

    def read(text: str) -> Any:
        if not text.strip(" ,"):
            raise ValueError
        return kind.from_text(text)

    return text_kind(kind.allowed.replace("a list of ", "one or more "), read)


PROFILE = text_kind("the name, the chat key or the key uid of a profile", _named)
PROFILE_NAME = text_kind("a name for a profile", _profile_name)
DEVICE = text_kind("the id of a device, or its beginning", _named)
DEVICE_NAME = text_kind("a name for a device", _device_name)
CHAT = text_kind("a public chat or a chat key", _chat)
MESSAGE = text_kind("text in UTF-8", _message)
CURSOR = text_kind("a cursor", _cursor)
BASE = text_kind("the character of a multibase", _base)
PICTURE = file_kind(".png", ".svg")
DRAWING = file_kind(".svg")
SAMPLES = file_kind(".csv", ".jsonl")
RELAY = text_kind("an enode URL, enode://…@host:port", _relay)
SOURCE = text_kind("an enode URL or a path", _source, is_path=True)
URL = text_kind("a URL, http://host:port", _url)
METHOD = text_kind("the name of a method, for example admin_peers", _method)
ANYTHING = text_kind("text in UTF-8", lambda text: text)
RELAYS = _one(ENODES)
NODE_LISTS = _one(LISTS)
NODE_LIST = text_kind("a node list, enrtree://key@domain", _node_list)
COUNT = whole(1, 1 << 31)
LOG_FORMAT = text_kind(one_of(*LogFormat).allowed, lambda text: LogFormat(one_of(*LogFormat).from_text(text)))
