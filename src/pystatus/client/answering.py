"""What a program writes because somebody wrote: bounded, so that two programs cannot answer each other for ever.

Nothing on the network says that a message is of a program. But who answers answers somebody, and so three things bound
it: how often one chain of replies may come back to us, and how often answers go to one person and into one chat. When a
program is refused an answer it is silent, so the other one has nothing to answer, and it ends.

What a handler of :class:`~pystatus.messenger.events.MessageReceived` sends is an answer by itself, to whatever chat it
goes. Without I/O: the time is an argument.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from pystatus.arguments import checked
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.messenger.records import Message, chat_label
from pystatus.records import dataclass
from pystatus.token_bucket import TokenBucket
from pystatus.wording import counted

MAX_CHAIN = 5
"""Answers of ours in one chain of replies: people hardly ever reply to a reply that often. Ours."""
PERSON_AT_ONCE = 20
"""Answers to one person in one chat, at first: more than anybody asks in a minute. Ours."""
PERSON_SECONDS = 30.0
"""Seconds until there may be one more: 120 an hour. Ours."""
CHAT_AT_ONCE = 60
"""Answers into one chat, at first. Ours."""
CHAT_SECONDS = 2.0
"""Seconds until there may be one more: what people can still read. Ours."""
MAX_BUCKETS = 10_000
"""People and chats whose answers are counted, some 16 MB; the one that was answered longest ago is forgotten first."""


class AnswerRefused(LocalError):
    """An answer was not sent, as it looks as if two programs answered each other. Be silent; a new message of a person
    is answered again."""


@checked
@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLimits:
    """How often a program answers: at most ``chain`` answers in one chain of replies; to one person in one chat
    ``person`` at once, and one more every ``person_seconds``; into one chat ``chat`` at once, and one more every
    ``chat_seconds``."""

    chain: int = MAX_CHAIN
    """Answers in one chain of replies."""
    person: int = PERSON_AT_ONCE
    """Answers to one person in one chat at once."""
    person_seconds: float = PERSON_SECONDS
    """Seconds until there may be one more."""
    chat: int = CHAT_AT_ONCE
    """Answers into one chat at once."""
    chat_seconds: float = CHAT_SECONDS
    """Seconds until there may be one more."""

    def __post_init__(self) -> None:
        """
        :raises LocalError: none at all could be sent, or without end.
        """
        if min(self.chain, self.person, self.chat) < 1:
            raise LocalError("A program that may answer sends at least 1 answer: give numbers from 1 on.")
        if not all(0 < seconds < float("inf") for seconds in (self.person_seconds, self.chat_seconds)):
            raise LocalError("The time between two answers is a number of seconds above 0.")


answered: ContextVar[Message | None] = ContextVar("answered", default=None)
"""The message that the handler which runs was called with. What it starts inherits it."""


class AnswerGuard:
    """Of one client."""

    def __init__(self, own: PublicKey, limits: AnswerLimits, message: Callable[[bytes], Message | None]) -> None:
        """
        :param message: finds a message by its id.
        """
        self._own = own
        self._limits = limits
        self._message = message
        self._buckets: OrderedDict[Any, TokenBucket] = OrderedDict()

    def take(self, to: Message, chat_id: str, now: float) -> None:
        """Count an answer to a message ``to``, which goes into a chat.

        :raises AnswerRefused: it must not be sent.
        """
        limits = self._limits
        if self._answers_before(to) >= limits.chain:
            raise AnswerRefused(
                f"This chain of replies in {chat_label(to.chat_id)} has {limits.chain} answers of ours already: two "
                "programs may be answering each other. A new message is answered again. The limit is answer_limits of "
                "Client.open(…)."
            )
        person = self._bucket((chat_id, to.author), limits.person, limits.person_seconds, now)
        chat = self._bucket(chat_id, limits.chat, limits.chat_seconds, now)
        where = chat_label(chat_id)
        limited = (
            (person, f"to one person in {where}", limits.person_seconds),
            (chat, f"into {where}", limits.chat_seconds),
        )
        for bucket, whither, seconds in limited:
            if bucket.tokens(now) < 1:
                raise AnswerRefused(
                    f"Too many answers go {whither}, more than one every {counted(seconds, 'second')}: two programs "
                    "may be answering each other. The limit is answer_limits of Client.open(…); what passes everything "
                    "on, as a bridge, sends from a loop over client.events()."
                )
        person.spend(now)
        chat.spend(now)

    def _answers_before(self, message: Message) -> int:
        """Messages of ours in the chain of replies that ends with one of somebody else."""
        ours, known = 0, {message.id}
        while ours < self._limits.chain and message.response_to is not None and message.response_to not in known:
            before = self._message(message.response_to)
            if before is None:
                break
            ours += before.author == self._own
            known.add(before.id)
            message = before
            if len(known) > 4 * self._limits.chain:  # others reply to each other: that chain is not ours
                break
        return ours

    def _bucket(self, key: Any, at_once: int, seconds: float, now: float) -> TokenBucket:
        bucket = self._buckets.pop(key, None) or TokenBucket(at_once, 1 / seconds, now)
        self._buckets[key] = bucket
        if len(self._buckets) > MAX_BUCKETS:
            self._buckets.popitem(last=False)
        return bucket
