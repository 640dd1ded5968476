"""Options that several commands share, so that each is called, explained and read the same everywhere."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from pystatus import typed
from pystatus.apps.cli.values import (
    COUNT,
    LOG_FORMAT,
    NODE_LISTS,
    PROFILE,
    RELAYS,
    argument,
    option,
)
from pystatus.errors import Refused, refused
from pystatus.logs.levels import Levels
from pystatus.logs.stderr_log import LogFormat
from pystatus.settings.kinds import LEVELS, PATH, SECONDS, number
from pystatus.storage.paths import DATA_VARIABLE

STDIN = Path("-")
"""How standard input is named where a file is expected."""


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
        envvar="PYSTATUS_PEERS",
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
        envvar="PYSTATUS_DISCOVERY_DNS_LISTS",
        metavar="ENRTREE",
        help="A node list in DNS to find relays in. May be given several times.",
        as_text=True,
    ),
]
Mailservers = Annotated[
    list[str] | None,
    option(
        RELAYS,
        "--mailserver",
        envvar="PYSTATUS_MAILSERVERS",
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
KeepUnread = Annotated[
    bool, typer.Option("--keep-unread", help="Do not mark as read what is shown, for example where a program reads it.")
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


def some_peers(given: list[str] | None, others: list[str] | None = None) -> list[str]:
    """
    :param others: node lists or mailservers, which do as well.
    :raises Refused: there is nobody at all, so that nothing could be sent or received.
    """
    found = peers(given)
    if not found and not others:
        raise Refused(
            f"No relay is given.{misspelt('PYSTATUS_PEERS')} Name one with --peer enode://… or in PYSTATUS_PEERS; to "
            "run one: pystatus node"
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
