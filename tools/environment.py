"""Make ``.venv``, or bring it up to date; ``make`` runs this before whatever needs it.

``runtime`` installs what pystatus needs to run, and ``developers`` also what tests, checks and measures it. Every
package is locked by version and hash in ``requirements/``. pystatus itself is installed so that changes of ``src``
count at once. If nothing has changed since the last time, nothing is done.

Any Python from 3.7 reads this file, so that an old one gets a sentence and no traceback.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
STATE = VENV / "pystatus.json"
"""What is installed, for which place and Python; says so too while it is not whole."""

OLDEST_PYTHON = (3, 11)
TOO_NEW_PYTHON = (3, 14)
"""The first that is not supported. Both as in pyproject.toml's ``requires-python``."""

SETS = ("runtime", "developers")
"""Each contains those before it."""
UNFINISHED = {"unfinished": "yes"}
LOCKS = {"runtime": ("build", "runtime"), "developers": ("dev",)}
"""Files of ``requirements/``; what builds the installation is among the developers' anyway."""
DOWNLOAD = {"runtime": 45, "developers": 120}
"""Megabytes from the package index, as measured on Linux on x86-64."""
DISK = {"runtime": 180, "developers": 450}
"""Megabytes of ``.venv``."""
SCRATCH = 100
"""Megabytes that pip needs in the directory of temporary files."""
STEP = 10
"""Megabytes between two lines of progress where output is no terminal."""
TAIL = 15
"""Lines of pip that are shown when it fails."""

IMPORT_ALL = """
import importlib, pkgutil, pystatus
for module in pkgutil.walk_packages(pystatus.__path__, "pystatus."):
    if not module.name.endswith("__main__"):
        try:
            importlib.import_module(module.name)
        except ModuleNotFoundError as missing:
            if missing.name != "asyncpg":  # the extra `postgres`
                raise
"""
"""Proves that the installation works. Python also keeps the bytecode of what pystatus uses, and of nothing else."""

REMEDIES = (
    (
        r"No space left on device|Disk quota exceeded|Errno 28|Errno 122",
        "A disk is full: {disk} MB are needed in {root}, and {scratch} MB in {temporary} (TMPDIR names another place).",
    ),
    (
        r"DO NOT MATCH THE HASHES",
        "What was downloaded is not what is locked. Something between this machine and the package index changes "
        "packages (a mirror, a proxy), or a download was cut off: run the command again; if that does not help, "
        "`.venv/bin/python -m pip config list` shows which index pip was told to use.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED",
        "pip does not trust the certificate that it was shown. If your network has certificates of its own, name the "
        "file that has them, on Debian and Ubuntu: PIP_CERT=/etc/ssl/certs/ca-certificates.crt make ...",
    ),
    (
        r"NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError|NameResolutionError|ConnectionError"
        r"|Temporary failure in name|Could not fetch URL|No matching distribution found"
        r"|Connection (reset|refused|aborted|broken)",
        "The packages could not be downloaded. Is this machine connected to the internet? Behind a proxy, set "
        "HTTPS_PROXY; a mirror of the package index is named with PIP_INDEX_URL.",
    ),
    (
        r"Failed building wheel|subprocess-exited-with-error|metadata-generation-failed|No such file.*(gcc|cc)\b",
        "There is no ready-made package for this machine, and building it failed. It needs a C compiler and headers; "
        "on Debian and Ubuntu: sudo apt install build-essential python3-dev libsqlcipher-dev",
    ),
    (
        r"Permission denied|Errno 13|Read-only file system|Errno 30",
        "{venv} cannot be written. If it belongs to another user, run the command as that user, or remove it.",
    ),
)
"""What to do about what pip says: the first pattern that it matches."""


class Failed(Exception):
    """Set-up ended without success. Its text is a sentence that says what to do."""


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)


def read_state() -> dict[str, str]:
    """What the last run left; empty if there was none."""
    if not STATE.exists():
        return {}
    try:
        return dict(json.loads(STATE.read_text(encoding="utf-8")))
    except ValueError:  # written to a full disk
        return UNFINISHED


def write_state(state: dict[str, str]) -> None:
    STATE.write_text(json.dumps(state, indent=1) + "\n", encoding="utf-8")


def digest(chosen: str) -> str:
    """Changes with whatever decides what a set contains."""
    total = hashlib.sha256()
    for path in (ROOT / "pyproject.toml", *(lock_file(name) for name in LOCKS[chosen])):
        total.update(path.read_bytes())
    return total.hexdigest()


