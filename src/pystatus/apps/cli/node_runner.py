"""A node that runs until it is interrupted, in one process or in several."""

from __future__ import annotations

import contextlib
import dataclasses
import signal
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from pystatus.apps.cli import command_log, networks, relay_options
from pystatus.apps.cli.address_lines import AddressLines
from pystatus.apps.cli.exits import NoReader
from pystatus.apps.cli.node_key import node_key, only_user_of, record_file
from pystatus.apps.cli.output import Fields, Output
from pystatus.crypto.keys import PrivateKey
from pystatus.logs import stderr_log
from pystatus.logs.levels import Levels
from pystatus.logs.stderr_log import LogFormat
from pystatus.rpc.config import RpcConfig
from pystatus.settings.sources import Effective

if TYPE_CHECKING:
    from pystatus.node import Node, NodeConfig, NodeEvent
    from pystatus.settings.model import Settings
    from pystatus.settings.reloader import Reloader


def run(effective: Effective, read: Callable[[], Effective], out: Output) -> None:
    """Run a node until SIGINT or SIGTERM.

    :param read: reads the settings again; called at SIGHUP.

    :raises LocalError: a port is in use, or may not be used.
    """
    from pystatus.net.loop import run as run_loop
    from pystatus.settings import mapping

    settings = effective.settings
    form = LogFormat(settings.log.format) if settings.log.format is not None else None
    command_log.set_up(settings.log.level, form, as_json=out.as_json)
    relay_options.warn_of_unknown()
    effective, read = networks.of_node(effective, read)
    settings = effective.settings
    mapping.check(settings)
    rpc = mapping.rpc_config(settings)
    key = node_key(settings.key_file, settings.data_dir)
    with only_user_of(settings.key_file, settings.data_dir):
        if settings.workers > 1:
            run_loop(_workers(effective, read, key, out))
        else:
            run_loop(_relay(effective, read, key, rpc, out))


def _node_config(settings: Settings, key: PrivateKey) -> NodeConfig:
    """What the settings make, with the record beside the key."""
    from pystatus.settings import mapping

    kept = record_file(settings.key_file, settings.data_dir).path
    return dataclasses.replace(mapping.node_config(settings, key), record_file=kept)


async def _relay(
    effective: Effective, read: Callable[[], Effective], key: PrivateKey, rpc: RpcConfig, out: Output
) -> None:
    import asyncio

    from pystatus.net.signals import on_signal

    stop = asyncio.Event()
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(on_signal(stop.set, signal.SIGINT, signal.SIGTERM))
        lines = AddressLines(out)
        node, reloader = await stack.enter_async_context(serving(effective, read, key, rpc, lines))
        stack.enter_context(on_signal(reloader.reload, signal.SIGHUP))
        lines.start(str(node.enode))
        await stop.wait()
        await node.drain()
    with contextlib.suppress(NoReader):  # the program that needed the address may have gone long ago
        out.event({"event": "stopped"}, "Stopped.")


@contextlib.asynccontextmanager
async def serving(
    effective: Effective, read: Callable[[], Effective], key: PrivateKey, rpc: RpcConfig, lines: AddressLines
) -> AsyncIterator[tuple[Node, Reloader]]:
    """Inside, the node of these settings runs in this process, with what is beside it: archive, metrics and RPC.

    :param lines: told when others reach it elsewhere.
    :raises LocalError: a port is in use, or may not be used, or the archive cannot be opened.
    """
    from pystatus.node import AddressChanged, Node
    from pystatus.settings.reloader import Reloader

    def heard(event: NodeEvent) -> None:
        if isinstance(event, AddressChanged):
            lines.changed(str(event.enode))

    async with contextlib.AsyncExitStack() as stack:
        node = Node(_node_config(effective.settings, key), on_event=heard)
        if effective.settings.mailserver.enabled:
            from pystatus.settings import archive

            stack.enter_context(archive.only_mailserver_on(effective.settings))
            await archive.keep_history(node, effective.settings)
        await stack.enter_async_context(node)
        reloader = Reloader(node, effective, read)
        if effective.settings.metrics.port is not None:
            from pystatus.metrics.server import MonitoringServer

            await stack.enter_async_context(MonitoringServer(node, lambda: reloader.settings))
        if rpc.is_enabled:
            from pystatus.rpc.server import RpcServer

            await stack.enter_async_context(RpcServer(node, rpc))
        await node.address.settled()
        yield node, reloader


async def _workers(effective: Effective, read: Callable[[], Effective], key: PrivateKey, out: Output) -> None:
    """Run a node in several processes until SIGINT or SIGTERM.

    :param read: reads the settings again; called at SIGHUP.

    :raises LocalError: a port is in use, or may not be used, or a worker cannot start.
    """
    import asyncio

    from pystatus.net.signals import on_signal
    from pystatus.settings.reloader import Reloader
    from pystatus.workers.supervisor import Supervisor, WorkerEvent, WorkerStarted

    settings = effective.settings
    stop = asyncio.Event()

    def tell(event: WorkerEvent) -> None:
        """For programs; people read the log."""
        if out.as_json and not stop.is_set():
            if isinstance(event, WorkerStarted):
                fields: Fields = {"event": "worker-started", "worker": event.number, "pid": event.pid}
            else:
                fields = {"event": "worker-ended", "worker": event.number, "reason": event.reason}
            with contextlib.suppress(NoReader):
                out.result(fields, "")

    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(on_signal(stop.set, signal.SIGINT, signal.SIGTERM))
        supervisor = Supervisor(
            _node_config(settings, key),
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
    with contextlib.suppress(NoReader):  # the program that needed the address may have gone long ago
        out.event({"event": "stopped"}, "Stopped.")
