"""A33: bit flips in ciphertext, tag, header, ratchet key; ratchet payload under 32 bytes.

Expected: state byte-identical, the next good message decrypts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from pystatus.errors import RemoteError
from pystatus.secure_transport.errors import (
    DuplicateMessage,
    TooManySkipped,
    Undecryptable,
    UnknownPreKey,
    UnknownSession,
)
from pystatus.secure_transport.messages import DirectMessage, X3dhHeader
from pystatus.secure_transport.ratchet import RatchetHeader
from tests.secure_transport.party import Party
from tests.secure_transport.test_ratchet import Side, pair
from tests.secure_transport.test_sessions import SOME_KEY, entry_of, exchange, with_entry

__all__ = ["pair"]  # a fixture


def test_every_flipped_bit_is_noticed(pair: tuple[Side, Side]) -> None:
    alice, bob = pair
    header, payload = bob.send(b"exact")
    before = alice.state
    for position in range(len(payload) * 8):
        damaged = bytearray(payload)
        damaged[position // 8] ^= 1 << position % 8
        with pytest.raises(Undecryptable):
            alice.receive(header, bytes(damaged))
    for position in range(33 * 8):
        key = bytearray(header.key)
        key[position // 8] ^= 1 << position % 8
        with pytest.raises(Undecryptable):
            alice.receive(RatchetHeader(bytes(key), header.n, header.pn), payload)
    for n, pn in ((header.n + 1, header.pn), (header.n, header.pn + 1)):
        with pytest.raises(Undecryptable):
            alice.receive(RatchetHeader(header.key, n, pn), payload)
    assert alice.state == before
    assert not alice.skipped
    assert alice.receive(header, payload) == b"exact"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda e: replace(e, payload=b""), Undecryptable),
        (lambda e: replace(e, payload=e.payload[:31]), Undecryptable),
        (lambda e: replace(e, payload=e.payload[:47]), Undecryptable),
        (lambda e: replace(e, ratchet=replace(e.ratchet, n=2**31)), TooManySkipped),
        (lambda e: replace(e, ratchet=replace(e.ratchet, n=1_001)), TooManySkipped),
        (lambda e: replace(e, ratchet=replace(e.ratchet, n=1)), Undecryptable),
        (lambda e: replace(e, ratchet=replace(e.ratchet, pn=2**31)), Undecryptable),
        (lambda e: replace(e, ratchet=replace(e.ratchet, key=SOME_KEY)), Undecryptable),
        (lambda e: replace(e, ratchet=replace(e.ratchet, key=b"")), Undecryptable),
        (lambda e: replace(e, bundle_id=SOME_KEY), Undecryptable),
        (lambda e: replace(e, bundle_id=SOME_KEY, x3dh=X3dhHeader(e.x3dh.key, SOME_KEY)), UnknownPreKey),
        (lambda e: replace(e, bundle_id=b"", x3dh=X3dhHeader(e.x3dh.key, b"")), UnknownPreKey),
        (lambda e: replace(e, x3dh=X3dhHeader(SOME_KEY, e.bundle_id)), Undecryptable),
        (lambda e: replace(e, x3dh=X3dhHeader(b"", e.bundle_id)), Undecryptable),
        (lambda e: replace(e, x3dh=X3dhHeader(b"\x02" + b"\xff" * 32, e.bundle_id)), Undecryptable),
        (lambda e: replace(e, x3dh=None), UnknownSession),
        (lambda e: replace(e, ratchet=None), Undecryptable),
        (lambda e: replace(e, ratchet=None, x3dh=None), Undecryptable),
        (lambda e: replace(e, ratchet=None, x3dh=None, dh_key=SOME_KEY), Undecryptable),
        (lambda e: DirectMessage(b""), Undecryptable),
    ],
)
def test_a_first_message_that_was_tampered_with(
    alice: Party, bob: Party, change: object, problem: type[RemoteError]
) -> None:
    assert callable(change)
    alice.meets(bob)
    bob.meets(alice)
    data = alice.send(bob, b"first").data
    assert type(bob.refuse(alice, with_entry(data, change(entry_of(data))))) is problem
    assert bob.receive(alice, data).payload == b"first"
    assert isinstance(bob.refuse(alice, data), DuplicateMessage)


def flipped(entry: DirectMessage) -> Iterator[DirectMessage]:
    """One bit of every byte of payload (ciphertext and tag), ratchet key and bundle id, and of each counter."""
    header = entry.ratchet
    assert header is not None

    def each(data: bytes) -> Iterator[bytes]:
        for position in range(len(data)):
            yield data[:position] + bytes([data[position] ^ 1 << position % 8]) + data[position + 1 :]

    yield from (replace(entry, payload=payload) for payload in each(entry.payload))
    yield from (replace(entry, ratchet=replace(header, key=key)) for key in each(header.key))
    yield from (replace(entry, bundle_id=bundle_id) for bundle_id in each(entry.bundle_id))
    for bit in range(32):
        yield replace(entry, ratchet=replace(header, n=header.n ^ 1 << bit))
        yield replace(entry, ratchet=replace(header, pn=header.pn ^ 1 << bit))


def test_in_a_running_conversation(alice: Party, bob: Party) -> None:
    alice.meets(bob)
    exchange(alice, bob, b"1")
    exchange(bob, alice, b"2")
    exchange(alice, bob, b"3")
    data = alice.send(bob, b"4").data
    for damaged in flipped(entry_of(data)):
        assert bob.refuse(alice, with_entry(data, damaged)) is not None  # compares the whole store
    assert bob.receive(alice, data).payload == b"4"
    assert exchange(bob, alice, b"5")


@pytest.mark.parametrize("size", range(48))
def test_payloads_that_are_too_short(alice: Party, bob: Party, size: int) -> None:
    alice.meets(bob)
    exchange(alice, bob, b"1")
    exchange(bob, alice, b"2")
    data = alice.send(bob, b"").data
    entry = entry_of(data)
    assert isinstance(bob.refuse(alice, with_entry(data, replace(entry, payload=entry.payload[:size]))), Undecryptable)
    assert bob.receive(alice, data).payload == b""
