"""Looks at a view in each theme: as a program does (axe), and as a picture for people."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from playwright.async_api import Page, expect

from e2e.scenes import AXE, AXE_TAGS, NARROW, WIDE

THEMES = ("light", "dark", "contrast")
COLOURS = ("color-contrast", "link-in-text-block")
"""What may differ between themes; everything else is the same in all of them."""
_FOLDER = os.environ.get("PYSTATUS_SCREENSHOTS")
"""Where pictures are kept; none are without it."""
_REST = """() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(async () => {
    await Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null)));
    resolve();
})))"""

_RUN = """(tags) => {
    // What opens over the page is looked at alone: the page below it was, before.
    const over = [...document.querySelectorAll("dialog[open], .popup")].pop();
    return axe.run(over ?? document, {runOnly: tags, resultTypes: ["violations"]});
}"""


async def look(page: Page, name: str, *, themes: Sequence[str] = THEMES) -> None:
    """A view as it is open now: nobody is shut out of it, whatever its colours; nothing is wider than a narrow window.

    :param name: of the view, for people who read what is wrong.
    """
    before = await page.evaluate("document.documentElement.dataset.theme")
    for theme in themes:
        await page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
        await page.evaluate(_REST)
        await _check(page, f"{name}, {theme}", AXE_TAGS if theme == themes[0] else COLOURS)
        await _pictures(page, f"{theme}-{name}")
    await page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", before)
    if _FOLDER:
        await page.emulate_media(forced_colors="active")
        await _pictures(page, f"forced-{name}")
        await page.emulate_media(forced_colors="none")


async def close(page: Page) -> None:
    """Close the window on top, and all below it."""
    while await page.get_by_role("dialog").count():
        await page.keyboard.press("Escape")
        await page.evaluate(_REST)
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def _check(page: Page, where: str, rules: Sequence[str]) -> None:
    """Nobody is shut out, as far as a program can tell.

    :param rules: rules of axe, or tags of them.
    """
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate(_RUN, list(rules))
    faults = [
        f"{where}: {one['id']}: {one['help']}: {node['target']} {node.get('failureSummary', '')}"
        for one in found["violations"]
        for node in one["nodes"]
    ]
    assert not faults, "\n".join(faults)


async def _pictures(page: Page, name: str) -> None:
    """Keep pictures for somebody who looks, where they have asked for them: in a wide window and in a narrow one."""
    if not _FOLDER:
        return
    size = page.viewport_size
    await page.screenshot(path=Path(_FOLDER) / f"{name}.png")
    if await page.locator(".popup").count():
        return  # it closes when the window gets another size
    await page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # it has both numbers
    await page.evaluate(_REST)
    await page.screenshot(path=Path(_FOLDER) / f"{name}-narrow.png")
    await page.set_viewport_size(size or WIDE)  # type: ignore[arg-type]  # likewise
    await page.evaluate(_REST)
