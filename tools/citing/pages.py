"""What can be cited: the pages of the repository, their sections and headings, and the codes that they define."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

FOLDERS = ("", "docs/spec", "docs")
"""Where a page lies that is cited by its name alone: of two with one name, a protocol note is meant."""
VECTORS = "tests/vectors/README.md"
DECISIONS = "docs/spec/decisions.md"
ATTACKS = "docs/attacks.md"

SECTION = re.compile(r"^#{2,4} (\d+(?:\.\d+)*)\.? ", re.MULTILINE)
HEADING = re.compile(r"^#+ (?:\d+(?:\.\d+)*\.? )?(.+)$", re.MULTILINE)
CODE = re.compile(r"^\| ([A-Z]\d{1,2})\b", re.MULTILINE)
FACT = re.compile(r"^(\d+)\. ", re.MULTILINE)
CASES = re.compile(r"`(\w+)` (\d+)(?: and (\d+))?")
REQUIREMENT = re.compile(r"(?:^\| |\*\*)([A-Z]{2})-(\d+)(?: \||\*\*)", re.MULTILINE)
REQUIREMENTS = re.compile(r"(?:^\| |^)([A-Z]{2})-(\d+)…[A-Z]{2}-(\d+)", re.MULTILINE)
"""A row for several."""


@dataclass(frozen=True)
class Page:
    """One page, by its path in the repository."""

    path: str
    text: str = field(repr=False)

    @cached_property
    def sections(self) -> frozenset[str]:
        return frozenset(SECTION.findall(self.text))

    @cached_property
    def headings(self) -> frozenset[str]:
        return frozenset(HEADING.findall(self.text))

    @cached_property
    def codes(self) -> frozenset[str]:
        """Those with which a row of a table begins."""
        return frozenset(CODE.findall(self.text))

    @cached_property
    def facts(self) -> frozenset[str]:
        return frozenset(FACT.findall(self.text)) if self.path == VECTORS else frozenset()

    @cached_property
    def cases(self) -> frozenset[tuple[str, str]]:
        """Cases of vector files, as a file's name and a number."""
        if self.path != DECISIONS:
            return frozenset()
        return frozenset((name, number) for name, *numbers in CASES.findall(self.text) for number in numbers if number)


class Pages:
    """The pages of a repository."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: dict[str, Page | None] = {}

    def find(self, name: str, near: Path | None = None) -> Page | None:
        """The page that is meant by a name or a path; ``near`` is the folder of the page that names it."""
        folders = [self.root / folder for folder in FOLDERS]
        for folder in [near, *folders] if near else folders:
            path = (folder / name).resolve()
            if path.is_file() and path.is_relative_to(self.root.resolve()):
                return self.page(path.relative_to(self.root.resolve()).as_posix())
        return None

    def page(self, path: str) -> Page | None:
        """The page at a path from the root of the repository."""
        if path not in self._known:
            file = self.root / path
            self._known[path] = Page(path, file.read_text(encoding="utf-8")) if file.is_file() else None
        return self._known[path]

    @cached_property
    def attacks(self) -> frozenset[str]:
        page = self.page(ATTACKS)
        return page.codes if page else frozenset()

    @cached_property
    def requirements(self) -> frozenset[str]:
        """Ids of the catalogues on the pages, and of the list that tests name."""
        listed = self.root / "tests" / "requirements.json"
        families = json.loads(listed.read_text(encoding="utf-8")) if listed.is_file() else []
        ids = {requirement for family in families for requirement in family["requirements"]}
        for path in sorted((self.root / "docs" / "spec").glob("*.md")):
            text = path.read_text(encoding="utf-8")
            ids.update(f"{family}-{number}" for family, number in REQUIREMENT.findall(text))
            for family, first, last in REQUIREMENTS.findall(text):
                ids.update(f"{family}-{number}" for number in range(int(first), int(last) + 1))
        return frozenset(ids)
