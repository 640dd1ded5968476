"""``make test-web``: the page in a real Chromium, with two clients and a relay behind it.

It needs Chromium, and a font with emoji. Where they are missing on Debian, and this runs as root as it does in
containers, ``apt-get`` installs them; elsewhere it says how. Playwright is installed beside the environment, into
``.web-tests``, when it is first wanted. ``--install`` does that and no more.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".web-tests"
PACKAGES = FOLDER / "packages"
INSTALLED = FOLDER / "installed"
LOCK = ROOT / "requirements" / "e2e.txt"
BROWSER_VARIABLE = "PYSTATUS_CHROMIUM"
"""Names the browser where it is not called ``chromium``."""
NAMES = ("chromium", "chromium-browser", "google-chrome")
PACKAGES_OF_DEBIAN = ("chromium", "fonts-noto-color-emoji")
EMOJI = "fonts-noto-color-emoji"
APT = ("apt-get", "-qq", "-o", "Acquire::Retries=3", "-o", "DPkg::Lock::Timeout=120")
"""Quiet; what is not answered is asked for again, and another apt that runs is waited for, two minutes at most."""
NO_BROWSER = (
    f"There is no Chromium here. On Debian: sudo apt-get install --no-install-recommends {' '.join(PACKAGES_OF_DEBIAN)}"
    f". Elsewhere name its program: {BROWSER_VARIABLE}=/path/to/chrome make test-web"
)
NO_EMOJI = "There is no font with emoji here, so pictures of these tests show boxes. On Debian: " + EMOJI
NO_PLAYWRIGHT = "Playwright could not be installed: it has builds for Linux, macOS and Windows, and is downloaded once."


def browser(environment: Mapping[str, str]) -> str | None:
    """The program of the browser; ``None``: there is none."""
    named = environment.get(BROWSER_VARIABLE)
    if named:
        return shutil.which(named)
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def has_emoji() -> bool:
    """Whether a font has emoji, as far as can be told: where no program lists fonts, there may be one."""
    if shutil.which("dpkg-query") is not None:
        asked = subprocess.run(["dpkg-query", "-W", "-f=${Status}", EMOJI], capture_output=True, text=True, check=False)
        if asked.stdout.endswith(" installed"):
            return True
    if shutil.which("fc-list") is None:
        return shutil.which("dpkg-query") is None
    listed = subprocess.run(["fc-list", ":charset=1f600"], capture_output=True, text=True, check=False)
    return bool(listed.stdout.strip())


def install_browser() -> None:
    """Install Chromium and the font, where that can be done without asking anybody. What goes wrong is shown."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    print(f"installing {' and '.join(PACKAGES_OF_DEBIAN)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in ([*APT, "update"], [*APT, "install", "-y", "--no-install-recommends", *PACKAGES_OF_DEBIAN]):
        done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)
        if done.returncode:
            print(f"{' '.join(command)} failed", file=sys.stderr)
            return


def install() -> bool:
    """Whether Playwright is there as it is locked; if need be it is downloaded."""
    wanted = f"{sys.version_info[:2]} {LOCK.read_text(encoding='utf-8')}"
    if INSTALLED.is_file() and INSTALLED.read_text(encoding="utf-8") == wanted:
        return True
    print("installing playwright and axe (55 MB)", flush=True)
    shutil.rmtree(FOLDER, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    command += ["--only-binary=:all:", "--target", str(PACKAGES), "-r", str(LOCK)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr.strip()[-2000:], file=sys.stderr)
        return False
    INSTALLED.write_text(wanted, encoding="utf-8")
    return True


def prepare() -> str | None:
    """Whatever is missing is installed, if that can be.

    :returns: the program of the browser; ``None``: what there is does not do, and a sentence on stderr says why.
    """
    if not os.environ.get(BROWSER_VARIABLE) and (browser(os.environ) is None or not has_emoji()):
        install_browser()
    program = browser(os.environ)
    if program is None:
        print(NO_BROWSER, file=sys.stderr)
        return None
    if not install():
        print(NO_PLAYWRIGHT, file=sys.stderr)
        return None
    if not has_emoji():
        print(NO_EMOJI, file=sys.stderr)
    return program


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Run the tests of the page in a browser.")
    parser.add_argument("paths", nargs="*", help="files of them; without any, all, on all cores")
    parser.add_argument("--install", action="store_true", help="only install what they need")
    parser.add_argument("-k", metavar="WORDS", help="those whose names have them, as pytest understands it")
    parser.add_argument("--slowest", metavar="N", type=int, help="say which N of them took longest")
    given = parser.parse_args(arguments)
    program = prepare()
    if program is None or given.install:
        return int(program is None)
    paths = [str(PACKAGES), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), BROWSER_VARIABLE: program}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--confcutdir=e2e"]
    for scope in ("fixture", "test"):  # one browser for all, so one event loop
        command += ["-o", f"asyncio_default_{scope}_loop_scope=session"]
    if given.slowest is not None:
        command += [f"--durations={given.slowest}"]
    if not given.paths and given.k is None:
        command += ["--numprocesses=logical", "--dist=worksteal"]
    command += given.paths or ["e2e"]
    if given.k is not None:
        command += ["-k", given.k]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
