"""Bell, notices on the desktop, and the title of the window."""

from __future__ import annotations

import pytest

from pystatus.apps.terminal.looks import CONTRAST, THEMES, contrast, readable
from pystatus.apps.terminal.outward import Outward


class Terminal:
    """Keeps what is written to it."""

    def __init__(self) -> None:
        self.written = ""

    def write(self, text: str) -> None:
        self.written += text


@pytest.mark.parametrize(
    ("osc", "environment", "expected"),
    [
        ("9", {}, "\a\x1b]9;Bob: hi\a"),
        ("777", {}, "\a\x1b]777;notify;Bob;hi\a"),
        ("99", {}, "\a\x1b]99;i=pystatus:d=0:p=title;Bob\x1b\\\x1b]99;i=pystatus:d=1:p=body;hi\x1b\\"),
        (
            "auto",
            {"TERM": "xterm-kitty"},
            "\a\x1b]99;i=pystatus:d=0:p=title;Bob\x1b\\\x1b]99;i=pystatus:d=1:p=body;hi\x1b\\",
        ),
        ("off", {}, "\a"),
        ("auto", {"TERM_PROGRAM": "iTerm.app"}, "\a\x1b]9;Bob: hi\a"),
        ("auto", {"TERM": "xterm-256color"}, "\a\x1b]777;notify;Bob;hi\a"),
        ("auto", {"TERM": "linux"}, "\a"),
        ("9", {"TMUX": "/tmp/tmux"}, "\a\x1bPtmux;\x1b\x1b]9;Bob: hi\a\x1b\\"),
    ],
)
def test_bell_and_notice_together(osc: str, environment: dict[str, str], expected: str) -> None:
    terminal = Terminal()
    Outward(terminal.write, osc, environment).notify("Bob", "hi")
    assert terminal.written == expected


@pytest.mark.requirement("PL-28")
def test_no_text_ends_a_control_string() -> None:
    terminal = Terminal()
    outward = Outward(terminal.write, "777", {})
    outward.notify("\x1b]0;x\x07a;b\x9c", "\x1b\\c\u202e" + "long" * 1_000, rings=False)
    outward.set_title("\x1b]52;c;aGk=\x07title\n2")
    body = terminal.written
    assert body.count("\x1b") == 2
    assert body.count("\a") == 2
    assert body.count(";") == 4, "only those of the two control strings divide"
    assert not any("\x80" <= one <= "\x9f" for one in body)
    assert len(body) < 700


@pytest.mark.parametrize("name", THEMES)
def test_every_text_can_be_read(name: str) -> None:
    """Also those that are drawn at seven tenths, and people's names in their colours."""
    from textual.color import Color

    theme = THEMES[name]
    for behind in (theme.background, theme.surface, theme.panel):
        assert behind is not None
        ground = Color.parse(behind)
        for text in (theme.foreground, theme.accent, theme.error, theme.success, theme.warning, theme.secondary):
            assert text is not None
            assert contrast(Color.parse(text), ground) >= CONTRAST, (name, text, behind)
        faint = ground.blend(Color.parse(theme.foreground or "#000000"), 0.7)
        assert contrast(faint, ground) >= CONTRAST, (name, behind)
        for color in ("#d98c8c", "#8cd9d9", "#8c8cd9", "#d9d98c"):
            assert contrast(Color.parse(readable(color, behind)), ground) >= CONTRAST
