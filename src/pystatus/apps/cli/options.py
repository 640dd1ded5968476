"""Options that several commands share, so that each is called, explained and read the same everywhere."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pystatus import typed
from pystatus.apps.cli.values import (
    COUNT,
    LOG_FORMAT,
    MEETING_POINTS,
    NODE_LISTS,
    NODES_TO_ASK,
    PICTURE,
    PROFILE,
    RELAYS,
    argument,
    option,
)
from pystatus.errors import Refused, refused
from pystatus.logs.levels import Levels
from pystatus.logs.stderr_log import LogFormat
from pystatus.settings.kinds import DNS_SERVER, LEVELS, PATH, PROXY, SECONDS, number
from pystatus.storage.paths import DATA_VARIABLE
from pystatus.variables import (
    BOOTNODES_VARIABLE,
    DNS_SERVER_VARIABLE,
    LISTS_VARIABLE,
    MAILSERVERS_VARIABLE,
    PEERS_VARIABLE,
    PROXY_VARIABLE,
    RENDEZVOUS_VARIABLE,
)

if TYPE_CHECKING:
    from pystatus.devp2p.enode import Enode
    from pystatus.net.route import Route

NO_CREDENTIALS = (
    "--proxy: others on this machine can read the command line. Leave user name and password out of it, and put the "
    f"whole address into {PROXY_VARIABLE}, or with a node into its settings file, as proxy."
)
NOTHING_BY_PROXY = (
    "Nothing that finds relays can be used through the proxy: it carries no UDP, which bootnodes speak, and node lists "
    "need --dns-server ADDRESS. Name a relay with --peer, or a Rendezvous node with --rendezvous."
)
STDIN = Path("-")
"""How standard input is named where a file is expected."""


def no_credentials(context: Any, parameter: Any, value: str | None) -> str | None:
    """What typer calls with the value of ``--proxy``.

    :raises Refused: a password stands on the command line, where others on this machine read it.
    """
    source = context.get_parameter_source(parameter.name)
    if value is None or source is None or source.name != "COMMANDLINE":
        return value
    if PROXY.from_text(value).password is not None:
        raise Refused(NO_CREDENTIALS)
    return value


DEFAULT_LEVELS = Levels()
LONGEST_HISTORY = 1_000_000.0
"""Megabytes that may be asked for on one day: far above what mailservers give, and what a number of bytes may be."""

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]
DataDir = Annotated[
    Path | None,
    option(
        PATH,
        envvar=DATA_VARIABLE,
        metavar="DIR",
        help="Where profiles are kept. Default: pystatus below the XDG data directory.",
    ),
]
PasswordFile = Annotated[
    Path | None,
    option(
        PATH,
        metavar="FILE",
        help="Read the password from FILE (- is standard input). Otherwise from PYSTATUS_PASSWORD, or by asking.",
    ),
]
Peers = Annotated[
    list[str] | None,
    option(
        RELAYS,
        "--peer",
        envvar=PEERS_VARIABLE,
        metavar="ENODE",
        help="A relay to stay connected to. May be given several times.",
        as_text=True,
    ),
]
DnsLists = Annotated[
    list[str] | None,
    option(
        NODE_LISTS,
        "--dns-list",
        envvar=LISTS_VARIABLE,
        metavar="ENRTREE",
        help="A node list in DNS to find relays in. May be given several times.",
        as_text=True,
    ),
]
DnsServer = Annotated[
    str | None,
    option(
        DNS_SERVER,
        "--dns-server",
        envvar=DNS_SERVER_VARIABLE,
        metavar="ADDRESS[:PORT]",
        help="Ask this DNS server for node lists. Default: those of the system; with --proxy there is none.",
    ),
]
Bootnodes = Annotated[
    list[str] | None,
    option(
        NODES_TO_ASK,
        "--bootnode",
        envvar=BOOTNODES_VARIABLE,
        metavar="ENODE",
        help="A node of Discovery v5 to begin with. May be given several times.",
        as_text=True,
    ),
]
RendezvousNodes = Annotated[
    list[str] | None,
    option(
        MEETING_POINTS,
        "--rendezvous",
        envvar=RENDEZVOUS_VARIABLE,
        metavar="MULTIADDR",
        help="A Rendezvous node to find relays by. May be given several times.",
        as_text=True,
    ),
]
ProxyOption = Annotated[
    str | None,
    option(
        PROXY,
        "--proxy",
        envvar=PROXY_VARIABLE,
        metavar="SOCKS5",
        help="Go through this proxy alone, socks5://host:port. A user name and a password belong into PYSTATUS_PROXY.",
        as_text=True,
        quote=False,
        callback=no_credentials,
    ),
]
Mailservers = Annotated[
    list[str] | None,
    option(
        RELAYS,
        "--mailserver",
        envvar=MAILSERVERS_VARIABLE,
        metavar="ENODE",
        help="A mailserver to fetch from what was said meanwhile. May be given several times.",
        as_text=True,
    ),
]
DailyHistory = Annotated[
    float | None,
    option(
        number(0, LONGEST_HISTORY),
        metavar="MB",
        help="Megabytes that may be fetched from mailservers on one day. Default: no limit.",
    ),
]
MailserverPassword = Annotated[
    Path | None,
    option(
        PATH,
        metavar="FILE",
        help="Read the password of the mailservers from FILE. Default: the one of the public network.",
    ),
]
LogLevelOption = Annotated[
    Levels,
    option(
        LEVELS,
        "--log-level",
        metavar="LEVEL[,MODULE=LEVEL…]",
        help="How much is logged to standard error: debug, info, warning or error.",
    ),
]
LogFormatOption = Annotated[
    LogFormat | None,
    option(
        LOG_FORMAT,
        "--log-format",
        metavar="[console|json]",
        help="How a line of the log looks. Default: json together with --json.",
    ),
]
AsIs = Annotated[bool, typer.Option("--as-is", help="Send TEXT as it is: no emoji for :name:, and no key for @name.")]
KeepUnread = Annotated[
    bool, typer.Option("--keep-unread", help="Do not mark as read what is shown, for example where a program reads it.")
]
Qr = Annotated[bool, typer.Option("--qr", help="Draw it as a QR code, too.")]
QrFile = Annotated[
    Path | None, option(PICTURE, metavar="FILE", help="Write it as a QR code to FILE, a .png or an .svg.")
]
ProfileArgument = Annotated[
    str, argument(PROFILE, metavar="PROFILE", help="Name, chat key, or beginning of the key uid (0x…).")
]


def count_option(things: str) -> Any:
    """``--count``, for a command that shows so many ``things``."""
    return option(COUNT, "--count", metavar="N", help=f"End after N {things}.")


def for_option(things: str) -> Any:
    """``--for``, for a command that shows ``things`` as long as that."""
    return option(
        SECONDS,
        "--for",
        metavar="SECONDS",
        help=f"End after this time; together with --count, too few {things} by then are an error.",
    )


def timeout_option(what: str) -> Any:
    """``--timeout``, for a command that waits.

    :param what: how long it is, as a sentence.
    """
    return option(SECONDS, "--timeout", metavar="SECONDS", help=what)


def peers(given: list[str] | None) -> list[str]:
    """The relays, or mailservers, of an option and its variable, where they stand behind commas or white space. That
    they are enode URLs was seen when the command line was read."""
    return _words(given)


def route(proxy: str | None) -> Route:
    """How others are reached, by the value of ``--proxy`` or its variable."""
    from pystatus.net.route import Route

    return Route(None if proxy is None else PROXY.from_text(proxy))


def dns_lists(given: list[str] | None) -> list[str]:
    """The node lists of ``--dns-list``, likewise.

    :raises Refused: they do not go together.
    """
    found = _words(given)
    if found:
        from pystatus.net.dns_lists import parse_lists

        with refused("--dns-list"):
            parse_lists(found)
    return found


def given_bootnodes(given: list[str] | None) -> list[Enode]:
    """The bootnodes of ``--bootnode`` and its variable, each once.

    :raises Refused: there are very many.
    """
    found = _words(given)
    if not found:
        return []
    from pystatus.net.bootnodes import parse_bootnodes

    with refused("--bootnode"):
        return list(parse_bootnodes(found))


def rendezvous_nodes(given: list[str] | None) -> list[str]:
    """The Rendezvous nodes of ``--rendezvous`` and its variable.

    :raises Refused: there are very many.
    """
    found = _words(given)
    if found:
        from pystatus.net.rendezvous_nodes import parse_rendezvous_nodes

        with refused("--rendezvous"):
            parse_rendezvous_nodes(found)
    return found


def some_bootnodes(given: list[str] | None) -> list[Enode]:
    """Likewise, for a command that needs one.

    :raises Refused: there is none, so that nobody could be asked.
    """
    if os.environ.get(PROXY_VARIABLE):
        raise Refused(
            f"{PROXY_VARIABLE} names a proxy, and bootnodes speak UDP, which it does not carry. Unset the variable to "
            "ask them directly; they see the address of this machine then."
        )
    found = given_bootnodes(given)
    if not found:
        raise Refused(
            f"No bootnode is given.{misspelt('PYSTATUS_DISCOVERY_BOOTNODES')} Name one with --bootnode enode://… or in "
            "PYSTATUS_DISCOVERY_BOOTNODES; to run one: pystatus bootnode"
        )
    return found


def some_peers(given: list[str] | None, others: list[str] | None = None) -> list[str]:
    """
    :param others: mailservers, or what relays are found by, which do as well.
    :raises Refused: there is nobody at all, so that nothing could be sent or received.
    """
    found = peers(given)
    if not found and not others:
        raise Refused(
            f"No relay is given.{misspelt('PYSTATUS_PEERS')} Name one with --peer enode://… or in PYSTATUS_PEERS, or "
            "what finds some with --bootnode, --rendezvous or --dns-list; to run one: pystatus node"
        )
    return found


def misspelt(variable: str) -> str:
    """What to say where ``variable`` is not set, but one that is called nearly so; see there."""
    from pystatus.settings import sources

    return sources.misspelt(variable, os.environ)


def _words(given: list[str] | None) -> list[str]:
    return [word for text in given or () for word in typed.tokens(text)]


def one_reader_of_stdin(*files: Path | None) -> None:
    """
    :raises Refused: more than one of ``files`` is standard input.
    """
    if sum(file == STDIN for file in files) > 1:
        raise Refused("Only one thing can be read from standard input. Put the others into files.")
