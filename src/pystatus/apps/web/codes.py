"""One-time codes: who can read what only the owner of this account of the machine can read gets a session for one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from http import HTTPStatus

from pystatus.apps.web.refusals import PageError
from pystatus.crypto.random import RandomSource
from pystatus.log_texts import get_logger
from pystatus.outage import Outage
from pystatus.token_bucket import TokenBucket

log = get_logger(__name__)

CODE_SIZE = 16
"""Bytes of a code: nobody guesses 128 bits."""
CODE_SECONDS = 60.0
"""For which a code can be used: a browser starts in a few. Ours."""
MAX_CODES = 10
"""Codes that wait to be used; of more, the oldest goes. Ours: as many as there are sessions."""
GUESSES = 10
"""Wrong codes that are answered at once. Ours: a person mistypes none, as none is typed."""
GUESSES_PER_SECOND = 1 / 6
"""More of them, on average. Ours."""


class Codes:
    """The codes of one server. They are kept as their hashes, so that comparing them tells nothing about them."""

    def __init__(self, random: RandomSource, now: Callable[[], float]) -> None:
        """
        :param now: seconds, on a clock that goes on steadily.
        """
        self._random = random
        self._now = now
        self._until: dict[bytes, float] = {}
        self._guesses = TokenBucket(GUESSES, GUESSES_PER_SECOND, now())
        self._guessed = Outage(log, "somebody on this machine guesses codes of the page", "nobody guesses codes now")

    def issue(self) -> str:
        """A new code, 32 hexadecimal digits."""
        self._forget_old()
        while len(self._until) >= MAX_CODES:
            del self._until[next(iter(self._until))]
        code = self._random(CODE_SIZE).hex()
        self._until[_hash(code)] = self._now() + CODE_SECONDS
        return code

    def redeem(self, code: str) -> None:
        """Use a code. Wrong ones are answered less and less often; a right one always works, as nobody else knows it.

        :raises PageError: there is no such code (any more).
        """
        self._forget_old()
        if self._until.pop(_hash(code), None) is not None:
            return
        if self._guesses.take(self._now()):
            raise PageError(
                HTTPStatus.FORBIDDEN,
                "code-wrong",
                "This address was used already, or is older than a minute. Run: pystatus web --open",
            )
        self._guessed.failed(self._now(), "they are refused")
        raise PageError(HTTPStatus.TOO_MANY_REQUESTS, "code-guessed", "Too many wrong codes. Run: pystatus web --open")

    @property
    def waiting(self) -> int:
        """Codes that can be used."""
        self._forget_old()
        return len(self._until)

    def _forget_old(self) -> None:
        now = self._now()
        for code in [code for code, until in self._until.items() if until <= now]:
            del self._until[code]


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="replace")).digest()
