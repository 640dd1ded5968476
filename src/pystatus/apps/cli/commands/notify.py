"""``pystatus notify``: what this terminal and this desktop do when somebody is to be told something."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from pystatus.apps.cli.options import AsJson
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.screen_values import PAUSE
from pystatus.apps.cli.values import option
from pystatus.errors import LocalError

SUMMARY = "Show which notices this terminal and this desktop can show."
PLACE = 7

TITLE, TEXT = "pystatus", "This is how a notice looks ({way})"
TMUX_SECONDS = 2.0
"""How long tmux may take to say what it lets through. Ours: it does so at once."""
OSC_WAYS = ("9", "777", "99")
_TERMINAL = Path("/dev/tty")

app = typer.Typer(help=SUMMARY, no_args_is_help=True)


@app.callback()
def notify() -> None:
    """Show which notices this terminal and this desktop can show."""


@app.command("test")
def show_each(
    pause: Annotated[
        float, option(PAUSE, metavar="SECONDS", help="How long to wait before each: look at another window meanwhile.")
    ] = 3.0,
    as_json: AsJson = False,
) -> None:
    """Ring, and show a notice in every way that there is.

    One comes after the other: then choose what 'pystatus chat' does. Many terminals show none while one looks at them.
    """
    from pystatus.apps.terminal.outward import Outward

    out = Output(as_json=as_json)
    if not _is_there():
        raise LocalError("There is no terminal here that could show anything. Run it in the one that you chat in.")
    outward = Outward(_write)
    passthrough = tmux_passthrough()
    facts = {
        "terminal": os.environ.get("TERM", ""),
        "program": os.environ.get("TERM_PROGRAM", ""),
        "tmux": passthrough,
        "osc": outward.kind,
        "desktop": _desktop_way(),
    }
    out.result({"event": "notices", **facts}, "\n".join(_sentences(facts)))
    _each("bell", outward.ring, pause, out)
    for way in OSC_WAYS:
        _each(f"osc {way}", partial(outward.show, TITLE, TEXT.format(way=f"OSC {way}"), way), pause, out)
    if facts["desktop"] != "none":
        _each("desktop", _by_desktop, pause, out)
    out.note("Choose with --osc 9, 777, 99 or off, --no-bell and --no-desktop of: pystatus chat")


def _each(way: str, show: Callable[[], str | None], pause: float, out: Output) -> None:
    time.sleep(pause)
    problem = show()
    said = f"Not shown: {way}. {problem}" if problem else f"Sent: {way}"
    out.result({"event": "notice", "way": way, "problem": problem or None}, said)


def _sentences(facts: dict[str, str | None]) -> list[str]:
    program = facts["program"] or facts["terminal"] or "unknown"
    lines = [f"Terminal: {program}; by itself it is sent a notice as OSC {facts['osc']}".replace("OSC off", "none")]
    if facts["tmux"] == "off":
        lines.append("tmux lets no notices through. In ~/.tmux.conf: set -g allow-passthrough on")
    elif facts["tmux"] is not None:
        lines.append("tmux lets notices through")
    ways = {
        "dbus": "Desktop: its notification service is here",
        "notify-send": "Desktop: notify-send, which says that something came, and not what. "
        "With the extra 'desktop' it says more: docs/install.md",
        "none": "Desktop: no notification service in this session",
    }
    return [*lines, ways[str(facts["desktop"])]]


def tmux_passthrough() -> str | None:
    """``on``, ``all`` or ``off``: what tmux lets through to the terminal around it; None: this is no tmux."""
    if not os.environ.get("TMUX"):
        return None
    try:
        asked = subprocess.run(
            ["tmux", "show-options", "-gv", "allow-passthrough"],  # noqa: S607 - the one that we are in
            capture_output=True, text=True, timeout=TMUX_SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return "off"
    return asked.stdout.strip() or "off"


def _desktop_way() -> str:
    from pystatus.apps.terminal.desktop import way

    return way()


def _by_desktop() -> str:
    """Why the desktop does not take it; empty: it does."""
    from pystatus.apps.terminal.desktop import Desktop, way
    from pystatus.faces.catalogue import texts_in
    from pystatus.net.loop import run

    async def show() -> str:
        desktop = Desktop(texts_in(), way())
        try:
            await desktop.notify(TITLE, TEXT.format(way="desktop"), "test")
        finally:
            await desktop.close()
        return desktop.problem

    return run(show())


def _is_there() -> bool:
    from pystatus.faces import terminal

    return terminal.is_there()


def _write(sequence: str) -> None:
    with _TERMINAL.open("w") as terminal:
        terminal.write(sequence)
