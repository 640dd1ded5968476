"""What a real browser makes of the port: its rules hold there, too. The page here is a few lines of our own."""

from __future__ import annotations

import asyncio
import http.server
import threading
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import BrowserContext, Page, expect

from e2e.conftest import opened
from e2e.stage import Stage, stage
from e2e.watching import Watch
from pystatus.apps.web.static_files import StaticFiles

PATIENCE = 10.0
"""Seconds after which a fault that nobody notices is a failed test."""
INDEX = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>pystatus</title>
<script type="module" src="/assets/index-0123abcd.js"></script></head><body><p id="said">…</p></body></html>"""
SCRIPT = """
const code = new URLSearchParams(location.hash.slice(1)).get("code");
history.replaceState(null, "", "/");
const answer = await fetch("/session", {
    method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify({code, name: "Chromium"}),
});
const {secret} = await answer.json();
sessionStorage.setItem("secret", secret);
const socket = new WebSocket(`ws://${location.host}/ws`);
socket.onopen = () => socket.send(JSON.stringify({secret, language: "en"}));
socket.onmessage = (message) => {
    document.querySelector("#said").textContent = JSON.parse(message.data).method;
};
socket.onclose = (event) => { document.querySelector("#said").textContent = `closed ${event.code}`; };
"""


@pytest.fixture(scope="module")
async def small_stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    tmp_path = tmp_path_factory.mktemp("small")
    assets = tmp_path / "static" / "assets"
    assets.mkdir(parents=True)
    (assets.parent / "index.html").write_text(INDEX)
    (assets.parent / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (assets / "index-0123abcd.js").write_text(SCRIPT)
    async with stage(tmp_path, StaticFiles(assets.parent)) as built:
        yield built


@pytest.fixture
async def small_page(context: BrowserContext, small_stage: Stage) -> AsyncIterator[Page]:
    await context.route("**/favicon.ico", lambda route: route.fulfill(status=204))  # asked for by Chromium itself
    async for one in opened(context, small_stage):
        yield one


async def test_a_code_opens_the_page_and_leaves_no_trace(small_page: Page, small_stage: Stage) -> None:
    await expect(small_page.locator("#said")).to_have_text("hello")
    assert small_page.url == small_stage.url + "/"
    assert await small_page.evaluate("document.cookie") == ""
    assert await small_page.evaluate("localStorage.length") == 0
    for one in small_stage.served.page.sessions.all:
        small_stage.served.page.sessions.revoke(one.id)
    await expect(small_page.locator("#said")).to_have_text("closed 4401")


ATTACKS = (
    "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.evil = 1'}))",
    "document.body.innerHTML = '<img src=x onerror=evil()>'",
    "setTimeout('window.evil = 1', 0)",
    "fetch('http://localhost:1/')",
    "new WebSocket('ws://localhost:1/')",
    "document.body.append(Object.assign(document.createElement('img'), {src: 'http://localhost:1/x.png'}))",
    "document.body.append(Object.assign(document.createElement('iframe'), {src: '/'}))",
    "document.body.append(Object.assign(document.createElement('base'), {href: 'http://localhost:1/'}))",
    "document.body.setAttribute('style', 'color: red')",
    "new Worker('data:text/javascript,1')",
    "Object.assign(document.body.appendChild(document.createElement('form')), {action: '/session'}).submit()",
)


async def test_the_policy_forbids_what_an_intruder_would_do(small_page: Page) -> None:
    await expect(small_page.locator("#said")).to_have_text("hello")
    watch = small_page.watch  # type: ignore[attr-defined]
    for attack in ATTACKS:
        tried = f"(async () => {{ try {{ await ({attack}); }} catch (error) {{ console.error(error); }} }})()"
        await small_page.evaluate(tried)
        async with asyncio.timeout(PATIENCE):
            await watch.fault()
    assert await small_page.evaluate("window.evil") is None
    watch.end()  # some are told twice


@pytest.fixture
def elsewhere(small_stage: Stage) -> Iterator[str]:
    """Another server of this machine, whose page attacks ours."""
    body = f"""<!doctype html><title>evil</title><iframe src="{small_stage.url}/"></iframe>"""

    class Evil(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base class calls it
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Evil)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


async def test_another_page_of_this_machine_gets_nothing(
    context: BrowserContext, small_stage: Stage, elsewhere: str
) -> None:
    for one in small_stage.served.page.sessions.all:
        small_stage.served.page.sessions.revoke(one.id)
    page = await context.new_page()
    await Watch.on(page, small_stage.url)
    await page.goto(elsewhere)
    url, code = small_stage.served.server.address().split("/#code=")
    said = await page.evaluate(
        """async ([url, code]) => {
            const tried = [];
            const json = {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify({code})};
            const plain = {method: "POST", mode: "no-cors", body: JSON.stringify({code})};
            for (const [path, how] of [["/session", json], ["/session", plain], ["/", {}], ["/texts/en.json", {}]]) {
                try {
                    const answer = await fetch(url + path, how);
                    tried.push(answer.type === "opaque" ? "opaque" : await answer.text());
                } catch (error) { tried.push("refused"); }
            }
            tried.push(await new Promise((resolve) => {
                const socket = new WebSocket(url.replace("http", "ws") + "/ws");
                socket.onopen = () => resolve("open");
                socket.onerror = () => resolve("refused");
            }));
            return tried;
        }""",
        [url, code],
    )
    assert said[0] == said[2] == said[3] == said[4] == "refused"
    assert said[1] in ("opaque", "refused"), "nothing of an answer is seen"
    assert not small_stage.served.page.sessions.all, "and nothing was done"
    framed = page.frames[1]
    assert "pystatus" not in await framed.title()
    await page.close()
