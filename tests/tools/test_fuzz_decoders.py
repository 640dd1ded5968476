"""``make fuzz``: what it says where nothing can be fuzzed, and when an input is too slow, without atheris."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from tests.fuzzing.registry import TARGETS
from tools import fuzz_decoders

Run = Callable[..., int]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    def with_arguments(*arguments: str) -> int:
        monkeypatch.setattr("sys.argv", ["fuzz_decoders.py", *arguments])
        return fuzz_decoders.main()

    return with_arguments


def test_the_names(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--list") == 0
    assert capsys.readouterr().out.split() == list(TARGETS)
    assert run("nonsense") == 2
    assert "There is no decoder nonsense. There are: " in capsys.readouterr().err


def test_one_input(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("rlp", "--input", "c0") == 0
    assert run("rlp", "--input", "c1") == 0
    assert "rlp: accepted" in (out := capsys.readouterr().out)
    assert "rlp: refused" in out
    assert run("--input", "c0") == 2
    assert "Name the decoder" in capsys.readouterr().err


def test_there_is_no_atheris(run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """pip finds no build: a sentence, and what runs instead."""
    commands: list[list[str]] = []

    def pip(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        return subprocess.CompletedProcess(command, 1, "", "ERROR: No matching distribution found for atheris")

    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr(subprocess, "run", pip)
    assert run("rlp") == 1
    assert "--require-hashes" in commands[0]
    assert fuzz_decoders.NO_BUILD in capsys.readouterr().err


def test_an_input_that_is_slow_each_time() -> None:
    tried: list[bytes] = []
    with pytest.raises(TimeoutError, match="an input of 1 bytes takes more than 0 ms"):
        fuzz_decoders.timed(tried.append, b"x", 0.0)
    assert tried == [b"x"] * fuzz_decoders.TRIES
    fuzz_decoders.timed(tried.append, b"x", 60.0)
    assert len(tried) == fuzz_decoders.TRIES + 1


def test_what_fails_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def process(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        words = "#100 DONE cov: 12 ft: 20 corp: 5/9b lim: 4 exec/s: 100 rss: 30Mb"
        return subprocess.CompletedProcess(command, int("enr" in command), "", words)

    monkeypatch.setattr(subprocess, "run", process)
    assert fuzz_decoders.fuzz_all(["rlp", "enr"], 100) == 1
    out = capsys.readouterr().out
    assert "rlp: 100 executions in 0 s, cov: 12 ft: 20" in out
    assert out.endswith("failed: enr\n")
    assert fuzz_decoders.fuzz_all(["rlp"], 100) == 0
