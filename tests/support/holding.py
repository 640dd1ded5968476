"""The process that has a profile open: here a thread with an event loop of its own, as who attaches waits for it."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pystatus.chain.endpoint import Endpoint
from pystatus.faces.attach.holder import SharedClient

T = TypeVar("T")


class Holder:
    """Of alice's profile. End it."""

    def __init__(
        self,
        data_dir: Path,
        password: str,
        peers: Sequence[str] = (),
        endpoint: Endpoint | None = None,
        registry: str | None = None,
        prices: str | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._prices = prices
        self._registry = registry
        self._data_dir = data_dir
        self._password = password
        self._peers = peers
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._client: SharedClient | None = None

    def start(self) -> None:
        """Open the profile, for a test without an event loop."""
        self._client = self._opened()
        asyncio.run_coroutine_threadsafe(self._client.start(), self._loop).result()

    def stop(self) -> None:
        """Close it, and end; the same."""
        if self._client is not None:
            asyncio.run_coroutine_threadsafe(self._client.close(), self._loop).result()
        self._end()

    def _opened(self) -> SharedClient:
        return SharedClient.open(
            "alice",
            self._password,
            data_dir=self._data_dir,
            peers=self._peers,
            endpoint=self._endpoint,
            registry=self._registry,
            prices=self._prices,
        )

    async def _do(self, work: Awaitable[T]) -> T:
        async def wait() -> T:
            return await work

        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(wait(), self._loop))

    async def open(self) -> None:
        """Open the profile, and wait for a relay."""
        self._client = client = self._opened()
        await self._do(client.start())
        await self._do(client.wait_for_peer())

    async def do(self, what: Callable[[SharedClient], Any]) -> Any:
        """What the holder itself does with its client, and what comes of it."""
        client = self._client
        assert client is not None

        async def wait() -> Any:
            result = what(client)
            return await result if inspect.isawaitable(result) else result

        return await self._do(wait())

    async def close(self) -> None:
        """Close the profile."""
        await self.do(lambda alice: alice.close())

    async def end(self) -> None:
        """Close the profile, and end."""
        if self._client is not None:
            await self.close()
        self._end()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
