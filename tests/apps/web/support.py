"""The page's server under test, and a browser without a screen: what a page would send, and what it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from pystatus.apps.web.serving import Serving, Wanted, serving
from pystatus.apps.web.static_files import StaticFiles
from pystatus.client import Client
from pystatus.errors import LocalError
from pystatus.fleets.fleet import Fleet
from pystatus.storage.descriptions import Profile

PATIENCE = 30.0
"""Seconds until a test that hangs is given up."""
PASSWORD = "a password for tests"
Json = Any


def static_files(directory: Path) -> StaticFiles:
    """A page of three files."""
    (directory / "assets").mkdir(parents=True, exist_ok=True)
    (directory / "index.html").write_text("<!doctype html><title>pystatus</title>")
    (directory / "assets" / "index-0123abcd.js").write_text("void 0")
    (directory / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    return StaticFiles(directory)


def no_client(profile: Profile, password: str | None, network: Fleet | None) -> Client:
    raise LocalError("There is no client in this test.")


class Browser:
    """One tab of a browser."""

    def __init__(self, served: Serving, http: aiohttp.ClientSession) -> None:
        self.served = served
        self.http = http
        self.url = served.server.url
        self.secret = ""
        self.socket: aiohttp.ClientWebSocketResponse | None = None
        self.told: list[Json] = []
        """Notifications that nobody has looked at."""
        self._number = 0

    @property
    def origin(self) -> dict[str, str]:
        """What a browser says of a page of ours."""
        return {"Origin": self.url, "Sec-Fetch-Site": "same-origin"}

    @property
    def headers(self) -> dict[str, str]:
        return {**self.origin, "Authorization": f"Bearer {self.secret}"}

    async def get(self, path: str, **headers: str) -> tuple[int, bytes, Any]:
        """Status, body and headers of what is at a path."""
        async with self.http.get(self.url + path, headers=headers) as answer:
            return answer.status, await answer.read(), answer.headers

    async def post(self, path: str, value: Json, **headers: str) -> tuple[int, Json]:
        """Status and value of what a POST is answered."""
        async with self.http.post(self.url + path, json=value, headers=headers) as answer:
            return answer.status, await answer.json()

    async def begin(self, code: str | None = None) -> tuple[int, Json]:
        """Get a session for a code; without one, for a new one."""
        code = self.served.server.address().partition("#code=")[2] if code is None else code
        status, said = await self.post("/session", {"code": code, "name": "test"}, **self.origin)
        self.secret = said.get("secret", "")
        return status, said

    async def connect(self, language: str = "en") -> Json:
        """Open the WebSocket of the session; what it says first."""
        self.socket = await self.http.ws_connect(f"{self.url}/ws", headers=self.origin)
        await self.socket.send_json({"secret": self.secret, "language": language})
        return await self.heard("hello")

    async def _receive(self) -> Json:
        assert self.socket is not None, "connect it first"
        async with asyncio.timeout(PATIENCE):
            return await self.socket.receive_json()

    async def heard(self, method: str) -> Json:
        """The parameters of the next notification of this name; others are kept."""
        for place, one in enumerate(self.told):
            if one["method"] == method:
                return self.told.pop(place)["params"]
        while True:
            one = await self._receive()
            if one.get("method") == method:
                return one["params"]
            self.told.append(one)

    async def answer(self, method: str, **params: Json) -> Json:
        """The whole answer to a call."""
        assert self.socket is not None, "connect it first"
        self._number += 1
        await self.socket.send_json({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params})
        while True:
            one = await self._receive()
            if one.get("id") == self._number:
                return one
            self.told.append(one)

    async def answer_nothing(self, method: str, **params: Json) -> None:
        """Call what is not answered, as the server hangs up."""
        assert self.socket is not None, "connect it first"
        await self.socket.send_json({"jsonrpc": "2.0", "id": 0, "method": method, "params": params})

    async def call(self, method: str, **params: Json) -> Json:
        """The result of a call that has to succeed."""
        answer = await self.answer(method, **params)
        assert "result" in answer, answer["error"]
        return answer["result"]

    async def error(self, method: str, **params: Json) -> Json:
        """What is wrong with a call that has to fail."""
        return (await self.answer(method, **params))["error"]

    async def closed(self) -> int | None:
        """The code with which the server hangs up."""
        assert self.socket is not None, "connect it first"
        async with asyncio.timeout(PATIENCE):
            while True:
                message = await self.socket.receive()
                if message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSING):
                    return self.socket.close_code
                if message.type is aiohttp.WSMsgType.TEXT:
                    self.told.append(message.json())


@asynccontextmanager
async def page(directory: Path, make: Callable[..., Client] = no_client, **wanted: Any) -> AsyncIterator[Browser]:
    """A page that is served, and a browser that knows nothing of it yet."""
    options = {"static": static_files(directory / "static"), **wanted}
    async with (
        asyncio.timeout(2 * PATIENCE),
        serving(Wanted(data_directory=directory / "data", make=make, **options)) as served,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
    ):
        yield Browser(served, http)


@asynccontextmanager
async def window(directory: Path, make: Callable[..., Client] = no_client, **wanted: Any) -> AsyncIterator[Browser]:
    """A page that is served, and a browser that has it open."""
    async with page(directory, make, **wanted) as browser:
        await browser.begin()
        await browser.connect()
        yield browser
