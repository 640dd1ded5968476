"""A35: bundle with bad signature, foreign identity, older version, 1,000 installations, invalid points.

Expected: rejected before anything is stored; at most 3 devices.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

import pytest

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.secure_transport.bundles import Bundle, SignedPreKey
from pystatus.secure_transport.config import DAY, MAX_DEVICES
from pystatus.secure_transport.errors import BadBundle
from tests.secure_transport.party import NOW, Party
from tests.secure_transport.test_bundles import BOB, GOOD, NANO, SEVENTEEN, bob_signs, carrying, pre_key


@pytest.mark.requirement("ST-17")
@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: replace(bob_signs(GOOD), signature=bytes(65)), id="no signature at all"),
        pytest.param(lambda: replace(bob_signs(GOOD), timestamp=int(NOW) * NANO + 1), id="changed after signing"),
        pytest.param(lambda: Bundle.sign(PrivateKey(b"\x0c" * 32), [GOOD], int(NOW) * NANO), id="of somebody else"),
        pytest.param(
            lambda: replace(
                Bundle.sign(PrivateKey(b"\x0c" * 32), [GOOD], int(NOW) * NANO), identity=BOB.public_key.compressed
            ),
            id="in the name of the sender, signed by somebody else",
        ),
        pytest.param(lambda: replace(bob_signs(GOOD), identity=BOB.public_key.uncompressed), id="long identity"),
        pytest.param(lambda: bob_signs(*SEVENTEEN), id="seventeen installations"),
        pytest.param(lambda: bob_signs(*[replace(GOOD, installation_id=f"{n}") for n in range(1_000)]), id="thousand"),
        pytest.param(lambda: bob_signs(replace(GOOD, installation_id="")), id="nameless installation"),
        pytest.param(lambda: bob_signs(replace(GOOD, installation_id="x" * 65)), id="long installation id"),
        pytest.param(lambda: bob_signs(replace(GOOD, public=pre_key(1)[:32])), id="short prekey"),
        pytest.param(lambda: bob_signs(replace(GOOD, public=b"\x02" + b"\xff" * 32)), id="prekey off the curve"),
        pytest.param(lambda: bob_signs(replace(GOOD, version=2**31 + 1)), id="last version of all"),
        pytest.param(lambda: Bundle.sign(BOB, [GOOD], int(NOW) * 10**6), id="microseconds"),
        pytest.param(lambda: Bundle.sign(BOB, [GOOD], -5), id="negative timestamp"),
        pytest.param(lambda: bob_signs(GOOD, at=NOW + DAY + 1), id="more than a day ahead"),
    ],
)
def test_a_bad_bundle_changes_nothing_and_spoils_nothing(alice: Party, make: Callable[[], Bundle]) -> None:
    good = bob_signs(GOOD, at=NOW - 100)
    alice.transport.open(BOB.public_key, carrying(good), NOW)
    before = alice.store.snapshot()
    opened = alice.transport.open(BOB.public_key, carrying(make()), NOW)
    assert [type(problem) for problem in opened.rejected_bundles] == [BadBundle]
    assert opened.payload == b"payload"
    assert opened.problem is None
    assert alice.store.snapshot() == before


@pytest.mark.requirement("ST-17")
def test_a_forged_bundle_does_not_lead_astray(alice: Party) -> None:
    """secure-transport.md T1: the reference stores it, refuses it, and then encrypts to the attacker's prekey."""
    bob = Party("bob-1", identity=BOB)
    alice.meets(bob)
    forged = replace(bob_signs(SignedPreKey("bob-1", pre_key(9), 2**31)), signature=bytes(65))
    mallory = PrivateKey.generate(os.urandom)
    for sender in (BOB.public_key, mallory.public_key):
        assert len(alice.transport.open(sender, carrying(forged), NOW).rejected_bundles) == 1
    assert bob.receive(alice, alice.send(bob, b"for Bob").data).payload == b"for Bob"


def test_an_older_version_replaces_nothing(alice: Party) -> None:
    """A recorded bundle, played again later: the newer prekey stays the one that is used."""
    old = bob_signs(SignedPreKey("bob-1", pre_key(1), 1), at=NOW - 3 * DAY)
    new = bob_signs(SignedPreKey("bob-1", pre_key(2), 2), at=NOW - DAY)
    for bundle in (old, new):
        alice.transport.open(BOB.public_key, carrying(bundle), NOW)
    before = alice.store.snapshot()
    for _ in range(3):
        assert alice.transport.open(BOB.public_key, carrying(old), NOW).rejected_bundles == ()
    assert alice.store.snapshot() == before
    (installation,) = alice.transport.installations(BOB.public_key)
    assert (installation.pre_key, installation.pre_key_version) == (pre_key(2), 2)


def test_the_same_version_with_another_prekey_and_an_older_time_replaces_nothing(alice: Party) -> None:
    alice.transport.open(BOB.public_key, carrying(bob_signs(GOOD, at=NOW - 10)), NOW)
    before = alice.store.snapshot()
    alice.transport.open(BOB.public_key, carrying(bob_signs(replace(GOOD, public=pre_key(5)), at=NOW - 20)), NOW)
    assert alice.store.snapshot() == before


def test_a_contact_with_sixteen_devices_gets_three_ciphertexts(alice: Party) -> None:
    entries = [SignedPreKey(f"bob-{number:02}", pre_key(number + 1), 1) for number in range(16)]
    alice.transport.open(BOB.public_key, carrying(bob_signs(*entries)), NOW)
    sealed = alice.transport.seal_direct(BOB.public_key, b"hello", NOW)
    assert len(sealed.installation_ids) == MAX_DEVICES == 3


def test_rejecting_costs_one_verification(alice: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand installations are counted, not verified; a hundred bundles are not all looked at."""
    recovered = []
    recover = PublicKey.recover

    def counting(digest: bytes, signature: bytes) -> PublicKey:
        recovered.append(signature)
        return recover(digest, signature)

    monkeypatch.setattr(PublicKey, "recover", counting)
    thousand = bob_signs(*[replace(GOOD, installation_id=f"{number}") for number in range(1_000)])
    assert alice.transport.open(BOB.public_key, carrying(thousand), NOW).rejected_bundles != ()
    assert recovered == []
    forged = [replace(bob_signs(GOOD), timestamp=int(NOW) * NANO + number + 1) for number in range(100)]
    opened = alice.transport.open(BOB.public_key, carrying(*forged), NOW)
    assert {type(problem) for problem in opened.rejected_bundles} == {BadBundle}
    assert len(recovered) == 4
