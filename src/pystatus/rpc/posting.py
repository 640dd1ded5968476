"""Sealing and proof of work for callers, beside the event loop and for a bounded time (waku.md §2.4, §6.3)."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from pystatus.crypto.hashing import KeccakState, keccak_state
from pystatus.crypto.random import RandomSource
from pystatus.errors import LocalError
from pystatus.rpc.errors import APPLICATION_ERROR, RpcError, invalid_params, limit_exceeded
from pystatus.rpc.messages import Post
from pystatus.rpc.session import Session
from pystatus.waku.data import seal
from pystatus.waku.envelope import HEADER_SIZE, Envelope
from pystatus.waku.pow import required_zeros, search_among
from pystatus.wording import counted

DEFAULT_POW_TIME = 5.0
"""Seconds of work where the caller names none: what Status messages get (waku.md §2.7)."""
MAX_POW_TIME = 60.0
"""Seconds of work that a caller may ask for: one post works at a time, and the others wait for it."""
MAX_WAITING_JOBS = 64
"""Posts and passwords that wait for their turn."""
NONCES_AT_ONCE = 2_048
"""Hashes between two looks at the clock: about 2 ms."""

_NOBODY_WAITS = "the caller was hung up on"
_STOPPING = "the node is stopping"

T = TypeVar("T")


class _Job(Generic[T]):
    """What the thread is to do. The queue of an executor keeps what is cancelled until its turn comes, so a job that is
    dropped holds nothing."""

    def __init__(self, work: Callable[[Callable[[], bool]], T]) -> None:
        self._work: Callable[[Callable[[], bool]], T] | None = work
        self._is_dropped = False

    def __call__(self) -> T:
        work, self._work = self._work, None
        if work is None:
            raise RpcError(APPLICATION_ERROR, _NOBODY_WAITS)
        return work(lambda: self._is_dropped)

    def drop(self) -> None:
        """Hold nothing any more; the thread that works on it may stop."""
        self._is_dropped = True
        self._work = None


class Workshop:
    """One thread for what takes long. Threads of Python share one core with the event loop, so more would not help."""

    def __init__(self, random: RandomSource, timer: Callable[[], float] = time.monotonic) -> None:
        self._random = random
        self._timer = timer
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pystatus-rpc")
        self._stop = threading.Event()
        self._waiting = 0

    async def run(self, work: Callable[[Callable[[], bool]], T], session: Session) -> T:
        """Do ``work`` in the thread. It is dropped with all it holds when the caller is hung up on, and is told, by the
        function that it is given, to stop.

        :param session: who waits for it.
        :raises RpcError: too much is waiting already, or the caller is hung up on.
        """
        if self._waiting >= MAX_WAITING_JOBS:
            raise limit_exceeded(
                "this node is busy with the proof of work of other messages: try again in some seconds"
            )
        loop = asyncio.get_running_loop()
        job = _Job(work)
        # Empty if it was dropped. An error in it would keep its traceback, with all that the frames of its waiter hold.
        result: asyncio.Future[tuple[T, ...]] = loop.create_future()

        def drop() -> None:
            job.drop()
            if not result.done():
                result.set_result(())

        self._waiting += 1  # until the thread has done with it, dropped or not
        working = loop.run_in_executor(self._executor, job)
        working.add_done_callback(lambda done: self._done(done, result))
        try:
            with session.dropping(drop):
                made = await result
        finally:
            job.drop()
        if not made:
            raise RpcError(APPLICATION_ERROR, _NOBODY_WAITS)
        return made[0]

    def _done(self, working: asyncio.Future[T], result: asyncio.Future[tuple[T, ...]]) -> None:
        self._waiting -= 1
        error = RpcError(APPLICATION_ERROR, _STOPPING) if working.cancelled() else working.exception()
        if result.done():
            return  # nobody waits for it any more
        if error is not None:
            result.set_exception(error)
        else:
            result.set_result((working.result(),))

    async def make_envelope(self, post: Post, now: Callable[[], float], max_size: int, session: Session) -> Envelope:
        """Seal and mine. ``now`` is asked when its turn has come, so that waiting does not shorten its life.

        :raises LocalError: too large, or the target is out of reach within the time.
        """
        if post.pow_time > MAX_POW_TIME or post.pow_time < 0:
            raise invalid_params(f"powTime is at most {MAX_POW_TIME:g} seconds")
        return await self.run(lambda is_dropped: self._make(post, now(), max_size, is_dropped), session)

    def stop(self) -> None:
        """Give up what is being worked on; whoever waits for it is told."""
        self._stop.set()

    def close(self) -> None:
        """End the thread."""
        self.stop()
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _make(self, post: Post, now: float, max_size: int, is_dropped: Callable[[], bool]) -> Envelope:
        data = seal(post.key, post.payload, post.signer, self._random, post.padding)
        if HEADER_SIZE + len(data) > max_size:
            raise LocalError(
                f"The message makes an envelope of {HEADER_SIZE + len(data)} bytes; this node takes at most {max_size}."
            )
        envelope = Envelope.mine(now, post.ttl, post.topic, data, 0.0)
        if post.pow_target <= 0:
            return envelope
        zeros = required_zeros(post.pow_target, envelope.size, envelope.ttl)
        nonce = self._search(keccak_state(envelope.short), zeros, post.pow_time or DEFAULT_POW_TIME, is_dropped)
        return Envelope.create(envelope.expiry, envelope.ttl, post.topic, data, nonce)

    def _search(self, short: KeccakState, zeros: int, seconds: float, is_dropped: Callable[[], bool]) -> int:
        until = self._timer() + seconds
        for start in itertools.count(step=NONCES_AT_ONCE):
            nonce = search_among(short, zeros, range(start, start + NONCES_AT_ONCE))
            if nonce is not None:
                return nonce
            if self._stop.is_set():
                raise RpcError(APPLICATION_ERROR, _STOPPING)
            if is_dropped():
                raise RpcError(APPLICATION_ERROR, _NOBODY_WAITS)
            if self._timer() >= until:
                break
        raise RpcError(
            APPLICATION_ERROR,
            f"the proof of work was not reached within {counted(seconds, 'second')}: "
            "give more powTime or a lower powTarget",
        )
