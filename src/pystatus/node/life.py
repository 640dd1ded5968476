"""What may be called when: a client or a node is started once, used in one event loop, and closed once."""

from __future__ import annotations

import asyncio
import enum
import threading

from pystatus.errors import LocalError


class _Stage(enum.Enum):
    NEW = enum.auto()
    STARTING = enum.auto()
    OPEN = enum.auto()
    CLOSED = enum.auto()


class Life:
    """Of one client or node. A call that comes at the wrong time fails with a sentence, and nothing else."""

    def __init__(self, what: str, how_to_start: str, how_to_make: str) -> None:
        """
        :param what: "client" or "node".
        :param how_to_start: code, for the sentences.
        :param how_to_make: code that makes another one.
        """
        self._what = what
        self._how_to_start = how_to_start
        self._how_to_make = how_to_make
        self._stage = _Stage.NEW
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0

    @property
    def word(self) -> str:
        """For a ``repr``: new, starting, open or closed."""
        return self._stage.name.lower()

    @property
    def is_open(self) -> bool:
        """Whether it was started, and not closed since."""
        return self._stage is _Stage.OPEN

    @property
    def is_closed(self) -> bool:
        """Whether it was closed: it is of no more use then."""
        return self._stage is _Stage.CLOSED

    def begin(self) -> None:
        """It is being started.

        :raises LocalError: not for the first time, or after it was closed.
        """
        if self._stage is _Stage.CLOSED:
            raise self._closed()
        if self._stage is not _Stage.NEW:
            raise LocalError(f"The {self._what} was started already. Use it as it is, or make another one.")
        self._stage = _Stage.STARTING
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()

    def opened(self) -> None:
        """It can be used from now on, in the event loop in which it began."""
        self._stage = _Stage.OPEN

    def did_not_begin(self) -> None:
        """Starting has failed; it may be tried again."""
        if self._stage is not _Stage.CLOSED:
            self._stage = _Stage.NEW
            self._loop = None

    def close(self) -> None:
        """It is closed, for good."""
        self._stage = _Stage.CLOSED

    def check(self) -> None:
        """
        :raises LocalError: it is not open, or this is another event loop or thread than the one it was started in.
        """
        if self._stage is _Stage.CLOSED:
            raise self._closed()
        self.check_started()
        self.check_here()

    def check_here(self) -> None:
        """Before something that waits: what was made in one event loop cannot be awaited in another one.

        :raises LocalError: this is another event loop or thread than the one it was started in.
        """
        if self._loop is None:
            return
        if threading.get_ident() != self._thread:
            raise LocalError(
                f"The {self._what} lives in another thread. Call it there: "
                "asyncio.run_coroutine_threadsafe(…, loop), or loop.call_soon_threadsafe(…)."
            )
        if _running_loop() not in (None, self._loop):
            raise LocalError(
                f"The {self._what} was started in another event loop. Start and use it in the same asyncio.run()."
            )

    def check_started(self) -> None:
        """
        :raises LocalError: it was not started yet.
        """
        if self._stage in (_Stage.NEW, _Stage.STARTING):
            raise LocalError(f"The {self._what} is not open yet. Open it first: {self._how_to_start}.")

    def check_begun(self) -> None:
        """
        :raises LocalError: it is not even being started.
        """
        if self._stage is _Stage.NEW:
            self.check_started()

    def check_new(self) -> None:
        """
        :raises LocalError: it was started, or closed.
        """
        if self._stage is not _Stage.NEW:
            raise LocalError(f"The {self._what} was started already. This has to be called before.")

    def check_not_closed(self) -> None:
        """
        :raises LocalError: it was closed.
        """
        if self._stage is _Stage.CLOSED:
            raise self._closed()

    def _closed(self) -> LocalError:
        return LocalError(f"The {self._what} is closed. Make another one: {self._how_to_make}.")


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
