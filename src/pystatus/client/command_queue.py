"""What is to be done, in its order: several inputs share one durable transaction."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from pystatus.errors import LocalError, StatusError
from pystatus.log_texts import get_logger
from pystatus.messenger.batch import Outcome
from pystatus.messenger.effects import Effect
from pystatus.records import dataclass

log = get_logger(__name__)

MAX_BATCH = 500
"""Inputs handled in one transaction: enough to share a disk synchronisation."""
BATCH_SECONDS = 0.02
"""Seconds of CPU after which a transaction takes no more inputs. A message of a stranger costs a millisecond or two:
five hundred of them would be half a second in which nobody else has a turn, and nothing is told of what was read (A49,
A54). An input that takes longer is the last one of its transaction."""
OWN_BATCH_SECONDS = 0.1
"""The same where all of them are what the user asks for, which no stranger can make long. Each transaction costs one
synchronisation of the disk and, of messages to one person, one envelope: in transactions of 20 ms a burst of 5,000
texts took twice the processor time, of both sides, and three times the disk writes. Ours."""

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
        handle: Callable[[Iterable[Callable[[], Any]], Callable[[Sequence[Outcome]], None]], None],
        stop: Callable[[], None],
        *,
        clock: Callable[[], float] = time.thread_time,
    ) -> None:
        """
        :param handle: does in one transaction what inputs ask for. They are given one by one, as long as there is time,
            and it calls back with what came of them when that is durable. What it raises is the end.
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
        self._due: asyncio.Handle | None = None
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

    @property
    def is_idle(self) -> bool:
        """Nothing waits to be handled."""
        return not self._waiting and not self._next

    def close(self) -> None:
        """Handle what is waiting, and nothing that comes later."""
        while (self._next or self._waiting) and self.failure is None:
            self._work()
        self._is_closed = True

    def _queue(self, what: Input) -> None:
        self._waiting.append(what)
        self._work_soon()

    def _work_soon(self) -> None:
        if self._due is None:
            self._due = asyncio.get_running_loop().call_soon(self._work)

    def work(self) -> None:
        """Handle a batch in this turn of the event loop instead of the next, if something waits: nothing more comes
        now that could share its transaction."""
        if self._due is not None:
            self._due.cancel()
            self._work()

    def _work(self) -> None:
        self._due = None
        self._waiting[:0], self._next = self._next, []
        if not self._waiting or self.failure is not None or self._is_closed:
            return
        batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
        taken: list[Input] = []
        try:
            self._handle(self._taken(batch, taken), lambda outcomes: _settle(taken, outcomes))
        except Exception as error:
            self._fail(error, batch)
            return
        self._waiting[:0] = batch[len(taken) :]
        if self._waiting:
            self._work_soon()
        for each in taken:
            if each.then is not None:
                each.then()

    def _taken(self, batch: Sequence[Input], taken: list[Input]) -> Iterator[Callable[[], Any]]:
        """The inputs of a batch, the first and those for which there is time; ``taken`` are those that were given."""
        is_own = all(each.future is not None for each in batch)
        end = self._clock() + (OWN_BATCH_SECONDS if is_own else BATCH_SECONDS)
        for each in batch:
            if taken and self._clock() >= end:
                return
            taken.append(each)
            yield each.handle

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


def _settle(batch: Sequence[Input], outcomes: Sequence[Outcome]) -> None:
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


def carry_out(effects: Iterable[Effect], do: Mapping[type[Effect], Callable[[Any], None]]) -> None:
    """Do for each effect of a batch that has committed what is to be done for its kind. One that cannot be done, as it
    is too much for the node or comes at the wrong time, is logged: what is stored stays true, so it is no reason to
    stop, nor to leave out the others."""
    for effect in effects:
        try:
            do[type(effect)](effect)
        except LocalError as error:
            log.warning("an effect could not be carried out: %s", error)
