"""A transaction before it is signed, as people and programs see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pystatus.arguments import checked
from pystatus.ethereum.meaning import Meaning
from pystatus.ethereum.quantities import Amount
from pystatus.ethereum.tokens import Token
from pystatus.ethereum.transactions import FeeTransaction, LegacyTransaction, Payment, Transaction


@checked
@dataclass(frozen=True, slots=True)
class TransactionDraft:
    """A transaction that was tried, and is not signed. Show :attr:`words`, :attr:`warnings` and :attr:`signing_phrase`
    before you ask for the password."""

    id: bytes
    """By which it is sent once, whatever number it gets."""
    chain_id: int
    sender: bytes
    to: bytes | None
    """``None``: it makes a contract."""
    value: Amount
    """Wei."""
    data: bytes
    nonce: Amount
    """Its number among those of the sender. Where another one has it when this one is sent, it gets the next one."""
    gas: Amount
    max_fee_per_gas: Amount
    """Wei; of a legacy transaction its price."""
    tip: Amount | None
    """Wei of each gas for the maker of the block; ``None``: it is a legacy transaction."""
    balance: Amount
    """Wei that the sender has."""
    meaning: Meaning
    words: str
    """What will be signed, in one sentence."""
    warnings: tuple[str, ...] = ()
    """What a person may overlook."""
    signing_phrase: str = ""
    """Three words that no other program knows."""
    replaces: bytes | None = None
    """The hash of the transaction whose place it is to take."""

    @property
    def max_fee(self) -> int:
        """Wei that it costs at most, beside what it pays."""
        return self.gas * self.max_fee_per_gas

    @property
    def digest(self) -> bytes:
        """What is signed: 32 bytes.

        :raises LocalError: it is no transaction.
        """
        return transaction_of(self).digest()


class Fields(Protocol):
    """What makes a transaction: of a draft, and of one that was sent."""

    @property
    def chain_id(self) -> int: ...
    @property
    def to(self) -> bytes | None: ...
    @property
    def value(self) -> int: ...
    @property
    def data(self) -> bytes: ...
    @property
    def nonce(self) -> int: ...
    @property
    def gas(self) -> int: ...
    @property
    def max_fee_per_gas(self) -> int: ...
    @property
    def tip(self) -> int | None: ...


@checked
@dataclass(frozen=True, slots=True)
class Holding:
    """What an account has of ether, or of a token."""

    account: bytes
    amount: Amount
    """Base units."""
    token: Token | None = None
    """``None``: ether."""


@checked
@dataclass(frozen=True, slots=True)
class WalletBalances:
    """What accounts have, all after the same block."""

    chain_id: int
    block_number: int
    holdings: tuple[Holding, ...]
    """The ether of each account, then the tokens of which there are some, and those that were asked for."""
    silent: tuple[bytes, ...] = ()
    """Tokens that were asked for, or added, and do not say what an account has. That it is nothing is not said."""


def transaction_of(it: Fields) -> Transaction:
    """What nodes know.

    :raises LocalError: it is no transaction.
    """
    payment = Payment(it.to, it.value, it.data)
    if it.tip is None:
        return LegacyTransaction(it.chain_id, it.nonce, it.max_fee_per_gas, it.gas, payment)
    return FeeTransaction(it.chain_id, it.nonce, it.tip, it.max_fee_per_gas, it.gas, payment)


def fees_of(transaction: Transaction) -> tuple[int, int | None]:
    """Wei of each gas at most, and the tip in it; of a legacy transaction the price, and ``None``."""
    if isinstance(transaction, LegacyTransaction):
        return transaction.gas_price, None
    return transaction.max_fee_per_gas, transaction.max_priority_fee_per_gas
