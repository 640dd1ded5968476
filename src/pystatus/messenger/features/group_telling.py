"""The history of a group on its way to members: after an event of ours, and where two histories have met.

The second is caused by others: every update that lacks an event of ours and brings a new one makes us send all of the
history to those who may lack something. An admin can bring about hundreds of these, each of a few hundred bytes, and
all members answer each of them to all others. So each group has a budget for it. Those who cannot be told at once are
told later, of everything that has happened until then, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pystatus.crypto.keys import PublicKey
from pystatus.datasync.config import MAX_ATTEMPTS
from pystatus.errors import LocalError
from pystatus.log_texts import get_logger
from pystatus.messenger.features.feature import Core
from pystatus.messenger.features.group_deliveries import GroupDeliveries
from pystatus.messenger.group_book import GroupBook
from pystatus.payloads.chats import key_from_text
from pystatus.payloads.group_history import Folded
from pystatus.payloads.groups import MembershipUpdateMessage
from pystatus.payloads.messages import ChatMessage, EmojiReaction
from pystatus.token_bucket import TokenBucket

log = get_logger(__name__)

MERGE_BYTES = 5 << 20
"""Bytes that one group makes us send at once because two of its histories have met. Each history counts for all
devices of who is told, and for all attempts of data sync, as nobody has to acknowledge it. Ours: a group of ten people
has a history of some 5 kB, and 70 are told, each with one device; of the largest history one member is, with three."""
MERGE_BYTES_PER_SECOND = 256
"""How fast there is room for more, all of it at last, in bytes each second: 22 MB a day. Ours: the ten people are told
every four minutes."""
TOLD_AT_ONCE = 8
"""Members who are told in one transaction: some 80 ms, if the key of each has to be derived. Ours."""


def update_of(
    chat_id: str, folded: Folded, *, message: ChatMessage | None = None, reaction: EmojiReaction | None = None
) -> MembershipUpdateMessage:
    """The history, complete and without anything that does not count: the reference takes it.

    Implements: GC-12
    """
    return MembershipUpdateMessage(chat_id, tuple(event.raw for event in folded.history), message, reaction)


class GroupTelling:
    """Called inside transactions. What waits is not stored: after a restart the next message or event in the group
    brings its history."""

    def __init__(self, core: Core, book: GroupBook, deliveries: GroupDeliveries) -> None:
        self._core = core
        self._book = book
        self._deliveries = deliveries
        self._budgets: dict[str, TokenBucket] = {}
        self._waiting: dict[str, dict[str, None]] = {}
        """By groups: members who are to be told, by their key texts, in this order."""
        self._due: dict[str, float] = {}
        """When the first of them can be, Unix seconds."""

    def tell(
        self, chat_id: str, folded: Folded, people: Sequence[PublicKey], now: float, shown_as: bytes | None = None
    ) -> None:
        """Send the history of a group, because we have changed it.

        :param shown_as: the id of the message by which the chat shows what is new in it.

        Implements: GC-10, GC-12
        """
        update = update_of(chat_id, folded)
        if shown_as is not None:
            self._deliveries.sent(shown_as, chat_id, update, people)
        self._core.sender.send_to(people, update, now, shown_as=shown_as)

    def tell_lacking(self, chat_id: str, folded: Folded, members: Iterable[str], now: float) -> None:
        """Send the history of a group to members who may lack something of it, as soon as the budget allows."""
        self._waiting.setdefault(chat_id, {}).update(dict.fromkeys(members))
        self._spend(chat_id, folded, now)

    def _spend(self, chat_id: str, folded: Folded, now: float) -> None:
        own, group = self._core.own.hex, folded.group
        waiting = [one for one in self._waiting.pop(chat_id, ()) if one in group.members and one != own]
        self._due.pop(chat_id, None)
        if not waiting:
            return
        budget = self._budgets.setdefault(chat_id, TokenBucket(MERGE_BYTES, MERGE_BYTES_PER_SECOND, now))
        history = sum(len(event.raw) for event in folded.history)
        told: list[str] = []
        self._due[chat_id] = now
        for one in waiting[:TOLD_AT_ONCE]:
            size = min(MERGE_BYTES, history * max(1, len(self._core.secure.targets(key_from_text(one)))) * MAX_ATTEMPTS)
            if not budget.take(now, size):
                self._due[chat_id] = now + budget.seconds_until(size, now) + 1.0  # never a little too early
                break
            told.append(one)
        if told:
            try:
                with self._core.batch.part():
                    self.tell(chat_id, folded, [key_from_text(one) for one in told], now)
            except LocalError as error:  # the news that came is not undone by what cannot be sent
                log.warning("the history of a group cannot be sent: %s", error)
        if len(told) < len(waiting):
            self._waiting[chat_id] = dict.fromkeys(waiting[len(told) :])
        else:
            del self._due[chat_id]

    def next_timer(self) -> float | None:
        """When somebody else can be told, Unix seconds; ``None``: nobody waits."""
        return min(self._due.values(), default=None)

    def on_timer(self, now: float) -> None:
        """Tell those who wait, as far as the budgets allow. Early calls are harmless."""
        for chat_id in [chat_id for chat_id, due in self._due.items() if due <= now]:
            known = self._book.find(chat_id)
            if known is None:  # it was forgotten meanwhile
                del self._waiting[chat_id], self._due[chat_id]
            else:
                self._spend(chat_id, known.folded, now)
