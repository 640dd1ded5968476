"""The man pages are what roff reads without a complaint; completion is made for three shells."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.apps.support import process_environment

FOLDER = Path(__file__).resolve().parents[3] / "packaging" / "man"


@pytest.mark.skipif(shutil.which("groff") is None, reason="there is no groff here")
def test_roff_has_nothing_to_complain_about() -> None:
    pages = sorted(FOLDER.glob("*.1"))
    assert "pystatus-daemon.1" in [page.name for page in pages]
    said = subprocess.run(
        ["groff", "-man", "-Tutf8", "-Kutf8", "-ww", "-z", *pages], capture_output=True, text=True, check=True
    )
    assert said.stderr == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_told_how_to_complete(tmp_path: Path, shell: str) -> None:
    def told(**variables: str) -> str:
        command = [sys.executable, "-m", "pystatus"]
        environment = process_environment(tmp_path, **variables)
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False).stdout

    assert "_PYSTATUS_COMPLETE" in told(_PYSTATUS_COMPLETE=f"source_{shell}")
    begun = {"COMP_WORDS": "pystatus dae", "COMP_CWORD": "1", "_TYPER_COMPLETE_ARGS": "pystatus dae"}
    assert "daemon" in told(_PYSTATUS_COMPLETE=f"complete_{shell}", _TYPER_COMPLETE_FISH_ACTION="get-args", **begun)
