"""What a piece of work costs the thread that does it."""

from __future__ import annotations

import gc
import time
from types import TracebackType


class Effort:
    """Seconds of this thread between entering and leaving.

    The collector of garbage rests meanwhile: in a process that has run thousands of tests it goes through what they
    all left, and its second would be charged to the work.
    """

    seconds = 0.0

    def __enter__(self) -> Effort:
        self._collects = gc.isenabled()
        gc.disable()
        self._begin = time.thread_time()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.seconds = time.thread_time() - self._begin
        if self._collects:
            gc.enable()
