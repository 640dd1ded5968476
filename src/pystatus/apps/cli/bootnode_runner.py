"""A bootnode that runs until it is interrupted."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from pystatus.apps.cli import command_log, networks, relay_options
from pystatus.apps.cli.address_lines import AddressLines
from pystatus.apps.cli.exits import NoReader
from pystatus.apps.cli.level_reloader import LevelReloader
from pystatus.apps.cli.node_key import node_key, only_user_of
from pystatus.apps.cli.output import Output
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import Refused
from pystatus.log_texts import about, get_logger
from pystatus.logs.stderr_log import LogFormat
from pystatus.settings.sources import DEFAULT, Effective

if TYPE_CHECKING:
    from pystatus.net.discv5 import DiscoveryNode
    from pystatus.settings.model import Settings

log = get_logger(__name__)

DEFAULT_LISTEN = "0.0.0.0:30301"
"""Where a bootnode answers if no setting says otherwise (overlay.md §8.1)."""
REPORT_SECONDS = 60.0
"""Between two lines of the log that say what happened: one a minute."""


def run(effective: Effective, read: Callable[[], Effective], out: Output) -> None:
    """Run a bootnode until SIGINT or SIGTERM.

    Implements: CL-10, CL-17

    :param read: reads the settings again; called at SIGHUP.
    :raises LocalError: the port is in use, or may not be used, or the key cannot be read; a proxy is set.
    """
    from pystatus.net.loop import run as run_loop

    effective, read = networks.of_node(effective, read)
    settings = effective.settings
    if settings.proxy is not None:
        raise Refused(
            f"A bootnode speaks UDP, which no proxy carries. Leave out proxy ({effective.origins['proxy']}): it is "
            "seen by everybody anyway."
        )
    if effective.origins["listen"] == DEFAULT:
        settings = replace(settings, listen=DEFAULT_LISTEN)
    form = LogFormat(settings.log.format) if settings.log.format is not None else None
    command_log.set_up(settings.log.level, form, as_json=out.as_json)
    relay_options.warn_of_unknown()
    key = node_key(settings.key_file, settings.data_dir)
    with only_user_of(settings.key_file, settings.data_dir):
        run_loop(_serve(settings, read, key, out), small=True)


async def _serve(settings: Settings, read: Callable[[], Effective], key: PrivateKey, out: Output) -> None:
    import asyncio

    from pystatus.net.signals import on_signal
    from pystatus.net.udp_endpoint import SHARE_ALONE

    stop = asyncio.Event()
    levels = LevelReloader(settings, read)
    lines = AddressLines(out)
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(on_signal(stop.set, signal.SIGINT, signal.SIGTERM))
        stack.enter_context(on_signal(levels.reload, signal.SIGHUP))
        lines.start(await stack.enter_async_context(serving(settings, levels, key, lines, share=SHARE_ALONE)))
        await stop.wait()
    with contextlib.suppress(NoReader):  # the program that needed the address may have gone long ago
        out.event({"event": "stopped"}, "Stopped.")


@contextlib.asynccontextmanager
async def serving(
    settings: Settings, levels: LevelReloader, key: PrivateKey, lines: AddressLines, *, share: float
) -> AsyncIterator[str]:
    """Inside, the bootnode of these settings runs, and its metrics; the value is its enode URL.

    :param lines: told when others reach it elsewhere.
    :param share: the part of the processor that datagrams of strangers may take.
    :raises LocalError: the port is in use, or may not be used.
    """
    import asyncio

    from pystatus.nat.method import NatMethod
    from pystatus.nat.ports import Protocol
    from pystatus.net.bootnodes import parse_bootnodes
    from pystatus.net.discv5 import DiscoveryNode
    from pystatus.net.listening import parse_listen_address
    from pystatus.net.own_address import OwnAddress

    def changed() -> None:
        node.set_external(own.endpoint)
        lines.changed(str(node.enode))

    hosts, port = parse_listen_address(settings.listen)
    named = parse_bootnodes(settings.discovery.bootnodes)
    bootnodes = [node for node in named if node.public_key != key.public_key]
    if len(bootnodes) < len(named):
        log.info("this node is itself among its bootnodes, and is passed over", extra=about("settings"))
    async with contextlib.AsyncExitStack() as stack:
        node = await stack.enter_async_context(
            DiscoveryNode(
                key,
                (hosts, port),
                bootnodes,
                os.urandom,
                lambda event: None,
                advertised=settings.advertise,
                share=share,
                on_seen=lambda address, version: own.seen(address, version),
            )
        )
        own = OwnAddress(
            NatMethod.parse(settings.nat),
            node.places,
            (Protocol.UDP,),
            os.urandom,
            changed,
            advertised=settings.advertise,
        )
        await own.start()
        stack.push_async_callback(own.close)
        if settings.metrics.port is not None:
            from pystatus.metrics.discovery import BootnodeSource
            from pystatus.metrics.server import MonitoringServer

            await stack.enter_async_context(MonitoringServer(BootnodeSource(node, own), lambda: levels.settings))
        reporting = asyncio.create_task(_report(node))
        stack.callback(reporting.cancel)
        await own.settled()
        yield str(node.enode)


async def _report(node: DiscoveryNode) -> None:
    """Say once a minute what happened. Nothing of it is a text of others."""
    import asyncio

    before = (0, 0, 0)
    while True:
        await asyncio.sleep(REPORT_SECONDS)
        assert node.udp is not None, "it is closed after this task"
        counters = node.discovery.counters
        unread = node.udp.oversized + node.udp.passed_over
        now = (counters.datagrams_in + unread, counters.datagrams_out, sum(counters.refused.values()) + unread)
        came, went, refused = (new - old for new, old in zip(now, before, strict=True))
        before = now
        log.info(
            "in a minute: %d datagrams came, %d of them refused, and %d went; nodes in the table: %d, ads: %d",
            came,
            refused,
            went,
            len(node.discovery.table),
            node.discovery.ad_count,
        )
