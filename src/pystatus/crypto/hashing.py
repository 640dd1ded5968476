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


class _NewState(Protocol):
    def __call__(self, data: bytes | bytearray | memoryview = b"", /) -> KeccakState: ...


keccak_state = cast(_NewState, keccak_256)
"""A running Keccak-256 that has absorbed what it is given. It is the library's own type: where each packet is hashed,
``keccak_state(data).digest()`` is a call less than :func:`keccak256`."""


def keccak256(data: bytes | bytearray | memoryview) -> bytes:
    """The 32-byte Keccak-256 digest of ``data``."""
    digest: bytes = keccak_256(data).digest()
    return digest
