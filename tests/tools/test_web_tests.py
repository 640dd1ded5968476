"""``make test-web``: what it says where there is no browser, without one."""

from __future__ import annotations

import os
import shutil
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


@pytest.mark.parametrize(("user", "installs"), [(0, True), (1_000, False)])
def test_as_root_on_debian_it_installs_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, user: int, installs: bool
) -> None:
    """``apt-get`` is a program that notes what it is asked for, and makes a browser."""
    asked, made = tmp_path / "asked", tmp_path / "chromium"
    apt = program(tmp_path / "apt-get")
    apt.write_text(f'#!/bin/sh\necho "$@" >> {asked}\ncase "$*" in *install*) echo > {made}; chmod 755 {made};; esac\n')
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    monkeypatch.delenv(web_tests.BROWSER_VARIABLE, raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setattr(web_tests, "NAMES", ("chromium",))
    monkeypatch.setattr(shutil, "which", lambda name: str(tmp_path / name) if (tmp_path / name).exists() else None)
    monkeypatch.setattr(web_tests, "install", lambda: False)
    assert web_tests.main([]) == 1
    assert made.exists() is installs
    if installs:
        update, install = asked.read_text().splitlines()
        assert update.endswith("update")
        assert install.endswith("chromium fonts-noto-color-emoji")


def test_where_installing_fails_it_says_what_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program(tmp_path / "apt-get").write_text("#!/bin/sh\nexit 100\n")
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda name: str(tmp_path / name) if (tmp_path / name).exists() else None)
    web_tests.install_browser()
    assert "update failed" in capsys.readouterr().err


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


def test_what_is_needed_can_be_installed_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a browser that fails, so that nobody takes tests that did not run for tests that passed."""
    monkeypatch.setenv(web_tests.BROWSER_VARIABLE, str(program(tmp_path / "chromium")))
    monkeypatch.setattr(web_tests, "install", lambda: True)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("a test is run"))
    monkeypatch.setattr(web_tests, "has_emoji", lambda: True)
    assert web_tests.main(["--install"]) == 0
    monkeypatch.setenv(web_tests.BROWSER_VARIABLE, "/nowhere")
    assert web_tests.main(["--install"]) == 1


def test_all_of_them_run_on_all_cores_and_some_in_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []

    class Done:
        returncode = 0

    def run(command: list[str], **_: object) -> Done:
        ran.append(command)
        return Done()

    monkeypatch.setattr(web_tests, "prepare", lambda: "chromium")
    monkeypatch.setattr(subprocess, "run", run)
    assert web_tests.main([]) == web_tests.main(["e2e/test_port.py", "-k", "code"]) == 0
    everything, some = ran
    assert "--numprocesses=logical" in everything
    assert everything[-1] == "e2e"
    assert some[-3:] == ["e2e/test_port.py", "-k", "code"]
    assert not any("numprocesses" in argument for argument in some)
