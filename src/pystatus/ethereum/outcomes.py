"""What became of a transaction that was handed to a node, as a plan."""

from __future__ import annotations

from enum import Enum

from pystatus.ethereum.blocks import Receipt
from pystatus.ethereum.plan import Plan, Question, ask_all
from pystatus.ethereum.quantities import BadAnswer, quantity, to_hex


class Outcome(Enum):
    """Of a transaction of ours."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"
    REPLACED = "replaced"
    """Another one of the same sender has its nonce."""


def outcome_of(transaction_hash: bytes, sender: bytes, nonce: int) -> Plan[Outcome]:
    """What became of it: in a block it has succeeded or failed; in none it waits, or its place was taken."""
    name = to_hex(transaction_hash)
    receipt, known, used = yield from ask_all(
        [
            Question("eth_getTransactionReceipt", (name,)),
            Question("eth_getTransactionByHash", (name,)),
            Question("eth_getTransactionCount", (to_hex(sender), "latest")),
        ]
    )
    if receipt is not None:
        found = Receipt.of(receipt)
        if found.transaction_hash != transaction_hash:
            raise BadAnswer("the receipt is of another transaction")
        return Outcome.DONE if found.succeeded else Outcome.FAILED
    if known is None and quantity(used, "a nonce") > nonce:
        return Outcome.REPLACED
    return Outcome.PENDING
