"""What the documentation and the examples say can be done: their code is typed, their commands and links are there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tools import environment

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
TEXTS = [
    *PAGES,
    *(path for folder in ("src", "examples", "tools", "bench") for path in sorted((ROOT / folder).rglob("*.py"))),
    *(path for path in sorted((ROOT / "packaging").rglob("*")) if path.is_file()),
]
"""Everything that tells people what to type."""


def test_the_picture_loads_nothing_from_outside() -> None:
    picture = (ROOT / "docs" / "images" / "demo.svg").read_text(encoding="utf-8")
    assert "@font-face" not in picture
    assert "url(http" not in picture
    assert "href" not in picture


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", page.read_text(encoding="utf-8")):
        file, _, anchor = target.partition("#")
        there = (page.parent / file) if file else page
        assert there.exists(), target
        if anchor and there.suffix == ".md":
            text = there.read_text(encoding="utf-8")
            titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
            anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
            assert anchor in anchors | set(re.findall(r'<a name="(.+?)">', text)), target


def test_nobody_is_sent_to_the_package_index_for_pystatus() -> None:
    """There is nothing of ours, and what comes to be there is somebody else's."""
    asked = re.compile(r"""(?:pip|pipx) install (?:-\S+ )*["'`]?pystatus(?!\S* @ )""")
    assert asked.search("pip install 'pystatus[postgres]'")
    assert not asked.search('pip install "pystatus[postgres] @ git+<address>"')
    for path in TEXTS:
        assert not asked.search(path.read_text(encoding="utf-8")), name(path)


def test_commands_name_a_python_that_has_pystatus() -> None:
    """Debian has no `python`, and its `python3` does not know pystatus."""
    bare = re.compile(r"(?<![\w./-])python3? (?:-m (?:bench|pystatus)\b|examples/|tools/)")
    assert bare.search("PYSTATUS_PASSWORD=... python examples/echo_bot.py")
    assert not bare.search(".venv/bin/python examples/echo_bot.py")
    for path in (*PAGES, *(ROOT / "examples").glob("*.py")):
        assert not bare.search(path.read_text(encoding="utf-8")), name(path)


def test_locks_that_are_named_exist() -> None:
    named = {
        lock for path in TEXTS for lock in re.findall(r"requirements/(\w+\.txt)", path.read_text(encoding="utf-8"))
    }
    assert {"runtime.txt", "postgres.txt"} <= named
    assert all((ROOT / "requirements" / lock).exists() for lock in named)


def test_extras_and_sizes_are_those_of_the_code() -> None:
    page = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    rows = re.findall(r"^\| `(\w+)` \| .* \| ([\w-]+)[^|]* \|$", page, re.MULTILINE)
    assert dict(rows) == {extra: Requirement(extras[extra][0]).name for extra in extras if extra != "dev"}
    sizes = re.findall(r"\| (\d+) MB \| (\d+) MB \|$", page, re.MULTILINE)
    chosen = environment.SETS
    assert sizes == [(str(environment.DOWNLOAD[one]), str(environment.DISK[one])) for one in chosen]
    assert f"{environment.DISK['runtime']} MB for the demo" in (ROOT / "README.md").read_text(encoding="utf-8")
