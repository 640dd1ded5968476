"""What has to happen in the world once a transaction has committed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from pystatus.crypto.keys import PublicKey
from pystatus.messenger.events import Event

if TYPE_CHECKING:
    from pystatus.messenger.sent_records import SentTransaction
    from pystatus.waku.envelope import Envelope


@dataclass(frozen=True, slots=True)
class Publish:
    """Give ``envelope`` to the relays."""

    envelope: Envelope


@dataclass(frozen=True, slots=True)
class InterestChanged:
    """Ask the relays for envelopes of exactly these topics (4 bytes each)."""

    topics: frozenset[bytes]


@dataclass(frozen=True, slots=True)
class RequestHistory:
    """Ask whoever keeps envelopes for those of ``topics`` (4 bytes each) that were sent since a Unix second."""

    topics: frozenset[bytes]
    since: float


@dataclass(frozen=True, slots=True)
class LookUpTransactions:
    """Ask the chain for transactions by their hashes (``0x…``), and hand what it says of each to
    :meth:`~pystatus.messenger.features.transactions.Transactions.looked_up`. What comes of none is named again."""

    hashes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FollowSent:
    """Ask the node of the wallet what became of transactions that were sent from here, and hand what it says to
    :meth:`pystatus.messenger.features.wallet.Wallet.looked_up`. What nothing is said of is named again."""

    transactions: tuple[SentTransaction, ...]


@dataclass(frozen=True, slots=True)
class Notify:
    """Hand ``event`` to the user."""

    event: Event
    cursor: int = 0
    """Its place in the journal; 0 as long as its transaction has not committed."""


@dataclass(frozen=True, slots=True)
class Continue:
    """Run the next part of an input that is too long for one transaction, before every other input. If it is never run,
    as after a crash, its sender finds it not acknowledged, and sends it again."""

    handle: Callable[[float], None]
    """Called inside a transaction, with Unix seconds."""


@dataclass(frozen=True, slots=True)
class VerifyNames:
    """Ask the chain whose these ENS names are, and hand the answers to
    :meth:`pystatus.messenger.features.names.Names.verified`, whatever they are."""

    claims: tuple[tuple[PublicKey, str], ...]
    """Who claims to be called so, and the whole name."""


Effect: TypeAlias = (
    Publish | InterestChanged | RequestHistory | LookUpTransactions | FollowSent | Notify | Continue | VerifyNames
)
