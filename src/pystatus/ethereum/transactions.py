"""Transactions: what is signed of them, and how they are written once they are (ethereum.md §3.4).

A legacy one with replay protection (EIP-155), and one of type 2, whose fee follows the base fee (EIP-1559). They are
written with the RLP of this project and signed by whatever gives 65 bytes for a hash: a key, or a card.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from pystatus.account.address import ADDRESS_SIZE, address_of
from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import SIGNATURE_SIZE, PublicKey, is_low
from pystatus.errors import LocalError, RemoteError
from pystatus.ethereum.quantities import MAX_UINT256
from pystatus.wire import rlp

MAX_UINT64 = 2**64 - 1
"""The highest nonce, gas limit and chain id that nodes take."""
TYPE_2 = 2
"""The number of a transaction whose fee follows the base fee (EIP-2718)."""
MAX_DATA = 128 << 10
"""Bytes of data: nodes pass on no larger transaction."""

_EIP155_V = 35


@dataclass(frozen=True, slots=True)
class Payment:
    """What a transaction does, whatever is paid for it."""

    to: bytes | None
    """``None``: it makes a contract."""
    value: int = 0
    """Wei."""
    data: bytes = b""

    def __post_init__(self) -> None:
        if self.to is not None and len(self.to) != ADDRESS_SIZE:
            raise LocalError(f"An address has {ADDRESS_SIZE} bytes. Give the whole of it.")
        if not 0 <= self.value <= MAX_UINT256:
            raise LocalError("An amount is a whole number of wei from 0 to 2^256 - 1. Give another one.")
        if len(self.data) > MAX_DATA:
            raise LocalError(f"A transaction carries at most {MAX_DATA} bytes of data. Give less.")


@dataclass(frozen=True, slots=True)
class LegacyTransaction:
    """One price for its gas.

    Implements: EI-7
    """

    chain_id: int
    """Of the only chain on which it counts (EIP-155)."""
    nonce: int
    gas_price: int
    gas: int
    payment: Payment

    def __post_init__(self) -> None:
        _check(self.chain_id, self.nonce, self.gas, self.gas_price)

    @property
    def max_fee(self) -> int:
        """Wei that it costs at most, beside what it pays."""
        return self.gas * self.gas_price

    @property
    def _fields(self) -> list[rlp.Encodable]:
        payment = self.payment
        return [self.nonce, self.gas_price, self.gas, payment.to or b"", payment.value, payment.data]

    def digest(self) -> bytes:
        """What is signed: 32 bytes."""
        return keccak256(rlp.encode([*self._fields, self.chain_id, 0, 0]))

    def signed(self, signature: bytes, sender: bytes) -> bytes:
        """The transaction as nodes take it. See :func:`checked_signature`."""
        r, s, parity = checked_signature(self.digest(), signature, sender)
        return rlp.encode([*self._fields, _EIP155_V + 2 * self.chain_id + parity, r, s])


@dataclass(frozen=True, slots=True)
class FeeTransaction:
    """Type 2: it pays the base fee of its block and a tip, and no more than ``max_fee_per_gas`` together.

    Implements: EI-7, ET-15
    """

    chain_id: int
    nonce: int
    max_priority_fee_per_gas: int
    max_fee_per_gas: int
    gas: int
    payment: Payment

    def __post_init__(self) -> None:
        _check(self.chain_id, self.nonce, self.gas, self.max_fee_per_gas, self.max_priority_fee_per_gas)
        if self.max_priority_fee_per_gas > self.max_fee_per_gas:
            raise LocalError("The tip is higher than the whole fee may be. Lower the tip, or raise the fee.")

    @property
    def max_fee(self) -> int:
        """Wei that it costs at most, beside what it pays."""
        return self.gas * self.max_fee_per_gas

    @property
    def _fields(self) -> list[rlp.Encodable]:
        payment = self.payment
        return [
            self.chain_id,
            self.nonce,
            self.max_priority_fee_per_gas,
            self.max_fee_per_gas,
            self.gas,
            payment.to or b"",
            payment.value,
            payment.data,
            [],
        ]

    def digest(self) -> bytes:
        """What is signed: 32 bytes."""
        return keccak256(bytes([TYPE_2]) + rlp.encode(self._fields))

    def signed(self, signature: bytes, sender: bytes) -> bytes:
        """The transaction as nodes take it. See :func:`checked_signature`."""
        r, s, parity = checked_signature(self.digest(), signature, sender)
        return bytes([TYPE_2]) + rlp.encode([*self._fields, parity, r, s])


Transaction: TypeAlias = LegacyTransaction | FeeTransaction


def transaction_hash(raw: bytes) -> bytes:
    """The hash by which everybody knows a transaction."""
    return keccak256(raw)


def checked_signature(digest: bytes, signature: bytes, sender: bytes) -> tuple[int, int, int]:
    """``r``, ``s`` and the parity of a signature. What was signed elsewhere is not sent unless its sender has signed
    exactly this: the reference sends anything of 65 bytes, and a node that takes it moves somebody else's money.

    :param signature: ``r ‖ s ‖ v`` with 0 or 1 for ``v``.
    :param sender: the address that the transaction is of.
    :raises RemoteError: it is no signature, or not of the sender.
    """
    if len(signature) != SIGNATURE_SIZE or signature[-1] not in (0, 1) or not is_low(signature):
        raise RemoteError("a signature of a transaction has 65 bytes, the last of them 0 or 1, and a low s")
    if address_of(PublicKey.recover(digest, signature)) != sender:
        raise RemoteError("another account than the sender has signed the transaction")
    return int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big"), signature[64]


def _check(chain_id: int, nonce: int, gas: int, *prices: int) -> None:
    if chain_id == 0:
        raise LocalError("A transaction for the chain 0 would count on every chain. Name the chain that is meant.")
    for value, what in ((chain_id, "chain id"), (nonce, "nonce"), (gas, "gas limit")):
        if not 0 <= value <= MAX_UINT64:
            raise LocalError(f"A {what} is a whole number from 0 to 2^64 - 1. Give another one.")
    if not all(0 <= price <= MAX_UINT256 for price in prices):
        raise LocalError("A price of gas is a whole number of wei from 0 to 2^256 - 1. Give another one.")
