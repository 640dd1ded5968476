"""The scaling model of Whisper and Waku (waku.md §11): bytes that somebody receives in a day, in eight cases.

It counts what is received, and no passing on. Its terms are assumptions; :mod:`pystatus.simulation.scaling.measuring`
has what is measured in their place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pystatus.arguments import checked
from pystatus.errors import LocalError
from pystatus.transport.topics import PARTITIONS

CASES: Final = (
    "only what is for oneself",
    "everything",
    "one topic for all private messages",
    "a topic for each partition",
    "the same, with a bloom filter",
    "the same, with copies from other peers",
    "mostly offline, from a mailserver",
    "topic interest, one peer",
)
"""The eight, the first one has number 1."""


@checked
@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is multiplied. The defaults are those of the model."""

    envelope_bytes: float = 1_024.0
    """Of an envelope on the wire."""
    envelopes: float = 10.0
    """Of a message, with what negotiates and acknowledges."""
    messages: float = 100.0
    """That somebody receives in a day."""
    private: float = 0.5
    """Share of them that is between two."""
    sharing: float = 1.0
    """Users whose private messages come by one partition topic; see :func:`assumed_sharing`."""
    false_positives: float = 0.1
    """Share of all envelopes that passes the bloom filter and was not asked for."""
    mail_false_positives: float = 0.01
    """The same of what a mailserver sends, where the topics are divided among several requests."""
    copies: float = 2.0
    """How often each envelope comes."""
    offline: float = 0.9
    """Share of the time in which somebody is not there, and fetches later."""

    def __post_init__(self) -> None:
        """
        :raises LocalError: a share above 1, or something below 0.
        """
        shares = self.private, self.false_positives, self.mail_false_positives, self.offline
        others = self.envelope_bytes, self.envelopes, self.messages, self.sharing, self.copies
        if not all(0 <= share <= 1 for share in shares) or not all(0 <= other < float("inf") for other in others):
            raise LocalError("The terms of the model are not negative, and its shares are at most 100 %.")


def assumed_sharing(users: int) -> float:
    """What the model takes for :attr:`Terms.sharing`: all partitions have as many users."""
    return float(users // PARTITIONS) if users >= PARTITIONS else 1.0


def loads(terms: Terms, users: int) -> tuple[float, ...]:
    """Bytes that somebody receives in a day, in each of :data:`CASES`."""
    own = terms.envelope_bytes * terms.envelopes * terms.messages
    everything = own * users
    private, public = terms.private * own, (1 - terms.private) * own
    partitioned = private * terms.sharing + public
    filtered = partitioned + terms.false_positives * everything
    repeated = terms.copies * filtered
    fetched = partitioned + terms.mail_false_positives * everything
    return (
        own,
        everything,
        private * users + public,
        partitioned,
        filtered,
        repeated,
        terms.offline * fetched + (1 - terms.offline) * repeated,
        partitioned,
    )
