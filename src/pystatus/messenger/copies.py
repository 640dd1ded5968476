"""A profile that exists twice: how it is noticed, and what it becomes (secure-transport.md §2.5, §9.2 A7).

Two copies would use the same message keys for different messages. So a copy becomes a device of its own: a new
installation id, new prekeys, new sessions. Chats, history and contacts stay, and what was waiting is sent again.

What the disk shows is noticed when the profile is opened (``storage/generations.py``). A snapshot of a whole machine
shows nothing there; then there is what comes from the network:

    our installation has signed a payload that is not ours      nobody else can do that: it becomes a new device
    somebody acknowledges to this device alone what it has      anybody can say that: the user is told what to do
    not sent

Only the signed payload counts, and the time in its bundle. Anybody can put what we once sent into another envelope.
"""

from __future__ import annotations

from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PublicKey
from pystatus.crypto.random import RandomSource, random_uuid
from pystatus.messenger.batch import Batch
from pystatus.messenger.effects import Notify
from pystatus.messenger.events import CopySuspected, RenewalReason
from pystatus.messenger.store import MessengerStore
from pystatus.secure_transport.own_bundle import nanoseconds
from pystatus.secure_transport.secure_transport import Opened

RENEWAL_INTERVAL = 3_600
"""Seconds between two renewals that nobody asked for: a fault of ours must not make a device an hour of many."""
SUSPICION_INTERVAL = 86_400
"""Seconds between two times that the user is told of a suspicion."""

OWN_SINCE = "own_payloads_since_ns"
"""The setting with the nanosecond from which on each payload of ours is remembered."""
INSTALLATION_ID = "installation_id"
"""The setting that names this device; it is made when a profile is opened for the first time."""
_RENEWED = "renewed_s"
_SUSPECTED = "copy_suspected_s"


def installation_id(store: MessengerStore) -> str | None:
    """Which installation a profile is; None before its first start."""
    known = store.setting(INSTALLATION_ID)
    return None if known is None else str(known)


def take_installation_id(store: MessengerStore, random: RandomSource) -> str:
    """The installation id, made at first use: ratchet state never moves between devices (secure-transport.md A7).

    Implements: ST-31, ST-37, ST-53
    """
    known = installation_id(store)
    if known is not None:
        return known
    made = random_uuid(random)
    store.save_setting(INSTALLATION_ID, made)
    return made


def drop_installation_id(store: MessengerStore, now: float) -> None:
    """The profile becomes another installation.

    Implements: ST-53
    """
    store.forget_setting(INSTALLATION_ID)
    store.save_setting(_RENEWED, int(now))


class Copies:
    """Looks in what comes for signs of a copy."""

    def __init__(self, own: PublicKey, installation_id: str, store: MessengerStore, batch: Batch, now: float) -> None:
        self.found: RenewalReason | None = None
        """Why this installation must not go on."""
        self._own = own
        self._installation_id = installation_id
        self._store = store
        self._batch = batch
        if store.setting(OWN_SINCE) is None:
            # Of what was sent before that is remembered, an echo may come out of an archive, or from anybody.
            store.save_setting(OWN_SINCE, nanoseconds(now))

    def sent(self, payload_hash: bytes, now: float) -> None:
        """A payload of ours goes out, with this Keccak-256."""
        self._store.note_payload(payload_hash, int(now))

    def own_payload(self, opened: Opened, payload: bytes, now: float) -> None:
        """A payload came that our own identity has signed."""
        if opened.installation_id != self._installation_id or self._store.has_sent_payload(keccak256(payload)):
            return
        since = self._store.setting(OWN_SINCE)
        if not isinstance(since, int) or opened.bundled_ns < since:
            return
        if self._is_over(_RENEWED, RENEWAL_INTERVAL, now):
            self.found = RenewalReason.USED_ELSEWHERE
        else:
            self._suspect(self._own, now)

    def unknown_acknowledgement(self, sender: PublicKey, now: float) -> None:
        """``sender`` knows no device of ours but this one, and acknowledges to it what it never sent."""
        renewed = self._store.setting(_RENEWED) is not None
        if not renewed and not self._store.encryption.installations(self._own.compressed):
            self._suspect(sender, now)

    def forgotten(self, before_s: int) -> None:
        """What was sent before then is not remembered any more."""
        since = self._store.setting(OWN_SINCE)
        if not isinstance(since, int) or since < nanoseconds(before_s):
            self._store.save_setting(OWN_SINCE, nanoseconds(before_s))

    def _suspect(self, witness: PublicKey, now: float) -> None:
        if self._is_over(_SUSPECTED, SUSPICION_INTERVAL, now):
            self._store.save_setting(_SUSPECTED, int(now))
            self._batch.add(Notify(CopySuspected(witness)))

    def _is_over(self, setting: str, interval: int, now: float) -> bool:
        last = self._store.setting(setting)
        return not isinstance(last, int) or abs(now - last) >= interval
