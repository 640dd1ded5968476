"""Keccak-256 with the original padding. This is what every Status text means by "SHA3-256"."""

from typing import Protocol, cast

from sha3 import keccak_256

KECCAK_SIZE = 32
"""Bytes in a Keccak-256 digest."""


class KeccakState(Protocol):
    """A running Keccak-256: :meth:`digest` may be read at any time without ending it."""

    def update(self, data: bytes | bytearray, /) -> None: ...
    def digest(self) -> bytes: ...
    def copy(self) -> "KeccakState": ...


def keccak256(data: bytes | bytearray | memoryview) -> bytes:
    """The 32-byte Keccak-256 digest of ``data``."""
    digest: bytes = keccak_256(data).digest()
    return digest


def keccak_state(data: bytes = b"") -> KeccakState:
    """A running Keccak-256 that has absorbed ``data``."""
    return cast(KeccakState, keccak_256(data))
