"""Transactions that this profile has sent, from the moment in which they are handed to a node until nothing changes
about them any more: mined, replaced by another one, or dropped (ethereum.md §3.3). No I/O: what the chain
says of them is asked as an effect, and comes back as an input.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from pystatus.arguments import checked
from pystatus.errors import LocalError
from pystatus.messenger.batch import Batch
from pystatus.messenger.effects import FollowSent, Notify
from pystatus.messenger.events import Event
from pystatus.messenger.sent_records import Finding, SentState, SentTransaction
from pystatus.vouched_time import is_due

ROUND = 10.0
"""Seconds between two rounds of questions (ethereum.md §3.3: what the app waits on the main chain)."""
OFTEN = 60
"""Rounds without news after which the pause doubles: ten minutes, in which most transactions are mined. Ours."""
LONGEST_PAUSE = 600.0
"""Seconds between two rounds at most. Ours."""
MAX_FOLLOWED = 100
"""Transactions that are asked for in one round: one batch. Ours."""
MISSING_ANSWERS = 30
"""Answers in a row in which the node does not have a transaction, after which it is dropped: five minutes, as nodes of
one service hear of it one after the other. Ours."""
SENT_ALREADY = "This transaction was sent already. Nothing was sent a second time."
MAX_KEPT = 1_000
"""Transactions that are kept when nothing changes about them any more; beyond it the oldest go. Ours."""


@checked
@dataclass(frozen=True, slots=True)
class SentTransactionChanged(Event):
    """A transaction was sent from here, or got further: its ``state`` says how far."""

    transaction: SentTransaction


class SentTables(Protocol):
    """The storage of what was sent."""

    def sent(self, chain_id: int | None, most: int, *, waiting: bool) -> Sequence[SentTransaction]:
        """The newest first; of one chain or all; ``waiting``: only those that are in no block yet."""

    def sent_transaction(self, transaction_hash: bytes) -> SentTransaction | None: ...

    def is_draft_sent(self, draft_id: bytes) -> bool:
        """Whether a transaction that was drafted was sent."""

    def save_sent(self, transaction: SentTransaction, *, followed: bool, missing: int) -> None:
        """Insert or replace.

        :param followed: it may still change.
        :param missing: answers in a row in which the node did not have it.
        """

    def forget_sent(self, transaction_hash: bytes) -> None: ...

    def followed(self, most: int) -> Sequence[tuple[SentTransaction, int]]:
        """Those that may still change, the oldest first, each with the answers in which it was missing."""

    def trim_sent(self, most: int) -> None:
        """Forget all but the newest ``most`` of those that do not change any more."""


Changed = Callable[[SentTransaction, float], None]
"""Called with a transaction, and Unix seconds."""


class SentBook:
    """Kept, followed, settled."""

    def __init__(self, tables: SentTables, batch: Batch, changed: Changed, *, is_followed: bool) -> None:
        """
        :param changed: is told what is about to be sent, and what got further.
        :param is_followed: there is a node that can be asked.
        """
        self._changed = changed
        self._tables = tables
        self._batch = batch
        self._is_followed = is_followed
        self._may_wait = is_followed
        """Whether something may be there to be asked for: not looked up with every batch."""
        self._asked_at = float("-inf")
        self._rounds = 0
        """Since something has changed."""

    def check_draft(self, draft_id: bytes) -> None:
        """
        :raises LocalError: it was sent already, as when somebody has pressed a button twice.
        """
        if self._tables.is_draft_sent(draft_id):
            raise LocalError(SENT_ALREADY)

    def begin(self, transaction: SentTransaction) -> None:
        """It is about to be handed to a node: whatever happens then, it is known that it may be there.

        :raises LocalError: it is there already, to the last byte, from another draft. A node would refuse it, and what
            is known of it would go with that.
        """
        before = self._tables.sent_transaction(transaction.hash)
        if before is not None and before.state is not SentState.DROPPED:
            raise LocalError(SENT_ALREADY)
        self._tables.save_sent(transaction, followed=True, missing=0)
        self._may_wait = self._is_followed
        self._rounds = 0
        self._changed(transaction, transaction.sent_at)

    def handed_over(self, transaction_hash: bytes) -> SentTransaction:
        """A node has it, or may have it.

        :raises LocalError: it was not begun.
        """
        found = self._get(transaction_hash)
        self._batch.add(Notify(SentTransactionChanged(found)))
        return found

    def refused(self, transaction_hash: bytes) -> None:
        """No node has taken it."""
        self._tables.forget_sent(transaction_hash)

    def get(self, transaction_hash: bytes) -> SentTransaction:
        """
        :raises LocalError: no such transaction was sent from here.
        """
        return self._get(transaction_hash)

    def _get(self, transaction_hash: bytes) -> SentTransaction:
        found = self._tables.sent_transaction(transaction_hash)
        if found is None:
            raise LocalError(
                "No such transaction was sent from this profile. List those that were: pystatus wallet pending PROFILE "
                "--all"
            )
        return found

    # the chain

    def next_timer(self) -> float | None:
        """When the next round is due; ``None``: nothing waits, or nobody can be asked."""
        return self._asked_at + self._pause if self._may_wait else None

    @property
    def _pause(self) -> float:
        return min(LONGEST_PAUSE, ROUND * 2.0 ** min(60, max(0, self._rounds - OFTEN)))

    def on_timer(self, now: float) -> None:
        """Ask for all that may still change, if it is time."""
        if not self._may_wait or not is_due(self._asked_at, self._pause, now):
            return
        found = self._tables.followed(MAX_FOLLOWED)
        self._may_wait = bool(found)
        self._asked_at = now
        self._rounds += 1
        if found:
            self._batch.add(FollowSent(tuple(one for one, _ in found)))

    def looked_up(self, findings: Sequence[Finding], now: float) -> None:
        """What the chain says. A transaction of which it says nothing stays as it is."""
        missing = {one.hash: answers for one, answers in self._tables.followed(MAX_FOLLOWED)}
        for finding in findings:
            before = self._tables.sent_transaction(finding.hash)
            if before is not None:
                self._take(before, finding, missing.get(finding.hash, MISSING_ANSWERS), now)
        self._tables.trim_sent(MAX_KEPT)

    def _take(self, before: SentTransaction, finding: Finding, missing: int, now: float) -> None:
        state, is_final = finding.state, finding.is_final
        missing = missing + 1 if state is None else 0
        if state is None:
            is_final = missing >= MISSING_ANSWERS
            state = SentState.DROPPED if is_final else SentState.WAITING
        after = replace(before, state=state, block_number=finding.block_number)
        self._tables.save_sent(after, followed=not is_final, missing=missing)
        self._may_wait = self._is_followed
        if after != before:
            self._rounds = 0
            self._batch.add(Notify(SentTransactionChanged(after)))
            self._changed(after, now)
