"""``make test-web``: what it says where there is no browser, without one."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path

import pytest

from tools import web_tests


def program(path: Path) -> Path:
    path.write_text("#!/bin/sh\n")
    path.chmod(stat.S_IRWXU)
    return path


def test_the_browser_is_found_by_its_name_or_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = program(tmp_path / "chromium")
    named = program(tmp_path / "another")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert web_tests.browser({}) == str(found)
    assert web_tests.browser({web_tests.BROWSER_VARIABLE: str(named)}) == str(named)
    assert web_tests.browser({web_tests.BROWSER_VARIABLE: "/nowhere"}) is None


def test_without_a_browser_it_says_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(web_tests.BROWSER_VARIABLE, raising=False)
    assert web_tests.main([]) == 1
    assert "apt-get install" in capsys.readouterr().err


def test_what_is_installed_is_what_is_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_tests, "FOLDER", tmp_path)
    monkeypatch.setattr(web_tests, "INSTALLED", tmp_path / "installed")
    ran: list[list[str]] = []

    class Done:
        returncode = 0

    def run(command: list[str], **_: object) -> Done:
        ran.append(command)
        tmp_path.mkdir(exist_ok=True)
        return Done()

    monkeypatch.setattr(subprocess, "run", run)
    assert web_tests.install()
    assert web_tests.install()
    assert len(ran) == 1, "once"
    assert "--require-hashes" in ran[0]
