"""How values become parameters of statements: as they are, without being asked what else they could be.

The driver takes numbers and texts as they are. Of everything else, bytes included, it looks up how to adapt it; where
nothing says so, it asks the value itself, which is not prepared for that: two exceptions are made and dropped for each
parameter. That is 3 us, of the 10 to 20 that a statement takes, and a message has some thirty such parameters.

Members of enumerations are looked up by their own class: what is written for each message is made a number before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

_AS: Mapping[type[Any], Callable[[Any], Any]] = {
    bytes: bytes.__bytes__,  # itself
    type(None): lambda nothing: nothing,
    bool: int,
}
"""What is bound of a value; nothing else than without it. The driver keeps it for all connections."""


def adapt_parameters() -> None:
    """Say it to the driver, once for the process."""
    for kind, adapted in _AS.items():
        sqlcipher.register_adapter(kind, adapted)
