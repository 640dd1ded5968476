"""``pystatus rpc``: call a running node."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pystatus.apps.options import AsJson, DataDir, timeout_option
from pystatus.apps.output import Output
from pystatus.apps.values import ANYTHING, METHOD, URL, argument, option
from pystatus.rpc.config import DEFAULT_HTTP_HOST, DEFAULT_HTTP_PORT
from pystatus.settings.kinds import PATH

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
    from pystatus.apps import calling
    from pystatus.net.loop import run

    run(calling.call(method, params or [], url, socket, token_file, data_dir, timeout, Output(as_json=as_json)))
