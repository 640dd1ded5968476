"""Tools and benchmarks explain themselves, and write only what they are told to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

SCRIPTS = sorted(path.relative_to(ROOT) for path in (ROOT / "tools").iterdir() if path.is_file())
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__main__")
    for path in (ROOT / "bench").rglob("*.py")
    if '__name__ == "__main__"' in path.read_text(encoding="utf-8")
)
COMMANDS = {str(script): [str(script)] for script in SCRIPTS} | {module: ["-m", module] for module in MODULES}
CHECKED = ["citations", "conformance", "features", "limits", "locks", "operators", "proto"]
"""Tools that compare files of the repository with what they are made from."""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def files() -> dict[Path, int]:
    """When each file of the repository that is no cache was written, in nanoseconds."""
    folders = [path for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")]
    return {
        path: path.stat().st_mtime_ns
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_all_are_found() -> None:
    assert {"tools/screenshot.py", "tools/environment.py", "bench", "bench.attacks"} <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_help_changes_nothing(command: list[str]) -> None:
    before = files()
    done = run(*command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: ")
    assert files() == before


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_an_unknown_option_changes_nothing(command: list[str]) -> None:
    before = files()
    done = run(*command, "--nonsense")
    assert (done.returncode, done.stdout) == (2, "")
    assert "usage: " in done.stderr
    assert files() == before


@pytest.mark.parametrize("name", [*CHECKED, "screenshot", "recording"])
def test_a_tool_that_could_write_is_told_to(name: str) -> None:
    before = files()
    assert run(f"tools/{name}.py").returncode == 2
    assert files() == before


def test_a_benchmark_writes_nothing() -> None:
    before = files()
    done = run("-m", "bench", "topic")
    assert done.stdout.startswith("topic.key_seconds ")
    assert files() == before


@pytest.mark.parametrize(
    ("module", "sentence"),
    [("bench", "called rainbow; there are: "), ("bench.attacks", "invalid choice: 'rainbow' (choose from 'A17', ")],
)
def test_an_unknown_benchmark(module: str, sentence: str) -> None:
    done = run("-m", module, *(["--only"] if module == "bench.attacks" else []), "rainbow")
    assert done.returncode == 2
    assert sentence in done.stderr
