"""The RPC of a running node, for commands that ask one: where it is, and who may."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pystatus.apps.cli.options import timeout_option
from pystatus.apps.cli.values import URL, option
from pystatus.rpc.config import DEFAULT_HTTP_HOST, DEFAULT_HTTP_PORT, TOKEN_FILE
from pystatus.rpc.tokens import read_token
from pystatus.settings.kinds import PATH
from pystatus.storage.paths import default_data_directory
from pystatus.variables import RPC_URL_VARIABLE

DEFAULT_URL = f"http://{DEFAULT_HTTP_HOST}:{DEFAULT_HTTP_PORT}"
"""Where a node of this machine offers its RPC."""
DEFAULT_TIMEOUT = 90.0
"""Seconds to wait for an answer: more than the longest proof of work that a node does for a caller."""

Url = Annotated[str, option(URL, envvar=RPC_URL_VARIABLE, metavar="URL", help="Where the node offers HTTP.")]
Socket = Annotated[Path | None, option(PATH, metavar="FILE", help="The node's Unix socket, in place of --url.")]
TokenFile = Annotated[
    Path | None, option(PATH, metavar="FILE", help="The node's token. Default: rpc.token in the data directory.")
]
Timeout = Annotated[float, timeout_option("How long to wait for the answer.")]


async def ask(
    method: str,
    params: list[Any],
    *,
    url: str,
    socket: Path | None,
    token_file: Path | None,
    data_dir: Path | None,
    timeout: float,
) -> Any:
    """The result of a method of a running node.

    :raises LocalError: the node cannot be reached, or complains.
    """
    from pystatus.rpc import client

    if socket is not None:
        return await client.call_socket(socket, method, params, timeout)
    token = read_token(
        token_file or (data_dir or default_data_directory()) / TOKEN_FILE, may_be_pipe=token_file is not None
    )
    return await client.call_http(url, token, method, params, timeout)
