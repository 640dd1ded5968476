"""Numbers and bytes as JSON-RPC of Ethereum writes them, read strictly: an endpoint may say anything."""

from __future__ import annotations

import re
from typing import Annotated, TypeAlias

from pystatus.account.address import ADDRESS_SIZE, checksummed
from pystatus.errors import LocalError, RemoteError

Amount: TypeAlias = Annotated[int, None]
"""A number of Ethereum, most often an amount in base units. Ten ether are more than a number of 64 bits holds."""
MAX_UINT256 = 2**256 - 1
"""The highest number of Ethereum, which has 256 bits."""
MAX_CHAIN_ID = 2**63 - 1
"""The highest chain id: what a database holds."""
HASH_SIZE = 32
"""Bytes of a hash."""

_QUANTITY = re.compile(r"0x(0|[1-9a-fA-F][0-9a-fA-F]{0,63})")
_ADDRESS = re.compile(r"0[xX][0-9a-fA-F]{40}")


class BadAnswer(RemoteError):
    """An endpoint has answered with something that no node of Ethereum says."""


def quantity(value: object, what: str = "a number") -> int:
    """``0x1a``: a whole number below 2^256, without leading zeros.

    :param what: it is, for the sentence.
    :raises BadAnswer: anything else.
    """
    if not isinstance(value, str) or not _QUANTITY.fullmatch(value):
        raise BadAnswer(f"{what} is no hexadecimal number of at most 256 bits")
    return int(value, 16)


def data(value: object, what: str = "data") -> bytes:
    """``0x…`` with an even number of digits.

    :raises BadAnswer: anything else.
    """
    if isinstance(value, str) and value[:2] in ("0x", "0X"):
        try:
            found = bytes.fromhex(value[2:])
        except ValueError:
            pass
        else:
            if len(value) == 2 + 2 * len(found):  # else it has spaces, which are passed over
                return found
    raise BadAnswer(f"{what} is no hexadecimal text that begins with 0x")


def hash_of(value: object, what: str = "a hash") -> bytes:
    """Data of 32 bytes.

    :raises BadAnswer: anything else.
    """
    found = data(value, what)
    if len(found) != HASH_SIZE:
        raise BadAnswer(f"{what} has {len(found)} bytes instead of {HASH_SIZE}")
    return found


def address(value: object, what: str = "an address") -> bytes:
    """The 20 bytes of an address, whatever the case of its digits.

    :raises BadAnswer: anything else.
    """
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value):
        raise BadAnswer(f"{what} is not 0x and 40 hexadecimal digits")
    return bytes.fromhex(value[2:])


def optional_address(value: object, what: str = "an address") -> bytes | None:
    """The same where there may be none."""
    return None if value is None else address(value, what)


def typed_address(text: str) -> bytes:
    """An address that a person has given: all its letters in one case, or in that of its checksum (EIP-55).

    :raises LocalError: it is none, or a digit of it is wrong.

    Implements: EI-4
    """
    if not _ADDRESS.fullmatch(text):
        raise LocalError("An Ethereum address is 0x and 40 hexadecimal digits. Copy it once more.")
    found, digits = bytes.fromhex(text[2:]), text[2:]
    if digits not in (digits.lower(), digits.upper()) and checksummed(found)[2:] != digits:
        raise LocalError("A digit of this Ethereum address is wrong, as its capital letters show. Copy it once more.")
    assert len(found) == ADDRESS_SIZE
    return found


def to_hex(value: int | bytes) -> str:
    """How JSON-RPC writes a number, or bytes."""
    return hex(value) if isinstance(value, int) else f"0x{value.hex()}"
