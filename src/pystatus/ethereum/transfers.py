"""Transfers of one account, folded out of blocks, receipts and logs (ethereum.md §3.3, step 4).

Unlike in the reference a log of somebody else's transfer does not hide ether that the same transaction moves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from pystatus.arguments import checked
from pystatus.crypto.hashing import keccak256
from pystatus.ethereum.blocks import ChainTransaction, Header, Log, Receipt
from pystatus.ethereum.quantities import Amount, to_hex

TRANSFER = keccak256(b"Transfer(address,address,uint256)")
"""The first topic of a log that says that a token was transferred."""

_WORD = 32
_ADDRESS_AT = 12
"""Where the address begins in a topic."""


class Asset(Enum):
    """What was transferred."""

    ETHER = "eth"
    FUNGIBLE = "erc20"
    """A token of which every unit is like every other."""
    COLLECTIBLE = "erc721"
    """One of a kind; its number stands where an amount would."""


@checked
@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer that an account has a part in."""

    id: bytes
    """32 bytes: the hash of the transaction for ether, else made of that and the log."""
    account: bytes
    asset: Asset
    sender: bytes
    recipient: bytes | None
    """``None``: the transaction made a contract, see ``contract``."""
    amount: Amount | None
    """Base units, or the number of a collectible; ``None``: the log of the token does not say."""
    contract: bytes | None
    """Of the token, or what was made."""
    block_number: int
    block_hash: bytes
    timestamp: Amount
    transaction_hash: bytes
    succeeded: bool
    nonce: Amount | None
    """``None``: the transaction is of a kind that is not known here."""
    gas_used: Amount
    gas_price: Amount

    @property
    def is_inbound(self) -> bool:
        """Whether the account receives it; one to itself counts as received."""
        return self.recipient == self.account

    @property
    def fee(self) -> int:
        """Wei that its sender has paid for the transaction."""
        return self.gas_used * self.gas_price


def padded(address: bytes) -> bytes:
    """An address as a topic."""
    return address.rjust(_WORD, b"\0")


def filter_topics(account: bytes, *, inbound: bool) -> list[str | None]:
    """What ``eth_getLogs`` is asked for: all tokens that one account receives, or sends."""
    one = to_hex(padded(account))
    return [to_hex(TRANSFER), None, one] if inbound else [to_hex(TRANSFER), one]


def transfer_id(transaction_hash: bytes, log_index: int) -> bytes:
    """The name of a transfer that a log says."""
    return keccak256(transaction_hash + log_index.to_bytes(4, "big"))


def is_transfer(log: Log) -> bool:
    """Whether a log says that a token was transferred; from whom to whom stands in its topics."""
    return len(log.topics) >= 3 and log.topics[0] == TRANSFER


def parties(log: Log) -> tuple[bytes, bytes]:
    """From whom, and to whom."""
    return log.topics[1][_ADDRESS_AT:], log.topics[2][_ADDRESS_AT:]


def amount(log: Log) -> int | None:
    """How much was transferred, or the number of what was; ``None``: it does not say."""
    if len(log.topics) == 4:
        return int.from_bytes(log.topics[3], "big")
    return int.from_bytes(log.data, "big") if len(log.data) == _WORD else None


def concerns(log: Log, account: bytes) -> bool:
    """Whether a log is of a transfer of an account, written as tokens write it: a search finds no other."""
    return is_transfer(log) and padded(account) in log.topics[1:3]


def transfers_in(
    account: bytes,
    header: Header,
    transactions: Sequence[ChainTransaction],
    receipts: Mapping[bytes, Receipt],
    logs: Sequence[Log],
) -> list[Transfer]:
    """The transfers of an account in one block.

    :param transactions: of the block, all or those that concern the account.
    :param receipts: of those of them that the account sends or receives, and of those that logs name.
    :param logs: of the block, those that were found for the account; receipts have them, too.

    Implements: ET-5
    """
    by_hash = {transaction.hash: transaction for transaction in transactions}
    found: dict[bytes, Transfer] = {}
    own_logs = {(log.transaction_hash, log.index): log for log in logs if concerns(log, account)}
    for each in receipts.values():
        own_logs |= {(log.transaction_hash, log.index): log for log in each.logs if concerns(log, account)}
    shown = {transaction_hash for transaction_hash, _ in own_logs}
    for transaction in transactions:
        receipt = receipts.get(transaction.hash)
        if receipt is None or account not in (transaction.sender, transaction.to):
            continue
        if transaction.value or transaction.hash not in shown:
            found[transaction.hash] = _ether(account, header, transaction, receipt)
    for log in own_logs.values():
        of_log = receipts.get(log.transaction_hash)
        if of_log is not None:
            transfer = _token(account, header, by_hash.get(log.transaction_hash), of_log, log)
            found[transfer.id] = transfer
    return list(found.values())


def _ether(account: bytes, header: Header, transaction: ChainTransaction, receipt: Receipt) -> Transfer:
    return Transfer(
        transaction.hash,
        account,
        Asset.ETHER,
        transaction.sender,
        transaction.to,
        transaction.value,
        receipt.contract if transaction.to is None else None,
        *_place(header, transaction, receipt),
    )


def _token(
    account: bytes, header: Header, transaction: ChainTransaction | None, receipt: Receipt, log: Log
) -> Transfer:
    sender, recipient = parties(log)
    return Transfer(
        transfer_id(log.transaction_hash, log.index),
        account,
        Asset.COLLECTIBLE if len(log.topics) == 4 else Asset.FUNGIBLE,
        sender,
        recipient,
        amount(log),
        log.address,
        *_place(header, transaction, receipt),
    )


def _place(
    header: Header, transaction: ChainTransaction | None, receipt: Receipt
) -> tuple[int, bytes, int, bytes, bool, int | None, int, int]:
    offered = 0 if transaction is None else transaction.gas_price
    return (
        header.number,
        header.hash,
        header.timestamp,
        receipt.transaction_hash,
        receipt.succeeded,
        None if transaction is None else transaction.nonce,
        receipt.gas_used,
        offered if receipt.gas_price is None else receipt.gas_price,
    )
