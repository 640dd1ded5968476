"""Ethereum addresses of keys (account.md §1)."""

from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PublicKey

ADDRESS_SIZE = 20
"""Bytes of an address."""


def address_of(key: PublicKey) -> bytes:
    """The address of ``key``: the last 20 bytes of Keccak-256(X ‖ Y)."""
    return keccak256(key.xy)[-ADDRESS_SIZE:]


def checksummed(address: bytes) -> str:
    """How an address is shown: ``0x`` and 40 hexadecimal digits whose case is a checksum (EIP-55)."""
    digits = address.hex()
    checksum = keccak256(digits.encode()).hex()
    return "0x" + "".join(
        digit.upper() if int(nibble, 16) >= 8 else digit for digit, nibble in zip(digits, checksum, strict=False)
    )
