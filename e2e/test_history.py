"""Long conversations: what somebody looks at stays where it is, places are found again, and what is missing is said."""

from __future__ import annotations

import asyncio
import time

from playwright.async_api import expect

from e2e.scenes import PATIENCE, Scene, Served, message, open_chat
from pystatus.mailserver.lacking import COMPLETE, Holdings
from pystatus.mailserver.time_ranges import TimeRange, TimeRanges

HOUR = 3_600

MANY = 450
"""Messages: the end of the chat, and more than two pages before it."""
AT_MOST_IN_PAGE = 60
"""Rows that are in the page, of however many."""
FRAMES = 120
"""In which a row that comes into view has to be in the page: two seconds where no other test takes the processor."""
READ_UP = """async (frames) => {
    const list = document.querySelector(".list");
    const frame = () => new Promise(requestAnimationFrame);
    const rows = () => [...document.querySelectorAll("li[data-key]")];
    const top = (key) => rows().find((one) => one.dataset.key === key)?.getBoundingClientRect().top;
    const first = (down) => {
        const edge = list.getBoundingClientRect().top + down;
        // A day, or a gap, is another row once more has come above it; a message stays what it is.
        return rows().filter((one) => one.dataset.key.startsWith("0x") && one.getBoundingClientRect().bottom > edge)
            .sort((one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top)[0].dataset.key;
    };
    let worst = 0, pages = 0, most = 0;
    while (list.scrollTop > 0 || !rows().some((one) => one.dataset.key === "beginning")) {
        // The row that will be the first in view is where it is to be, whatever comes above it.
        const step = Math.min(240, list.scrollTop), key = first(-step), before = top(key), height = list.scrollHeight;
        list.scrollTop -= step;
        // A row that was far away is in the page a frame later, or as soon as this machine gets to it. Once it is
        // there, it stays where it is for three more.
        for (let shown = 0, waited = 0; shown < 3; waited++) {
            await frame();
            const now = top(key);
            if (now === undefined && waited < frames) continue;
            worst = Math.max(worst, Math.abs(now - before - step));
            shown++;
        }
        pages += list.scrollHeight > height + 1000;
        most = Math.max(most, rows().length);
    }
    return {worst, pages, most};
}"""


async def long_chat(served: Served, many: int = MANY) -> None:
    """A public chat with many messages of different heights."""
    chat = await served.client.join("harbour")
    for begin in range(0, many, 50):
        texts = [f"message {number} {'and more words ' * (number % 9)}" for number in range(begin, begin + 50)]
        await asyncio.gather(*(served.client.send_text(chat, text) for text in texts))


async def test_somebody_reads_up_and_nothing_in_view_moves_by_itself(scene: Scene) -> None:
    served = await scene.serve()
    await long_chat(served)
    page = await scene.window(served)
    await open_chat(page, "harbour")
    await expect(message(page, f"message {MANY - 1} ")).to_be_visible()
    await page.wait_for_timeout(300)
    async with asyncio.timeout(3 * PATIENCE):
        found = await page.evaluate(READ_UP, FRAMES)
    assert found["pages"] >= 2
    assert found["worst"] <= 1
    assert found["most"] <= AT_MOST_IN_PAGE
    await expect(page.get_by_text("This is where the conversation begins")).to_be_visible()


SLOW_PAGES = """() => {
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (data) {
        if (String(data).includes("web_older")) window.asked = () => send.call(this, data);
        else send.call(this, data);
    };
}"""
"""A page of a chat that is asked for waits until it is let go."""
WAIT_AT_THE_TOP = """async () => {
    const list = document.querySelector(".list"), frame = () => new Promise(requestAnimationFrame);
    while (list.scrollTop > 0) {
        list.scrollTop -= 240;
        await frame();
    }
    // Scrolling rests, and the server is told where somebody looks.
    for (let waited = 0; waited < 40 || !window.asked; waited++) await frame();
    const rows = () => [...document.querySelectorAll("li[data-key]")], key = rows()[0].dataset.key;
    const top = () => rows().find((one) => one.dataset.key === key)?.getBoundingClientRect().top;
    const before = top(), height = list.scrollHeight;
    window.asked();
    while (list.scrollHeight === height) await frame();
    for (let waited = 0; waited < 3; waited++) await frame();
    return Math.abs(top() - before);
}"""


async def test_who_waits_at_the_top_for_older_messages_stays_where_they_are(scene: Scene) -> None:
    served = await scene.serve()
    await long_chat(served)
    page = await scene.window(served)
    await open_chat(page, "harbour")
    await expect(message(page, f"message {MANY - 1} ")).to_be_visible()
    await page.evaluate(SLOW_PAGES)
    async with asyncio.timeout(PATIENCE):
        assert await page.evaluate(WAIT_AT_THE_TOP) <= 1


async def test_what_is_missing_is_a_row_with_a_button_that_fetches_it(scene: Scene) -> None:
    relay, server = await scene.mailserver()
    now = int(time.time())
    lacking = TimeRanges([TimeRange(now - 3 * HOUR, now - HOUR)])
    server.holdings = lambda _now: Holdings(lacking)
    served = await scene.serve(mailservers=[str(relay.enode)])
    chat = await served.client.join("harbour")
    await served.client.send_text(chat, "The anchor is up")
    page = await scene.window(served)
    await open_chat(page, "harbour")
    await page.get_by_role("button", name="1 day").click()
    gap = page.locator(".gap")
    await expect(gap).to_contain_text("2 h may be missing")
    server.holdings = lambda _now: COMPLETE
    await gap.get_by_role("button", name="Fetch").click()
    await expect(gap).to_have_count(0)
    await expect(message(page, "The anchor is up")).to_be_visible()