def lock_file(name: str) -> Path:
    return ROOT / "requirements" / (name + ".txt")


def version_of(python: Path) -> str:
    """Of an interpreter, as ``3.11``; empty if it does not run."""
    try:
        command = [str(python), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        return (
            subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
            .stdout.decode()
            .strip()
        )
    except OSError:
        return ""


def has_pip(python: Path) -> bool:
    return subprocess.run([str(python), "-c", "import pip"], stderr=subprocess.DEVNULL, check=False).returncode == 0


def supported(version: str) -> bool:
    """Whether pystatus runs on a Python with this version."""
    major, minor = version.split(".")
    return OLDEST_PYTHON <= (int(major), int(minor)) < TOO_NEW_PYTHON


def reason_to_start_anew(state: dict[str, str], only_this_python: bool) -> str:
    """Why the environment that a run of this made cannot be used; empty if it can."""
    version = version_of(VENV / "bin" / "python")
    ours = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if state.get("unfinished"):
        return "The last set-up did not come to its end, so it starts anew."
    if state["path"] != str(VENV):
        return "This directory was moved, so its environment is made anew."
    if version != state["python"]:
        return f"The Python {state['python']} that the environment was made with is gone, so it is made anew."
    if only_this_python and version != ours:
        return f"The environment is one of Python {version}, so it is made anew with {ours}."
    return ""


def create(version: str) -> None:
    """Make an empty environment.

    :raises Failed: this Python cannot.
    """
    if not supported(version):
        raise Failed(
            f"pystatus needs Python 3.11, 3.12 or 3.13, and {sys.executable} is {version}. "
            "Name another: make PYTHON=/path/to/python3.11 ..."
        )
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        raise Failed(
            f"This Python lacks the modules that make environments. On Debian and Ubuntu: sudo apt install "
            f"python{version}-venv (or python3-venv)."
        )
    VENV.mkdir(exist_ok=True)
    write_state(UNFINISHED)
    base = getattr(sys, "_base_executable", None) or sys.executable  # not the python of the .venv that we replace
    made = subprocess.run(
        [base, "-m", "venv", str(VENV)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if made.returncode:
        raise Failed(remedy(made.stdout.decode(errors="replace").splitlines(), "runtime"))


def made_by_hand() -> str:
    """The version of Python in an environment that this has not made. It is used as it is.

    :raises Failed: it cannot be used. Nothing of it is touched.
    """
    python = VENV / "bin" / "python"
    version = version_of(python)
    if not version or not supported(version) or not has_pip(python):
        raise Failed(f"{VENV} is there, but is no environment of Python 3.11, 3.12 or 3.13 with pip: remove it.")
    return version


def clear() -> None:
    """Empty the environment. That it is not whole is the first thing to be written and the last to go."""
    write_state(UNFINISHED)
    for path in VENV.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(str(path))
        elif path != STATE:
            path.unlink()


def remedy(lines: list[str], chosen: str) -> str:
    """What to do when a command failed that printed ``lines``."""
    said = "\n".join(lines)
    where = {
        "disk": DISK[chosen],
        "root": ROOT,
        "scratch": SCRATCH,
        "temporary": tempfile.gettempdir(),
        "venv": VENV,
    }
    shown = "\n".join("  " + line for line in lines[-TAIL:])
    for pattern, sentence in REMEDIES:
        if re.search(pattern, said, re.IGNORECASE):
            return shown + "\n" + sentence.format(**where)
    return shown + "\nThis was not expected: please report it with these lines."


class Progress:
    """Shows what pip downloads: one line that changes in a terminal, else a line now and then."""

    def __init__(self, chosen: str) -> None:
        self._total = DOWNLOAD[chosen]
        self._done = 0.0
        self._shown = 0.0
        self._terminal = sys.stdout.isatty()

    def line(self, text: str) -> None:
        """Take note of a line of pip."""
        downloaded = re.match(
            r"\s*(?:Downloading|Using cached) (?:\S*/)?(\S+)\.(?:whl|tar\.gz) \(([\d.]+) ([kM]?B)\)", text
        )
        if downloaded:
            name, size, unit = downloaded.groups()
            self._show(f"{self._done:.0f} of about {self._total} MB: {'-'.join(name.split('-')[:2])}")
            self._done += float(size) / {"B": 1e6, "kB": 1e3, "MB": 1}[unit]
        elif "Retrying (Retry(" in text:
            self._show("the package index does not answer; trying again", important=True)
        elif text.startswith("Installing collected packages") and self._done:
            self._show("downloaded; installing", important=True)

    def _show(self, text: str, important: bool = False) -> None:
        if self._terminal:
            width = shutil.get_terminal_size().columns - 1
            print("\r" + f"  {text}"[:width].ljust(width), end="", flush=True)
        elif important or self._done >= self._shown + STEP:
            self._shown = self._done
            say(f"  {text}")

    def end(self) -> None:
        """Leave the line."""
        if self._terminal:
            print("\r" + " " * (shutil.get_terminal_size().columns - 1), end="\r", flush=True)


def pip(chosen: str, lock: int, *arguments: str) -> None:
    """Run the pip of the environment.

    :param lock: the file descriptor of the lock; held for as long as pip runs, even if this process is killed.
    :raises Failed: with what pip said, and what to do.
    """
    command = [str(VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
    environment = {**os.environ, "PIP_USER": "0", "PIP_PROGRESS_BAR": "off"}
    progress = Progress(chosen)
    lines = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, pass_fds=[lock]
    ) as process:
        assert process.stdout is not None
        try:
            for raw in process.stdout:
                lines.append(raw.decode(errors="replace").rstrip())
                progress.line(lines[-1])
        except BaseException:
            process.kill()
            raise
        finally:
            progress.end()
    if process.returncode:
        raise Failed(remedy(lines, chosen))


def install(chosen: str, lock: int) -> None:
    """Install a set, and pystatus itself.

    :raises Failed: it could not be installed, or does not work.
    """
    files = [argument for name in LOCKS[chosen] for argument in ("-r", str(lock_file(name)))]
    # Whoever develops starts many processes; whoever does not gets the bytecode of what is used, below.
    compiled = [] if chosen == "developers" else ["--no-compile"]
    pip(chosen, lock, "install", "--require-hashes", *compiled, *files)
    pip(chosen, lock, "install", "--no-deps", "--no-build-isolation", "--no-index", "--editable", str(ROOT))
    if chosen == "runtime":  # it has built what had to be built
        pip(chosen, lock, "uninstall", "--yes", "--quiet", "setuptools")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [str(VENV / "bin" / "python"), "-c", IMPORT_ALL],
        cwd=str(ROOT),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        raise Failed(remedy(done.stdout.decode(errors="replace").splitlines(), chosen))


def require_space(chosen: str) -> None:
    """
    :raises Failed: a disk has too little of it.
    """
    for path, needed in ((ROOT, DISK[chosen]), (Path(tempfile.gettempdir()), SCRATCH)):
        free = shutil.disk_usage(str(path)).free // 1_000_000
        if free < needed:
            raise Failed(f"{needed} MB are needed in {path}, and {free} MB are free there.")


def bring_up_to_date(chosen: str, only_this_python: bool, lock: int) -> None:
    """Make the environment what it has to be.

    :raises Failed: it could not be.
    """
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    state = read_state()
    if state:
        reason = reason_to_start_anew(state, only_this_python)
        if reason:
            say(reason)
            clear()
            state = {}
        else:
            chosen = SETS[max(SETS.index(chosen), SETS.index(state["set"]))]
            version = state["python"]
            if (state["set"], state["digest"]) == (chosen, digest(chosen)):
                return
    require_space(chosen)
    if not state:
        if VENV.exists() and set(VENV.iterdir()) - {STATE}:
            version = made_by_hand()
        else:
            create(version)
    say(
        f"Installing pystatus {'with the tools of its developers ' if chosen == 'developers' else ''}in {VENV}: "
        f"about {DOWNLOAD[chosen]} MB to download, {DISK[chosen]} MB on the disk."
    )
    write_state(UNFINISHED)
    install(chosen, lock)
    write_state({"path": str(VENV), "python": version, "set": chosen, "digest": digest(chosen)})
    say("Installed.")


@contextlib.contextmanager
def locked() -> Iterator[int]:
    """One set-up of this directory at a time. Gives the file descriptor of the lock."""
    with open(__file__, "rb") as file:  # noqa: PTH123 - something that is there in every checkout
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up of this directory is running; waiting for it.")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", choices=SETS)
    parser.add_argument("--this-python", action="store_true", help="replace an environment of another Python version")
    chosen = parser.parse_args()
    again = "Then run the same command again."
    try:
        with locked() as lock:
            bring_up_to_date(chosen.set, chosen.this_python, lock)
    except Failed as failed:
        print(f"{failed}\n{again}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename or VENV}: {error.strerror}.\n{again}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The same command starts it again; what was downloaded is kept.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
