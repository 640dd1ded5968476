"""Options that several commands share, so that each is called, explained and read the same everywhere."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from pystatus import typed
from pystatus.apps.levels import ALLOWED as LEVELS_ALLOWED
from pystatus.apps.levels import Levels
from pystatus.errors import LocalError

STDIN = Path("-")
"""How standard input is named where a file is expected."""


class LogFormat(StrEnum):
    """How a line of the log looks."""

    CONSOLE = "console"
    JSON = "json"


DEFAULT_LEVELS = Levels()


def levels(text: str | Levels) -> Levels:
    """The levels of ``--log-level``, or its default, which comes along the same way."""
    if isinstance(text, Levels):
        return text
    try:
        return Levels.parse(text)
    except ValueError:
        raise typer.BadParameter(f"it must be {LEVELS_ALLOWED}, not {text!r}.") from None


AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]
DataDir = Annotated[
    Path | None,
    typer.Option(
        envvar="PYSTATUS_DATA_DIR",
        metavar="DIR",
        help="Where profiles are kept. Default: pystatus below the XDG data directory.",
        show_default=False,
    ),
]
PasswordFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Read the password from FILE (- is standard input). Otherwise from PYSTATUS_PASSWORD, or by asking.",
        show_default=False,
    ),
]
Peers = Annotated[
    list[str] | None,
    typer.Option(
        "--peer",
        envvar="PYSTATUS_PEERS",
        metavar="ENODE",
        help="A relay to stay connected to. May be given several times.",
        show_default=False,
    ),
]
DnsLists = Annotated[
    list[str] | None,
    typer.Option(
        "--dns-list",
        envvar="PYSTATUS_DISCOVERY_DNS_LISTS",
        metavar="ENRTREE",
        help="A node list in DNS to find relays in. May be given several times.",
        show_default=False,
    ),
]
Mailservers = Annotated[
    list[str] | None,
    typer.Option(
        "--mailserver",
        envvar="PYSTATUS_MAILSERVERS",
        metavar="ENODE",
        help="A mailserver to fetch from what was said meanwhile. May be given several times.",
        show_default=False,
    ),
]
DailyHistory = Annotated[
    float | None,
    typer.Option(
        min=0.0,
        metavar="MB",
        help="Megabytes that may be fetched from mailservers on one day. Default: no limit.",
        show_default=False,
    ),
]
MailserverPassword = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Read the password of the mailservers from FILE. Default: the one of the public network.",
        show_default=False,
    ),
]
LogLevelOption = Annotated[
    Levels,
    typer.Option(
        "--log-level",
        parser=levels,
        metavar="LEVEL[,MODULE=LEVEL…]",
        help="How much is logged to standard error: debug, info, warning or error.",
    ),
]
LogFormatOption = Annotated[
    LogFormat | None,
    typer.Option(
        "--log-format", help="How a line of the log looks. Default: json together with --json.", show_default=False
    ),
]
ProfileArgument = Annotated[
    str,
    typer.Argument(metavar="PROFILE", help="Name, chat key, or beginning of the key uid (0x…).", show_default=False),
]


def count_option(things: str) -> Any:
    """``--count``, for a command that shows so many ``things``."""
    return typer.Option("--count", min=1, metavar="N", help=f"End after N {things}.", show_default=False)


def for_option(things: str) -> Any:
    """``--for``, for a command that shows ``things`` as long as that."""
    return typer.Option(
        "--for",
        min=0.0,
        metavar="SECONDS",
        help=f"End after this time; together with --count, too few {things} by then are an error.",
        show_default=False,
    )


def peers(given: list[str] | None) -> list[str]:
    """The relays of ``--peer`` and ``PYSTATUS_PEERS``, where they stand behind commas or white space.

    :raises LocalError: one is no enode URL; this way it is told before anything is asked.
    """
    from pystatus.overlay.enode import Enode

    found = _words(given)
    for peer in found:
        Enode.parse(peer)
    return found


def dns_lists(given: list[str] | None) -> list[str]:
    """The node lists of ``--dns-list``, likewise.

    :raises LocalError: one is no such list.
    """
    found = _words(given)
    if found:
        from pystatus.net.dns_lists import parse_lists

        parse_lists(found)
    return found


def mailservers(given: list[str] | None) -> list[str]:
    """The mailservers of ``--mailserver`` and ``PYSTATUS_MAILSERVERS``, likewise.

    :raises LocalError: one is no enode URL.
    """
    return peers(given)


def some_peers(given: list[str] | None, others: list[str] | None = None) -> list[str]:
    """
    :param others: node lists or mailservers, which do as well.
    :raises LocalError: one is no enode URL, or there is nobody at all, so that nothing could be sent or received.
    """
    found = peers(given)
    if not found and not others:
        raise LocalError("No relay is given. Name one with --peer enode://… or in PYSTATUS_PEERS.")
    return found


def _words(given: list[str] | None) -> list[str]:
    return [word for text in given or () for word in typed.tokens(text)]


def one_reader_of_stdin(*files: Path | None) -> None:
    """
    :raises LocalError: more than one of ``files`` is standard input.
    """
    if sum(file == STDIN for file in files) > 1:
        raise LocalError("Only one thing can be read from standard input. Put the others into files.")
