"""What strangers make us send: one budget for all of it, smaller than what they spend.

Acknowledgements of their messages, requests for what they offer, our bundle where something of theirs did not open.
Each such answer takes one of a number that grows slowly, and its bytes from those that strangers have sent since the
start. What there is no room for is left out: who waits for it sends again.
"""

from __future__ import annotations

from pystatus.messenger.store import MessengerStore
from pystatus.records import dataclass

ANSWERS = 200
"""Answers at once: one for each new contact of a busy day. Ours."""
ANSWER_SECONDS = 30.0
"""Seconds until there may be one more: 2,880 a day, some 3 MB. Ours."""
MAX_CREDIT = 256 << 10
"""Bytes of strangers that count for later answers: more than all answers at once take. Ours."""

_FULL_AT = "answers_to_strangers_full_at_ms"
"""The setting with the time at which all :data:`ANSWERS` are there again, Unix milliseconds: no restart refills it."""


@dataclass(frozen=True, slots=True)
class AnswerConfig:
    """The budget. Tests have a smaller one; the wire does not depend on it."""

    at_once: int = ANSWERS
    seconds: float = ANSWER_SECONDS
    max_credit: int = MAX_CREDIT


class Answers:
    """The budget. How many there may be is stored; the credit begins anew at each start, with nothing."""

    def __init__(self, store: MessengerStore, config: AnswerConfig) -> None:
        self._store = store
        self._config = config
        self._credit = 0

    def received(self, size: int) -> None:
        """Strangers have sent an envelope of ``size`` bytes that we opened."""
        self._credit = min(self._credit + size, self._config.max_credit)

    def is_open(self, now: float) -> bool:
        """Whether another answer may be made at all; worth asking before the work of sealing it."""
        return self._full_at(now) + self._config.seconds <= self._last(now)

    def take(self, size: int, now: float) -> bool:
        """Count an answer of ``size`` bytes; False: it must not be sent."""
        if size > self._credit or not self.is_open(now):
            return False
        self._credit -= size
        self._save(self._full_at(now) + self._config.seconds)
        return True

    def _full_at(self, now: float) -> float:
        """When all are there again if no more are made."""
        stored = self._store.setting(_FULL_AT)
        full_at = stored / 1000 if isinstance(stored, int) else now
        if full_at > self._last(now):  # the clock was ahead when it was stored
            full_at = self._last(now)
            self._save(full_at)
        return max(full_at, now)

    def _last(self, now: float) -> float:
        """When that would be if none were left."""
        return now + self._config.at_once * self._config.seconds

    def _save(self, full_at: float) -> None:
        self._store.save_setting(_FULL_AT, int(1000 * full_at))
