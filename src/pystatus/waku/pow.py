"""Proof of work of an envelope (6/WAKU1 "PoW", waku.md §2.4), in the reference's exact double arithmetic."""

import math

from pystatus.crypto.hashing import KeccakState
from pystatus.errors import LocalError

NONCE_SIZE = 8
"""Bytes of the nonce in the hash input, big-endian; on the wire it is a minimal RLP integer."""

DEFAULT_MAX_HASHES = 1 << 22
"""Hashes that a search may take, about 5 s of work: the reference's limit for Status messages. With their settings a
search takes 2^11 on average at most, so hitting this is out of the question unless a caller asks for much more."""


def pow_hash(short: KeccakState, nonce: int) -> bytes:
    """Keccak-256 of the RLP list without the nonce, which ``short`` has absorbed, and the nonce as eight bytes, which
    it absorbs here."""
    short.update(nonce.to_bytes(NONCE_SIZE, "big"))
    return short.digest()


def leading_zeros(digest: bytes) -> int:
    """Leading zero bits of a 32-byte digest, 0 … 256."""
    return 256 - int.from_bytes(digest, "big").bit_length()


def pow_value(zeros: int, short_length: int, seconds: int) -> float:
    """The proof of work of ``zeros`` leading zero bits in an envelope of that length that lives that long.

    The divisions come in this order because a double remembers. An envelope that does not live is infinitely hard.
    """
    if seconds == 0:
        return math.inf
    return 2.0**zeros / short_length / seconds


def required_zeros(target: float, size: int, ttl: int) -> int:
    """Leading zero bits that a sender looks for to reach ``target``; ``size`` is 20 + the length of the data.
    ``ttl`` is at least 1 s.

    :raises LocalError: ``target`` is not a positive number, or out of reach of a 256-bit digest.
    """
    if not 0 < target < math.inf:
        raise LocalError(f"A proof-of-work target is a positive number, not {target}.")
    chance = target * size * ttl
    if chance > 2.0**256:
        raise LocalError(f"A proof of work of {target} cannot be reached.")
    return max(1, math.ceil(math.log2(chance)))


def search(short: KeccakState, zeros: int, max_hashes: int = DEFAULT_MAX_HASHES) -> int:
    """The smallest nonce whose hash has at least ``zeros`` leading zero bits.

    :param short: has absorbed the RLP list without the nonce, and stays as it is.

    :raises LocalError: none among the first ``max_hashes``.
    """
    nonce = search_among(short, zeros, range(max_hashes))
    if nonce is None:
        raise LocalError(f"No proof of work of {zeros} bits found in {max_hashes} attempts: ask for less.")
    return nonce


def search_among(short: KeccakState, zeros: int, nonces: range) -> int | None:
    """The first of ``nonces`` whose hash has at least ``zeros`` leading zero bits, or ``None``: a long search can be
    made in parts, and stopped between them.
    """
    limit = 1 << (256 - zeros)
    for nonce in nonces:
        attempt = short.copy()
        attempt.update(nonce.to_bytes(NONCE_SIZE, "big"))
        if int.from_bytes(attempt.digest(), "big") < limit:
            return nonce
    return None
