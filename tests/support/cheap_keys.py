"""Nobody attacks the passwords of tests, and most of the processor time of some was spent on making that expensive.

What key files, profiles and exported files cost is written in them, so what tests have made is cheap for every process
that opens it. Imported for its effect, before anything is made, and before others import what is replaced.
"""

import functools

import pytest

from pystatus.account import keystore
from pystatus.storage import backup_file, sealing
from pystatus.transport import topics

CHEAP = (
    (keystore, "SCRYPT_N", 2),
    (keystore, "SCRYPT_P", 1),
    (sealing, "SCRYPT_N", 2),
    (backup_file, "SCRYPT_LOG_N", 1),
)
SHIPPED = [(owner, name, getattr(owner, name)) for owner, name, _ in CHEAP]
"""The costs as they are."""

for _owner, _name, _cost in CHEAP:
    setattr(_owner, _name, _cost)

# 7 ms for each name, and most tests talk in the same chats: derived once.
topics.symmetric_key = functools.cache(topics.symmetric_key)


def as_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this test, everything costs what it does for users."""
    for owner, name, cost in SHIPPED:
        monkeypatch.setattr(owner, name, cost)
