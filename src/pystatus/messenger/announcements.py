"""What others say to have paid, and what a chain says of it (payloads.md §12).

An announcement is not shown in its chat: anybody can send one. It is kept as unverified, and where there is a chain,
that is asked until its answer is final. No I/O: the questions are an effect, and the answers are an input.

Anybody can announce as much as they like, so it is bounded how much is kept of each person, of all strangers and of all
people we know, and how often the chain is asked for either.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pystatus.arguments import checked
from pystatus.errors import RemoteError
from pystatus.messenger.batch import Batch
from pystatus.messenger.effects import LookUpTransactions, Notify
from pystatus.messenger.events import Event
from pystatus.messenger.people import ROOM, People
from pystatus.messenger.transaction_checks import NotPaid, Payment, check_shape
from pystatus.messenger.transaction_records import (
    Announcement,
    AnnouncementState,
    ChainStatus,
    ChainTransaction,
    TransactionTables,
)
from pystatus.records import dataclass
from pystatus.vouched_time import is_due

MAX_OF_PERSON = 50
"""Announcements of one person we know that are kept. Beyond it settled ones go, then the oldest. Ours."""
MAX_OF_STRANGER = 3
"""The same of one stranger. Ours."""
MAX_KNOWN = 1_000
"""Announcements of all people we know. Beyond it, some drawn by lot go. Ours."""
MAX_STRANGERS = 200
"""The same of all strangers. Ours."""
MAX_RECEIVED = 100_000
"""Hashes of transactions that were received, which are remembered so that none is received twice: some 10 MB. Beyond it
the oldest go. Ours: each was a payment to us."""
ROUND = 30.0
"""Seconds between two rounds of questions to the chain (payloads.md §12)."""
ROUND_OF_KNOWN = 40
"""Transactions of people we know that the chain is asked for in one round. Ours."""
ROUND_OF_STRANGERS = 10
"""The same of strangers. Ours."""
OFTEN = 20
"""Answers that are asked for each :data:`ROUND`: ten minutes, in which most transactions are mined. Then the pause
doubles. Ours."""
LONGEST_PAUSE = 3_600.0
"""Seconds between two questions at most. Ours."""
MAX_ANSWERS = 240
"""Answers without anything final after which the chain is not asked any more: nine days. Ours."""


@checked
@dataclass(frozen=True, slots=True)
class AnnouncementChanged(Event):
    """Somebody says to have paid, or what they said was found to be wrong, or true: its ``state`` says which."""

    announcement: Announcement


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The chain could not be asked: it is away, or took too long."""


class Announcements:
    """Kept, asked for, settled."""

    def __init__(
        self,
        tables: TransactionTables,
        people: People,
        batch: Batch,
        judge: Callable[[Announcement, ChainTransaction], Payment],
        receive: Callable[[Announcement, Payment, float], None],
        *,
        has_chain: bool,
    ) -> None:
        """
        :param judge: what was paid; raises :class:`NotPaid`.
        :param receive: shows a payment; the time is Unix seconds.
        :param has_chain: there is one to be asked.
        """
        self._tables = tables
        self._people = people
        self._batch = batch
        self._judge = judge
        self._receive = receive
        self._has_chain = has_chain
        self._asked_at = float("-inf")

    def take(self, announcement: Announcement) -> None:
        """Somebody announces a transaction. The hash is in small letters if it is one.

        :raises RemoteError: they have announced it already.
        """
        if self._tables.announcement(announcement.author, announcement.transaction_hash) is not None:
            raise RemoteError("this transaction was announced already")
        try:
            check_shape(announcement.transaction_hash, announcement.signature)
        except NotPaid as error:  # nothing will ever be found out about it
            announcement = replace(announcement, state=AnnouncementState.REFUSED, problem=str(error), signature=b"")
        self._save(announcement)
        known = self._people.is_known(announcement.author)
        self._tables.trim_announcements(announcement.author, MAX_OF_PERSON if known else MAX_OF_STRANGER)
        self._make_room(announcement.message_id, known=known)

    def _make_room(self, newest: bytes, *, known: bool) -> None:
        """If there are too many, some drawn by lot go; not the newest. So nobody can aim at what another has sent."""
        most = MAX_KNOWN if known else MAX_STRANGERS
        held = self._tables.held(known=known)
        if len(held) <= most:
            return
        others = [one for one in held if one[0] != newest]
        drawn = self._people.drawn(others, by_bytes=False)
        self._tables.forget_announcements([message_id for message_id, _ in drawn[: len(held) - int(most * ROOM)]])

    # the chain

    def next_timer(self) -> float | None:
        """When the next round is due; ``None``: nobody is to be asked."""
        due = self._tables.next_due() if self._has_chain else None
        if due is None:
            return None
        # Not later than this: what is due in the far future was noted by a clock that was ahead.
        return max(self._asked_at + ROUND, min(due, self._asked_at + LONGEST_PAUSE))

    def on_timer(self, now: float) -> None:
        """Ask the chain, if it is time."""
        if not self._has_chain or not is_due(self._asked_at, ROUND, now):
            return
        self._asked_at = now
        hashes = [
            *self._tables.due(now, LONGEST_PAUSE, ROUND_OF_KNOWN, known=True),
            *self._tables.due(now, LONGEST_PAUSE, ROUND_OF_STRANGERS, known=False),
        ]
        if hashes:
            self._batch.add(LookUpTransactions(tuple(dict.fromkeys(hashes))))

    def looked_up(self, transaction_hash: str, found: ChainTransaction | Unanswered | None, now: float) -> None:
        """What the chain says of a transaction; ``None``: it does not know it.

        Each announcement of it is judged by itself: who did not pay is no obstacle for who did.
        """
        for announcement in self._tables.announced(transaction_hash):
            if isinstance(found, Unanswered):
                self._tables.save_announcement(replace(announcement, due=now + ROUND))
            elif found is None or found.status is ChainStatus.PENDING:
                self._wait(announcement, now)
            else:
                self._settle(announcement, found, now)

    def _wait(self, announcement: Announcement, now: float) -> None:
        answers = announcement.answers + 1
        if answers >= MAX_ANSWERS:
            problem = "the chain was asked for days, and it is not settled there"
            self._save(replace(announcement, state=AnnouncementState.NOT_FOUND, answers=answers, problem=problem))
            return
        pause = min(LONGEST_PAUSE, ROUND * 2.0 ** min(60, max(0, answers - OFTEN)))
        self._tables.save_announcement(replace(announcement, answers=answers, due=now + pause))

    def _settle(self, announcement: Announcement, mined: ChainTransaction, now: float) -> None:
        try:
            paid = self._judge(announcement, mined)
            if self._tables.is_received(announcement.transaction_hash):
                raise NotPaid("this transaction was received already")
        except NotPaid as error:
            self._save(replace(announcement, state=AnnouncementState.REFUSED, problem=str(error)))
            return
        self._tables.note_received(announcement.transaction_hash, MAX_RECEIVED)
        self._save(replace(announcement, state=AnnouncementState.RECEIVED))
        self._receive(announcement, paid, now)

    def _save(self, announcement: Announcement) -> None:
        self._tables.save_announcement(announcement)
        self._batch.add(Notify(AnnouncementChanged(announcement)))
