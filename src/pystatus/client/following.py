"""What became of transactions that were sent, asked of the node of the wallet: one round at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from pystatus.chain.endpoint import Endpoint
from pystatus.errors import StatusError
from pystatus.log_texts import get_logger
from pystatus.messenger.sent_records import Finding, SentTransaction
from pystatus.outage import Outage

log = get_logger(__name__)


class Following:
    """Of one client."""

    def __init__(self, endpoint: Endpoint, answer: Callable[[Sequence[Finding]], None]) -> None:
        """
        :param answer: called with what the node says.
        """
        self._endpoint = endpoint
        self._answer = answer
        self._round: asyncio.Task[None] | None = None
        self._outage = Outage(log, "the node of the wallet does not answer", "the node of the wallet answers again")

    def ask(self, sent: Sequence[SentTransaction]) -> None:
        """Begin a round. While one is under way none is begun: it is named again."""
        if self._round is None or self._round.done():
            self._round = asyncio.ensure_future(self._ask(sent))

    async def _ask(self, sent: Sequence[SentTransaction]) -> None:
        from pystatus.chain.sent import look_up  # who has sent nothing loads nothing of it

        now = asyncio.get_running_loop().time
        try:
            findings = await look_up(self._endpoint, sent)
        except StatusError as error:
            self._outage.failed(now(), str(error))
        else:
            self._outage.worked(now())
            self._answer(findings)

    async def close(self) -> None:
        """Ask nothing more, and wait for no answer."""
        if self._round is not None:
            self._round.cancel()
            await asyncio.gather(self._round, return_exceptions=True)
