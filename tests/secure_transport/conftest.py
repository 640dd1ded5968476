"""Every conversation is held twice: over the store in memory and over the real one."""

import pytest

from tests.support.encryption_store import STORES, SnapshotStore


@pytest.fixture(params=list(STORES))
def kind_of_store(request: pytest.FixtureRequest) -> str:
    assert isinstance(request.param, str)
    return request.param


@pytest.fixture
def store(kind_of_store: str) -> SnapshotStore:
    return STORES[kind_of_store]()
