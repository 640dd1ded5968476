"""The HTTP side of monitoring. aiohttp and the Prometheus library are imported with this module, so by whoever wants
it and by nobody else."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterator
from http import HTTPStatus
from types import TracebackType
from typing import TYPE_CHECKING

from aiohttp import web

from pystatus.log_texts import get_logger
from pystatus.metrics.rendering import CONTENT_TYPE, Renderer
from pystatus.metrics.source import Source
from pystatus.net.http_connection import HttpLimits
from pystatus.net.http_errors import HttpError
from pystatus.net.http_front import HttpFront
from pystatus.settings.model import Settings
from pystatus.token_bucket import TokenBucket
from pystatus.wording import counted

if TYPE_CHECKING:
    from pystatus.node import Node

log = get_logger(__name__)

CLOSE_TIMEOUT = 0.5
"""Seconds that answers under way have when the node stops."""

MEASURED_AT_ONCE = 5
"""Times that the numbers are taken at once, one more each second; who asks more often is told those before. They take
two milliseconds, and with many workers ten times that, in which no envelope is relayed."""
MEASURED_PER_SECOND = 1.0

_METHODS = ("GET", "HEAD")


class MonitoringServer:
    """Serves ``/metrics``, ``/health`` and ``/ready`` of a node. Use it as an asynchronous context manager."""

    def __init__(self, node: Node | Source, settings: Callable[[], Settings]) -> None:
        """
        :param settings: those in force, which may change.
        """
        self._source = node if isinstance(node, Source) else _source_of(node)
        self._settings = settings
        self.url = ""
        """Where metrics are served."""
        self._renderer = Renderer(lambda: self._source.samples(ready=self.obstacle() is None), self._source.series)
        self._pages = {"/metrics": self._metrics, "/health": self._health, "/ready": self._ready}
        self._may_measure = TokenBucket(MEASURED_AT_ONCE, MEASURED_PER_SECOND, 0.0)
        self._measuring = asyncio.Lock()
        self._measured_at = -math.inf
        self._page: bytes | None = None
        """The metrics as they were then, once somebody has asked for them."""
        self._front = HttpFront(self._handle, "the metrics", HttpLimits(close_timeout=CLOSE_TIMEOUT))

    async def __aenter__(self) -> MonitoringServer:
        """
        :raises LocalError: the port is in use, or may not be used.
        """
        wanted = self._settings().metrics
        assert wanted.port is not None, "monitoring is on only with a port"
        await self._front.start(wanted.host, wanted.port)
        self.url = f"{self._front.url(wanted.host)}/metrics"
        log.info("metrics at %s", self.url)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._front.close()

    def obstacle(self) -> str | None:
        """Why the node is not ready, or None."""
        if not self._source.is_listening:
            return "the node does not listen"
        wanted = self._settings().metrics.min_peers
        there = self._source.peers
        if there < wanted:
            return f"{there} of at least {counted(wanted, 'peer')} connected"
        if self._source.clock.is_shared:
            return f"{self._source.clock}, and envelopes are refused for their time"
        return None

    async def _handle(self, request: web.BaseRequest) -> web.Response:
        page = self._pages.get(request.path)
        if page is None:
            raise HttpError(HTTPStatus.NOT_FOUND, f"there are {', '.join(self._pages)}")
        if request.method not in _METHODS:
            raise HttpError(
                HTTPStatus.METHOD_NOT_ALLOWED, "these pages can only be read", {"Allow": ", ".join(_METHODS)}
            )
        return await page()

    async def _measure(self) -> None:
        """Take the numbers, unless somebody else has meanwhile, or it was done often enough."""
        clock = asyncio.get_running_loop().time
        came = clock()
        async with self._measuring:
            if self._measured_at < came and self._may_measure.take(clock()):
                self._measured_at, self._page = clock(), None
                await self._source.measure()

    async def _metrics(self) -> web.Response:
        await self._measure()
        if self._page is None:
            self._page = self._renderer.render()
        return web.Response(body=self._page, headers={"Content-Type": CONTENT_TYPE})

    async def _health(self) -> web.Response:
        """The process lives: that it is started again would put no clock and no disk right, so the answer is 200 in
        any case."""
        troubles = "; ".join(self._troubles())
        return web.Response(text=f"degraded: {troubles}" if troubles else "OK")

    def _troubles(self) -> Iterator[str]:
        if not self._source.clock.is_well:
            yield str(self._source.clock)
        if self._source.archive_problem is not None:
            yield f"the archive fails: {self._source.archive_problem.rstrip('.')}"
        if self._source.address_problem is not None:
            yield self._source.address_problem.rstrip(".")

    async def _ready(self) -> web.Response:
        await self._measure()
        obstacle = self.obstacle()
        return web.Response(text=obstacle or "OK", status=200 if obstacle is None else 503)


def _source_of(node: Node) -> Source:
    from pystatus.metrics.node_source import NodeSource  # a bootnode has no use for what it loads

    return NodeSource(node)
