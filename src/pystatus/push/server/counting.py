"""How much each sender, and all together, may still ask for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

from pystatus.push.server.limits import Rate
from pystatus.token_bucket import TokenBucket


class Counts:
    """Token buckets of one rate, for at most so many: of more, the one used longest ago is forgotten."""

    def __init__(self, rate: Rate, most: int) -> None:
        self._rate = rate
        self._most = most
        self._buckets: OrderedDict[Hashable, TokenBucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, who: Hashable, now: float) -> bool:
        """Whether there is one more for ``who``."""
        bucket = self._buckets.pop(who, None) or TokenBucket(self._rate.at_once, self._rate.per_second, now)
        self._buckets[who] = bucket
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return bucket.take(now)


class Allowance:
    """One rate for each sender and one for all together. Who has used up the first takes nothing of the second."""

    def __init__(self, of_one: Rate, of_all: Rate, most: int, now: float) -> None:
        self._senders = Counts(of_one, most)
        self._all = TokenBucket(of_all.at_once, of_all.per_second, now)

    def take(self, sender: Hashable, now: float) -> bool:
        """Whether ``sender`` may ask for one more."""
        return self._senders.take(sender, now) and self._all.take(now)
