"""A token bucket: how often a peer may do something, on average and in a burst."""


class TokenBucket:
    """``capacity`` tokens at first, ``per_second`` new ones up to the capacity."""

    __slots__ = ("_at", "_capacity", "_per_second", "_tokens")

    def __init__(self, capacity: float, per_second: float, now: float) -> None:
        self._capacity = capacity
        self._per_second = per_second
        self._tokens = capacity
        self._at = now

    def take(self, now: float) -> bool:
        """Take a token. False: there is none, and nothing changed. A clock that steps back refills nothing."""
        elapsed = max(0.0, now - self._at)
        tokens = min(self._capacity, self._tokens + elapsed * self._per_second)
        if tokens < 1:
            return False
        self._tokens = tokens - 1
        self._at = now
        return True
