"""Nobody attacks the passwords of tests, and most of the processor time of some was spent on making that expensive.

What key files, profiles and exported files cost is written in them, so what tests have made is cheap for every process
that opens it. Imported for its effect, before anything is made.
"""

import pytest

from pystatus.account import keystore
from pystatus.storage import backup_file, sealing

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


def as_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this test, everything costs what it does for users."""
    for owner, name, cost in SHIPPED:
        monkeypatch.setattr(owner, name, cost)
