"""Tasks that end only when they are cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


def report_crash(what: str) -> Callable[[asyncio.Task[None]], None]:
    """For :meth:`asyncio.Task.add_done_callback`: a task that ends by itself is a bug of ours, and asyncio would tell
    of it only when the task is collected.

    :param what: has happened then.
    """

    def report(task: asyncio.Task[None]) -> None:
        if not task.cancelled():
            task.get_loop().call_exception_handler({"message": what, "exception": task.exception()})

    return report
