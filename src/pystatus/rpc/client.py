"""Calling a node's RPC: one request, over HTTP with the token or over the Unix socket."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from pystatus.errors import LocalError, RemoteError
from pystatus.net.listening import system_text
from pystatus.rpc.framing import JsonSplitter
from pystatus.wording import counted

if TYPE_CHECKING:
    import aiohttp.abc

MAX_ANSWER_SIZE = 256 << 20
"""Bytes of an answer: all messages that may wait in a node's filters, in hexadecimal, and then some."""
READ_SIZE = 64 << 10
"""Bytes that are read at a time."""

_ID = 1


class _Error(msgspec.Struct):
    code: int
    message: str


class _Answer(msgspec.Struct):
    result: Any = None
    error: _Error | None = None


async def call_http(
    url: str,
    token: str,
    method: str,
    params: list[Any],
    timeout: float,
    resolver: aiohttp.abc.AbstractResolver | None = None,
) -> Any:
    """The result of a method.

    :param url: ``http://host:port``. The token goes there and nowhere else: redirections are not followed.
    :param timeout: seconds for all of it. All addresses of the host are tried, a little after each other (RFC 8305).
    :param resolver: finds the addresses of names; by default the system does.
    :raises LocalError: the node cannot be reached, does not let us in, or complains about the call.
    """
    import aiohttp

    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        async with (
            asyncio.timeout(timeout),
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=resolver)) as http,
            http.post(
                url, data=io.BytesIO(_request(method, params)), headers=headers, allow_redirects=False
            ) as response,
        ):
            body = await response.content.read(MAX_ANSWER_SIZE)
            if response.status != 200:
                told = body[:200].decode(errors="replace").strip()
                raise LocalError(f"The node at {url} refuses the call ({response.status}): {told}")
    except TimeoutError:
        raise LocalError(f"The node at {url} did not answer within {counted(timeout, 'second')}.") from None
    except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError):
        raise LocalError(f"{url} is not an address for the RPC. It looks like http://127.0.0.1:8545.") from None
    except aiohttp.ClientError as error:
        raise _nobody(url, error) from error
    return _result(body)


async def call_socket(path: Path, method: str, params: list[Any], timeout: float) -> Any:
    """The same over a Unix socket.

    :raises LocalError: nobody listens there, or the node complains about the call.
    """
    try:
        async with asyncio.timeout(timeout):
            reader, writer = await asyncio.open_unix_connection(path)
            try:
                writer.write(_request(method, params) + b"\n")
                return _result(await _read_answer(reader))
            finally:
                writer.close()
    except TimeoutError:
        raise LocalError(f"The node at {path} did not answer within {counted(timeout, 'second')}.") from None
    except OSError as error:
        raise _nobody(path, error) from error


def _nobody(place: object, error: Exception) -> LocalError:
    """No node can be asked there. The HTTP library has words of its own around those of the system; of a name, they
    say which address it was."""
    failed = getattr(error, "os_error", error)
    why = system_text(failed) if isinstance(failed, OSError) else str(failed)
    where = failed.strerror if isinstance(failed, OSError) else None
    more = f" ({where})" if where and where != why else ""
    return LocalError(f"There is no RPC at {place}: {why}{more}. The node has to run, with --rpc-port or --rpc-socket.")


async def _read_answer(reader: asyncio.StreamReader) -> bytes:
    splitter = JsonSplitter(MAX_ANSWER_SIZE)
    while data := await reader.read(READ_SIZE):
        for answer in splitter.feed(data):
            return answer
    raise LocalError("The node hung up instead of answering.")


def _request(method: str, params: list[Any]) -> bytes:
    return msgspec.json.encode({"jsonrpc": "2.0", "id": _ID, "method": method, "params": params})


def _result(body: bytes) -> Any:
    try:
        answer = msgspec.json.decode(body, type=_Answer)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise RemoteError("What answers there is no RPC.") from None
    if answer.error is not None:
        raise LocalError(answer.error.message)
    return answer.result
