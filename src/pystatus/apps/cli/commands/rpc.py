"""``pystatus rpc``: call a running node."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

from pystatus.apps.cli.options import AsJson, DataDir, timeout_option
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.values import ANYTHING, METHOD, URL, argument, option
from pystatus.net.loop import run
from pystatus.rpc import client
from pystatus.rpc.config import DEFAULT_HTTP_HOST, DEFAULT_HTTP_PORT, TOKEN_FILE
from pystatus.rpc.tokens import read_token
from pystatus.settings.kinds import PATH
from pystatus.storage.paths import default_data_directory

SUMMARY = "Call a running node."
PLACE = 150

DEFAULT_URL = f"http://{DEFAULT_HTTP_HOST}:{DEFAULT_HTTP_PORT}"
"""Where a node of this machine offers its RPC."""
DEFAULT_TIMEOUT = 90.0
"""Seconds to wait for an answer: more than the longest proof of work that a node does for a caller."""


def rpc(
    method: Annotated[str, argument(METHOD, metavar="METHOD", help="For example admin_peers.")],
    params: Annotated[
        list[str] | None,
        argument(ANYTHING, metavar="[PARAMS]...", help="Each is JSON, or else taken as text."),
    ] = None,
    url: Annotated[
        str, option(URL, envvar="PYSTATUS_RPC_URL", metavar="URL", help="Where the node offers HTTP.")
    ] = DEFAULT_URL,
    socket: Annotated[
        Path | None,
        option(PATH, metavar="FILE", help="The node's Unix socket, in place of --url."),
    ] = None,
    token_file: Annotated[
        Path | None,
        option(PATH, metavar="FILE", help="The node's token. Default: rpc.token in the data directory."),
    ] = None,
    timeout: Annotated[float, timeout_option("How long to wait for the answer.")] = DEFAULT_TIMEOUT,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Call a method of a running node and print its result. What the node complains about is an error."""
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
    if socket is not None:
        result = await client.call_socket(socket, method, values, timeout)
    else:
        token = read_token(
            token_file or (data_dir or default_data_directory()) / TOKEN_FILE, may_be_pipe=token_file is not None
        )
        result = await client.call_http(url, token, method, values, timeout)
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
