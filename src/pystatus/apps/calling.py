"""What ``pystatus rpc`` does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pystatus.apps.output import Output
from pystatus.rpc import client
from pystatus.rpc.config import TOKEN_FILE
from pystatus.rpc.tokens import read_token
from pystatus.storage.paths import default_data_directory


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
