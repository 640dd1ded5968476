"""``make setup``: what it installs, and what it says when it cannot."""

from __future__ import annotations

import ast
import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tools import environment
from tools.environment import Failed, Progress

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
"""Seconds until a test that hangs is ended."""

PIP = """
import os, pathlib, signal, sys
called = pathlib.Path(os.environ["PIP_CALLS"])
called.open("a").write(" ".join(sys.argv[1:]) + "\\n")
print(os.environ.get("PIP_SAYS", ""), flush=True)
if "PIP_HANGS" in os.environ:
    signal.pause()
sys.exit(int(os.environ.get("PIP_CODE", "0")))
"""
"""Stands for pip: notes how it is called, and says and does what the test wants."""


class Checkout:
    """A directory with the script, locks, and a pip and a pystatus that stand for the real ones."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.venv = directory / ".venv"
        (directory / "tools").mkdir(parents=True)
        self.script = directory / "tools" / "environment.py"
        shutil.copy(environment.__file__, self.script)
        (directory / "pyproject.toml").write_text("[project]\n")
        (directory / "requirements").mkdir()
        for name in ("build", "runtime", "dev"):
            self.lock(name).write_text(f"{name}==1\n")
        stand_ins = directory / "stand_ins"
        for package, module, text in (("pip", "__main__", PIP), ("pystatus", "something", "")):
            (stand_ins / package).mkdir(parents=True)
            (stand_ins / package / "__init__.py").touch()
            (stand_ins / package / f"{module}.py").write_text(text)
        self.pystatus = stand_ins / "pystatus" / "something.py"
        self._calls = directory / "calls"
        self._environment = {**os.environ, "PYTHONPATH": str(stand_ins), "PIP_CALLS": str(self._calls)}

    def lock(self, name: str) -> Path:
        return self.directory / "requirements" / f"{name}.txt"

    def make_venv(self) -> None:
        """An environment made by hand, quickly."""
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(self.venv)], check=True)

    def start(self, chosen: str = "runtime", *options: str, **variables: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(self.script), chosen, *options],
            env=self._environment | variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, chosen: str = "runtime", *options: str, **variables: str) -> tuple[int, str, str]:
        """Exit code, output and errors."""
        process = self.start(chosen, *options, **variables)
        output, errors = process.communicate(timeout=PATIENCE)
        return process.returncode, output, errors

    def calls(self) -> list[str]:
        """How pip was called since the last time."""
        calls = self._calls.read_text().splitlines() if self._calls.exists() else []
        self._calls.unlink(missing_ok=True)
        return [call.replace(f"{self.directory}/", "").replace(str(self.directory), ".") for call in calls]

    def installed(self) -> list[str]:
        """The locks that were installed since the last time, and what was uninstalled."""
        return [found for call in self.calls() for found in re.findall(r"(?<=-r requirements/)\w+|uninstall .*", call)]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    checkout = Checkout(tmp_path / "a checkout")
    checkout.make_venv()
    return checkout


def test_what_runs(checkout: Checkout) -> None:
    code, output, errors = checkout.run()
    assert (code, errors) == (0, "")
    assert re.search(
        r"^Installing pystatus in .*/\.venv: about \d+ MB to download, \d+ MB on the disk\.$", output, re.M
    )
    assert checkout.calls() == [
        "--disable-pip-version-check --no-input install --require-hashes --no-compile -r requirements/build.txt -r "
        "requirements/runtime.txt",
        "--disable-pip-version-check --no-input install --no-deps --no-build-isolation --no-index --editable .",
        "--disable-pip-version-check --no-input uninstall --yes --quiet setuptools",
    ]


def test_nothing_is_done_twice(checkout: Checkout) -> None:
    checkout.run()
    checkout.calls()
    assert checkout.run() == (0, "", "")
    assert checkout.calls() == []


def test_developers_have_more_in_any_order(checkout: Checkout) -> None:
    checkout.run("runtime")
    assert checkout.installed() == ["build", "runtime", "uninstall --yes --quiet setuptools"]
    checkout.run("developers")
    assert checkout.installed() == ["dev"]
    assert checkout.run("runtime") == checkout.run("developers") == (0, "", "")
    assert checkout.installed() == []


@pytest.mark.parametrize(
    ("before", "changed", "again"),
    [
        ("runtime", "requirements/runtime.txt", True),
        ("runtime", "requirements/build.txt", True),
        ("runtime", "pyproject.toml", True),
        ("runtime", "requirements/dev.txt", False),
        ("developers", "requirements/dev.txt", True),
        ("developers", "pyproject.toml", True),
    ],
)
def test_what_has_changed_is_installed(checkout: Checkout, before: str, changed: str, again: bool) -> None:
    checkout.run(before)
    checkout.calls()
    with (checkout.directory / changed).open("a") as file:
        file.write("# changed\n")
    checkout.run("runtime")
    assert bool(checkout.calls()) is again


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "A disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "not what is locked"),
        (
            "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError: Failed to establish a "
            "new connection: [Errno -3] Temporary failure in name resolution'\nERROR: No matching distribution found",
            "could not be downloaded. Is this machine connected",
        ),
        (
            "WARNING: Retrying after connection broken by 'SSLError(SSLCertVerificationError(1, '[SSL: "
            "CERTIFICATE_VERIFY_FAILED] certificate verify failed'))'\nERROR: No matching distribution found",
            "PIP_CERT=/etc/ssl/certs/ca-certificates.crt make",
        ),
        ("error: subprocess-exited-with-error\nERROR: Failed building wheel for sqlcipher3", "needs a C compiler"),
        ("ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: 'x'", "cannot be written"),
        ("ERROR: rainbow", "please report it"),
    ],
)
def test_what_pip_fails_with_is_a_sentence(checkout: Checkout, said: str, sentence: str) -> None:
    code, _, errors = checkout.run(PIP_SAYS=said, PIP_CODE="1")
    assert code == 1
    assert said.splitlines()[-1] in errors
    assert sentence in errors
    assert errors.endswith("Then run the same command again.\n")
    assert "Traceback" not in errors


def test_what_does_not_start_is_not_installed(checkout: Checkout) -> None:
    checkout.pystatus.write_text("import rainbow")
    code, _, errors = checkout.run()
    assert code == 1
    assert "ModuleNotFoundError: No module named 'rainbow'" in errors
    assert json.loads((checkout.venv / "pystatus.json").read_text()) == environment.UNFINISHED


def test_the_driver_of_postgresql_is_optional(checkout: Checkout) -> None:
    checkout.pystatus.write_text("import asyncpg")
    assert checkout.run()[0] == 0


def test_ctrl_c_and_again(checkout: Checkout) -> None:
    """The rest of an interrupted set-up is thrown away. This one test makes a real environment."""
    said = "Downloading big-1-py3-none-any.whl (30.5 MB)\nDownloading other-1-py3-none-any.whl (1.0 kB)"
    process = checkout.start(PIP_SAYS=said, PIP_HANGS="yes")
    assert process.stdout is not None
    assert process.stdout.readline().startswith("Installing")
    assert process.stdout.readline() == f"  30 of about {environment.DOWNLOAD['runtime']} MB: other-1\n"
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert errors == "\nStopped. The same command starts it again; what was downloaded is kept.\n"

    half = checkout.venv / "lib" / "half"
    half.touch()
    code, output, errors = checkout.run()
    assert (code, errors) == (0, "")
    assert output.startswith("The last set-up did not come to its end, so it starts anew.\nInstalling")
    assert not half.exists()
    assert (checkout.venv / "bin" / "pip").exists()
    assert checkout.run() == (0, "", "")


def test_what_others_put_there_is_not_touched(checkout: Checkout) -> None:
    shutil.rmtree(checkout.venv)
    checkout.venv.mkdir()
    (checkout.venv / "precious").touch()
    code, _, errors = checkout.run()
    assert code == 1
    assert "is no environment of Python 3.11, 3.12 or 3.13 with pip: remove it." in errors
    assert [path.name for path in checkout.venv.iterdir()] == ["precious"]


def test_one_at_a_time(checkout: Checkout) -> None:
    with checkout.script.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        process = checkout.start()
        assert process.stdout is not None
        assert process.stdout.readline() == "Another set-up of this directory is running; waiting for it.\n"
    output, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (0, "")
    assert output.endswith("Installed.\n")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The state of an environment in ``tmp_path`` that is well."""
    monkeypatch.setattr(environment, "VENV", tmp_path)
    monkeypatch.setattr(environment, "STATE", tmp_path / "pystatus.json")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return {"path": str(tmp_path), "python": version, "set": "runtime", "digest": ""}


