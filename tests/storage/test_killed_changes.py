"""Whatever changes a profile, killed at any step: it is the old one or the new one, opens, and nothing else is left."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OUTCOMES = {
    "change_password": ["alice, the old password", "alice, the new password"],
    "recover": ["alice, the old password", "alice, the new password"],
    "rename": ["alice, the old password", "bob, the old password"],
    "delete": ["alice, the old password", "gone"],
}
"""What a profile is before, and from some step on."""


@pytest.mark.parametrize("action", OUTCOMES)
def test_killed_at_any_step(tmp_path: Path, action: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.storage.killed_changes", action, str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    steps, *outcomes = done.stdout.splitlines()
    assert outcomes == OUTCOMES[action]
    assert int(steps) > 2
