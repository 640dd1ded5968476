"""A window of the page on a network in memory: real clients, real messages, a clock that does not wait."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pystatus import testing
from pystatus.apps.web.chat_calls import ChatCalls
from pystatus.apps.web.networks import Networks
from pystatus.apps.web.opening import Opening, State
from pystatus.apps.web.opening_calls import OpeningCalls
from pystatus.apps.web.page import Page
from pystatus.apps.web.page_calls import PageCalls
from pystatus.apps.web.sessions import Sessions
from pystatus.apps.web.settings import SettingsFile
from pystatus.rpc.room import Room
from pystatus.rpc.session import Session
from pystatus.rpc.web_sockets import Line
from pystatus.rpc.write_queue import Outbox
from pystatus.storage.profiles import Profiles
from pystatus.testing import Network, Person
from tests.apps.web.support import no_client

Json = Any


def story(tell: Callable[[Network, Path], Coroutine[Any, Any, None]]) -> Callable[[Path], None]:
    """A test that is told as a story on a network."""

    def test(tmp_path: Path) -> None:
        testing.run(lambda network: tell(network, tmp_path))

    test.__name__, test.__doc__, test.__module__ = tell.__name__, tell.__doc__, tell.__module__
    return test


class Window:
    """What one window calls, is answered and is told."""

    def __init__(self, page: Page, network: Network) -> None:
        self.page = page
        self.network = network
        self.outbox = Outbox(Room(), lambda: None)
        self.session = Session(self.outbox.put, self.outbox.share, self.outbox.drained)
        self.line = Line(self.session, self.outbox)
        self.rows: list[Json] = []
        """The chat that is open, as a page keeps it: what it was given, and all patches."""
        self.chats: Json = {}
        """The list of chats, likewise."""
        self._told: list[Json] = []

    def _take_chats(self, change: Json) -> None:
        assert change["revision"] == self.chats["revision"] + 1
        before, start, removed = self.chats["entries"], change["start"], change["removed"]
        rows = [
            entry
            for row in change["rows"]
            for entry in (before[row[0] : row[0] + row[1]] if isinstance(row, list) else [row])
        ]
        self.chats = {**change, "entries": [*before[:start], *rows, *before[start + removed :]]}

    def _read(self) -> None:
        while self.outbox._messages:
            message = self.outbox._messages.popleft()
            self.outbox._bytes -= len(message)
            one = json.loads(message)
            if one["method"] == "timeline":
                patch = one["params"]
                self.rows[patch["start"] : patch["start"] + patch["removed"]] = patch["rows"]
            elif one["method"] == "chats":
                self._take_chats(one["params"])
            self._told.append(one)

    async def _answer(self, method: str, params: Json) -> Json:
        request = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        answer = json.loads(await self.page.answer(request, self.session) or b"{}")
        self.session.answered()
        self._read()
        return answer

    async def call(self, method: str, **params: Json) -> Json:
        answer = await self._answer(method, params)
        assert "result" in answer, answer["error"]
        result = answer["result"]
        if method == "web_chats":
            self.chats = result
        if isinstance(result, dict) and "rows" in result and "revision" in result:
            self.rows = list(result["rows"])
        return result

    async def error(self, method: str, **params: Json) -> Json:
        return (await self._answer(method, params))["error"]

    async def settle(self, seconds: float = 3.0) -> None:
        """Until everything has arrived and is told."""
        await self.network.wait(seconds)
        self._read()

    def told(self, method: str) -> list[Json]:
        """The parameters of all notifications of this name since they were asked for last."""
        self._read()
        found = [one["params"] for one in self._told if one["method"] == method]
        self._told = [one for one in self._told if one["method"] != method]
        return found

    @property
    def texts(self) -> list[str]:
        """What the messages of the open chat say."""
        return [one["plain"] for one in self.rows if one["kind"] == "message"]

    def row(self, text: str) -> Json:
        """The message that says so."""
        (found,) = [one for one in self.rows if one["kind"] == "message" and one["plain"] == text]
        return found


@asynccontextmanager
async def paging(network: Network, person: Person, directory: Path, windows: int = 1) -> AsyncIterator[list[Window]]:
    """Windows that have the profile of a person open."""
    page = Page(
        lambda network, changed: Opening(Profiles(directory), no_client, network, changed),
        lambda changed: Networks(directory, None, None, changed),
        Sessions(lambda count: bytes(count), lambda: 0.0),
        SettingsFile(directory),
        "en",
    )
    opening = OpeningCalls(page)
    page.methods = {**opening.methods, **ChatCalls(page).methods, **PageCalls(page).methods}
    secret, _ = page.sessions.begin("test")
    page.opening.client, page.opening.profile, page.opening.state = person.client, person.client.profile, State.OPEN
    page._state_changed()
    found = [Window(page, network) for _ in range(windows)]
    begun = [await page.greet(json.dumps({"secret": secret}).encode(), one.line) for one in found]
    try:
        for one in begun:
            assert one is not None, "the secret is right"
            one.__enter__()
        yield found
    finally:
        for one in begun:
            assert one is not None
            one.__exit__(None, None, None)
        await page._end_profile()
