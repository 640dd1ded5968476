"""A recording shows each screen for its time, keeps lines that stay only once, and loads nothing."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from textual.app import App, ComposeResult
from textual.widgets import Static

from tools.recording import Recording


class _Lines(App[None]):
    def compose(self) -> ComposeResult:
        yield Static("stays")
        yield Static("before", id="other")


async def test_screens_follow_each_other() -> None:
    recording = Recording()
    app = _Lines()
    async with app.run_test(size=(20, 3)) as pilot:
        await pilot.pause()
        recording.take(app, 1.0)
        recording.take(app, 0.5)  # nothing has changed
        app.query_one("#other", Static).update("after it")
        await pilot.pause()
        recording.take(app, 2.5)
    svg = recording.svg()
    ElementTree.fromstring(svg)
    assert svg.count(">stays<") == 1
    times = re.findall(
        r'>(before|after it)</text><animate [^>]*dur="4.00s"[^>]*values="([^"]*)" keyTimes="([^"]*)"', svg
    )
    assert times == [("before", "inline;none", "0;0.375"), ("after it", "none;inline", "0;0.375")]
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "").replace("https://www.textualize.io", "")
