"""The names behind Status' topics and keys (10/WAKU-USAGE "Topics", waku.md §8.1).

A topic is the beginning of the hash of a name; a shared key is derived from the same name.
"""

from pystatus.crypto.hashing import keccak256
from pystatus.crypto.kdf import pbkdf2_sha256
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.waku.bloom import TOPIC_SIZE
from pystatus.waku.data import SYMMETRIC_KEY_SIZE, SymmetricKey

PARTITIONS = 5000
"""Topics that all partitioned channels share.

Implements: WU-17
"""
KEY_ITERATIONS = 65_356
"""Rounds of PBKDF2 in the reference; not 65,536 (tests/vectors/README.md fact 15)."""


def topic(name: str) -> bytes:
    """The 4-byte topic of a name.

    :raises LocalError: not text.

    Implements: WU-18
    """
    return keccak256(_utf8(name))[:TOPIC_SIZE]


def symmetric_key(name: str) -> SymmetricKey:
    """The shared key of a name. Takes about 7 ms: keep the result.

    :raises LocalError: not text.

    Implements: AC-9, AC-14
    """
    return SymmetricKey(pbkdf2_sha256(_utf8(name), b"", KEY_ITERATIONS, SYMMETRIC_KEY_SIZE))


def contact_code(owner: PublicKey) -> str:
    """Where a person publishes the bundle of their devices. With ``0x``, unlike the discovery names
    (tests/vectors/README.md fact 17).

    Implements: ST-44, AC-14, WU-16
    """
    return f"{owner.hex}-contact-code"


def partitioned(recipient: PublicKey) -> str:
    """Where anybody can write to a person; shared with one in 5,000.

    Implements: ST-44, WU-17
    """
    return f"contact-discovery-{recipient.x % PARTITIONS}"


def personal_discovery(recipient: PublicKey) -> str:
    """Where old clients wrote to a person. Listened to, not used to send."""
    return f"contact-discovery-{recipient.uncompressed.hex()}"


def negotiated(shared_secret: bytes) -> str:
    """Where two people write to each other once both know the secret. The name is the secret: do not show it."""
    return shared_secret.hex()


def negotiated_filter_name(peer: PublicKey) -> str:
    """What a negotiated channel is called at home; never on the wire."""
    return f"{peer.hex}-negotiated"


def _utf8(name: str) -> bytes:
    try:
        return name.encode()
    except UnicodeEncodeError as error:
        raise LocalError("A name contains half a character: write it anew.") from error
