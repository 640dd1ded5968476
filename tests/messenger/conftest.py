"""What the messenger's tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.people import Network


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    network = Network(tmp_path)
    yield network
    network.close()
