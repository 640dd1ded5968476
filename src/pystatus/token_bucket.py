"""A token bucket: how often somebody may do something, on average and in a burst."""


class TokenBucket:
    """``capacity`` tokens at first, ``per_second`` new ones up to the capacity."""

    __slots__ = ("_at", "_capacity", "_per_second", "_tokens")

    def __init__(self, capacity: float, per_second: float, now: float) -> None:
        self._capacity = capacity
        self._per_second = per_second
        self._tokens = capacity
        self._at = now

    def take(self, now: float, amount: float = 1.0) -> bool:
        """Take tokens. False: there are not so many, and none is taken. A clock that steps back refills nothing, and
        refilling goes on from there."""
        if self.tokens(now) < amount:
            return False
        self._tokens -= amount
        return True

    def spend(self, now: float, amount: float = 1.0) -> None:
        """Take tokens in any case; what is missing is owed, and refilled first."""
        self._tokens = self.tokens(now) - amount

    def tokens(self, now: float) -> float:
        """How many there are."""
        elapsed = now - self._at
        if elapsed > 0:
            self._tokens = min(self._capacity, self._tokens + elapsed * self._per_second)
        self._at = now
        return self._tokens

    def is_full(self, now: float) -> bool:
        """Whether it is as good as a new one."""
        return self.tokens(now) >= self._capacity

    def seconds_until(self, amount: float, now: float) -> float:
        """How long until there are ``amount`` tokens, or the bucket is full; 0 if they are there."""
        missing = min(amount, self._capacity) - self.tokens(now)
        return max(0.0, missing / self._per_second)
