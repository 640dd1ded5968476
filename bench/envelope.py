"""Envelopes: what a relay does with each, and sealing and opening one."""

import os
from collections.abc import Iterator

from bench.harness import Measurement, per_second, seconds_per_call
from pystatus.crypto.keys import PrivateKey
from pystatus.waku import packets
from pystatus.waku.bloom import topics_bloom
from pystatus.waku.data import OpeningKey, SealingKey, SymmetricKey, seal, unseal
from pystatus.waku.envelope import Envelope
from pystatus.waku.interest import Interest
from pystatus.waku.relay.config import RelayConfig
from pystatus.waku.relay.relay import Relay
from pystatus.waku.status import StatusOptions

NOW = 1_600_000_000.0
BATCHES = 200
BATCH = 100
DATA_SIZE = 540
"""Bytes: an envelope of 560 bytes as the network counts it."""
TOPIC = bytes.fromhex("cd423760")
TTL = 15
POW_TARGET = 0.002
PAYLOAD_SIZE = 1024


def _validate() -> Measurement:
    """A relay in bloom mode that asks for more proof of work than a lucky guess, so nothing can be skipped."""
    noise = os.urandom(DATA_SIZE + BATCH * BATCHES)
    envelopes = [Envelope.mine(NOW, TTL, TOPIC, noise[i : i + DATA_SIZE], POW_TARGET) for i in range(BATCH * BATCHES)]
    batches = [packets.encode_messages(envelopes[at : at + BATCH]) for at in range(0, len(envelopes), BATCH)]
    config = RelayConfig(interest=Interest.in_bloom(topics_bloom([TOPIC])), min_pow=POW_TARGET)

    def run() -> None:
        relay = Relay(config)
        relay.peer_connected("peer", NOW)
        relay.receive_packet("peer", packets.STATUS, StatusOptions().encode(), NOW)
        for batch in batches:
            relay.receive_packet("peer", packets.MESSAGES, batch, NOW)
        assert len(relay.pool) == len(envelopes)

    rate = len(envelopes) / seconds_per_call(run)
    return Measurement("envelope.validate", round(rate), "1/s", "560 bytes: decode, hash, PoW, bloom, window, dedup")


def _sealing(name: str, sealing_key: SealingKey, opening_key: OpeningKey) -> Iterator[Measurement]:
    signer = PrivateKey.generate(os.urandom)
    payload = os.urandom(PAYLOAD_SIZE)
    sealed = seal(sealing_key, payload, signer, os.urandom)
    yield per_second(
        f"envelope.seal_{name}", lambda: seal(sealing_key, payload, signer, os.urandom), note="1 KiB, signed, no PoW"
    )
    yield per_second(f"envelope.open_{name}", lambda: unseal(opening_key, sealed), note="1 KiB, author recovered")


def measure() -> Iterator[Measurement]:
    yield _validate()
    shared = SymmetricKey(os.urandom(32))
    yield from _sealing("sym", shared, shared)
    recipient = PrivateKey.generate(os.urandom)
    yield from _sealing("asym", recipient.public_key, recipient)
