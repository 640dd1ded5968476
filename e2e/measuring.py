"""What somebody waits for in the page, measured in a real Chromium: ``python -m bench web``."""

from __future__ import annotations

import asyncio
import shutil
import statistics
from collections.abc import Callable
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from bench.harness import Measurement
from e2e.browsing import SWITCHES
from e2e.scenes import Scene, make_profiles, message, staged
from e2e.stage import PASSWORD
from pystatus.payloads.chats import ChatKind

OPENINGS = 9
SENT = 60
"""Messages from page to page."""
READ_PIXELS, READ_MS = 60, 50
"""So far is scrolled so often: 1,200 pixels a second, a screen and a half, which is fast reading."""
READ_SECONDS = 20.0
SHOWN = """
const seen = new MutationObserver(() => {
  if (!document.querySelector(".chat")) return;
  seen.disconnect();
  requestAnimationFrame(() => { window.shownAt = performance.now(); });
});
seen.observe(document, {childList: true, subtree: true});
"""
"""Notes when the chats are painted, in milliseconds since the page was asked for."""
OPEN = """() => new Promise((resolve) => {
  const began = performance.now();
  const watch = new MutationObserver(() => {
    if (!document.querySelector("article.message")) return;
    watch.disconnect();
    requestAnimationFrame(() => resolve(performance.now() - began));
  });
  watch.observe(document.body, {childList: true, subtree: true});
  document.querySelector(".chat").click();
})"""
"""Opens the first chat; milliseconds until its messages are painted."""
READ = """async ([pixels, every, seconds]) => {
  const list = document.querySelector(".list");
  let longest = 0, count = 0;
  const watch = new PerformanceObserver((found) => {
    for (const one of found.getEntries()) { longest = Math.max(longest, one.duration); count += 1; }
  });
  watch.observe({type: "longtask"});
  const rows = new Set(), end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    list.scrollTop -= pixels;
    for (const one of document.querySelectorAll("li[data-key]")) rows.add(one.dataset.key);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
  watch.disconnect();
  return [longest, count, rows.size];
}"""
"""Reads up; the longest task above 50 ms, how many there were, and rows that were seen."""
WAIT = """(text) => new Promise((resolve) => {
  const here = () => document.querySelector(".list")?.textContent.includes(text);
  const watch = new MutationObserver(() => {
    if (!here()) return;
    watch.disconnect();
    requestAnimationFrame(() => resolve(performance.timeOrigin + performance.now()));
  });
  watch.observe(document.body, {childList: true, subtree: true, characterData: true});
})"""
"""When a message is painted, in Unix milliseconds."""
SEND = """(text) => {
  const line = document.querySelector(".line-text");
  const value = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value");
  value.set.call(line, text);
  line.dispatchEvent(new InputEvent("input", {bubbles: true}));
  line.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true}));
  return performance.timeOrigin + performance.now();
}"""
"""Sends a message as a key does; when the key was pressed."""


async def first_paint(scene: Scene) -> tuple[float, float]:
    """Seconds until the chats are painted, and until a chat is, in the median."""
    served = await scene.serve()
    shown, opened = [], []
    for _ in range(OPENINGS):
        page = await scene.window(served, scripts=[SHOWN])
        await page.wait_for_function("() => window.shownAt > 0")
        shown.append(await page.evaluate("window.shownAt") / 1_000)
        opened.append(await page.evaluate(OPEN) / 1_000)
        await page.context.close()
    return statistics.median(shown), statistics.median(opened)


async def reading(scene: Scene) -> tuple[float, int, int]:
    """See :data:`READ`."""
    served = await scene.serve()
    page = await scene.window(served)
    public = [one for one in served.client.chats() if one.kind is ChatKind.PUBLIC]
    busiest = max(public, key=lambda chat: len(served.client.history(chat, 2_000)))
    await page.get_by_role("searchbox").fill(busiest.id)
    await page.locator(".chat.small").filter(has_text=busiest.id).first.click()
    await message(page, "").first.wait_for()
    longest, count, rows = await page.evaluate(READ, [READ_PIXELS, READ_MS, READ_SECONDS])
    return float(longest), int(count), int(rows)


async def page_to_page(scene: Scene) -> list[float]:
    """Milliseconds from a key in the page of one to the message in the page of another, through a relay."""
    one, other = await scene.serve("carol"), await scene.serve("bob")
    chat = await one.client.open_chat(other.client.public_key)
    await one.client.send_text(chat, "begun")
    pages: list[Page] = [await scene.window(served) for served in (one, other)]
    for page in pages:
        await page.locator(".chat").first.click()
        await page.get_by_text("begun").last.wait_for()
    taken = []
    for number in range(SENT):
        text = f"number {number:03}."
        waiting = asyncio.create_task(pages[1].evaluate(WAIT, text))
        await asyncio.sleep(0.05)  # until it watches
        sent = await pages[0].evaluate(SEND, text)
        taken.append(await waiting - sent)
    return taken


async def _measured(browser: Browser, made: Path, directory: Path, note: str) -> list[Measurement]:
    """Each with people and servers of its own."""
    found = []
    async with staged(directory / "paint", made, browser) as scene:
        shown, opened = await first_paint(scene)
        found.append(Measurement("web.first_paint", round(shown, 3), "s", f"address to painted chats, median; {note}"))
        found.append(Measurement("web.open_chat", round(opened, 3), "s", f"press to painted messages, median; {note}"))
    async with staged(directory / "read", made, browser) as scene:
        longest, count, rows = await reading(scene)
        told = f"the longest above 50 ms, {count} of them, in {READ_SECONDS:.0f} s of reading up past {rows} rows"
        found.append(Measurement("web.long_task", round(longest, 1), "ms", told))
    async with staged(directory / "send", made, browser) as scene:
        taken = sorted(await page_to_page(scene))
        p95 = taken[int(len(taken) * 0.95)]
        told = f"key in a page to message in another, through a relay, p50 of {SENT}; p95 {p95:.0f}"
        found.append(Measurement("web.message_ms", round(statistics.median(taken), 1), "ms", told))
    return found


async def measure(
    program: str, directory: Path, note: str, large_profile: Callable[[Path, str], None]
) -> list[Measurement]:
    """All of it.

    :param program: the browser.
    :param note: what is in the large profile.
    :param large_profile: makes it, in a directory and with a password.
    """
    made = directory / "made"
    make_profiles(made)
    shutil.rmtree(made / "alice")
    large_profile(made / "alice", PASSWORD)
    for name in ("paint", "read", "send"):
        (directory / name).mkdir()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=list(SWITCHES))
        try:
            return await _measured(browser, made, directory, note)
        finally:
            await browser.close()
