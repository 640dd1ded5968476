"""What a relay asks for now, and when its peers are told of a change (waku.md §4.4, §5.3)."""

from __future__ import annotations

import dataclasses
import math

from pystatus.waku.bloom import bloom_matches, topic_bloom
from pystatus.waku.relay.admission import Admission
from pystatus.waku.relay.config import RelayConfig
from pystatus.waku.status import StatusOptions

UPDATE_INTERVAL = 0.1
"""Seconds between our own Status Updates: changes within are sent as one (waku.md §4.4)."""


class LocalStatus:
    """The settings in force: at once for what comes in, a little later for peers, which hear of a change then."""

    def __init__(self, config: RelayConfig) -> None:
        self.config = config
        self.admission = Admission(config.interest, config.min_pow, config.max_envelope_size)
        self.options = self._current()
        """What peers are told: all of it in a Status, what has changed in a Status Update."""
        self.announce_at: float | None = None
        """When the next Status Update is due."""
        self._announced_at = -math.inf

    def is_in_bloom(self, topic: bytes) -> bool:
        """Whether peers that know our interest as a bloom filter may take a topic for one of ours."""
        return bloom_matches(self.admission.bloom, topic_bloom(topic))

    def configure(self, config: RelayConfig, now: float) -> None:
        """Take over other settings at ``now`` (Unix seconds). A former interest and a former proof of work stay good
        for 10 s, because peers hear of the change later."""
        before, self.config = self.config, config
        admission = self.admission
        if config.interest != before.interest:
            admission.set_interest(config.interest, now)
        if config.min_pow != before.min_pow:
            admission.set_min_pow(config.min_pow, now)
        admission.max_envelope_size = config.max_envelope_size
        if _announced(config) != _announced(before) and self.announce_at is None:
            self.announce_at = min(max(now, self._announced_at + UPDATE_INTERVAL), now + UPDATE_INTERVAL)

    def announce_soon(self, now: float) -> None:
        """A change that is not announced yet shall not wait any longer."""
        if self.announce_at is not None:
            self.announce_at = now

    def announce(self, now: float) -> bool:
        """Bring :attr:`options` up to date if it is time, and say whether it was.

        Implements: WK-40
        """
        if self.announce_at is None or now < self.announce_at:
            return False
        self.announce_at = None
        self._announced_at = now
        self.options = self._current()
        return True

    def _current(self) -> StatusOptions:
        """All that peers are told of our settings, limits included.

        Implements: WK-41
        """
        config = self.config
        return dataclasses.replace(
            config.interest.announcement(),
            pow_requirement=config.min_pow,
            light_node=config.light,
            confirmations_enabled=config.confirmations,
            packet_rate_limits=config.packet_rates,
            bytes_rate_limits=config.byte_rates,
        )


def _announced(config: RelayConfig) -> tuple[object, ...]:
    """What of it peers are told."""
    return (
        config.interest,
        config.min_pow,
        config.light,
        config.confirmations,
        config.packet_rates,
        config.byte_rates,
    )
