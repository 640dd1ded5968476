"""``make test-web``: the tests of the page, without a browser (vitest) and in one (``tests/browser``).

They need Node.js 20.19 or later and Chromium (on Debian: apt-get install chromium fonts-noto-color-emoji). What steers
the browser is installed beside the environment, into ``.browser``, when it is first wanted.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ROOT / ".browser" / "packages"
LOCK = ROOT / "requirements" / "browser.txt"


def install() -> None:
    """Install what steers the browser, if it is not there."""
    sys.path.insert(0, str(PACKAGES))
    if importlib.util.find_spec("playwright") is not None:
        return
    print("installing playwright (50 MB)", flush=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    command += ["--only-binary=:all:", "--target", str(PACKAGES), "-r", str(LOCK)]
    subprocess.run(command, check=True)


def main() -> int:
    """Run all of them; the status of the first that fails."""
    install()
    for command in (["tools/web.py", "--test"], ["tools/web.py", "--rebuild"]):
        done = subprocess.run([sys.executable, *command], cwd=ROOT, check=False)
        if done.returncode:
            return done.returncode
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(PACKAGES), os.environ.get("PYTHONPATH", "")])}
    tests = [sys.executable, "-m", "pytest", "tests/browser", *sys.argv[1:]]
    return subprocess.run(tests, cwd=ROOT, check=False, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