def test_when_it_starts_anew(here: dict[str, str], tmp_path: Path) -> None:
    def reason(**changed: str) -> str:
        return environment.reason_to_start_anew(here | changed, only_this_python=False)

    assert reason() == ""
    assert "did not come to its end" in reason(**environment.UNFINISHED)
    assert "was moved" in reason(path="/elsewhere")
    assert "is gone" in reason(python="3.99")
    (tmp_path / "bin" / "python").unlink()
    assert "is gone" in reason()


def test_another_python_counts_only_if_it_was_named(
    here: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "bin" / "python"
    other.unlink()
    other.write_text("#!/bin/sh\necho 3.12\n" if here["python"] != "3.12" else "#!/bin/sh\necho 3.11\n")
    other.chmod(0o700)
    state = here | {"python": "3.12" if here["python"] != "3.12" else "3.11"}
    assert environment.reason_to_start_anew(state, only_this_python=False) == ""
    assert "is made anew with " + here["python"] in environment.reason_to_start_anew(state, only_this_python=True)


def test_a_state_that_was_cut_off_is_not_whole(here: dict[str, str], tmp_path: Path) -> None:
    assert environment.read_state() == {}
    for text in ("", '{"path": "/wor'):
        (tmp_path / "pystatus.json").write_text(text)
        assert environment.read_state() == environment.UNFINISHED


@pytest.mark.parametrize("version", ["3.10", "3.14", "4.0"])
def test_a_python_that_is_not_supported(version: str) -> None:
    with pytest.raises(Failed, match=f"needs Python 3.11, 3.12 or 3.13, and .* is {version}"):
        environment.create(version)


def test_debian_without_its_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(Failed, match=r"sudo apt install python3.11-venv \(or python3-venv\)"):
        environment.create("3.11")


def test_a_disk_with_too_little_space(monkeypatch: pytest.MonkeyPatch) -> None:
    full = shutil.disk_usage("/")._replace(free=50_000_000)
    monkeypatch.setattr("shutil.disk_usage", lambda path: full)
    with pytest.raises(Failed, match=f"{environment.DISK['runtime']} MB are needed in .*, and 50 MB are free there"):
        environment.require_space("runtime")


def test_progress_in_a_terminal_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((60, 20)))
    progress = Progress("runtime")
    for line in (
        "WARNING: Retrying (Retry(total=4, connect=None)) after connection broken by 'NewConnectionError'",
        "Collecting aiohttp==3.14.5 (from -r requirements/runtime.txt (line 5))",
        "  Downloading aiohttp-3.14.5-cp311-cp311-manylinux_2_17_x86_64.whl.metadata (8.1 kB)",
        "  Downloading aiohttp-3.14.5-cp311-cp311-manylinux_2_17_x86_64.whl (1.7 MB)",
        "  Using cached https://index.example/simple/segno-1.6.6-py3-none-any.whl (820 kB)",
        "Downloading mnemonic-0.21.tar.gz (98 kB)",
        "Installing collected packages: segno, mnemonic, aiohttp",
    ):
        progress.line(line)
    progress.end()
    total = environment.DOWNLOAD["runtime"]
    shown = capsys.readouterr().out
    assert "\n" not in shown
    assert [part.strip() for part in shown.split("\r")] == [
        "",
        "the package index does not answer; trying again",
        f"0 of about {total} MB: aiohttp-3.14.5",
        f"2 of about {total} MB: segno-1.6.6",
        f"3 of about {total} MB: mnemonic-0.21",
        "downloaded; installing",
        "",
        "",
    ]


def test_every_python_that_may_read_it_can() -> None:
    ast.parse(Path(environment.__file__).read_text(encoding="utf-8"), feature_version=(3, 7))


def test_one_range_of_versions() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    oldest, too_new = environment.OLDEST_PYTHON, environment.TOO_NEW_PYTHON
    assert project["requires-python"] == f">={oldest[0]}.{oldest[1]},<{too_new[0]}.{too_new[1]}"
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"{oldest} <= sys.version_info < {too_new}" in makefile


@pytest.mark.parametrize("arguments", [(), ("PYTHON=/nowhere/python3",)])
def test_make_without_a_python(arguments: tuple[str, ...], tmp_path: Path) -> None:
    make = shutil.which("make")
    assert make is not None
    done = subprocess.run(
        [make, *arguments, "setup"], cwd=ROOT, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "pystatus needs Python 3.11, 3.12 or 3.13" in done.stderr
    assert "sudo apt install python3 python3-venv" in done.stderr
