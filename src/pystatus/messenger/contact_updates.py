"""Contact updates of ours: who we are, for those whom we have added (payloads.md §8).

Somebody is told when they are added, when we have another name or picture, and every 48 hours after that. Many contacts
are told one after the other: a burst of thousands of envelopes would be dropped by relays, and say to everybody who
watches them how many contacts we have.

Nothing is sent while there is no relay, or while peers suspect our clock: then it says nothing about what is due. When
somebody was told last is stored with them, in the transaction that queues the update; a time in the future is of a
clock that was ahead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pystatus.messenger.contact_records import Contact, ContactTables
from pystatus.messenger.own_profile import OwnProfile
from pystatus.payloads.checks import MAX_CLOCK_AHEAD_MS
from pystatus.payloads.contacts import ContactUpdate
from pystatus.vouched_time import CLOCK_STEP

if TYPE_CHECKING:
    from pystatus.messenger.sending import Sender
    from pystatus.messenger.store import MessengerStore

UPDATE_INTERVAL = 48 * 3_600
"""Seconds after which somebody is told again (payloads.md §8)."""
AT_ONCE = 10
"""Contacts that are told in one turn. Ours: some 100 kB with a picture of 10 kB."""
TURN = 10.0
"""Seconds between two turns. Ours: 10,000 contacts are told within three hours."""

_CHANGED = "profile_changed_s"
"""The setting with the Unix second of the last change on this device."""
_CLOCK = "contact_update_clock"
"""The setting with the clock of the last update."""


class ContactUpdates:
    """Called inside transactions. Times are Unix seconds."""

    def __init__(self, store: MessengerStore, tables: ContactTables, sender: Sender, profile: OwnProfile) -> None:
        self._store = store
        self._tables = tables
        self._sender = sender
        self._profile = profile
        self._connected = False
        self._due_at: float | None = None
        """When it is looked next who is to be told. Too early is harmless."""

    def tell(self, contacts: Sequence[Contact], now: float) -> list[Contact]:
        """Tell people who we are; what is to be stored of them."""
        profile, now_ms = self._profile.load(), int(now * 1000)
        last = self._store.setting(_CLOCK)
        ahead = min(last, now_ms + MAX_CLOCK_AHEAD_MS // 2) if isinstance(last, int) else 0
        clock = max(now_ms, ahead + 1)
        update = ContactUpdate(clock=clock, ens_name=profile.ens_name, profile_image=profile.picture)
        self._sender.send_to([contact.key for contact in contacts], update, now, own_devices=False)
        self._store.save_setting(_CLOCK, clock)
        self._look_at(now + UPDATE_INTERVAL)
        return [replace(contact, updated_s=int(now)) for contact in contacts]

    def profile_changed(self, now: float) -> None:
        """Everybody is to be told. Our other devices are by the feature that keeps them in step."""
        self._store.save_setting(_CHANGED, int(now))
        self._look_at(now + 1.0)  # in another second than those who were told before it

    def relays_changed(self, connected: bool, now: float) -> None:
        """Whether there is a relay from now on, and no peer suspects our clock."""
        self._connected = connected
        if connected:
            self._look_at(now)

    def next_timer(self) -> float | None:
        """When :meth:`on_timer` is due; ``None``: nothing waits, or nobody would take it."""
        return self._due_at if self._connected else None

    def on_timer(self, now: float) -> None:
        """Tell some of those who are to be told. Early calls are harmless."""
        if not self._connected or self._due_at is None or now < self._due_at:
            return
        before_s = max(int(now) - UPDATE_INTERVAL, self._changed_s(now))
        due = self._tables.due_for_update(before_s, int(now + CLOCK_STEP), AT_ONCE)
        if due:
            for contact in self.tell(due, now):
                self._tables.save(contact)
        oldest = self._tables.oldest_update()
        self._due_at = None if oldest is None else now + TURN if due else max(now + TURN, oldest + UPDATE_INTERVAL)

    def _changed_s(self, now: float) -> int:
        """The last second in which somebody may have been told what is not true any more."""
        changed = self._store.setting(_CHANGED)
        if isinstance(changed, int) and changed > now:  # by a clock that was ahead
            changed = int(now)
            self._store.save_setting(_CHANGED, changed)
        return changed if isinstance(changed, int) else 0

    def _look_at(self, time: float) -> None:
        self._due_at = time if self._due_at is None else min(self._due_at, time)
