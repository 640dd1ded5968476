"""What the options and arguments of commands may hold. Every one but a switch is made here, of a
:class:`~pystatus.settings.kinds.Kind`, so that a mistake is always told in our words and the help has the bounds that
hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import typer

from pystatus import typed
from pystatus.apps.cli import node_values
from pystatus.logs.stderr_log import LogFormat
from pystatus.records import dataclass
from pystatus.settings.kinds import (
    BOOTNODES,
    ENODES,
    LISTS,
    PATH,
    RENDEZVOUS,
    TIME_SERVERS,
    Kind,
    WrongValue,
    one_of,
    whole,
)

_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp")
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


def _row(text: str) -> str:
    text = typed.token(text)
    if not text:
        raise ValueError
    return text


def _method(text: str) -> str:
    text = typed.token(text)
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*_[A-Za-z0-9_]+", text):
        raise ValueError
    return text


def _profile_name(text: str) -> str:
    from pystatus.storage.profile_names import checked_name

    return checked_name(_named(text))


def _device_name(text: str) -> str:
    from pystatus.messenger.features.devices import checked_name

    return checked_name(_named(text))


def _chat(text: str) -> str:
    from pystatus.faces import places

    places.check(text)
    return text


def _person(text: str) -> Any:
    from pystatus.links.people import parse_person

    return parse_person(text)


def _given_link(text: str) -> Any:
    """A link, or the path of a picture with one."""
    from pystatus.links.parsing import is_link, parse_link

    if not is_link(text) and Path(text).suffix.lower() in _PICTURES:
        return PATH.from_text(text)
    text.encode()  # names of files may be any bytes, links are text
    return parse_link(text)


def _linked(text: str) -> Any:
    """What a link can be made of."""
    from pystatus.crypto.keys import PublicKey
    from pystatus.faces import places
    from pystatus.links.values import ENS, PublicChatLink, UserLink

    if typed.token(text).lower().endswith(ENS):
        return UserLink(typed.token(text))
    place = places.named(text)
    return UserLink(place) if isinstance(place, PublicKey) else PublicChatLink(place)


def _nickname(text: str) -> str:
    from pystatus.messenger.features.contacts import checked_nickname

    return checked_nickname(text)


def _ens_name(text: str) -> str:
    from pystatus.messenger.own_profile import checked_ens_name

    return checked_ens_name(text)


def _group_name(text: str) -> str:
    from pystatus.messenger.chat_names import group_name

    return group_name(text)


def _message(text: str) -> str:
    from pystatus.messenger.features.messages import check_text

    text = typed.message(text)
    check_text(text)
    return text


def _message_id(text: str) -> str:
    text = typed.token(text).lower().removeprefix("0x")
    if not re.fullmatch(r"[0-9a-f]{6,64}", text):
        raise ValueError
    return text


def _reaction(text: str) -> int:
    from pystatus.messenger.features.reactions import reaction_type

    return reaction_type(text)


def _sticker(text: str) -> str:
    from pystatus.payloads.stickers import checked_sticker

    return checked_sticker(typed.token(text), 0).hash


def _amount(text: str) -> int:
    from pystatus.errors import RemoteError
    from pystatus.messenger.transaction_records import amount_of_text

    try:
        return amount_of_text(typed.token(text))
    except RemoteError as error:
        raise ValueError(text) from error


def _address(text: str) -> str:
    from pystatus.messenger.transaction_records import checked_address

    return checked_address(text)


def _transaction_hash(text: str) -> str:
    from pystatus.messenger.transaction_records import checked_hash

    return checked_hash(text)


def _signature(text: str) -> bytes:
    text = typed.token(text).lower().removeprefix("0x")
    if not re.fullmatch(r"[0-9a-f]{130}", text):
        raise ValueError
    return bytes.fromhex(text)


def _cursor(text: str) -> Any:
    from pystatus.apps.cli.views import parse_cursor

    return parse_cursor(text)


def _words(text: str) -> str:
    from pystatus.messenger.features.search import parsed

    parsed(text)
    return text


def _key(text: str) -> Any:
    from pystatus.links.people import parse_person

    return parse_person(text)


def _moment(text: str, *, is_end: bool) -> datetime:
    """A time, or a day: its beginning, or its end."""
    text = typed.token(text)
    moment = datetime.fromisoformat(text)
    if is_end and len(text) == len("2020-10-01"):
        moment += timedelta(days=1) - timedelta(milliseconds=1)
    try:
        moment.timestamp()
    except (OverflowError, OSError) as error:
        raise ValueError(text) from error
    return moment


def _base(text: str) -> str:
    from pystatus.wire.multibase import check_base

    text = typed.token(text)
    check_base("f" if text == "0x" else text)
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
    kind = text_kind(
        f"a whole number {bounds}, or two with a dash between them, the smaller one first",
        lambda text: _range(text, highest),
    )
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
CONTACT = text_kind("a chat key, or the name of a contact", _named)
NICKNAME = text_kind("a name for a contact", _nickname)
ENS_NAME = text_kind("a name of ENS, which ends with .eth", _ens_name)
PERSON = text_kind("a chat key", _person)
GROUP = text_kind("the name or the id of a group", _named)
GROUP_NAME = text_kind("a name for a group", _group_name)
REQUEST = text_kind("the id of a request, or its beginning", _named)
LINK = text_kind("a link to a group, https://join.status.im/g/args?…", _named)
GIVEN_LINK = text_kind("a link, a chat key, or the path of a picture with a QR code", _given_link, is_path=True)
LINKED = text_kind("a public chat, a chat key or an ENS name", _linked)
MESSAGE = text_kind("text in UTF-8", _message)
MESSAGE_ID = text_kind("the id of a message, 0x…, or its beginning, six digits or more", _message_id)
ROW = text_kind("the id of a row, or its beginning", _row)
REACTION = text_kind("an emoji that messages can have, or its name", _reaction)
STICKER = text_kind("the content hash of a sticker", _sticker)
WORDS = text_kind("words to search for", _words)
KEY = text_kind("a chat key", _key)
MOMENT = text_kind("a day, 2020-10-01, or a time, 2020-10-01T12:00", partial(_moment, is_end=False))
MOMENT_END = text_kind(MOMENT.allowed, partial(_moment, is_end=True))
AMOUNT = text_kind("an amount in base units, a whole number without a unit", _amount)
ADDRESS = text_kind("an address, 0x and 40 hexadecimal digits", _address)
TRANSACTION_HASH = text_kind("the hash of a transaction, 0x and 64 hexadecimal digits", _transaction_hash)
SIGNATURE = text_kind("the signature of a wallet, 0x and 130 hexadecimal digits", _signature)
CURSOR = text_kind("a cursor", _cursor)
BASE = text_kind("the character of a multibase", _base)
PICTURE = file_kind(".png", ".svg")
DRAWING = file_kind(".svg")
SAMPLES = file_kind(".csv", ".jsonl")
RELAY = text_kind("an enode URL, enode://…@host:port", node_values.relay)
RECORD = text_kind("a node record, enr:…", node_values.record)
SOURCE = text_kind("an enode URL or a path", node_values.source, is_path=True)
URL = text_kind("a URL, http://host:port", node_values.url)
METHOD = text_kind("the name of a method, for example admin_peers", _method)
THEME = one_of("dark", "light", "contrast", "terminal")
OSC = one_of("auto", "off", "9", "777", "99")
TRANSCRIPT = one_of("html", "json", "text")
NETWORK_FORMAT = one_of("text", "toml", "status-go", "qr")
ANYTHING = text_kind("text in UTF-8", lambda text: text)
RELAYS = _one(ENODES)
NODES_TO_ASK = _one(BOOTNODES)
MEETING_POINTS = _one(RENDEZVOUS)
NODE_LISTS = _one(LISTS)
TIME_SOURCES = _one(TIME_SERVERS)
TOPIC = text_kind("the name of a topic, 64 bytes at most", node_values.topic)
DOMAIN = text_kind("a domain, nodes.example.org", node_values.domain)
NODE_LIST = text_kind("a node list, enrtree://key@domain", node_values.node_list)
COUNT = whole(1, 1 << 31)
LOG_FORMAT = text_kind(one_of(*LogFormat).allowed, lambda text: LogFormat(one_of(*LogFormat).from_text(text)))
