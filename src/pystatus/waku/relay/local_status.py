"""What a relay asks for now, and when its peers are told of a change (waku.md §4.4, §5.3)."""

from __future__ import annotations

import dataclasses
import math

from pystatus.waku.bloom import bloom_matches, topic_bloom
from pystatus.waku.interest import Interest
from pystatus.waku.relay.admission import Admission
from pystatus.waku.relay.config import RelayConfig, check_pow
from pystatus.waku.status import RateLimits, StatusOptions

UPDATE_INTERVAL = 0.1
"""Seconds between our own Status Updates: changes within are sent as one (waku.md §4.4)."""


class LocalStatus:
    """The settings that may change, in force at once for what comes in, announced a little later."""

    def __init__(self, config: RelayConfig) -> None:
        self._config = config
        self.light = config.light
        self.confirmations = config.confirmations
        self.packet_rates = config.packet_rates
        self.byte_rates = config.byte_rates
        self.admission = Admission(config.interest, config.min_pow, config.max_envelope_size)
        self.options = self._current()
        """What peers are told: all of it in a Status, what has changed in a Status Update."""
        self.announce_at: float | None = None
        """When the next Status Update is due."""
        self._announced_at = -math.inf

    def is_in_bloom(self, topic: bytes) -> bool:
        """Whether peers that know our interest as a bloom filter may take a topic for one of ours."""
        return bloom_matches(self.admission.bloom, topic_bloom(topic))

    def set_interest(self, interest: Interest, now: float) -> None:
        if interest != self.admission.interest:
            self.admission.set_interest(interest, now)
            self._changed(now)

    def set_min_pow(self, min_pow: float, now: float) -> None:
        """
        :raises LocalError: not finite, or negative.
        """
        check_pow(min_pow)
        if min_pow != self.admission.min_pow:
            self.admission.set_min_pow(min_pow, now)
            self._changed(now)

    def set_light(self, light: bool, now: float) -> None:
        if light != self.light:
            self.light = light
            self._changed(now)

    def set_confirmations(self, confirmations: bool, now: float) -> None:
        if confirmations != self.confirmations:
            self.confirmations = confirmations
            self._changed(now)

    def set_rates(self, packet_rates: RateLimits, byte_rates: RateLimits, now: float) -> None:
        """
        :raises LocalError: limits that contradict each other.
        """
        self._config.check_rates(packet_rates, byte_rates)
        if (packet_rates, byte_rates) != (self.packet_rates, self.byte_rates):
            self.packet_rates, self.byte_rates = packet_rates, byte_rates
            self._changed(now)

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

    def _changed(self, now: float) -> None:
        if self.announce_at is None:
            self.announce_at = min(max(now, self._announced_at + UPDATE_INTERVAL), now + UPDATE_INTERVAL)

    def _current(self) -> StatusOptions:
        """All that peers are told of our settings, limits included.

        Implements: WK-41
        """
        return dataclasses.replace(
            self.admission.interest.announcement(),
            pow_requirement=self.admission.min_pow,
            light_node=self.light,
            confirmations_enabled=self.confirmations,
            packet_rate_limits=self.packet_rates,
            bytes_rate_limits=self.byte_rates,
        )
