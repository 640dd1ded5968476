"""What tests of transcripts share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.messenger.transcript.support import Written, written


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[Written]:
    with written(tmp_path) as found:
        yield found
