"""RIPEMD-160, which BIP-32 wants for the fingerprint of a parent key and nothing else here does.

Written out because ``hashlib`` has it only where the system's OpenSSL offers it, and OpenSSL 3.0.0 to 3.0.6 (Ubuntu
22.04) do not; ``cryptography`` has dropped it. A handful of short digests per account: speed does not matter.
"""

import struct

_MASK = 0xFFFFFFFF
_INITIAL = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0)
_ROUNDS = 5
_LEFT_CONSTANTS = (0x00000000, 0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xA953FD4E)
_RIGHT_CONSTANTS = (0x50A28BE6, 0x5C4DD124, 0x6D703EF3, 0x7A6D76E9, 0x00000000)
_ROTATIONS = (  # by round and message word
    (11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8),
    (12, 13, 11, 15, 6, 9, 9, 7, 12, 15, 11, 13, 7, 8, 7, 7),
    (13, 15, 14, 11, 7, 7, 6, 8, 13, 14, 13, 12, 5, 5, 6, 9),
    (14, 11, 12, 14, 8, 6, 5, 5, 15, 12, 15, 14, 9, 9, 8, 6),
    (15, 12, 13, 13, 9, 5, 8, 6, 14, 11, 12, 11, 8, 6, 5, 5),
)


def _word_order(first: list[int]) -> list[list[int]]:
    """The message words in the order of each round: every round permutes the one before it."""
    permutation = (7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8)
    orders = [first]
    while len(orders) < _ROUNDS:
        orders.append([permutation[word] for word in orders[-1]])
    return orders


_LEFT_ORDER = _word_order(list(range(16)))
_RIGHT_ORDER = _word_order([(9 * i + 5) % 16 for i in range(16)])


def _rotate(value: int, bits: int) -> int:
    value &= _MASK
    return (value << bits | value >> (32 - bits)) & _MASK


def _mix(function: int, x: int, y: int, z: int) -> int:
    if function == 0:
        return x ^ y ^ z
    if function == 1:
        return (x & y) | (~x & z)
    if function == 2:
        return (x | ~y) ^ z
    if function == 3:
        return (x & z) | (y & ~z)
    return x ^ (y | ~z)


def _line(state: tuple[int, ...], words: tuple[int, ...], *, left: bool) -> tuple[int, ...]:
    orders, constants = (_LEFT_ORDER, _LEFT_CONSTANTS) if left else (_RIGHT_ORDER, _RIGHT_CONSTANTS)
    a, b, c, d, e = state
    for number, (order, constant) in enumerate(zip(orders, constants, strict=True)):
        function = number if left else _ROUNDS - 1 - number
        for word in order:
            total = a + _mix(function, b, c, d) + words[word] + constant
            a, e, d, c, b = e, d, _rotate(c, 10), b, (_rotate(total, _ROTATIONS[number][word]) + e) & _MASK
    return a, b, c, d, e


def ripemd160(data: bytes) -> bytes:
    """The 20-byte RIPEMD-160 digest of ``data``."""
    padded = data + b"\x80" + bytes(-(len(data) + 9) % 64) + struct.pack("<Q", 8 * len(data))
    state: tuple[int, ...] = _INITIAL
    for words in struct.iter_unpack("<16I", padded):
        left = _line(state, words, left=True)
        right = _line(state, words, left=False)
        # Both lines are added to the state, each turned one place further.
        state = tuple((state[(i + 1) % 5] + left[(i + 2) % 5] + right[(i + 3) % 5]) & _MASK for i in range(5))
    return struct.pack("<5I", *state)
