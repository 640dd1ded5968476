"""The time of a node: which clock it runs by, what peers and time servers make of it, and who is told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pystatus.crypto.random import RandomSource
from pystatus.log_texts import get_logger
from pystatus.net.clock import Clock, SystemClock
from pystatus.timekeeping.corrected_clock import CorrectedClock
from pystatus.timekeeping.servers import parse_time_servers
from pystatus.waku.relay.clock_judgement import ClockJudgement
from pystatus.waku.relay.clock_offset import SPREAD
from pystatus.waku.relay.events import ClockJudged
from pystatus.waku.relay.relay import Relay

if TYPE_CHECKING:
    from pystatus.node.clock_service import ClockService

log = get_logger(__name__)

LOOK_AGAIN = 5.0
"""Seconds between two looks at whether what time servers say is still to be said: peers may have begun to agree."""


def corrected(clock: Clock, time_servers: Sequence[str]) -> Clock:
    """The clock that a node with these time servers runs by, as does the program around it.

    :param time_servers: as people give them; they are well-formed.
    """
    if isinstance(clock, CorrectedClock) or not parse_time_servers(time_servers):
        return clock
    return CorrectedClock(clock.now, time.monotonic)


class NodeTime:
    """The time of one node."""

    def __init__(
        self,
        clock: Clock | None,
        time_servers: Sequence[str],
        random: RandomSource,
        relay: Relay,
        report: Callable[[ClockJudged], None],
    ) -> None:
        """
        :param time_servers: see :func:`corrected`.
        :param report: told when the judgement has changed.
        """
        self.clock = corrected(clock or SystemClock(), time_servers)
        """What everything in the node runs by."""
        self.services: tuple[ClockService, ...] = ()
        """To be started before all others."""
        self.flush: Callable[[], None] = lambda: None
        """To be called when the time may have jumped."""
        self._relay = relay
        self._report = report
        self._told = ClockJudgement()
        self._again: asyncio.TimerHandle | None = None
        if isinstance(self.clock, CorrectedClock):
            from pystatus.net.time_servers import TimeServers  # a node without them loads nothing of it
            from pystatus.node.clock_service import ClockService

            corrected_clock = self.clock
            servers = parse_time_servers(time_servers)
            if servers:
                asks = TimeServers(servers, random, corrected_clock.machine, corrected_clock.monotonic)
                self.services = (ClockService(asks, corrected_clock, random, self._of_peers, self._look, self._rest),)

    @property
    def judgement(self) -> ClockJudgement:
        """What peers and time servers make of the time now."""
        return self._joined(self._of_peers())

    def judged(self, peers: ClockJudgement) -> None:
        """Peers make something else of the time that is used."""
        for service in self.services:
            if service.keeper.peers_said(peers):
                log.warning("the time is no longer that which peers contradict: %s", peers)
                return  # what they said was of the other time
        self._tell(self._joined(peers))

    def _of_peers(self) -> ClockJudgement:
        return self._relay.clock_offset.judge(self.clock.now())

    def _joined(self, peers: ClockJudgement) -> ClockJudgement:
        for service in self.services:
            return service.keeper.joined(peers)
        return peers

    def _look(self) -> None:
        self._rest()
        self.flush()
        judgement = self.judgement
        self._tell(judgement)
        if not judgement.is_well:
            self._again = asyncio.get_running_loop().call_later(LOOK_AGAIN, self._look)

    def _rest(self) -> None:
        if self._again is not None:
            self._again.cancel()
            self._again = None

    def _tell(self, judgement: ClockJudgement) -> None:
        told = self._told
        if judgement.is_well and told.is_well:
            return
        if judgement.kind == told.kind and abs(judgement.machine_offset - told.machine_offset) <= SPREAD:
            return
        self._told = judgement
        if judgement.is_well:
            log.warning("%s again", judgement)
        elif judgement.is_suspected:
            log.warning("%s. Envelopes are refused meanwhile: check the clock", judgement)
        else:
            log.warning("%s. %s", judgement, judgement.advice)
        self._report(ClockJudged(judgement))
