"""The terminal client in a real terminal, driven by keys."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pystatus import Client, PrivateKey, Profiles
from pystatus.devp2p.enode import Enode
from tests.apps.terminal.tmux import NEEDED, Tmux
from tests.support.environment import clean_environment

pytestmark = NEEDED

NOWHERE = str(Enode(PrivateKey((7).to_bytes(32, "big")).public_key, "127.0.0.1", 1, 1))
"""A relay that is not there."""
PASSWORD = "correct horse"
HOSTILE = (
    "\x1b]0;owned\x07title",
    "\x1b]2;owned\x1b\\title",
    "\x1b]52;c;b3duZWQ=\x07clipboard",
    "\x1bP$q\x1b\\ device control",
    "\x1b[2J\x1b[H\x1b[31mcleared",
    "\x1b[?1049l other screen",
    "\x1b[10;1Hmoved",
    "\x9b2J one byte",
    "a\rb\x08\x08\x0bc\x0c",
    "\u202eevil\u202c \u2066isolate\u2069 \u200b\u200b\ufeff",
    "z" + "\u0301" * 300,
    "👩\u200d👩\u200d👧\u200d👦 🇩🇪🇫🇷 ❤\ufe0f 👍🏿 🏴\U000e0067\U000e0062\U000e007f",
    "漢字かなカナ한글 ﷽ 𒐫 ௵",
    "\u0627\u0644\u0633\u0644\u0627\u0645 \u05e9\u05dc\u05d5\u05dd",
    "\u2028\u2029\x85 lines",
    "[bold red]markup[/] {x} $accent",
    "x" * 3_000,
    "\t\ttabs\x00nul\x7fdel",
)
"""Texts that would do something to a terminal that obeyed them, or that terminals measure differently."""


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Tmux]:
    profiles = Profiles(tmp_path)
    profiles.create_account("alice", PASSWORD)
    environment = clean_environment(PYSTATUS_PASSWORD=PASSWORD, TMPDIR=str(tmp_path), LANG="C.UTF-8")
    tmux = Tmux(tmp_path, environment)
    yield tmux
    tmux.end()


def start(terminal: Tmux, folder: Path, *options: str) -> None:
    """Chat as alice."""
    words = [sys.executable, "-m", "pystatus", "chat", "alice", "--data-dir", str(folder), "--peer", NOWHERE, *options]
    terminal.type(" ".join(f"'{word}'" for word in words) + "; echo ended $?")


def test_hostile_messages_change_nothing_but_their_lines(terminal: Tmux, tmp_path: Path) -> None:
    async def say() -> None:
        async with Client.open("alice", PASSWORD, data_dir=tmp_path, state_dir=tmp_path / "state") as client:
            await client.join("status")
            for text in HOSTILE:
                await client.send_text("status", text)

    asyncio.run(say())
    start(terminal, tmp_path, "--chat", "#status")
    terminal.wait_for("tabs")
    side = None
    for _ in range(8):
        lines = terminal.settled()
        left = [line[:30].rstrip() for line in lines[:-2]]
        side = side or left
        assert left == side
        assert "# status" in lines[0] or "# status" in lines[1]
        assert "F1 help" in lines[-2]
        assert terminal.ask("pane_title") == "pystatus"
        assert terminal.ask("alternate_on") == "1"
        assert terminal("list-buffers") == ""
        terminal.press("PageUp")
        terminal.wait_for("F1 help")
    terminal.press("C-q")
    terminal.wait_for("ended 0")


def test_from_the_start_to_sigterm(terminal: Tmux, tmp_path: Path) -> None:
    start(terminal, tmp_path)
    terminal.wait_for("No chat is open")
    terminal.type("/join status")
    terminal.wait_for("Everybody who knows the name")
    terminal.type("what is written is kept")
    terminal.wait_for("… what is written is kept")
    terminal("resize-window", "-x", "50", "-y", "16")
    terminal.wait_for("what is written is kept")
    assert not any("F1 help" in line for line in terminal.settled())
    terminal("resize-window", "-x", "20", "-y", "5")
    terminal.wait_for("kept")
    terminal("resize-window", "-x", "100", "-y", "30")
    terminal.wait_for("F1 help")
    terminal("detach-client")
    assert "what is written is kept" in "\n".join(terminal.screen())
    terminal.press("C-z")
    terminal.wait_for("Stopped")
    terminal.type("fg")
    terminal.wait_for("F1 help")
    (child,) = [int(pid) for pid in children(int(terminal.ask("pane_pid")))]
    os.kill(child, signal.SIGTERM)
    terminal.wait_until(lambda: terminal.ask("alternate_on") == "0" and not Path(f"/proc/{child}").exists())
    terminal.type("echo code $?")
    terminal.wait_for(f"code {128 + signal.SIGTERM}")
    assert terminal.ask("alternate_on") == "0"
    assert terminal.ask("cursor_flag") == "1"
    assert terminal.ask("mouse_any_flag") == "0"
    terminal.type("echo it is ours again")
    terminal.wait_for("it is ours again")


def children(pid: int) -> list[str]:
    """The processes that a process has started."""
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
