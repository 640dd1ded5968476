"""Our contact code: the bundle that strangers need to write to us with forward secrecy, on a topic they can compute.

Published when the account is new and every six hours after that (2/ACCOUNT; secure-transport.md §2.4).
"""

from __future__ import annotations

import math

from pystatus.messenger.dispatch import Incoming
from pystatus.messenger.features.feature import Core, Feature
from pystatus.payloads.contacts import ContactCodeAdvertisement
from pystatus.payloads.kinds import PayloadType
from pystatus.payloads.payload import Payload
from pystatus.vouched_time import is_due

CONTACT_CODE_INTERVAL = 6 * 3_600
"""Seconds between two publications (2/ACCOUNT: MAY every 6 hours; the reference does)."""

PUBLISHED = "contact_code_published_s"
"""The setting with the time of the last publication, Unix seconds."""


class ContactCode(Feature[None]):
    """The schedule of publications, which survives a restart."""

    PAYLOADS = (ContactCodeAdvertisement,)

    def __init__(self, core: Core, tables: None, now: float) -> None:
        super().__init__(core, tables, now)
        published = core.store.setting(PUBLISHED)
        self._published_at = float(published) if isinstance(published, int) else -math.inf

    def receive(self, payload: Payload, incoming: Incoming) -> None:
        """Somebody else's is for the bundle that has come with it, which the encryption layer has."""

    def device_renewed(self, now: float) -> None:
        """What was published is the bundle of another device."""
        self._core.store.forget_setting(PUBLISHED)
        self._published_at = -math.inf

    def next_timer(self) -> float:
        """When it is to be published next, Unix seconds; minus infinity for a new account."""
        return self._published_at + CONTACT_CODE_INTERVAL

    def on_timer(self, now: float) -> None:
        """Publish it when it is time: an advertisement whose only contents is the bundle that comes with every message.
        A publication in the future was of a wrong clock, and helped nobody.

        Implements: ST-12, AC-6
        """
        if is_due(self._published_at, CONTACT_CODE_INTERVAL, now):
            self._core.sender.send_on_contact_code(PayloadType.CONTACT_CODE_ADVERTISEMENT, b"", now)
            self._core.store.save_setting(PUBLISHED, int(now))
            self._published_at = now
