"""Keeping a connection to a static peer (overlay.md §6.3)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from pystatus.crypto.random import RandomSource
from pystatus.devp2p.enode import Enode
from pystatus.log_texts import get_logger
from pystatus.net.config import NetworkConfig
from pystatus.outage import Outage

log = get_logger(__name__)


class StaticPeer:
    """A node that we dial whenever it is not connected, until it is removed.

    Implements: WK-2, WK-61
    """

    def __init__(self, enode: Enode, level: int = logging.INFO) -> None:
        """
        :param level: of the lines in the log that say that it cannot be connected, and is again.
        """
        self.enode = enode
        self.failures = 0
        """Attempts since the last connection that lasted."""
        self.failure: str | None = None
        """Why it is not connected; None while it is, and before the first attempt has ended."""
        self._outage = Outage(log, f"{enode} cannot be connected", f"{enode} is connected", level)
        self._absent = asyncio.Event()
        self._absent.set()

    @property
    def is_connected(self) -> bool:
        return not self._absent.is_set()

    def connected(self) -> None:
        """It is connected now, whoever dialled."""
        self._absent.clear()
        self.failure = None
        self._outage.worked(asyncio.get_running_loop().time())

    def disconnected(self, reason: str) -> None:
        """It is no longer connected."""
        self._absent.set()
        self.failure = reason

    async def keep_connected(
        self, dial: Callable[[Enode], Awaitable[str | None]], config: NetworkConfig, random: RandomSource
    ) -> None:
        """Dial for ever. ``dial`` returns None once the peer is connected, else what went wrong."""
        loop = asyncio.get_running_loop()
        while True:
            await self._absent.wait()
            if self.failures:
                chance = int.from_bytes(random(4), "big") / 2**32
                await asyncio.sleep(config.backoff.pause(self.failures, chance))
                if self.is_connected:  # it has dialled us meanwhile
                    continue
            started = loop.time()
            failure = await dial(self.enode)
            if failure is None or self.is_connected:
                await self._absent.wait()
                if loop.time() - started >= config.stable_after:
                    self.failures = 0
            else:
                self._outage.failed(loop.time(), failure)
                self.failure = failure
            self.failures += 1
