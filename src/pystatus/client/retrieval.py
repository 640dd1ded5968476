"""Envelopes of the past: who can give them, and how the client asks (secure-transport.md §2.4)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Protocol

from pystatus.errors import StatusError
from pystatus.log_texts import get_logger
from pystatus.messenger.effects import RequestHistory
from pystatus.outage import Outage
from pystatus.waku.envelope import Envelope

log = get_logger(__name__)

MAX_ENVELOPES = 1_000
"""Envelopes taken in answer to one request: a month of three devices that publish every six hours is 360, and anybody
can write on a contact code's topic."""


class HistorySource(Protocol):
    """Something that has kept envelopes."""

    def envelopes(self, topics: frozenset[bytes], since: float, until: float) -> AsyncGenerator[Envelope, None]:
        """Envelopes of ``topics`` (4 bytes each) sent between two Unix seconds, the newest first if there is a choice.

        :raises StatusError, OSError: they cannot be had now.
        """
        ...


class Retrieval:
    """Asks a source for what the messenger wants, and hands on what comes as if a relay had sent it."""

    def __init__(self, source: HistorySource, deliver: Callable[[Envelope], None]) -> None:
        self._source = source
        self._deliver = deliver
        self._outage = Outage(log, "history cannot be fetched", "history is fetched again")
        self._tasks: set[asyncio.Task[None]] = set()

    def ask(self, wanted: RequestHistory, now: float) -> None:
        """Begin to fetch. What fails is wanted again when the client starts the next time."""
        task = asyncio.ensure_future(self._fetch(wanted, now))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Fetch no more."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _fetch(self, wanted: RequestHistory, now: float) -> None:
        count = 0
        try:
            async with aclosing(self._source.envelopes(wanted.topics, wanted.since, now)) as envelopes:
                async for envelope in envelopes:
                    if envelope.topic not in wanted.topics:
                        continue
                    self._deliver(envelope)
                    count += 1
                    if count == MAX_ENVELOPES:
                        break
        except (StatusError, OSError) as error:
            self._outage.failed(asyncio.get_running_loop().time(), error)
        except Exception:  # the user's code: what it raises must not stop the client
            log.exception("the source of history failed")
        else:
            self._outage.worked(asyncio.get_running_loop().time())
