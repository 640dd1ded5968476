"""What ``pystatus node --workers N`` does."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable

from pystatus.apps.exits import NoReader
from pystatus.apps.output import Output
from pystatus.crypto.keys import PrivateKey
from pystatus.logs import stderr_log
from pystatus.logs.levels import Levels
from pystatus.logs.stderr_log import LogFormat
from pystatus.net.signals import on_signal
from pystatus.settings import mapping
from pystatus.settings.reloader import Reloader
from pystatus.settings.sources import Effective
from pystatus.workers.supervisor import Supervisor, WorkerEvent, WorkerStarted


async def relay(effective: Effective, read: Callable[[], Effective], key: PrivateKey, out: Output) -> None:
    """Run a node in several processes until SIGINT or SIGTERM.

    :param read: reads the settings again; called at SIGHUP.

    :raises LocalError: a port is in use, or may not be used, or a worker cannot start.
    """
    settings = effective.settings
    stop = asyncio.Event()

    def tell(event: WorkerEvent) -> None:
        """For programs; people read the log."""
        if out.as_json and not stop.is_set():
            with contextlib.suppress(NoReader):
                out.result(_fields(event), "")

    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(on_signal(stop.set, signal.SIGINT, signal.SIGTERM))
        supervisor = Supervisor(
            mapping.node_config(settings, key),
            settings.workers,
            log_level=str(settings.log.level),
            log_format=settings.log.format or (LogFormat.JSON if out.as_json else LogFormat.CONSOLE),
            on_event=tell,
        )
        await stack.enter_async_context(supervisor)

        def set_levels(levels: Levels, before: Levels) -> None:
            stderr_log.set_levels(levels, before)
            supervisor.set_log_level(str(levels))

        reloader = Reloader(supervisor, effective, read, set_levels)
        stack.enter_context(on_signal(reloader.reload, signal.SIGHUP))
        if settings.metrics.port is not None:
            from pystatus.metrics.server import MonitoringServer
            from pystatus.workers.metrics import WorkersSource

            await stack.enter_async_context(MonitoringServer(WorkersSource(supervisor), lambda: reloader.settings))
        enode = str(supervisor.enode)
        out.result({"event": "started", "enode": enode}, enode)
        await stop.wait()
    with contextlib.suppress(NoReader):  # whoever needed the address may have gone long ago
        out.event({"event": "stopped"}, "Stopped.")


def _fields(event: WorkerEvent) -> dict[str, str | int]:
    if isinstance(event, WorkerStarted):
        return {"event": "worker-started", "worker": event.number, "pid": event.pid}
    return {"event": "worker-ended", "worker": event.number, "reason": event.reason}
