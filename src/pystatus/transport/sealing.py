"""From a payload to an envelope: which settings Status messages get (waku.md §2.7, decisions.md "Waku")."""

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.crypto.random import RandomSource
from pystatus.errors import LocalError
from pystatus.transport.channels import Channel, partitioned
from pystatus.waku import data
from pystatus.waku.envelope import HEADER_SIZE, Envelope
from pystatus.waku.packets import MAX_SENT_PACKET_SIZE

TTL = 15
"""Seconds that a Status envelope lives, of whatever kind."""
POW_TARGET = 0.002
"""Proof of work of payloads up to :data:`LARGE_PAYLOAD`."""
LARGE_POW_TARGET = 0.000002
"""Proof of work of larger payloads."""
LARGE_PAYLOAD = 50_000
"""Bytes, inclusive; counted before padding, signature and encryption (waku.md D14, tests/vectors/README.md fact 11)."""
MAX_PAYLOAD_SIZE = MAX_SENT_PACKET_SIZE - 1024
"""Bytes, so that size field, padding, signature, encryption, envelope and packet together stay below 1 MiB."""


def pow_target(payload_size: int) -> float:
    """The proof of work that a payload of that many bytes gets."""
    return POW_TARGET if payload_size <= LARGE_PAYLOAD else LARGE_POW_TARGET


def seal(to: Channel | PublicKey, payload: bytes, signer: PrivateKey, now: float, random: RandomSource) -> Envelope:
    """Sign, seal and mine an envelope with ``payload``, sent at ``now`` (Unix seconds).

    ``to`` is a channel, or a recipient who is written to on their partitioned channel.

    :raises LocalError: the payload does not fit an envelope.

    Implements: AC-10, ST-40, WU-24
    """
    size = len(payload)
    if size > MAX_PAYLOAD_SIZE:
        raise LocalError(f"A message of {size} bytes is too large: at most {MAX_PAYLOAD_SIZE} can be sent.")
    channel = partitioned(to) if isinstance(to, PublicKey) else to
    sealed = data.seal(channel.key, payload, signer, random)
    return Envelope.mine(now, TTL, channel.topic, sealed, pow_target(size))


def size_for_one(payload_size: int) -> int:
    """Bytes, as the network counts them, of the envelope that :func:`seal` makes for one recipient of a payload of that
    many bytes."""
    return HEADER_SIZE + data.sealed_size(payload_size)
