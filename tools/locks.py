"""The locks in ``requirements/``: what pyproject.toml asks for, with one version and all hashes of everything.

``--check`` compares them with pyproject.toml, with one another and with the metadata of the installed packages; it
needs no network. ``--try`` lets pip resolve them and installs nothing. ``--write`` resolves pyproject.toml again, with
uv, and keeps the versions that are locked; ``--upgrade`` takes the newest.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
import venv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import combinations, product
from pathlib import Path
from typing import Any

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "requirements"

OLDEST_PIPS = {(3, 11): "22.3", (3, 12): "23.2.1", (3, 13): "24.2"}
"""The pip that the first release of each Python brought (its ``ensurepip.version()``). Older ones do not run on it."""
DEBIAN_12 = "23.0.1"
"""The pip of Debian 12, whose Python is 3.11."""

PLATFORMS = {
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    "darwin": {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    "win32": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
}
OURS = {name: str(value) for name, value in default_environment().items()}
ENVIRONMENTS = [
    OURS,
    *(
        {**OURS, **platform, "python_version": f"{major}.{minor}", "python_full_version": f"{major}.{minor}.0"}
        for platform, (major, minor) in product(PLATFORMS.values(), OLDEST_PIPS)
    ),
]
"""What markers are evaluated for."""
ASIDE = ("fuzz", "e2e", "contracts")
"""Locks of what is not in the developers' environment: a command installs it elsewhere when it is called."""
HERE = 0
"""The environment that this runs in."""


@cache
def parsed(text: str) -> Requirement:
    """Parsing is most of the work here, and every environment needs the same."""
    return Requirement(text)


@cache
def applies(text: str, environment: int, extras: tuple[str, ...]) -> bool:
    """Whether a requirement counts in one of :data:`ENVIRONMENTS`, for a package with ``extras``."""
    marker = parsed(text).marker
    return marker is None or any(
        marker.evaluate({**ENVIRONMENTS[environment], "extra": extra}) for extra in ("", *extras)
    )


def joined(one: Requirement, other: Requirement) -> Requirement:
    """One requirement with the extras of both."""
    both = Requirement(str(one))
    both.extras = one.extras | other.extras
    return both


@dataclass(frozen=True)
class Lock:
    """A file of pinned requirements."""

    name: str
    """Of the file, without its suffix."""
    text: str

    @cached_property
    def entries(self) -> list[tuple[Requirement, int]]:
        """Each pinned requirement with its number of hashes."""
        entries = []
        for line in re.sub(r"\\\n", " ", self.text).splitlines():
            requirement, *hashes = line.partition("#")[0].split(" --hash=")
            if requirement.strip():
                entries.append((parsed(requirement.strip()), len(hashes)))
        return entries

    @cached_property
    def versions(self) -> dict[str, str]:
        """The version of each package. Those of different systems, if they differ, are in the order of the file."""
        versions: dict[str, str] = {}
        for entry, _ in self.entries:
            name = canonicalize_name(entry.name)
            if pinned(entry) != versions.get(name):  # one version may have a line for each of its extras
                versions[name] = f"{versions[name]}, {pinned(entry)}" if name in versions else pinned(entry)
        return versions

    def in_environment(self, environment: int) -> dict[str, Requirement]:
        """What is installed in one of :data:`ENVIRONMENTS`, each with the extras of all its lines."""
        found: dict[str, Requirement] = {}
        for entry, _ in self.entries:
            if applies(str(entry), environment, ()):
                name = canonicalize_name(entry.name)
                found[name] = joined(found[name], entry) if name in found else entry
        return found


@dataclass(frozen=True)
class Metadata:
    """What an installed package says of itself."""

    version: str
    requires: tuple[str, ...]


MetadataOf = Callable[[str], Metadata | None]


@cache
def installed(name: str) -> Metadata | None:
    """The metadata of an installed package."""
    try:
        found = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return None
    return Metadata(found.version, tuple(found.requires or ()))


def pinned(requirement: Requirement) -> str:
    """Its only version, or nothing if it has not exactly one."""
    [*specifiers] = requirement.specifier
    return specifiers[0].version if len(specifiers) == 1 and specifiers[0].operator == "==" else ""


def lacking(who: str, requirement: Requirement, locked: Mapping[str, Requirement]) -> Iterator[str]:
    """How ``locked`` falls short of a requirement of ``who``."""
    entry = locked.get(canonicalize_name(requirement.name))
    wanted = f"{who} asks for {requirement.name}"
    if entry is None:
        yield f"{wanted}, which is not locked"
        return
    if not requirement.specifier.contains(pinned(entry), prereleases=True):
        yield f"{wanted}{requirement.specifier}, and {pinned(entry) or 'no version'} is locked"
    have = {canonicalize_name(extra) for extra in entry.extras}
    for extra in sorted(requirement.extras):
        if canonicalize_name(extra) not in have:
            yield f"{wanted}[{extra}], which is locked without this extra, so that pip takes the newest and has no hash"


