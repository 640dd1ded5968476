"""Attacks on relays: packets without end, from one connection each."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from itertools import count, cycle
from typing import TypeAlias

from bench.attacks.target import Target
from pystatus.waku import packets
from pystatus.waku.envelope import MAX_ENVELOPE_SIZE, Envelope
from pystatus.wire import rlp
from tests.adversary.hostile import filled, junk

Packet: TypeAlias = tuple[int, bytes]
"""Code and body."""

TTL = 60
"""Seconds, of envelopes that are to be valid."""
LONG_TTL = 1_000_000_000
"""Seconds. The proof of work is divided by it: what is left is far below any requirement."""
DATA_SIZE = 500
HOUR = 3600
JUNK_IN_PACKET = 1_000
"""Envelopes in a packet of junk: the relay gives each peer a turn between them."""
TOO_MANY = 75_000
"""Tiny envelopes in a packet, as A51 was found."""

_numbers = count(random.getrandbits(16))
"""Of junk: none is a duplicate of another, of whatever attacker."""


def _envelope(ttl: int, data: bytes) -> Envelope:
    return Envelope.create(int(time.time()) + ttl, ttl, os.urandom(4), data)


def _messages(*envelopes: Envelope) -> Packet:
    return packets.MESSAGES, packets.encode_messages(envelopes)


def low_pow(_: Target) -> Iterator[Packet]:
    """A17: a few that are forgiven, then a hundred, which is more than enough to be sent away."""
    for number in cycle((10, 100)):
        yield _messages(*(_envelope(LONG_TTL, os.urandom(DATA_SIZE)) for _ in range(number)))


def duplicates(_: Target) -> Iterator[Packet]:
    """A18: the same envelope for ever, alone and a hundred times in one packet."""
    while True:
        envelope, renewed = _envelope(TTL, os.urandom(DATA_SIZE)), time.monotonic()
        while time.monotonic() - renewed < TTL / 2:  # it is to be known, not to be refused because it has expired
            for number in [1] * 100 + [100] * 10:
                yield _messages(*[envelope] * number)


def odd_sizes(_: Target) -> Iterator[Packet]:
    """A20: an envelope that is too large, empty batches, and 100,000 envelopes in one packet."""
    oversized = _messages(_envelope(TTL, bytes(MAX_ENVELOPE_SIZE)))
    crowd = _messages(*[_envelope(TTL, b"")] * 100_000)
    return cycle([oversized, *[_messages()] * 100, crowd])


def many_items(_: Target) -> Iterator[Packet]:
    """A50: 8 MiB of the smallest items, under one code after another."""
    bodies = [filled(item, packets.MAX_PACKET_SIZE) for item in (b"\xc0", b"\x80", rlp.encode_list([b"\xc0"] * 50))]
    codes = [
        packets.P2P_REQUEST,
        packets.MESSAGES,
        packets.P2P_MESSAGE,
        packets.STATUS_UPDATE,
        packets.MESSAGE_RESPONSE,
        packets.P2P_REQUEST_COMPLETE,
        packets.BATCH_ACKNOWLEDGED,
    ]
    chosen = [(code, body) for code in codes for body in bodies]
    while True:  # another one for each connection: most of them end it
        yield random.choice(chosen)


def blamed_relay(_: Target) -> Iterator[Packet]:
    """A51: tiny envelopes, more in a packet than are taken of one, which an honest relay passes on."""
    while True:
        now = time.time()
        yield _messages(*(junk(next(_numbers), now) for _ in range(TOO_MANY)))


def full_pool(_: Target) -> Iterator[Packet]:
    """A52: tiny envelopes that all expire in one second of the next hour."""
    end = int(time.time()) + HOUR
    while True:
        left = end - int(time.time())
        yield _messages(*(junk(next(_numbers), end - left, seconds=left) for _ in range(JUNK_IN_PACKET)))
