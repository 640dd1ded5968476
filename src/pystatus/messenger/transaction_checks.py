"""Whether a transaction on a chain is the payment to us that somebody has announced (payloads.md §12, rules 1 to 3).

Stricter than the reference, where it lets something else than what was asked for pass: ether is no token, a token no
ether, and what cannot be understood is refused for good.
"""

from __future__ import annotations

import re
from collections.abc import Set

from pystatus.account.address import ADDRESS_SIZE, address_of, checksummed
from pystatus.crypto.keys import SIGNATURE_SIZE, PublicKey
from pystatus.errors import RemoteError
from pystatus.messenger.transaction_records import (
    MAX_AMOUNT,
    ChainStatus,
    ChainTransaction,
    address_bytes,
    hash_bytes,
)
from pystatus.payloads.transactions import recover_wallet
from pystatus.records import dataclass

TRANSFER = bytes.fromhex("a9059cbb")
"""The selector of ``transfer(address,uint256)`` of ERC-20."""
TRANSFER_SIZE = 68
"""Bytes of such a call: the selector and two words of 32 bytes."""

_WHOLE = re.compile(r"[+-]?[0-9]{1,255}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the payment is for, as it was asked for; all empty: nothing was asked for. The texts are as they came."""

    value: str = ""
    contract: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """What the chain says that was paid. Addresses are texts with their checksum; ``contract`` is empty for ether."""

    value: int
    contract: str
    address: str
    from_address: str
    as_asked: bool


class NotPaid(RemoteError):
    """It is not the payment that it is said to be, and never will be."""


def check_shape(transaction_hash: str, signature: bytes) -> None:
    """What can be seen without a chain.

    :raises NotPaid: no chain can ever have it, or nobody can have signed it.
    """
    try:
        hash_bytes(transaction_hash)
    except RemoteError as error:
        raise NotPaid(str(error)) from error
    if len(signature) != SIGNATURE_SIZE:
        raise NotPaid(f"the signature of a transaction has {SIGNATURE_SIZE} bytes")


def payment(
    transaction_hash: str,
    signature: bytes,
    author: PublicKey,
    asked: Asked,
    mined: ChainTransaction,
    own: Set[bytes],
) -> Payment:
    """What ``author`` has paid us with a transaction that is not pending any more.

    :param own: our addresses, 20 bytes each.
    :raises NotPaid: nothing, or not what was asked for.

    Implements: PL-24
    """
    try:
        return _payment(transaction_hash, signature, author, asked, mined, own)
    except NotPaid:
        raise
    except RemoteError as error:
        raise NotPaid(str(error)) from error


def _payment(
    transaction_hash: str,
    signature: bytes,
    author: PublicKey,
    asked: Asked,
    mined: ChainTransaction,
    own: Set[bytes],
) -> Payment:
    _check(mined.status is ChainStatus.SUCCEEDED, "the transaction failed")
    signer = recover_wallet(author, hash_bytes(transaction_hash), signature)
    _check(address_of(signer) == mined.sender, "its sender has not signed that it is of this person")
    _check(mined.recipient is not None and len(mined.recipient) == ADDRESS_SIZE, "it makes a contract and pays nobody")
    assert mined.recipient is not None
    wanted = _wanted(asked.value)
    if not mined.data:
        _check(not asked.contract, "it pays ether, and a token was asked for")
        return _paid(mined.value, b"", mined.recipient, mined.sender, asked, wanted, own)
    _check(
        len(mined.data) == TRANSFER_SIZE and mined.data.startswith(TRANSFER), "it is no transfer of ether or a token"
    )
    _check(mined.has_transfer_log, "its token has transferred nothing")
    if asked.contract:
        _check(address_bytes(asked.contract) == mined.recipient, "it pays another token than was asked for")
    else:
        _check(wanted is None, "it pays a token, and ether was asked for")
    to, value = mined.data[16:36], int.from_bytes(mined.data[36:], "big")
    return _paid(value, mined.recipient, to, mined.sender, asked, wanted, own)


def _paid(
    value: int, contract: bytes, to: bytes, sender: bytes, asked: Asked, wanted: int | None, own: Set[bytes]
) -> Payment:
    _check(0 <= value <= MAX_AMOUNT, "its amount is impossible")
    _check(to in own, "it pays to none of our addresses")
    if asked.address:
        _check(address_bytes(asked.address) == to, "it pays to another address than was given")
    return Payment(
        value, checksummed(contract) if contract else "", checksummed(to), checksummed(sender), value == wanted
    )


def _wanted(text: str) -> int | None:
    """The amount that was asked for; ``None``: none was.

    :raises NotPaid: nothing that could be paid.
    """
    if not text:
        return None
    _check(bool(_WHOLE.fullmatch(text)), "what was asked for is no whole number in base units")
    return int(text)


def _check(condition: bool, reason: str) -> None:
    if not condition:
        raise NotPaid(reason)
