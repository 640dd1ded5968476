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
from pystatus.wire.json_items import most_items
from pystatus.wording import counted

if TYPE_CHECKING:
    import aiohttp.abc

MAX_ANSWER_SIZE = 256 << 20
"""Bytes of an answer: all messages that may wait in a node's filters, in hexadecimal, and then some. What a node holds
ready for all its callers together has as many."""
MAX_ANSWER_ITEMS = 2_000_000
"""Values in an answer, as :func:`~pystatus.wire.json_items.most_items` counts them: some 200 MB. Ours: the 10,000
messages that wait in a filter have 130,000."""
MAX_TOLD = 200
"""Bytes that are shown of why a node refuses a call."""
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
            if response.status != 200:
                told = (await response.content.read(MAX_TOLD)).decode(errors="replace").strip()
                raise LocalError(f"The node at {url} refuses the call ({response.status}): {told}")
            body = await _read_body(response.content)
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


async def _read_body(content: aiohttp.StreamReader) -> bytes:
    body = bytearray()
    async for part in content.iter_any():
        body += part
        if len(body) > MAX_ANSWER_SIZE:
            raise RemoteError(f"The node answers with more than {MAX_ANSWER_SIZE >> 20} MiB. Ask for less at a time.")
    return bytes(body)


async def _read_answer(reader: asyncio.StreamReader) -> bytes:
    splitter = JsonSplitter(MAX_ANSWER_SIZE)
    while data := await reader.read(READ_SIZE):
        for answer in splitter.feed(data):
            return answer
    raise LocalError("The node hung up instead of answering.")


def _request(method: str, params: list[Any]) -> bytes:
    return msgspec.json.encode({"jsonrpc": "2.0", "id": _ID, "method": method, "params": params})


def _result(body: bytes) -> Any:
    if most_items(body) > MAX_ANSWER_ITEMS:
        raise RemoteError("The node's answer is made of millions of little things. Ask for less at a time.")
    try:
        answer = msgspec.json.decode(body, type=_Answer)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise RemoteError("What answers there is no RPC.") from None
    if answer.error is not None:
        raise LocalError(answer.error.message)
    return answer.result
