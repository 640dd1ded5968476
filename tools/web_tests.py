"""``make test-web``: the page in a real Chromium, with two clients and a relay behind it.

It needs Chromium, and a font with emoji; on Debian and Ubuntu: ``apt-get install --no-install-recommends chromium
fonts-noto-color-emoji``. Playwright is installed beside the environment, into ``.web-tests``, when it is first wanted.
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
NO_BROWSER = (
    "There is no Chromium here. On Debian and Ubuntu: apt-get install --no-install-recommends chromium "
    f"fonts-noto-color-emoji. Elsewhere name its program: {BROWSER_VARIABLE}=/path/to/chrome make test-web"
)
NO_PLAYWRIGHT = "Playwright could not be installed: it has builds for Linux, macOS and Windows, and is downloaded once."


def browser(environment: Mapping[str, str]) -> str | None:
    """The program of the browser; ``None``: there is none."""
    named = environment.get(BROWSER_VARIABLE)
    if named:
        return shutil.which(named)
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def install() -> bool:
    """Whether Playwright is there as it is locked; if need be it is downloaded."""
    wanted = f"{sys.version_info[:2]} {LOCK.read_text(encoding='utf-8')}"
    if INSTALLED.is_file() and INSTALLED.read_text(encoding="utf-8") == wanted:
        return True
    print("installing playwright (55 MB)", flush=True)
    shutil.rmtree(FOLDER, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    command += ["--only-binary=:all:", "--target", str(PACKAGES), "-r", str(LOCK)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr.strip()[-2000:], file=sys.stderr)
        return False
    INSTALLED.write_text(wanted, encoding="utf-8")
    return True


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Run the tests of the page in a browser.")
    parser.add_argument("paths", nargs="*", default=["e2e"], help="files of them, or all")
    parser.add_argument("-k", metavar="WORDS", help="those whose names have them, as pytest understands it")
    given = parser.parse_args(arguments)
    program = browser(os.environ)
    if program is None:
        print(NO_BROWSER, file=sys.stderr)
        return 1
    if not install():
        print(NO_PLAYWRIGHT, file=sys.stderr)
        return 1
    paths = [str(PACKAGES), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), BROWSER_VARIABLE: program}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--confcutdir=e2e"]
    for scope in ("fixture", "test"):  # one browser for all, so one event loop
        command += ["-o", f"asyncio_default_{scope}_loop_scope=session"]
    command += given.paths if given.k is None else [*given.paths, "-k", given.k]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
