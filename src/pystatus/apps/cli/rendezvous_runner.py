"""A Rendezvous node that runs until it is interrupted."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from pystatus.apps.cli import command_log, relay_options
from pystatus.apps.cli.address_lines import AddressLines
from pystatus.apps.cli.exits import NoReader
from pystatus.apps.cli.level_reloader import LevelReloader
from pystatus.apps.cli.node_key import RENDEZVOUS_KEY_FILE, node_key, only_user_of
from pystatus.apps.cli.output import Output
from pystatus.crypto.keys import PrivateKey
from pystatus.log_texts import get_logger
from pystatus.logs.stderr_log import LogFormat
from pystatus.settings.sources import DEFAULT, Effective

if TYPE_CHECKING:
    from pystatus.net.rendezvous_server import RendezvousServer
    from pystatus.settings.model import Settings

log = get_logger(__name__)

DEFAULT_LISTEN = "0.0.0.0:9090"
"""Where a Rendezvous node listens if no setting says otherwise (overlay.md §4.1)."""
REPORT_SECONDS = 60.0
"""Between two lines of the log that say what happened: one a minute."""


def run(
    effective: Effective, read: Callable[[], Effective], out: Output, *, any_address: bool, tell_address: bool
) -> None:
    """Run a Rendezvous node until SIGINT or SIGTERM.

    :param read: reads the settings again; called at SIGHUP.
    :param any_address: a record may name another address than the one from which it comes.
    :param tell_address: whoever asks which address it comes from is told.
    :raises LocalError: the port is in use, or may not be used, or the key cannot be read.
    """
    from pystatus.net.loop import run as run_loop

    settings = effective.settings
    if effective.origins["listen"] == DEFAULT:
        settings = replace(settings, listen=DEFAULT_LISTEN)
    form = LogFormat(settings.log.format) if settings.log.format is not None else None
    command_log.set_up(settings.log.level, form, as_json=out.as_json)
    relay_options.warn_of_unknown()
    key = node_key(settings.key_file, settings.data_dir, RENDEZVOUS_KEY_FILE)
    with only_user_of(settings.key_file, settings.data_dir, RENDEZVOUS_KEY_FILE):
        run_loop(_serve(settings, read, key, out, any_address=any_address, tell_address=tell_address))


async def _serve(
    settings: Settings,
    read: Callable[[], Effective],
    key: PrivateKey,
    out: Output,
    *,
    any_address: bool,
    tell_address: bool,
) -> None:
    import asyncio

    from pystatus.net.signals import on_signal

    stop = asyncio.Event()
    levels = LevelReloader(settings, read)
    lines = AddressLines(out, "address")
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(on_signal(stop.set, signal.SIGINT, signal.SIGTERM))
        stack.enter_context(on_signal(levels.reload, signal.SIGHUP))
        server, address = await stack.enter_async_context(
            serving(settings, levels, key, lines, any_address=any_address, tell_address=tell_address)
        )
        lines.start(address, peer_id=str(server.peer_id))
        await stop.wait()
    with contextlib.suppress(NoReader):  # the program that needed the address may have gone long ago
        out.event({"event": "stopped"}, "Stopped.")


@contextlib.asynccontextmanager
async def serving(
    settings: Settings,
    levels: LevelReloader,
    key: PrivateKey,
    lines: AddressLines,
    *,
    any_address: bool = False,
    tell_address: bool = False,
) -> AsyncIterator[tuple[RendezvousServer, str]]:
    """Inside, the Rendezvous node of these settings runs, and its metrics; beside it is its address.

    :param lines: told when others reach it elsewhere.
    :raises LocalError: the port is in use, or may not be used; a name would be looked up, and there is a proxy.
    """
    import asyncio

    from pystatus.nat.ports import Protocol
    from pystatus.net.listening import parse_listen_address
    from pystatus.net.own_address import OwnAddress
    from pystatus.net.rendezvous_server import RendezvousServer
    from pystatus.settings import mapping

    mapping.check_names(settings)
    hosts, port = parse_listen_address(settings.listen)
    server = RendezvousServer(key, hosts, port, os.urandom, binds_address=not any_address, tells_address=tell_address)
    async with contextlib.AsyncExitStack() as stack:
        await server.start()
        stack.push_async_callback(server.close)
        own = OwnAddress(
            mapping.nat_method(settings),
            server.places,
            (Protocol.TCP,),
            os.urandom,
            lambda: lines.changed(str(server.address(settings.advertise, own.endpoint))),
            advertised=settings.advertise,
        )
        await own.start()
        stack.push_async_callback(own.close)
        if settings.metrics.port is not None:
            from pystatus.metrics.rendezvous import RendezvousServerSource
            from pystatus.metrics.server import MonitoringServer

            await stack.enter_async_context(
                MonitoringServer(RendezvousServerSource(server, own), lambda: levels.settings)
            )
        reporting = asyncio.create_task(_report(server))
        stack.callback(reporting.cancel)
        await own.settled()
        yield server, str(server.address(settings.advertise, own.endpoint))


async def _report(server: RendezvousServer) -> None:
    """Say once a minute what happened. Nothing of it is a text of others."""
    import asyncio

    before = 0
    while True:
        await asyncio.sleep(REPORT_SECONDS)
        answered = sum(server.counters.answered.values())
        log.info(
            "in a minute: %d requests answered; connections: %d, registrations: %d",
            answered - before,
            server.connections,
            len(server.registry),
        )
        before = answered
