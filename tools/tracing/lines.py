"""How the processes of a journey speak with the one that drives them: lines of JSON out, lines of text in."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator


def tell(**fields: object) -> None:
    """One line to the process that drives this one."""
    print(json.dumps(fields), flush=True)


async def orders() -> AsyncIterator[str]:
    """What it says, until it says no more."""
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        yield line.strip()
