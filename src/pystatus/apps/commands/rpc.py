"""``pystatus rpc``: call a running node."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pystatus import typed
from pystatus.apps.options import AsJson, DataDir
from pystatus.apps.output import Output
from pystatus.rpc.config import DEFAULT_HTTP_HOST, DEFAULT_HTTP_PORT, TOKEN_FILE

DEFAULT_URL = f"http://{DEFAULT_HTTP_HOST}:{DEFAULT_HTTP_PORT}"
"""Where a node of this machine offers its RPC."""
DEFAULT_TIMEOUT = 90.0
"""Seconds to wait for an answer: more than the longest proof of work that a node does for a caller."""


def rpc(
    method: Annotated[str, typer.Argument(metavar="METHOD", help="For example admin_peers.", show_default=False)],
    params: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PARAMS]...", help="Each is JSON, or else taken as text.", show_default=False),
    ] = None,
    url: Annotated[
        str, typer.Option(envvar="PYSTATUS_RPC_URL", metavar="URL", help="Where the node offers HTTP.")
    ] = DEFAULT_URL,
    socket: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The node's Unix socket, in place of --url.", show_default=False),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="The node's token. Default: rpc.token in the data directory.", show_default=False
        ),
    ] = None,
    timeout: Annotated[
        float, typer.Option(min=0.0, metavar="SECONDS", help="How long to wait for the answer.")
    ] = DEFAULT_TIMEOUT,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Call a method of a running node and print its result. What the node complains about is an error."""
    from pystatus.apps import calling
    from pystatus.net.loop import run
    from pystatus.storage.places import default_data_directory

    token = token_file or (data_dir or default_data_directory()) / TOKEN_FILE
    run(
        calling.call(
            typed.token(method), params or [], typed.token(url), socket, token, timeout, Output(as_json=as_json)
        )
    )
