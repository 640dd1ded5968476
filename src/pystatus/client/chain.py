"""A chain that can be asked for transactions, behind a port (payloads.md §12); ``pystatus.chain`` has one of a node of
Ethereum."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from pystatus.errors import RemoteError
from pystatus.log_texts import get_logger
from pystatus.messenger.announcements import Unanswered
from pystatus.messenger.transaction_records import ChainTransaction, hash_bytes
from pystatus.outage import Outage

log = get_logger(__name__)

QUESTION_SECONDS = 10.0
"""Seconds that the chain has for one answer (payloads.md §12)."""
MAX_QUESTIONS = 8
"""Questions that are under way at a time. Ours: a round of fifty takes a second where each takes a tenth of one."""
MAX_WAITING = 100
"""Questions that wait or are under way: two rounds. Beyond it none is added; it is named again. Ours."""

Answer = Callable[[str, "ChainTransaction | Unanswered | None"], None]
"""Called with a hash, and what the chain says of it."""


class Chain(Protocol):
    """What knows transactions: a node of Ethereum, for example, asked over its RPC. Whatever it raises counts as no
    answer, and it is asked again later; so does what takes longer than ten seconds, which is cancelled then."""

    async def transaction(self, transaction_hash: bytes) -> ChainTransaction | None:
        """The transaction with a hash of 32 bytes; ``None``: the chain does not know it."""
        ...


class ChainQuestions:
    """Asked of one chain, a few at a time. The answers are handed back one by one."""

    def __init__(self, chain: Chain, answer: Answer) -> None:
        self._chain = chain
        self._answer = answer
        self._places = asyncio.Semaphore(MAX_QUESTIONS)
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._outage = Outage(log, "the chain does not answer", "the chain answers again")

    def ask(self, hashes: Sequence[str]) -> None:
        """Ask for transactions, but for those of which the answer is still awaited."""
        for transaction_hash in hashes:
            if transaction_hash not in self._under_way and len(self._under_way) < MAX_WAITING:
                task = asyncio.ensure_future(self._ask(transaction_hash))
                self._under_way[transaction_hash] = task
                task.add_done_callback(partial(self._is_answered, transaction_hash))

    def _is_answered(self, transaction_hash: str, _: asyncio.Task[None]) -> None:
        del self._under_way[transaction_hash]

    async def close(self) -> None:
        """Ask nothing more, and wait for no answer."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _ask(self, transaction_hash: str) -> None:
        async with self._places:
            found = await self._found(transaction_hash)
        self._answer(transaction_hash, found)

    async def _found(self, transaction_hash: str) -> ChainTransaction | Unanswered | None:
        now = asyncio.get_running_loop().time
        try:
            async with asyncio.timeout(QUESTION_SECONDS):
                found = await self._chain.transaction(hash_bytes(transaction_hash))
            _check(found)
        except TimeoutError:
            self._outage.failed(now(), f"nothing came within {QUESTION_SECONDS:.0f} s")
        except Exception as error:  # it is somebody else's code, and what it cannot do is no fault of the client
            self._outage.failed(now(), f"{type(error).__name__}: {error}")
        else:
            self._outage.worked(now())
            return found
        return Unanswered()


def _check(found: object) -> None:
    """
    :raises RemoteError: it is no answer.
    """
    if found is not None and not isinstance(found, ChainTransaction):
        raise RemoteError(f"the answer is to be a ChainTransaction or None, not {type(found).__name__}")
