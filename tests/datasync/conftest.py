"""Two parties, over both stores."""

from __future__ import annotations

import pytest

from tests.datasync.pair import ALICE, BOB, Party
from tests.support.datasync_store import STORES


@pytest.fixture(params=sorted(STORES))
def store(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def alice(store: str) -> Party:
    return Party(ALICE, store)


@pytest.fixture
def bob(store: str) -> Party:
    return Party(BOB, store)
