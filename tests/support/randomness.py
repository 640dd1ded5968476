"""Random sources for tests."""

import os
from collections.abc import Iterable


class QueuedRandom:
    """Hands out the given 32-byte keys in their order whenever 32 bytes are asked for; other sizes are random.

    The vectors give the private keys that the reference drew; feeding them makes the outputs reproducible.
    """

    def __init__(self, keys: Iterable[bytes] = ()) -> None:
        self._keys = list(keys)

    def add(self, *keys: bytes) -> None:
        self._keys.extend(keys)

    @property
    def left(self) -> int:
        return len(self._keys)

    def __call__(self, size: int) -> bytes:
        if size == 32 and self._keys:
            return self._keys.pop(0)
        return os.urandom(size)
