"""The activity of a device that was noted by a clock which was ahead: it counts no longer when the clock is right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.secure_transport.bundles import Bundle, SignedPreKey
from pystatus.secure_transport.config import MAX_TIMESTAMP_AHEAD
from pystatus.secure_transport.installations import Installations
from pystatus.secure_transport.store import Installation
from tests.support.encryption_store import MemoryEncryptionStore

NOW = 1_600_000_000
SECOND = 1_000_000_000
ANNE, BOB = PrivateKey(bytes(31) + b"\x01"), PrivateKey(bytes(31) + b"\x02")
PRE_KEY = PrivateKey(bytes(31) + b"\x03").public_key.compressed


def device(store: MemoryEncryptionStore, ahead: float) -> tuple[Installations, Installation]:
    """Bob's device as Anne knows it, last active some seconds ahead of now."""
    installations = Installations(ANNE.public_key.compressed, "anne's", store)
    bundle = Bundle.sign(BOB, [SignedPreKey("bob's", PRE_KEY, 1)], NOW * SECOND)
    known = installations.accept(bundle, NOW).known["bob's"]
    known = replace(known, timestamp=int((NOW + ahead) * SECOND))
    store.save_installation(known)
    return installations, known


@pytest.mark.parametrize(("ahead", "kept"), [(MAX_TIMESTAMP_AHEAD, True), (40 * 86_400, False)])
def test_a_message_is_activity_now(ahead: float, kept: bool) -> None:
    store = MemoryEncryptionStore()
    installations, known = device(store, ahead)
    installations.mark_active(known, NOW, answered=False)
    (found,) = store.installations(BOB.public_key.compressed)
    assert found.timestamp == (known.timestamp if kept else NOW * SECOND)


@pytest.mark.parametrize(("ahead", "kept"), [(MAX_TIMESTAMP_AHEAD, True), (40 * 86_400, False)])
def test_a_bundle_is_activity_when_it_was_signed(ahead: float, kept: bool) -> None:
    store = MemoryEncryptionStore()
    installations, known = device(store, ahead)
    bundle = Bundle.sign(BOB, [SignedPreKey("bob's", PRE_KEY, 1)], (NOW + 5) * SECOND)
    after = installations.accept(bundle, NOW + 5).known["bob's"]
    assert after.timestamp == (known.timestamp if kept else (NOW + 5) * SECOND)
