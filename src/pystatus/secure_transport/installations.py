"""Who has which devices: what a bundle changes, and whom a message is encrypted for (secure-transport.md §2.5, §6)."""

from __future__ import annotations

from dataclasses import replace

from pystatus.errors import LocalError
from pystatus.records import dataclass
from pystatus.sanitise import quoted
from pystatus.secure_transport.bundles import Bundle, SignedPreKey
from pystatus.secure_transport.config import ACTIVITY_INTERVAL, MAX_DEVICES, MAX_INSTALLATIONS, MAX_TIMESTAMP_AHEAD
from pystatus.secure_transport.errors import BadBundle
from pystatus.secure_transport.store import EncryptionStore, Installation

_AHEAD = int(MAX_TIMESTAMP_AHEAD * 1_000_000_000)
"""Nanoseconds that an activity may come from the future."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a bundle has brought."""

    bundle: Bundle
    new: tuple[str, ...]
    """Ids of the installations seen for the first time."""
    pre_keys_changed: bool
    """An enabled installation has appeared or has another prekey."""
    known: dict[str, Installation]
    """All installations of the identity after it."""


class Installations:
    """The installations of everybody, our own other ones included."""

    def __init__(self, own_identity: bytes, own_installation_id: str, store: EncryptionStore) -> None:
        self._own_identity = own_identity
        self._own_installation_id = own_installation_id
        self._store = store

    def targets(self, identity: bytes) -> list[Installation]:
        """The installations that a message to ``identity`` is encrypted for: enabled, the latest active, at most three
        (two if it is ourselves, since we are the third).

        Implements: ST-35
        """
        limit = MAX_DEVICES - 1 if identity == self._own_identity else MAX_DEVICES
        return [installation for installation in self._store.installations(identity) if installation.enabled][:limit]

    def accept(self, bundle: Bundle, now: float) -> Accepted:
        """Take over a verified bundle.

        The order in which bundles arrive makes no difference: of an installation's prekeys the one with the highest
        version counts, of equal versions the one signed last (secure-transport.md §2.5).

        :raises BadBundle: it comes from the future.

        Implements: ST-28, ST-30
        """
        if bundle.timestamp > (now + MAX_TIMESTAMP_AHEAD) * 1_000_000_000:
            raise BadBundle("a bundle is signed more than a day in the future")
        before = {entry.installation_id: entry for entry in self._store.installations(bundle.identity)}
        after = dict(before)
        for entry in bundle.signed_pre_keys:
            if bundle.identity == self._own_identity and entry.installation_id == self._own_installation_id:
                continue
            known = before.get(entry.installation_id)
            after[entry.installation_id] = (
                _updated(known, bundle, entry, now) if known else self._first_seen(bundle, entry)
            )
        for surplus in sorted(after.values(), key=_last_to_drop)[MAX_INSTALLATIONS:]:
            del after[surplus.installation_id]
            if surplus.installation_id in before:
                self._store.drop_installation(surplus.identity, surplus.installation_id)
        changed = [entry for entry in after.values() if entry != before.get(entry.installation_id)]
        for installation in changed:
            self._store.save_installation(installation)
        return Accepted(
            bundle,
            tuple(installation_id for installation_id in after if installation_id not in before),
            any(entry.enabled and _pre_key(before.get(entry.installation_id)) != entry.pre_key for entry in changed),
            after,
        )

    def mark_active(self, installation: Installation, now: float, *, answered: bool) -> None:
        """A direct message was opened from this installation, ``answered``: one that can negotiate a topic
        (secure-transport.md §6.6).

        Bundles are signed once an hour, so they alone do not tell which devices are in use now.
        """
        seen = int(now * 1_000_000_000)
        if -_AHEAD <= seen - installation.timestamp < ACTIVITY_INTERVAL * 1_000_000_000:
            seen = installation.timestamp
        active = replace(installation, timestamp=seen, answered=installation.answered or answered)
        if active != installation:
            self._store.save_installation(active)

    def set_enabled(self, identity: bytes, installation_id: str, enabled: bool) -> None:
        """Send to a device or not.

        :raises LocalError: unknown, or three devices are enabled already (of our own, this one counts).

        Implements: ST-32, ST-34
        """
        known = self._store.installations(identity)
        installation = next((entry for entry in known if entry.installation_id == installation_id), None)
        if installation is None:
            raise LocalError(f"There is no known device {quoted(installation_id)}; it has to announce itself first.")
        in_use = sum(entry.enabled for entry in known) + (identity == self._own_identity)
        if enabled and not installation.enabled and in_use >= MAX_DEVICES:
            raise LocalError(f"At most {MAX_DEVICES} devices can be enabled; disable another one first.")
        self._store.save_installation(replace(installation, enabled=enabled))

    def _first_seen(self, bundle: Bundle, entry: SignedPreKey) -> Installation:
        """What is known of an installation that was not known before.

        Implements: ST-32, ST-37
        """
        return Installation(
            identity=bundle.identity,
            installation_id=entry.installation_id,
            timestamp=bundle.timestamp,
            # Our own devices wait for the user's word (secure-transport.md §6.1).
            enabled=bundle.identity != self._own_identity,
            protocol_version=entry.protocol_version,
            pre_key=entry.public,
            pre_key_version=entry.version,
            pre_key_timestamp=bundle.timestamp,
        )


def _updated(before: Installation, bundle: Bundle, entry: SignedPreKey, now: float) -> Installation:
    """What a known installation becomes by an entry of a verified bundle."""
    # Activity in the far future was noted by a clock of ours that was ahead; it would never be surpassed.
    was_ahead = before.timestamp > int(now * 1_000_000_000) + _AHEAD
    after = replace(
        before,
        timestamp=bundle.timestamp if was_ahead else max(before.timestamp, bundle.timestamp),
        protocol_version=max(before.protocol_version, entry.protocol_version),
    )
    ours = (before.pre_key_version, before.pre_key_timestamp, before.pre_key)
    if (entry.version, bundle.timestamp, entry.public) <= ours:
        return after
    return replace(after, pre_key=entry.public, pre_key_version=entry.version, pre_key_timestamp=bundle.timestamp)


def _pre_key(installation: Installation | None) -> bytes | None:
    return installation.pre_key if installation else None


def _last_to_drop(installation: Installation) -> tuple[bool, int, str]:
    """Sorts the installations to keep first: enabled, then recently active."""
    return (not installation.enabled, -installation.timestamp, installation.installation_id)