def faults_of_lock(
    lock: Lock, requires: Iterable[str], metadata: MetadataOf, *, is_installed: bool = True
) -> Iterator[str]:
    """What is wrong with one lock.

    :param requires: what pyproject.toml asks for.
    :param metadata: of an installed package.
    :param is_installed: whether what is locked has to be installed.
    """
    for entry, hashes in lock.entries:
        if not pinned(entry):
            yield f"{entry.name} has no single version"
        if not hashes:
            yield f"{entry.name} has no hash"
    for name, entry in lock.in_environment(HERE).items():
        about = metadata(name)
        if is_installed and (about is None or about.version != pinned(entry)):
            found = about.version if about else "nothing"
            yield f"{entry.name} {pinned(entry)} is locked, and {found} is installed (`make develop` installs it)"
    for environment in range(len(ENVIRONMENTS)):
        locked = lock.in_environment(environment)
        for requirement in requires:
            if applies(requirement, environment, ()):
                yield from lacking("pyproject.toml", parsed(requirement), locked)
        for name, entry in locked.items():
            about = metadata(name)
            if about is not None:  # else it is for another system, and nothing is known of it here
                for requirement in about.requires:
                    if applies(requirement, environment, tuple(sorted(entry.extras))):
                        yield from lacking(entry.name, parsed(requirement), locked)


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def requirements(about: Mapping[str, Any]) -> dict[str, list[str]]:
    """What each lock is made from, by the contents of pyproject.toml."""
    needed, optional = about["project"]["dependencies"], about["project"]["optional-dependencies"]
    return {
        "build": about["build-system"]["requires"],
        "runtime": needed + optional["ethereum"],
        "postgres": optional["postgres"],
        "dev": needed + optional["dev"],
        "fuzz": optional["fuzz"],
        "e2e": optional["e2e"],
        "contracts": optional["contracts"],
    }


def faults(locks: Mapping[str, Lock], about: Mapping[str, Any], metadata: MetadataOf) -> list[str]:
    """Everything that is wrong with ``locks``, as sentences, each once.

    :param about: the contents of pyproject.toml.
    """
    found = [
        f"requirements/{name}.txt: {fault}"
        for name, requires in requirements(about).items()
        for fault in faults_of_lock(locks[name], requires, metadata, is_installed=name not in ASIDE)
    ]
    found += [
        f"{package} is in {lock.name}.txt and not in dev.txt"
        for lock in locks.values()
        for package in lock.versions
        if lock.name not in ASIDE and package not in locks["dev"].versions
    ]
    for one, other in combinations(locks.values(), 2):
        for package, version in one.versions.items():
            if other.versions.get(package, version) != version:
                there = other.versions[package]
                found.append(f"{package} is {version} in {one.name}.txt and {there} in {other.name}.txt")
    return list(dict.fromkeys(found))


def check() -> int:
    """Print what is wrong."""
    locks = {path.stem: Lock(path.stem, path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.txt"))}
    found = faults(locks, pyproject(), installed)
    for fault in found:
        print(fault, file=sys.stderr)
    if found:
        print("`make lock` resolves the dependencies again", file=sys.stderr)
        return 1
    print(f"the locks are whole and agree ({', '.join(f'{one.name} {len(one.versions)}' for one in locks.values())})")
    return 0


def try_pip(version: str) -> bool:
    """Whether a pip resolves every lock, in a virtual environment of its own that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="pystatus-locks-") as scratch:
        venv.create(scratch, with_pip=True)
        pip = [f"{scratch}/bin/python", "-m", "pip", "--disable-pip-version-check"]
        which = ["--upgrade", "pip"] if version == "newest" else [f"pip=={version}"]
        subprocess.run([*pip, "install", "--quiet", *which], check=True)
        for path in sorted(FOLDER.glob("*.txt")):
            started = time.monotonic()
            command = [*pip, "install", "--quiet", "--dry-run", "--require-hashes", "-r", str(path)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"pip {version} does not install requirements/{path.name}:\n{done.stderr}", file=sys.stderr)
                return False
            print(f"pip {version}: requirements/{path.name}, {time.monotonic() - started:.0f} s", flush=True)
    return True


def write(upgrade: bool) -> int:
    """Resolve again. Versions that are locked stay unless ``upgrade``."""
    uv = shutil.which("uv")
    if uv is None:
        print("this needs uv: pipx install uv", file=sys.stderr)
        return 1
    command = [uv, "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"]
    # Extras are kept: without them a pip before 25 does not see that what has an extra is what is locked.
    command += ["--no-emit-index-url", "--no-annotate", "--no-strip-extras", "--custom-compile-command", "make lock"]
    if upgrade:
        command += ["--upgrade"]
    # Each agrees with those before it.
    constraints: list[str] = []
    for name, requires in requirements(pyproject()).items():
        target = str(FOLDER / f"{name}.txt")
        subprocess.run(
            [*command, *constraints, "-", "--output-file", target], input="\n".join(requires), text=True, check=True
        )
        constraints += ["--constraint", target]
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--check", action="store_true", help="compare only, and exit with 1 if something is wrong")
    action.add_argument("--write", action="store_true", help="resolve again; versions that are locked stay")
    action.add_argument("--upgrade", action="store_true", help="resolve again with the newest versions")
    oldest = OLDEST_PIPS[sys.version_info[:2]]
    action.add_argument(
        "--try",
        dest="pips",
        nargs="*",
        metavar="PIP",
        help=f"resolve with these versions of pip; `oldest` is {oldest}; without any: oldest, {DEBIAN_12} if that "
        "runs here, newest",
    )
    chosen = parser.parse_args()
    if chosen.check:
        return check()
    if chosen.pips is not None:
        pips = chosen.pips or [oldest, *([DEBIAN_12] if sys.version_info[:2] == (3, 11) else []), "newest"]
        worked = [try_pip(oldest if pip == "oldest" else pip) for pip in pips]
        return 0 if all(worked) else 1
    return write(chosen.upgrade)


if __name__ == "__main__":
    sys.exit(main())
