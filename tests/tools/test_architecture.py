"""The picture in docs/architecture.md is that of the source, and the files that its journeys name are there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tools import architecture
from tools.drawing.imports import house
from tools.drawing.picture import FOUNDATIONS, reduced
from tools.tracing.journey import Journey

ROOT = Path(__file__).resolve().parents[2]
PROJECT = """
[tool.importlinter]
root_package = "pystatus"

[[tool.importlinter.contracts]]
name = "One way"
type = "layers"
layers = ["pystatus.apps", "pystatus.client", "pystatus.net | pystatus.waku", "pystatus.errors"]

[[tool.importlinter.contracts]]
name = "No I/O in the protocol"
type = "forbidden"
source_modules = ["pystatus.waku"]
forbidden_modules = ["asyncio", "socket"]
"""
SOURCE = {
    "__init__.py": "import pystatus.apps.cli",
    "apps/__init__.py": '"""Commands. And more."""',
    "apps/cli.py": "from pystatus import errors\n\ndef run():\n    from pystatus.client.client import Client\n",
    "client/__init__.py": '"""The client."""',
    "client/client.py": "import asyncio\nimport pystatus.net.peer\nfrom pystatus.waku.envelope import Envelope\n",
    "net/__init__.py": '"""Sockets."""',
    "net/peer.py": "from pystatus.waku.envelope import Envelope\nfrom pystatus.errors import LocalError\n",
    "waku/__init__.py": '"""Envelopes."""',
    "waku/envelope.py": "from pystatus.errors import LocalError\nfrom . import envelope\n",
    "errors.py": '"""Two families of error."""',
}
PAGE = """# The architecture

<!-- picture: written by tools/architecture.py -->
<!-- end of picture -->

By hand.

<!-- contracts: written by tools/architecture.py -->
<!-- end of contracts -->
<!-- journeys: written by tools/architecture.py -->
<!-- end of journeys -->
"""
JOURNEY = Journey("An envelope", ("net/peer.py", "client/client.py"), ("errors.py",), 3, 2, 1, {})


@dataclass
class Tree:
    """A small repository."""

    root: Path

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def append(self, path: str, text: str) -> None:
        self.write(path, (self.root / path).read_text(encoding="utf-8") + text)

    @property
    def page(self) -> str:
        return (self.root / "docs" / "architecture.md").read_text(encoding="utf-8")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """Its page has been written."""
    monkeypatch.setattr(architecture, "journeys", lambda source: [JOURNEY])
    tree = Tree(tmp_path)
    tree.write("pyproject.toml", PROJECT)
    tree.write("docs/architecture.md", PAGE)
    for path, text in SOURCE.items():
        tree.write(f"src/pystatus/{path}", text)
    assert architecture.main(["--write"], tmp_path) == 0
    return tree


def check(tree: Tree, capsys: pytest.CaptureFixture[str]) -> str:
    """What the check finds; empty: nothing."""
    code = architecture.main(["--check"], tree.root)
    found = capsys.readouterr().err
    assert code == (1 if found else 0)
    return found


def test_the_page_of_this_repository_is_that_of_its_source() -> None:
    assert list(architecture.wrong(ROOT)) == []


def test_what_was_written_is_not_complained_about(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(tree, capsys) == ""
    assert "By hand." in tree.page


def test_arrows_that_follow_from_others_are_not_drawn_and_stand_in_the_table(tree: Tree) -> None:
    arrows = [line.strip() for line in tree.page.splitlines() if "-->" in line and "<!--" not in line]
    assert arrows == ["apps --> client", "client --> net", "net --> waku", f"waku --> {FOUNDATIONS}"]
    assert "| `client/` | The client | net, waku |" in tree.page
    assert "| `apps/` | Commands | client |" in tree.page
    assert "- No I/O in the protocol." in tree.page


def test_what_a_function_imports_is_an_arrow_and_what_the_package_itself_names_is_none(tree: Tree) -> None:
    found = house(tree.root / "src" / "pystatus")
    assert found.arrows["apps"] == {"client", "errors"}
    assert "__init__" not in found.arrows
    assert reduced(found)["net"] == {"waku"}


@pytest.mark.parametrize(
    "name", ["import pystatus.client", "from pystatus import client", "from pystatus.client import x"]
)
def test_a_planted_import_is_seen(name: str, tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    tree.write("src/pystatus/metrics/__init__.py", name)
    assert "does not have the picture of the code; run `make architecture`" in check(tree, capsys)
    architecture.main(["--write"], tree.root)
    assert check(tree, capsys) == ""
    assert "metrics --> client" in tree.page


def test_a_package_that_has_gone_is_seen(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    (tree.root / "src/pystatus/apps/cli.py").unlink()
    assert "picture" in check(tree, capsys)


def test_a_contract_that_was_added_is_seen(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    tree.append("pyproject.toml", '[[tool.importlinter.contracts]]\nname = "No circles"\ntype = "acyclic_siblings"\n')
    assert "does not have the contracts of the code" in check(tree, capsys)


def test_a_file_of_a_journey_that_has_gone_is_seen(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    tree.write("docs/architecture.md", tree.page.replace("`net/peer.py`", "`net/link.py`"))
    assert "a journey passes src/pystatus/net/link.py, which is not there" in check(tree, capsys)


def test_a_page_without_a_mark_is_refused(tree: Tree) -> None:
    tree.write("docs/architecture.md", "# The architecture\n")
    with pytest.raises(ValueError, match="no section 'picture'"):
        architecture.main(["--check"], tree.root)


def test_packages_that_import_each_other_are_refused(tree: Tree) -> None:
    tree.append("src/pystatus/waku/envelope.py", "from pystatus.client import client\n")
    with pytest.raises(ValueError, match="imports itself"):
        house(tree.root / "src" / "pystatus")
