"""The HTTP side of monitoring. aiohttp and the Prometheus library are imported with this module, so by whoever wants
it and by nobody else."""

from __future__ import annotations

import logging
from collections.abc import Callable
from types import TracebackType

from aiohttp import web

from pystatus.apps.monitoring.rendering import CONTENT_TYPE, Renderer
from pystatus.apps.monitoring.source import NodeSource, Source
from pystatus.apps.settings.model import Settings
from pystatus.net.listening import listen_error
from pystatus.node import Node

log = logging.getLogger(__name__)

SHUTDOWN_TIMEOUT = 0.5
"""Seconds that answers under way have when the node stops."""


class MonitoringServer:
    """Serves ``/metrics``, ``/health`` and ``/ready`` of a node. Use it as an asynchronous context manager."""

    def __init__(self, node: Node | Source, settings: Callable[[], Settings]) -> None:
        """
        :param settings: those in force, which may change.
        """
        self._source = NodeSource(node) if isinstance(node, Node) else node
        self._settings = settings
        self._renderer = Renderer(lambda: self._source.samples(ready=self.obstacle() is None), self._source.series)
        app = web.Application()
        app.router.add_get("/metrics", self._metrics)
        app.router.add_get("/health", self._health)
        app.router.add_get("/ready", self._ready)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_TIMEOUT)

    async def __aenter__(self) -> MonitoringServer:
        """
        :raises LocalError: the port is in use, or may not be used.
        """
        wanted = self._settings().metrics
        assert wanted.port is not None, "monitoring is on only with a port"
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, wanted.host, wanted.port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise listen_error((wanted.host,), wanted.port, error) from error
        log.info("metrics at %s", self.url)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        """Where metrics are served."""
        host, port = self._runner.addresses[0][:2]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}/metrics"

    def obstacle(self) -> str | None:
        """Why the node is not ready, or None."""
        if not self._source.is_listening:
            return "the node does not listen"
        wanted = self._settings().metrics.min_peers
        there = self._source.peers
        if there < wanted:
            return f"{there} of at least {wanted} peers are connected"
        return None

    async def _metrics(self, _: web.Request) -> web.Response:
        await self._source.measure()
        return web.Response(body=self._renderer.render(), headers={"Content-Type": CONTENT_TYPE})

    async def _health(self, _: web.Request) -> web.Response:
        return web.Response(text="OK")

    async def _ready(self, _: web.Request) -> web.Response:
        await self._source.measure()
        obstacle = self.obstacle()
        return web.Response(text=obstacle or "OK", status=200 if obstacle is None else 503)
