"""``pystatus rpc``: call a running node."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

from pystatus.apps.cli import node_rpc
from pystatus.apps.cli.node_rpc import DEFAULT_TIMEOUT, DEFAULT_URL, Socket, Timeout, TokenFile, Url
from pystatus.apps.cli.options import AsJson, DataDir
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.values import ANYTHING, METHOD, argument

SUMMARY = "Call a running node."
PLACE = 150


def rpc(
    method: Annotated[str, argument(METHOD, metavar="METHOD", help="For example admin_peers.")],
    params: Annotated[
        list[str] | None,
        argument(ANYTHING, metavar="[PARAMS]...", help="Each is JSON, or else taken as text."),
    ] = None,
    url: Url = DEFAULT_URL,
    socket: Socket = None,
    token_file: TokenFile = None,
    timeout: Timeout = DEFAULT_TIMEOUT,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Call a method of a running node and print its result. What the node complains about is an error."""
    from pystatus.net.loop import run

    run(call(method, params or [], url, socket, token_file, data_dir, timeout, Output(as_json=as_json)))


async def call(
    method: str,
    params: list[str],
    url: str,
    socket: Path | None,
    token_file: Path | None,
    data_dir: Path | None,
    timeout: float,
    out: Output,
) -> None:
    """Call a method of a running node and print its result.

    :raises LocalError: the node cannot be reached, or complains.
    """
    values = [parameter(text) for text in params]
    result = await node_rpc.ask(
        method, values, url=url, socket=socket, token_file=token_file, data_dir=data_dir, timeout=timeout
    )
    out.result({"result": result}, _shown(result), whole=True)


def parameter(text: str) -> Any:
    """JSON where it is JSON; else the text itself, so that ids, ``0x…`` and enodes need no quotes."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _shown(result: Any) -> str:
    """Text as it is, unless it holds signs that are not for terminals; everything else as JSON."""
    return result if isinstance(result, str) and result.isprintable() else json.dumps(result, indent=2)
