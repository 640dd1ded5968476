"""What became of transactions that change names: asked of the chain for one client, a round at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from pystatus.client.chain_access import ChainAccess
from pystatus.errors import StatusError
from pystatus.log_texts import get_logger
from pystatus.messenger.effects import LookUpNameChanges
from pystatus.messenger.name_records import NameChange, NameChangeState
from pystatus.outage import Outage

log = get_logger(__name__)

Settled = Callable[[NameChange, NameChangeState], None]


class NameWatch:
    """Carries out :class:`~pystatus.messenger.effects.LookUpNameChanges`."""

    def __init__(self, chain: ChainAccess, settled: Settled) -> None:
        """
        :param settled: is given what became of each.
        """
        self._chain = chain
        self._settled = settled
        self._round: asyncio.Task[None] | None = None
        self._outage = Outage(log, "the node of Ethereum does not answer", "the node of Ethereum answers again")

    def look_up(self, effect: LookUpNameChanges) -> None:
        """Ask, unless the round before is still under way: what it does not settle is named again."""
        if self._round is None or self._round.done():
            self._round = asyncio.ensure_future(self._ask_quietly(effect.changes))

    async def ask(self, changes: Sequence[NameChange]) -> None:
        """Ask for each of them, and hand on what is said.

        :raises LocalError: no node is named.
        :raises RemoteError: the node cannot be asked.
        """
        from pystatus.client.naming import outcome  # nobody loads it who changes no name

        for change in changes:
            self._settled(change, await outcome(self._chain.naming, change))

    def close(self) -> None:
        """Ask nothing more."""
        if self._round is not None:
            self._round.cancel()

    async def _ask_quietly(self, changes: Sequence[NameChange]) -> None:
        now = asyncio.get_running_loop().time
        try:
            await self.ask(changes)
        except StatusError as error:
            self._outage.failed(now(), str(error))
        else:
            self._outage.worked(now())
