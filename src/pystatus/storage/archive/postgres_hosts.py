"""Which server of a PostgreSQL archive is used, where its URL names several, and when one is used no longer.

After a failover the former primary may be up again as a standby, or may be gone without a word. So all servers of the
URL are tried at once, one that can be written is preferred, and one that can only be read is better than none: history
is served then. A URL with ``target_session_attrs`` says itself which servers will do, as with libpq.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

import asyncpg

HOST_TIMEOUT = 4.0
"""Seconds for one server; a little less than an archive waits for a connection, so that a server which does not answer
is named."""
TARGET = "target_session_attrs"
"""The parameter of a URL with which it says which servers will do."""

_OTHER_SERVER = frozenset(
    {
        "25006",  # read_only_sql_transaction: a standby, or set to be read-only
        "40001",  # serialization_failure: for want of serializable transactions, a conflict with recovery on a standby
        "57P01",  # admin_shutdown
        "57P02",  # crash_shutdown
        "57P03",  # cannot_connect_now: it starts, stops or recovers
        "57P05",  # idle_session_timeout
    }
)
_CONNECTION_EXCEPTION = "08"


def wants_another_server(error: BaseException) -> bool:
    """Whether after this error of the driver the connection, and those beside it, should be used no longer."""
    if isinstance(error, asyncpg.PostgresError):
        state = error.sqlstate or ""
        return state in _OTHER_SERVER or state.startswith(_CONNECTION_EXCEPTION)
    return isinstance(error, (asyncpg.InterfaceError, OSError))  # TimeoutError is an OSError


def single_hosts(url: str) -> list[str]:
    """The URL once for each server that it names: ``postgresql://user@a:1,b:2/db`` or ``…/db?host=a,b&port=1,2``.

    A URL that names none, or that cannot be understood, is left as it is for the driver.
    """
    parts = urlsplit(url)
    login, at, hosts = parts.netloc.rpartition("@")
    if "," in hosts:
        return [_joined(parts, f"{login}{at}{host}", parts.query) for host in hosts.split(",")]
    query = parse_qsl(parts.query, keep_blank_values=True)
    named = dict(query)
    if hosts or "," not in named.get("host", ""):
        return [url]
    names, ports = named["host"].split(","), named.get("port", "").split(",")
    rest = [(key, value) for key, value in query if key not in ("host", "port")]
    return [
        _joined(parts, parts.netloc, urlencode([*rest, *_place(name, port)], quote_via=quote, safe="/"))
        for name, port in zip_longest(names, ports if len(ports) > 1 else ports * len(names))
    ]


def _joined(parts: SplitResult, netloc: str, query: str) -> str:
    """Like ``urlunsplit``, which leaves out the slashes of an empty ``netloc``."""
    return f"{parts.scheme}://{netloc}{parts.path}{query and '?'}{query}"


def _place(name: str, port: str | None) -> Iterator[tuple[str, str]]:
    yield "host", name
    if port:
        yield "port", port


async def connect(url: str, **options: Any) -> asyncpg.Connection[Any]:
    """A connection to the first server that can be written, else to one that can be read.

    :param options: of :func:`asyncpg.connect`.
    :raises asyncpg.PostgresError: a server refuses us.
    :raises OSError: no server can be reached; the text names each with its reason.
    """
    urls = single_hosts(url)
    options["timeout"] = HOST_TIMEOUT
    attempts = [asyncio.create_task(asyncpg.connect(one, **options)) for one in urls]
    opened: list[asyncpg.Connection[Any]] = []
    chosen: asyncpg.Connection[Any] | None = None
    is_any_good_enough = TARGET in dict(parse_qsl(urlsplit(url).query))
    waiting = set(attempts)
    try:
        while waiting and chosen is None:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            opened += [attempt.result() for attempt in done if attempt.exception() is None]
            chosen = next((one for one in opened if is_any_good_enough or can_be_written(one)), None)
        chosen = chosen or next(iter(opened), None)
    finally:
        for attempt in waiting:
            attempt.cancel()
        # One may have got through in this very moment.
        for result in await asyncio.gather(*waiting, return_exceptions=True):
            if not isinstance(result, BaseException):
                opened.append(result)
        for one in opened:
            if one is not chosen:
                one.terminate()
    if chosen is None:
        raise _failure(urls, [attempt.exception() for attempt in attempts])
    return chosen


def can_be_written(connection: asyncpg.Connection[Any]) -> bool:
    """Whether the server of a new connection says that it is no standby and not read-only."""
    settings = connection.get_settings()
    return all(getattr(settings, name, "off") == "off" for name in ("in_hot_standby", "default_transaction_read_only"))


def _failure(urls: Sequence[str], errors: Sequence[BaseException | None]) -> BaseException:
    """One error for all servers. One that answers and refuses us says more than one that does not answer."""
    for error in errors:
        is_of_one_server = isinstance(error, (OSError, asyncpg.InternalClientError))
        if error is not None and not is_of_one_server:
            return error
    named = zip(urls, errors, strict=True)
    return OSError("; ".join(f"{_name(url)}: {reason(error)}" for url, error in named))


def reason(error: BaseException | None) -> str:
    """Why a server cannot be reached: without the number of an error of the system, which says nothing to people."""
    return (isinstance(error, OSError) and error.strerror) or str(error) or "no answer in time"


def _name(url: str) -> str:
    """The server of a URL, without the rest of it."""
    parts = urlsplit(url)
    return parts.netloc.rpartition("@")[2] or dict(parse_qsl(parts.query)).get("host", "the default server")
