"""The calls of one connection: each is answered in its turn, but for those that wait for the network.

Those wait beside the others, a few at a time, and a caller can take them back: a notification ``$/cancelRequest`` with
the id of the call, as in the Language Server Protocol, so that libraries send it by themselves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NamedTuple, Protocol

import msgspec

from pystatus.rpc.dispatcher import UNDECODABLE, Id, Request, decoded, failure
from pystatus.rpc.errors import CANCELLED, LIMIT_EXCEEDED
from pystatus.rpc.session import Session

MAX_WAITING_CALLS = 16
"""Calls of one connection that wait for the network while others are answered. Ours; more are refused."""
CANCEL = "$/cancelRequest"
"""The notification that takes a call back (Language Server Protocol 3.17, Cancellation Support)."""


class Answers(Protocol):
    """Answers requests: a :class:`~pystatus.rpc.dispatcher.Dispatcher`."""

    async def answer(self, data: bytes, session: Session) -> bytes | None: ...

    def waits(self, request: Request | None) -> bool: ...


class _Waiting(NamedTuple):
    """A call that waits."""

    id: Id
    size: int


class _Cancelled(msgspec.Struct):
    id: str | int | float


class Calls:
    """Those of one connection. Close it with the connection."""

    def __init__(self, answers: Answers, session: Session, put: Callable[[bytes], None]) -> None:
        """
        :param put: puts an answer on its way.
        """
        self._answers = answers
        self._session = session
        self._put = put
        self._waiting: dict[asyncio.Task[bytes | None], _Waiting] = {}

    async def take(self, data: bytes) -> None:
        """Carry out a request or a batch. When this returns, its answer is on its way, or it waits."""
        request = decoded(data)
        if request is None or not (request.method == CANCEL or self._answers.waits(request)):
            self._answer(await self._answers.answer(data, self._session))
            self._session.answered()
            return
        await asyncio.sleep(0)  # thousands of them hold up nobody else
        if request.method == CANCEL:
            self._take_back(request)
            return
        if len(self._waiting) >= MAX_WAITING_CALLS:
            await self._ended_ones()
        if len(self._waiting) >= MAX_WAITING_CALLS:
            self._answer(_refusal(request))
        else:
            task = asyncio.create_task(self._answers.answer(data, self._session))
            self._waiting[task] = _Waiting(request.id, len(data))
            self._session.hold(len(data))
            task.add_done_callback(self._done)

    def close(self) -> None:
        """Nobody waits for any of them any more."""
        for task in self._waiting:
            task.cancel()

    async def _ended_ones(self) -> None:
        """Those that were taken back still count until they are at their end, which is soon."""
        ending = [task for task in self._waiting if task.cancelling()]
        if ending:
            await asyncio.wait(ending, return_when=asyncio.FIRST_COMPLETED)

    def _answer(self, answer: bytes | None) -> None:
        if answer is not None:
            self._put(answer)

    def _take_back(self, request: Request) -> None:
        """What names no call that waits is too late: its answer is on its way."""
        try:
            wanted = msgspec.json.decode(request.params, type=_Cancelled).id
        except UNDECODABLE:
            return
        for task, call in self._waiting.items():
            if call.id == wanted:
                task.cancel()

    def _done(self, task: asyncio.Task[bytes | None]) -> None:
        call = self._waiting.pop(task)
        self._session.hold(-call.size)
        if not task.cancelled():
            self._answer(task.result())
        elif call.id is not msgspec.UNSET:
            self._put(failure(call.id, CANCELLED, "the call was taken back"))


def _refusal(request: Request) -> bytes | None:
    if request.id is msgspec.UNSET:
        return None
    why = f"{MAX_WAITING_CALLS} calls of this connection wait already: take some back with {CANCEL}, or wait for them"
    return failure(request.id, LIMIT_EXCEEDED, why)
