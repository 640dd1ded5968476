"""Blocks, transactions, receipts and logs out of the JSON of a node.

Only what is needed is read, so that blocks of a later fork and transactions of a kind that is not known yet pass: their
hash is what the node says it is, and is not computed from fields that every fork adds to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pystatus.ethereum.quantities import BadAnswer, address, data, hash_of, optional_address, quantity

MAX_BLOCK_TRANSACTIONS = 20_000
"""Transactions of a block. Ours: one of 45 million gas holds some two thousand of the smallest."""
MAX_BLOCK_NUMBER = 2**63 - 1
"""The last block that a database can name. Ours: at one a second it is 292 thousand million years away."""
MAX_LOGS = 50_000
"""Logs of one answer. Ours: endpoints stop at ten thousand."""
MAX_TOPICS = 4
"""Topics of a log."""


@dataclass(frozen=True, slots=True)
class Header:
    """What is known of a block without its transactions."""

    number: int
    hash: bytes
    parent: bytes
    timestamp: int
    base_fee: int | None
    """Wei; ``None`` before the fork London."""

    @classmethod
    def of(cls, value: object) -> Header:
        """
        :raises BadAnswer: it is no block.
        """
        block = structure(value, "a block")
        base_fee = block.get("baseFeePerGas")
        number = quantity(block.get("number"), "the number of a block")
        if number > MAX_BLOCK_NUMBER:
            raise BadAnswer("it says a number of a block that none can have")
        return cls(
            number,
            hash_of(block.get("hash"), "the hash of a block"),
            hash_of(block.get("parentHash"), "the hash of a parent"),
            quantity(block.get("timestamp"), "the time of a block"),
            None if base_fee is None else quantity(base_fee, "a base fee"),
        )


@dataclass(frozen=True, slots=True)
class ChainTransaction:
    """A transaction as a node has it, of whatever kind."""

    hash: bytes
    sender: bytes
    to: bytes | None
    """``None``: it makes a contract."""
    value: int
    nonce: int | None
    """``None``: its kind has none."""
    gas: int
    gas_price: int
    """Wei: the price, or the most that is paid."""
    data: bytes
    block_number: int | None
    """``None``: it is in no block yet."""
    block_hash: bytes | None

    @classmethod
    def of(cls, value: object) -> ChainTransaction:
        """
        :raises BadAnswer: it is no transaction.
        """
        found = structure(value, "a transaction")
        number, block_hash = found.get("blockNumber"), found.get("blockHash")
        nonce, gas = found.get("nonce"), found.get("gas")
        price = found.get("gasPrice", found.get("maxFeePerGas"))
        return cls(
            hash_of(found.get("hash"), "the hash of a transaction"),
            address(found.get("from"), "a sender"),
            optional_address(found.get("to"), "a recipient"),
            quantity(found.get("value"), "an amount"),
            None if nonce is None else quantity(nonce, "a nonce"),
            0 if gas is None else quantity(gas, "a gas limit"),
            0 if price is None else quantity(price, "a price of gas"),
            data(found.get("input", found.get("data", "0x")), "the data of a transaction"),
            None if number is None else quantity(number, "the number of a block"),
            None if block_hash is None else hash_of(block_hash, "the hash of a block"),
        )


@dataclass(frozen=True, slots=True)
class Log:
    """What a contract has noted."""

    address: bytes
    topics: tuple[bytes, ...]
    data: bytes
    block_number: int
    block_hash: bytes
    transaction_hash: bytes
    index: int
    """In its block."""

    @classmethod
    def of(cls, value: object) -> Log:
        """
        :raises BadAnswer: it is no log.
        """
        log = structure(value, "a log")
        topics = listed(log.get("topics"), "topics", MAX_TOPICS)
        return cls(
            address(log.get("address"), "the contract of a log"),
            tuple(hash_of(topic, "a topic") for topic in topics),
            data(log.get("data"), "the data of a log"),
            quantity(log.get("blockNumber"), "the number of a block"),
            hash_of(log.get("blockHash"), "the hash of a block"),
            hash_of(log.get("transactionHash"), "the hash of a transaction"),
            quantity(log.get("logIndex"), "the index of a log"),
        )


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a transaction."""

    transaction_hash: bytes
    succeeded: bool
    gas_used: int
    gas_price: int | None
    """Wei that was paid; ``None``: the node does not say."""
    contract: bytes | None
    """That it has made."""
    logs: tuple[Log, ...]
    block_number: int
    block_hash: bytes

    @classmethod
    def of(cls, value: object) -> Receipt:
        """
        :raises BadAnswer: it is no receipt.
        """
        receipt = structure(value, "a receipt")
        status, price = receipt.get("status"), receipt.get("effectiveGasPrice")
        return cls(
            hash_of(receipt.get("transactionHash"), "the hash of a transaction"),
            status is None or quantity(status, "a status") == 1,  # before the fork Byzantium there was none
            quantity(receipt.get("gasUsed"), "an amount of gas"),
            None if price is None else quantity(price, "a price of gas"),
            optional_address(receipt.get("contractAddress"), "a contract"),
            logs_of(receipt.get("logs")),
            quantity(receipt.get("blockNumber"), "the number of a block"),
            hash_of(receipt.get("blockHash"), "the hash of a block"),
        )


def logs_of(value: object) -> tuple[Log, ...]:
    """Logs, without those that a reorganisation has taken back.

    :raises BadAnswer: they are none.
    """
    return tuple(Log.of(log) for log in listed(value, "logs", MAX_LOGS) if not _is_removed(log))


def transactions_of(value: object) -> tuple[ChainTransaction, ...]:
    """The transactions of a block that was asked for with them. One that cannot be read costs itself alone.

    :raises BadAnswer: there are none at all.
    """
    found = []
    for entry in listed(structure(value, "a block").get("transactions"), "transactions", MAX_BLOCK_TRANSACTIONS):
        if not isinstance(entry, dict):
            raise BadAnswer("a block has hashes where its transactions should be")
        try:
            found.append(ChainTransaction.of(entry))
        except BadAnswer:  # of a kind whose fields are others; it is no transfer that is known here
            continue
    return tuple(found)


def structure(value: object, what: str) -> dict[str, Any]:
    """
    :raises BadAnswer: it is none.
    """
    if not isinstance(value, dict):
        raise BadAnswer(f"{what} is no structure")
    return value


def listed(value: object, what: str, most: int) -> Sequence[Any]:
    """
    :raises BadAnswer: it is no list, or a longer one.
    """
    if not isinstance(value, list) or len(value) > most:
        raise BadAnswer(f"{what} are no list of at most {most} entries")
    return value


def _is_removed(log: object) -> bool:
    return isinstance(log, dict) and log.get("removed") is True
