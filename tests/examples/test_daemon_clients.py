"""The clients of docs/daemon.md, as they are, against a daemon."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.apps.support import PASSWORD, Cli, Running

ROOT = Path(__file__).resolve().parents[2]
CLIENTS = {"client.py": sys.executable, "client.mjs": "node", "client.sh": "sh"}
LANGUAGES = {"client.py": "python", "client.mjs": "javascript", "client.sh": "sh"}


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """Of a daemon, with its token."""
    cli = Cli(tmp_path)
    cli.add_profile("alice")
    at = {"PYSTATUS_PASSWORD": PASSWORD}
    with Running(cli.data_dir, "node", "--listen", "127.0.0.1:0") as node:
        arguments = ("daemon", "alice", "--port", "0", "--peer", node.line(), "--json")
        with Running(cli.data_dir, *arguments, prefix=(), **at) as daemon:
            told = daemon.event("serving")
            yield f"{told['url']}/{Path(told['token_file']).read_text().strip()}"


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_of_the_page_posts_and_reads(url: str, name: str) -> None:
    program = shutil.which(CLIENTS[name]) or ""
    if not program or (name == "client.sh" and shutil.which("curl") is None):
        pytest.skip(f"there is no {CLIENTS[name]} or no curl here")
    with subprocess.Popen(
        [program, ROOT / "examples" / "daemon" / name],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "DAEMON_URL": url},
    ) as client:
        assert client.stdout is not None
        try:
            assert any("MessagePosted" in line for line in client.stdout)
        finally:
            client.kill()


@pytest.mark.parametrize("name", CLIENTS)
def test_the_page_shows_the_client_as_it_is(name: str) -> None:
    page = (ROOT / "docs" / "daemon.md").read_text(encoding="utf-8")
    shown = re.search(rf"{re.escape(name)}\).*?```{LANGUAGES[name]}\n(.*?)```", page, re.DOTALL)
    assert shown is not None
    program = (ROOT / "examples" / "daemon" / name).read_text(encoding="utf-8")
    assert program.endswith(shown[1])
    assert len([line for line in shown[1].splitlines() if line]) < 17
