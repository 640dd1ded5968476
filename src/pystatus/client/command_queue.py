"""What is to be done, in its order: several inputs share one durable transaction."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pystatus.errors import LocalError, StatusError
from pystatus.log_texts import get_logger
from pystatus.messenger.batch import Outcome
from pystatus.messenger.effects import Effect

log = get_logger(__name__)

MAX_BATCH = 500
"""Inputs handled in one transaction: enough to share a disk synchronisation."""
BATCH_SECONDS = 0.02
"""Seconds of CPU after which a transaction takes no more inputs. A message of a stranger costs a millisecond or two:
five hundred of them would be half a second in which nobody else has a turn, and nothing is told of what was read (A49,
A54). An input that takes longer is the last one of its transaction."""

_FAULTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NameError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What mistakes of a program raise; errors of the disk and of the database are something else."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Input:
    """What to do, and what comes of it."""

    handle: Callable[[], Any]
    """Called inside the transaction."""
    future: asyncio.Future[Any] | None = None
    """Who waits for its result."""
    then: Callable[[], None] | None = None
    """Called when the transaction has committed and its events are told."""


class CommandQueue:
    """A queue that is worked off a batch at a time; between two batches everybody else has a turn."""

    def __init__(
        self,
        handle: Callable[[Sequence[Input], Callable[[], bool]], int],
        stop: Callable[[], None],
        *,
        clock: Callable[[], float] = time.thread_time,
    ) -> None:
        """
        :param handle: does what the first inputs of a batch ask for, one at least, until it is told that it is enough;
            settles their futures, and says how many they are. What it raises is the end.
        :param stop: called when that has happened.
        :param clock: seconds that were worked, whatever the time is; waiting for a disk is not work.
        """
        self.failure: BaseException | None = None
        """Why nothing is handled any more."""
        self._handle = handle
        self._stop = stop
        self._clock = clock
        self._waiting: list[Input] = []
        self._next: list[Input] = []
        self._is_due = False
        self._is_closed = False

    def submit(self, handle: Callable[[], T]) -> asyncio.Future[T]:
        """Queue an input of the user; the future is done when its transaction has committed.

        :raises LocalError: nothing is handled any more.
        """
        if self.failure is not None:
            raise LocalError(f"The client has stopped. {self.failure}") from self.failure
        if self._is_closed:
            raise LocalError("The client is closed.")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self.add(lambda: _contained(handle), future)
        return future

    def add(self, handle: Callable[[], Any], future: asyncio.Future[Any] | None = None) -> None:
        """Queue an input."""
        self._queue(Input(handle, future))

    def add_next(self, handle: Callable[[], Any]) -> None:
        """Queue what is left of an input that was too long for one transaction, before every other."""
        self._next.append(Input(handle))
        self._work_soon()

    def when_handled(self, then: Callable[[], None]) -> None:
        """Call back when everything that was queued so far is committed and told; never if that does not come about."""
        self._queue(Input(lambda: None, then=then))

    def close(self) -> None:
        """Handle what is waiting, and nothing that comes later."""
        while (self._next or self._waiting) and self.failure is None:
            self._work()
        self._is_closed = True

    def _queue(self, what: Input) -> None:
        self._waiting.append(what)
        self._work_soon()

    def _work_soon(self) -> None:
        if not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_soon(self._work)

    def _work(self) -> None:
        self._is_due = False
        self._waiting[:0], self._next = self._next, []
        if not self._waiting or self.failure is not None or self._is_closed:
            return
        batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
        end = self._clock() + BATCH_SECONDS
        try:
            count = self._handle(batch, lambda: self._clock() >= end)
        except Exception as error:
            self._fail(error, batch)
            return
        self._waiting[:0] = batch[count:]
        if self._waiting:
            self._work_soon()
        for each in batch[:count]:
            if each.then is not None:
                each.then()

    def _fail(self, error: Exception, batch: Sequence[Input]) -> None:
        """The database refused. Nothing was acknowledged, so nothing is lost; but there is no going on."""
        if isinstance(error, StatusError):
            log.info("the client stops: %s", error)  # whoever waits for it is told
        else:
            log.exception("the client stops because of a fault in pystatus")
        self.failure = error
        for each in (*batch, *self._waiting):
            if each.future is not None and not each.future.done():
                each.future.set_exception(error)
        self._waiting = []
        self._stop()


def _contained(handle: Callable[[], T]) -> T:
    """What a user asks for. A fault of ours in it costs that one call: it is undone alone, and the others go on.

    :raises LocalError: there was one; the log has it.
    """
    try:
        return handle()
    except _FAULTS as error:
        log.exception("a call failed because of a fault in pystatus")
        raise LocalError(
            f"This call failed because of a fault in pystatus ({type(error).__name__}); nothing of it was done. "
            "The log says more: report it, please."
        ) from error


def settle(batch: Sequence[Input], outcomes: Sequence[Outcome]) -> None:
    """Tell whoever waits what came of a batch that has committed."""
    for each, outcome in zip(batch, outcomes, strict=True):
        if each.future is None:
            if outcome.error is not None:
                log.debug("an envelope was refused: %s", outcome.error)
        elif not each.future.done():  # else its waiter was cancelled; what it asked for is done nevertheless
            if outcome.error is not None:
                each.future.set_exception(outcome.error)
            else:
                each.future.set_result(outcome.result)


def carry_out(effects: Iterable[Effect], do: Callable[[Effect], None]) -> None:
    """``do`` each effect of a batch that has committed. One that cannot be done, as it is too much for the node or
    comes at the wrong time, is logged: what is stored stays true, so it is no reason to stop, nor to leave out the
    others."""
    for effect in effects:
        try:
            do(effect)
        except LocalError as error:
            log.warning("an effect could not be carried out: %s", error)
