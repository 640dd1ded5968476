"""``pystatus notify test``: each way once, and what is known of this terminal."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pystatus.apps.cli.commands import notify
from tests.apps.support import Cli


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """What would be written to the terminal."""
    place = tmp_path / "tty"
    place.touch()
    monkeypatch.setattr(notify, "_write", lambda sequence: place.write_text(place.read_text() + sequence))
    monkeypatch.setattr(notify, "_is_there", lambda: True)
    monkeypatch.setattr(notify, "_desktop_way", lambda: "none")
    for name in ("TMUX", "TERM_PROGRAM", "KITTY_WINDOW_ID", "WT_SESSION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    return place


def test_each_way_once(cli: Cli, terminal: Path) -> None:
    said = cli.run("notify", "test", "--pause", "0").stdout
    assert "Terminal: xterm-256color; by itself it is sent a notice as OSC 777" in said
    assert "no notification service" in said
    written = terminal.read_text()
    assert written.startswith("\a\x1b]9;pystatus: ")
    assert "\x1b]777;notify;pystatus;This is how a notice looks (OSC 777)\a" in written
    assert "p=body;This is how a notice looks (OSC 99)\x1b\\" in written


def test_as_json(cli: Cli, terminal: Path) -> None:
    first, *others = cli.objects("notify", "test", "--pause", "0")
    assert first == {
        "event": "notices",
        "terminal": "xterm-256color",
        "program": "",
        "tmux": None,
        "osc": "777",
        "desktop": "none",
    }
    assert [one["way"] for one in others] == ["bell", "osc 9", "osc 777", "osc 99"]


@pytest.mark.parametrize("shown", ["off", "on"])
def test_tmux_says_what_it_lets_through(cli: Cli, terminal: Path, monkeypatch: pytest.MonkeyPatch, shown: str) -> None:
    def run(*arguments: Any, **options: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess([], 0, f"{shown}\n", "")

    monkeypatch.setenv("TMUX", "/tmp/tmux-0/default,1,0")
    monkeypatch.setattr(subprocess, "run", run)
    said = cli.run("notify", "test", "--pause", "0").stdout
    assert ("set -g allow-passthrough on" in said) == (shown == "off")
    assert "\x1bPtmux;\x1b\x1b]9;" in terminal.read_text()


def test_without_tmux_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMUX", "/tmp/tmux-0/default,1,0")
    monkeypatch.setenv("PATH", "/nowhere")
    assert notify.tmux_passthrough() == "off"


def test_the_desktop_is_asked_or_says_why_not(cli: Cli, terminal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pystatus.apps.terminal import desktop

    monkeypatch.setitem(sys.modules, "dbus_fast", None)
    monkeypatch.setattr(notify, "_desktop_way", lambda: "dbus")
    monkeypatch.setattr(desktop, "way", lambda: "dbus")
    *_, last = cli.objects("notify", "test", "--pause", "0")
    assert last["way"] == "desktop"
    assert last["problem"], "there is no such bus here"
    assert "Not shown: desktop" in cli.run("notify", "test", "--pause", "0").stdout
    monkeypatch.setattr(notify, "_by_desktop", lambda: "")
    assert "Sent: desktop" in cli.run("notify", "test", "--pause", "0").stdout


def test_where_there_is_no_terminal(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notify, "_is_there", lambda: False)
    assert "There is no terminal here" in cli.error("notify", "test")
