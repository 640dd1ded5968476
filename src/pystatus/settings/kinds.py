"""What a setting or an option may hold: how it is read from TOML and from text, and the words that say what is allowed.

msgspec could check the types, but every message has to be ours anyway, and importing it takes a fifth of the time in
which a node starts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from pystatus import typed
from pystatus.errors import LocalError, Refused
from pystatus.logs.levels import ALLOWED as ALLOWED_LEVELS
from pystatus.logs.levels import Levels
from pystatus.records import dataclass

HIGHEST_PORT = 0xFFFF
LONGEST_TIME = 366 * 86_400
"""Seconds that a person may ask a command to wait: a year. Beyond some centuries event loops count wrongly."""
SHOWN = 60
"""Characters of a wrong value that are quoted."""

_SWITCHES = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
_WHOLE = re.compile(r"[+-]?[0-9]{1,20}")
_NUMBER = re.compile(r"[+-]?([0-9]{1,300}(\.[0-9]{0,300})?|\.[0-9]{1,300})(e[+-]?[0-9]{1,3})?", re.IGNORECASE)


class WrongValue(Refused):
    """A value is not what it has to be."""

    def __init__(self, why: str, *, is_sentence: bool) -> None:
        super().__init__(why if is_sentence else f"It must be {why}.")
        self._why = why
        self._is_sentence = is_sentence

    def said_of(self, where: str) -> str:
        """The sentence, with the place where the value stands: an option, a variable, a key of a file."""
        return f"{where}: {self._why}" if self._is_sentence else f"{where} must be {self._why}."


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of value. Both readers raise :class:`ValueError` for anything that is not :attr:`allowed`, or
    :class:`~pystatus.errors.LocalError` where there is more to say."""

    allowed: str
    """What may stand there, to go behind "must be"."""
    from_toml: Callable[[object], Any]
    from_text: Callable[[str], Any]
    """From an environment variable or an option of the command line; never empty."""
    to_toml: Callable[[Any], object] = lambda value: value
    """The same value as TOML and JSON can hold it."""
    bounds: str = ""
    """The bounds of a number as they end :attr:`allowed`, for a help text."""

    def parse(self, text: str, *, quote: bool = True) -> Any:
        """The value that a person typed.

        :param quote: whether what is wrong may be shown.
        :raises WrongValue: it is not allowed.
        """
        return self._read(self.from_text, text, quote)

    def take(self, value: object, *, quote: bool = True) -> Any:
        """The value of a TOML file, likewise."""
        return self._read(self.from_toml, value, quote)

    def _read(self, reader: Callable[[Any], Any], value: object, quote: bool) -> Any:
        try:
            return reader(value)
        except LocalError as error:
            raise WrongValue(str(error), is_sentence=True) from error
        except ValueError:
            raise WrongValue(self.allowed + (f", not {quoted(value)}" if quote else ""), is_sentence=False) from None


def quoted(value: object) -> str:
    """A wrong value as it is shown."""
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else repr(value)
    if len(text) <= SHOWN:
        return text
    return f"{text[:SHOWN]}…{text[-1] if isinstance(value, str) else ''}"  # with the quotation mark at its end


def _of_type(wanted: type, convert: Callable[[Any], Any] = lambda value: value) -> Callable[[object], Any]:
    def read(value: object) -> Any:
        if type(value) is not wanted:  # a bool is no int here
            raise ValueError
        return convert(value)

    return read


def _text(value: str) -> str:
    value = typed.line(value)
    if not value or not value.isprintable():
        raise ValueError
    return value


def _path(value: str) -> Path:
    if not value or "\0" in value:
        raise ValueError
    try:
        return Path(value).expanduser()
    except RuntimeError:  # ~somebody who is not known here
        raise ValueError from None


def _switch(value: str) -> bool:
    value = typed.token(value).lower()
    if value not in _SWITCHES:
        raise ValueError
    return _SWITCHES[value]


