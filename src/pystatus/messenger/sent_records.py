"""Transactions that this profile has sent, and what the chain says of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from pystatus.arguments import checked
from pystatus.ethereum.quantities import Amount


class SentState(Enum):
    """How far a transaction got."""

    WAITING = "waiting"
    """It is in no block yet."""
    MINED = "mined"
    """It is in a block, and was carried out."""
    FAILED = "failed"
    """It is in a block, and came to nothing but its fee."""
    REPLACED = "replaced"
    """Another transaction of the account has taken its place."""
    DROPPED = "dropped"
    """No node has it any more. It may come back if somebody sends it again."""


@checked
@dataclass(frozen=True, slots=True)
class SentTransaction:
    """A transaction that was sent from here."""

    hash: bytes
    draft_id: bytes
    """Of what was shown before it was signed."""
    chain_id: int
    sender: bytes
    to: bytes | None
    """``None``: it makes a contract."""
    value: Amount
    """Wei."""
    data: bytes
    nonce: Amount
    gas: Amount
    max_fee_per_gas: Amount
    """Wei; of a legacy transaction its price."""
    tip: Amount | None
    """Wei of each gas for the maker of the block; ``None``: it is a legacy transaction."""
    sent_at: float
    """Unix seconds."""
    words: str
    """What was signed."""
    state: SentState = SentState.WAITING
    block_number: int | None = None
    """Where it was mined, or failed."""
    replaces: bytes | None = None
    """The hash of the transaction whose place it is to take."""

    @property
    def is_in_block(self) -> bool:
        """Whether it has its place in the chain."""
        return self.state in (SentState.MINED, SentState.FAILED)


@dataclass(frozen=True, slots=True)
class Finding:
    """What the chain says of a transaction."""

    hash: bytes
    state: SentState | None
    """``None``: the node does not have it."""
    block_number: int | None = None
    is_final: bool = False
    """So many blocks stand on it that it will not be another state."""
