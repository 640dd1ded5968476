"""Our contact code: the bundle that strangers need to write to us with forward secrecy, on a topic they can compute.

Published when the account is new and every six hours after that (2/ACCOUNT; secure-transport.md §2.4).
"""

from __future__ import annotations

import math

from pystatus.messenger.sending import Sender
from pystatus.messenger.store import MessengerStore
from pystatus.vouched_time import is_due

CONTACT_CODE_INTERVAL = 6 * 3_600
"""Seconds between two publications (2/ACCOUNT: MAY every 6 hours; the reference does)."""

PUBLISHED = "contact_code_published_s"
"""The setting with the time of the last publication, Unix seconds."""


class ContactCode:
    """The schedule of publications, which survives a restart."""

    def __init__(self, sender: Sender, store: MessengerStore) -> None:
        self._sender = sender
        self._store = store
        published = store.setting(PUBLISHED)
        self._published_at = float(published) if isinstance(published, int) else -math.inf

    @property
    def due(self) -> float:
        """When it is to be published next, Unix seconds; minus infinity for a new account."""
        return self._published_at + CONTACT_CODE_INTERVAL

    def is_due(self, now: float) -> bool:
        """Whether it is to be published. A publication in the future was of a wrong clock, and helped nobody."""
        return is_due(self._published_at, CONTACT_CODE_INTERVAL, now)

    def publish(self, now: float) -> None:
        """Queue the contact code, and set the time of the next one.

        Implements: ST-12, AC-6
        """
        self._sender.send_contact_code(now)
        self._store.save_setting(PUBLISHED, int(now))
        self._published_at = now
