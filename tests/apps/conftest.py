"""What the tests of the command line share."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from pystatus.apps.cli import connection_progress
from pystatus.faces import terminal
from tests.apps.support import Cli


@pytest.fixture(autouse=True)
def nobody_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests is not asked for passwords."""
    monkeypatch.setattr(terminal, "is_there", lambda: False)


@pytest.fixture(autouse=True)
def a_machine_that_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a relay of this machine takes, nobody is told that it takes long."""
    monkeypatch.setattr(connection_progress, "SILENT_FOR", 600.0)


@pytest.fixture(autouse=True)
def the_log_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path / "data")
