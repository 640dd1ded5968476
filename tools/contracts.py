"""The contracts of the embedded chain: ``src/pystatus/devchain/contracts/*.vy``, compiled into ``contracts.json``.

``--write`` compiles them with Vyper, which is installed beside the environment, into ``.contracts``, when it is first
wanted. ``--check`` needs no compiler: it says whether a source has changed since.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "src" / "pystatus" / "devchain" / "contracts"
COMPILED = SOURCES.parent / "data" / "contracts.json"
FOLDER = ROOT / ".contracts"
"""Vyper has an environment of its own: it asks for other versions of what the tests use."""
LOCK = ROOT / "requirements" / "contracts.txt"
EVM = "paris"
"""The fork that the bytecode is for: older than what any chain for tests runs today, so that all of them take it."""


def digest(source: Path) -> str:
    return hashlib.sha256(source.read_bytes()).hexdigest()


def vyper() -> Path | None:
    """The compiler; ``None``: it could not be installed."""
    found = FOLDER / "bin" / "vyper"
    if found.exists():
        return found
    print("installing Vyper (10 MB)", flush=True)
    venv.create(FOLDER, with_pip=True, clear=True)
    command = [str(FOLDER / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run([*command, "--require-hashes", "-r", str(LOCK)], capture_output=True, text=True, check=False)
    if done.returncode == 0 and found.exists():
        return found
    print(done.stderr.strip()[-2000:], file=sys.stderr)
    return None


def write() -> int:
    """Compile all of them."""
    compiler = vyper()
    if compiler is None:
        print("Vyper could not be installed: is this machine connected to the internet?", file=sys.stderr)
        return 1
    compiled = {}
    for source in sorted(SOURCES.glob("*.vy")):
        command = [str(compiler), "-f", "bytecode", "--evm-version", EVM, str(source)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{source.name}:\n{done.stderr}", file=sys.stderr)
            return 1
        compiled[source.stem] = {"source": digest(source), "bytecode": done.stdout.strip()}
    COMPILED.parent.mkdir(exist_ok=True)
    COMPILED.write_text(json.dumps(compiled, indent=1) + "\n", encoding="utf-8")
    return 0


def stale() -> list[str]:
    """A sentence for each contract that is not compiled from its source."""
    compiled = json.loads(COMPILED.read_text(encoding="utf-8"))
    sources = {source.stem: digest(source) for source in SOURCES.glob("*.vy")}
    return [
        f"{name} in {COMPILED.relative_to(ROOT).as_posix()} is not compiled from its source; run `make contracts`"
        for name in sorted(compiled.keys() | sources.keys())
        if compiled.get(name, {}).get("source") != sources.get(name)
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--check", action="store_true", help="say which contract has changed since it was compiled")
    action.add_argument("--write", action="store_true", help="compile them")
    if parser.parse_args().write:
        return write()
    found = stale()
    print("\n".join(found), file=sys.stderr, end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
