"""What the processes of the demo have in common: they speak in lines of JSON, and end when whoever started them ends.

A child reads its instructions from standard input and reports on standard output. When its standard input closes, the
parent is done or dead, however it died, and the child ends too: no process of the demo outlives it.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeAlias

from pystatus.storage.profiles import Profiles

Line: TypeAlias = dict[str, Any]

PASSWORD_SIZE = 24
"""Random bytes in the password of an account that lives as long as the demo."""


class _ParentGone(Exception):
    """Standard input was closed."""


async def while_parent_lives(serve: Callable[[asyncio.Queue[Line]], Coroutine[Any, Any, None]]) -> None:
    """Run ``serve`` on the lines that the parent writes, and cancel it when the parent is done or dead."""
    lines: asyncio.Queue[Line] = asyncio.Queue()
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(serve(lines))
            group.create_task(_read(lines))
    except* _ParentGone:
        pass


async def _read(lines: asyncio.Queue[Line]) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        lines.put_nowait(json.loads(line))
    raise _ParentGone


def report(event: str, **facts: object) -> None:
    """Tell the parent."""
    print(json.dumps({"event": event, **facts}), flush=True)


def new_profile(data_directory: Path, name: str) -> str:
    """Store a new account as the profile ``name`` below ``data_directory``; return its random password."""
    password = secrets.token_urlsafe(PASSWORD_SIZE)
    Profiles(data_directory).create_account(name, password)
    return password
