"""What the attacks share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.secure_transport.party import Party
from tests.support.encryption_store import STORES
from tests.support.people import Network


@pytest.fixture(params=list(STORES))
def kind_of_store(request: pytest.FixtureRequest) -> str:
    """Attacks on the encryption layer are held over the store in memory and over the real one."""
    assert isinstance(request.param, str)
    return request.param


@pytest.fixture
def alice(kind_of_store: str) -> Party:
    return Party("alice-1", kind_of_store)


@pytest.fixture
def bob(kind_of_store: str) -> Party:
    return Party("bob-1", kind_of_store)


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    network = Network(tmp_path)
    yield network
    network.close()
