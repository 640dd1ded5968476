"""The check of the locks finds what pip would stumble over."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from packaging.requirements import Requirement

from tools.locks import ASIDE, FOLDER, Lock, Metadata, faults, installed, pyproject, requirements

LOCKS = {name: (FOLDER / f"{name}.txt").read_text(encoding="utf-8") for name in requirements(pyproject())}
"""The text of each lock."""


def found(
    change: Callable[[dict[str, str]], None] = lambda locks: None,
    metadata: Callable[[str], Metadata | None] = installed,
    ask: str | None = None,
) -> list[str]:
    """The faults when ``change`` was done to the locks, or pyproject.toml asks for ``ask`` too."""
    locks = dict(LOCKS)
    change(locks)
    about = pyproject()
    if ask is not None:
        about["project"]["dependencies"].append(ask)
    return faults({name: Lock(name, text) for name, text in locks.items()}, about, metadata)


def entry(lock: str, package: str) -> str:
    """The lines of a package in a lock."""
    matched = re.search(rf"^{re.escape(package)}\b.*?(?=^\S|\Z)", LOCKS[lock], re.DOTALL | re.MULTILINE)
    assert matched
    return matched[0]


def replace(lock: str, old: str, new: str) -> Callable[[dict[str, str]], None]:
    """A change of one lock."""

    def change(locks: dict[str, str]) -> None:
        assert old in locks[lock]
        locks[lock] = locks[lock].replace(old, new)

    return change


def test_ours_are_whole() -> None:
    assert found() == []


def test_every_file_is_one_that_is_checked() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(LOCKS)


@pytest.mark.parametrize(
    ("lock", "package", "extra", "who"),
    [
        ("dev", "coverage", "toml", "pytest-cov"),
        ("dev", "markdown-it-py", "linkify", "textual"),
        ("runtime", "markdown-it-py", "linkify", "textual"),
    ],
)
def test_an_extra_that_a_package_asks_for(lock: str, package: str, extra: str, who: str) -> None:
    sentences = found(replace(lock, f"{package}[{extra}]==", f"{package}=="))
    assert [one.partition(",")[0] for one in sentences] == [
        f"requirements/{lock}.txt: {who} asks for {package}[{extra}]"
    ]


def test_an_extra_that_the_project_asks_for() -> None:
    assert [one.partition(",")[0] for one in found(ask="aiohttp[speedups]>=3.11")] == [
        "requirements/runtime.txt: pyproject.toml asks for aiohttp[speedups]",
        "requirements/dev.txt: pyproject.toml asks for aiohttp[speedups]",
    ]


@pytest.mark.parametrize("lock", ["runtime", "dev"])
def test_a_requirement_of_a_package(lock: str) -> None:
    assert f"requirements/{lock}.txt: markdown-it-py asks for mdurl, which is not locked" in found(
        replace(lock, entry(lock, "mdurl"), "")
    )


def test_what_an_extra_requires() -> None:
    """``linkify`` of markdown-it-py is what needs linkify-it-py."""
    assert found(replace("runtime", entry("runtime", "linkify-it-py"), "")) == [
        "requirements/runtime.txt: markdown-it-py asks for linkify-it-py, which is not locked"
    ]


def test_what_only_another_system_requires() -> None:
    """Nobody but Windows needs colorama."""
    sentences = found(replace("dev", entry("dev", "colorama"), ""))
    assert "requirements/dev.txt: pytest asks for colorama, which is not locked" in sentences


def test_what_only_another_python_requires() -> None:
    """A marker of a package that is true on Python 3.13 alone, wherever this runs."""

    def metadata(name: str) -> Metadata | None:
        about = installed(name)
        if about is None or name != "segno":
            return about
        return Metadata(about.version, ("rainbow>=1; python_version >= '3.13'", "never; python_version < '3.11'"))

    assert found(metadata=metadata) == [
        f"requirements/{lock}.txt: segno asks for rainbow, which is not locked" for lock in ("runtime", "dev")
    ]


@pytest.mark.parametrize(
    ("lock", "ask", "sentence"),
    [
        ("runtime", "aiohttp>=1000", r"pyproject.toml asks for aiohttp>=1000, and \S+ is locked"),
        ("runtime", "rainbow", "pyproject.toml asks for rainbow, which is not locked"),
    ],
)
def test_what_the_project_requires(lock: str, ask: str, sentence: str) -> None:
    assert any(re.fullmatch(f"requirements/{lock}.txt: {sentence}", one) for one in found(ask=ask))


def test_a_range_of_a_package() -> None:
    def metadata(name: str) -> Metadata | None:
        about = installed(name)
        return Metadata(about.version, ("cffi>=1000",)) if about and name == "cryptography" else about

    assert any("cryptography asks for cffi>=1000, and " in one for one in found(metadata=metadata))


def test_two_versions() -> None:
    version = Lock("dev", LOCKS["dev"]).versions["segno"]
    sentences = found(replace("runtime", f"segno=={version}", "segno==1.6.1"))
    assert f"segno is {version} in dev.txt and 1.6.1 in runtime.txt" in sentences or (
        f"segno is 1.6.1 in runtime.txt and {version} in dev.txt" in sentences
    )
    assert (
        f"requirements/runtime.txt: segno 1.6.1 is locked, and {version} is installed (`make develop` installs it)"
        in sentences
    )


@pytest.mark.parametrize("lock", ["build", "runtime", "postgres"])
def test_developers_have_everything(lock: str) -> None:
    package = next(iter(Lock(lock, LOCKS[lock]).versions))
    assert f"{package} is in {lock}.txt and not in dev.txt" in found(replace("dev", entry("dev", package), ""))


def test_tests_run_with_every_extra() -> None:
    extras = pyproject()["project"]["optional-dependencies"]
    names = {extra: {Requirement(one).name for one in requires} for extra, requires in extras.items()}
    # The bus of a desktop is played by the tests, which need no library for it.
    assert all(names[extra] <= names["dev"] for extra in names if extra not in (*ASIDE, "desktop"))


def test_what_is_installed_aside_need_not_be_there() -> None:
    """It is checked all the same: one version, and hashes."""
    (fault, *_) = found(replace("fuzz", "atheris==3.0.0", "atheris>=3.0.0"))
    assert fault == "requirements/fuzz.txt: atheris has no single version"
    assert "atheris" not in Lock("dev", LOCKS["dev"]).versions
    assert found() == []


def test_no_hash() -> None:
    lines = entry("runtime", "segno")
    without = lines.splitlines()[0].rstrip(" \\") + "\n"
    assert found(replace("runtime", lines, without)) == ["requirements/runtime.txt: segno has no hash"]


def test_no_single_version() -> None:
    assert "requirements/runtime.txt: segno has no single version" in found(replace("runtime", "segno==", "segno>="))