def whole(lowest: int, highest: int | None = None, what: str = "a whole number", *, or_zero: bool = False) -> Kind:
    """A whole number in a range.

    :param or_zero: 0 is allowed as well, whatever the range.
    """

    def check(value: int) -> int:
        if (value < lowest and not (or_zero and value == 0)) or (highest is not None and value > highest):
            raise ValueError
        return value

    def read(text: str) -> int:
        text = typed.token(text)
        if not _WHOLE.fullmatch(text):
            raise ValueError
        return check(int(text))

    bounds = f"of at least {lowest}" if highest is None else f"from {lowest} to {highest}"
    bounds += ", or 0" if or_zero else ""
    return Kind(f"{what} {bounds}", _of_type(int, check), read, bounds=bounds)


def number(lowest: float, highest: float | None = None, *, above: bool = False, below: bool = False) -> Kind:
    """A finite number in a range.

    :param above: ``lowest`` itself is not allowed.
    :param below: ``highest`` itself is not allowed.
    """

    def check(value: float) -> float:
        is_high_enough = value > lowest if above else value >= lowest
        is_low_enough = highest is None or (value < highest if below else value <= highest)
        if not (is_high_enough and is_low_enough and abs(value) != float("inf")):  # nan compares with nothing
            raise ValueError
        return float(value)

    def of_toml(value: object) -> float:
        if type(value) not in (int, float):
            raise ValueError
        return check(value)  # type: ignore[arg-type]  # what else it could be is excluded

    def read(text: str) -> float:
        text = typed.token(text)
        if not _NUMBER.fullmatch(text):
            raise ValueError
        return check(float(text))

    first = f"above {lowest:g}" if above else f"of at least {lowest:g}" if highest is None else f"from {lowest:g}"
    last = "" if highest is None else f" to below {highest:.16g}" if below else f" to {highest:.16g}"
    return Kind(f"a number {first}{last}", of_toml, read, bounds=first + last)


def percent(*, all_of_it: bool) -> Kind:
    """A number of percent, with the sign or without. Between 0 and 1 it needs the sign: 0.2 may be meant as a share.

    :param all_of_it: 100 % is allowed.
    """
    bare = number(0, 100, below=not all_of_it)

    def read(text: str) -> typed.Percent:
        text = typed.token(text)
        digits = text.removesuffix("%").rstrip()
        value = typed.Percent(bare.from_text(digits))
        if 0 < value < 1 and digits == text:
            raise LocalError(
                f"{text} may be {value:.16g} % or {100 * value:.16g} %. Write {value.typed} or {100 * value:.16g}%."
            )
        return value

    return Kind(bare.allowed, bare.from_toml, read, bounds=bare.bounds)


def one_of(*names: str) -> Kind:
    """One of a few words."""

    def read(value: str) -> str:
        value = typed.token(value).lower()
        if value not in names:
            raise ValueError
        return value

    return Kind(" or ".join(names), _of_type(str, read), read)


def _address(text: str) -> str:
    from pystatus.net.listening import parse_listen_address

    text = typed.token(text)
    parse_listen_address(text)
    return text


def _enodes(texts: list[str]) -> tuple[str, ...]:
    from pystatus.node import NodeConfig

    return NodeConfig(peers=tuple(dict.fromkeys(texts))).peers


