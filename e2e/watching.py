"""What goes wrong in a page while a test uses it: any of it fails the test."""

from __future__ import annotations

import asyncio

from playwright.async_api import ConsoleMessage, Page, Request

_TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`the policy forbids ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


class Watch:
    """Of one page. ``faults`` is what went wrong; a test that means it to happen clears it."""

    def __init__(self, page: Page, url: str) -> None:
        """
        :param url: where everything has to be asked for.
        """
        self._url = url
        self._came = asyncio.Event()
        self._has_ended = False
        self.faults: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._note(f"an exception: {error}"))
        page.on("request", self._request)
        page.on("websocket", lambda socket: self._asked(socket.url.replace("ws://", "http://", 1)))

    @classmethod
    async def on(cls, page: Page, url: str) -> Watch:
        """Watch a page from before its first script."""
        await page.add_init_script(_TELL_VIOLATIONS)
        return cls(page, url)

    async def fault(self) -> str:
        """The next one, which a test means to happen: it is none any more."""
        while not self.faults:
            self._came.clear()
            await self._came.wait()
        return self.faults.pop(0)

    def end(self) -> None:
        """Nothing of what was and of what comes is a fault: a test has meant all of it."""
        self._has_ended = True
        self.faults.clear()

    def _note(self, fault: str) -> None:
        if not self._has_ended:
            self.faults.append(fault)
        self._came.set()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning", "assert"):
            self._note(f"{message.type} on the console: {message.text}")

    def _request(self, request: Request) -> None:
        self._asked(request.url)

    def _asked(self, url: str) -> None:
        if not url.startswith((f"{self._url}/", f"blob:{self._url}/")):
            self._note(f"something is asked for elsewhere: {url}")