def _enodes_of_toml(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError
    return _enodes(value)


def _bootnodes(texts: list[str]) -> tuple[str, ...]:
    from pystatus.net.bootnodes import parse_bootnodes

    return tuple(str(enode) for enode in parse_bootnodes(texts))


def _bootnodes_of_toml(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError
    return _bootnodes(value)


def _whitelist(found: tuple[str, ...]) -> tuple[str, ...]:
    from pystatus.peers.whitelist import Whitelist

    Whitelist.parse(found)
    return found


def _lists(found: tuple[str, ...]) -> tuple[str, ...]:
    from pystatus.net.dns_lists import parse_lists

    parse_lists(found)
    return found


def _rendezvous_nodes(found: tuple[str, ...]) -> tuple[str, ...]:
    from pystatus.net.rendezvous_nodes import parse_rendezvous_nodes

    parse_rendezvous_nodes(found)
    return found


def _fleet(text: str) -> str:
    from pystatus.node.fleet_sources import checked_source

    if not typed.line(text) or "\0" in text:
        raise ValueError
    return checked_source(text)


def _time_servers(found: tuple[str, ...]) -> tuple[str, ...]:
    from pystatus.timekeeping.servers import parse_time_servers

    parse_time_servers(found)
    return found


def _dns_server(text: str) -> str:
    from pystatus.net.dns import parse_server

    parse_server(text)
    return typed.token(text)


def _proxy(text: str) -> Any:
    from pystatus.net.proxy import Proxy

    return Proxy.parse(text)


def _host(text: str) -> str:
    """A name or an address alone: behind it others put the port."""
    text = _text(typed.token(text))
    if any(sign.isspace() or sign in "/@?#,[]" for sign in text):
        raise ValueError
    if ":" in text:
        ip_address(text)
    return text


def _archive(text: str) -> str:
    from pystatus.storage.archive.names import check_name

    text = _text(text)
    check_name(text)
    return text


def words(allowed: str, *names: str) -> Kind:
    """A list of words, of ``names`` only where there are any."""

    def check(found: list[str]) -> tuple[str, ...]:
        if names and not set(found) <= set(names):
            raise ValueError
        return tuple(dict.fromkeys(_text(one) for one in found))

    def of_toml(value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise ValueError
        return check(value)

    return Kind(allowed, of_toml, lambda text: check(typed.tokens(text)), list)


def _nat(text: str) -> str:
    from pystatus.nat.method import NatMethod

    return str(NatMethod.parse(text))


NAT = Kind("none, any, upnp, pmp, pmp:GATEWAY or extip:ADDRESS", _of_type(str, _nat), _nat)
TEXT = Kind("text", _of_type(str, _text), _text)
HOST = Kind("a host name or an IP address", _of_type(str, _host), _host)
PATH = Kind("a path", _of_type(str, _path), _path, str)
ARCHIVE = Kind("a path, or a URL postgresql://…", _of_type(str, _archive), _archive)
SWITCH = Kind("true or false", _of_type(bool), _switch)
PORT = whole(0, HIGHEST_PORT, "a port, a whole number")
NUMBER = number(0)
SECONDS = number(0, LONGEST_TIME)
LEVELS = Kind(ALLOWED_LEVELS, _of_type(str, Levels.parse), Levels.parse, str)
ADDRESS = Kind('an address, "host:port"', _of_type(str, _address), _address)
ENODES = Kind(
    'a list of enode URLs, ["enode://…", …]',
    _enodes_of_toml,
    lambda text: _enodes(typed.tokens(text)),
    list,
)
BOOTNODES = Kind(
    ENODES.allowed,
    _bootnodes_of_toml,
    lambda text: _bootnodes(typed.tokens(text)),
    list,
)
FLEET = Kind("the name of a fleet, a file, or a URL https://…", _of_type(str, _fleet), _fleet)
INVITATION = Kind("an invitation, pystatus://network/…, or a file with one", _of_type(str, _fleet), _fleet)
_ENTRIES = words("a list of enode URLs, node ids, IP addresses and networks")
WHITELIST = Kind(
    _ENTRIES.allowed,
    lambda value: _whitelist(_ENTRIES.from_toml(value)),
    lambda text: _whitelist(_ENTRIES.from_text(text)),
    list,
)
_RENDEZVOUS = words("a list of Rendezvous nodes, /ip4/address/tcp/port/ethv4/peer id")
RENDEZVOUS = Kind(
    _RENDEZVOUS.allowed,
    lambda value: _rendezvous_nodes(_RENDEZVOUS.from_toml(value)),
    lambda text: _rendezvous_nodes(_RENDEZVOUS.from_text(text)),
    list,
)
_LISTS = words("a list of node lists, enrtree://key@domain")
LISTS = Kind(
    _LISTS.allowed,
    lambda value: _lists(_LISTS.from_toml(value)),
    lambda text: _lists(_LISTS.from_text(text)),
    list,
)
PROXY = Kind("the address of a SOCKS5 proxy, socks5://host:port", _of_type(str, _proxy), _proxy, str)
_TIME_SERVERS = words("a list of NTP servers: host, host:port, pool; or none")
TIME_SERVERS = Kind(
    _TIME_SERVERS.allowed,
    lambda value: _time_servers(_TIME_SERVERS.from_toml(value)),
    lambda text: _time_servers(_TIME_SERVERS.from_text(text)),
    list,
)
DNS_SERVER = Kind("an IP address, or address:port", _of_type(str, _dns_server), _dns_server)
