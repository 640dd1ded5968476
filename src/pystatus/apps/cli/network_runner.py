"""A network of one's own that runs until it is interrupted: relay with mailserver, bootnode and Rendezvous node, in one
process."""

from __future__ import annotations

import contextlib
import shlex
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pystatus.apps.cli import bootnode_runner, command_log, network_views, networks, node_runner, rendezvous_runner
from pystatus.apps.cli.address_lines import AddressLines
from pystatus.apps.cli.exits import NoReader
from pystatus.apps.cli.level_reloader import LevelReloader
from pystatus.apps.cli.node_key import only_user_of
from pystatus.apps.cli.output import Output, warn
from pystatus.apps.cli.own_network import KEY_FILES, PARTS, OwnNetwork, disagreements, moved, opened
from pystatus.errors import LocalError, Refused
from pystatus.logs.stderr_log import LogFormat
from pystatus.node.fleet_sources import NETWORK_FILE
from pystatus.settings import mapping

if TYPE_CHECKING:
    from pystatus.node import Node
    from pystatus.settings.reloader import Reloader

BOOTNODE_SHARE = 0.25
"""The part of the processor that datagrams of strangers may take: a relay is beside the bootnode."""


def run(directory: Path, out: Output, *, show: bool) -> None:
    """Run the network in ``directory`` until SIGINT or SIGTERM. If a part of it cannot start, none runs.

    :param show: print what there is of it, and the invitation.
    :raises LocalError: there is no network, a port is in use, another process runs it, or it would need a proxy.
    """
    from pystatus.net.loop import run as run_loop

    network = opened(directory)
    settings = network.settings["relay"]().settings
    form = LogFormat(settings.log.format) if settings.log.format is not None else None
    command_log.set_up(settings.log.level, form, as_json=out.as_json)
    told = moved(network.host)
    for sentence in ([] if told is None else [told]) + disagreements(network):
        warn(sentence)
    run_loop(_serve(network, out, show=show))


def _check_proxy(network: OwnNetwork) -> None:
    """
    :raises Refused: one is set, and the bootnode in this process would go past it.
    """
    for part in PARTS:
        if network.settings[part]().settings.proxy is not None:
            raise Refused(
                "A network of one's own has a bootnode, which speaks UDP, and no proxy carries that. Take proxy out of "
                f"{network.directory / f'{part}.toml'}, or start single nodes with commands of their own: pystatus "
                "node and rendezvous, each with --config."
            )


@contextlib.asynccontextmanager
async def running(network: OwnNetwork, out: Output) -> AsyncIterator[tuple[Node, Reloader]]:
    """Inside, all three nodes of a network run in this process. If a part of it cannot start, none does.

    :raises LocalError: a port is in use, another process runs it, or it would need a proxy.
    """
    _check_proxy(network)
    lines = AddressLines(out)  # of which none is printed: the invitation has the address that counts
    async with contextlib.AsyncExitStack() as stack:
        for part in PARTS:
            settings = network.settings[part]().settings
            remedy = "One process at a time runs it: stop that one first."
            stack.enter_context(only_user_of(settings.key_file, settings.data_dir, KEY_FILES[part], remedy))
        for part, serving in (("rendezvous", _rendezvous), ("bootnode", _bootnode)):
            with _settings_of(network, part):
                await stack.enter_async_context(serving(network, part, lines))
        effective, read = networks.joined_to(network.settings["relay"](), network.settings["relay"], network.fleet)
        if effective.settings.workers > 1:
            raise Refused(
                "The relay of a network runs in this process. Set workers to 1, or start the three nodes with commands "
                "of their own: pystatus node, bootnode and rendezvous, each with --config."
            )
        mapping.check(effective.settings)
        relay = node_runner.serving(
            effective, read, network.keys["relay"], mapping.rpc_config(effective.settings), lines
        )
        with _settings_of(network, "relay"):
            node, reloader = await stack.enter_async_context(relay)
        yield node, reloader


async def _serve(network: OwnNetwork, out: Output, *, show: bool) -> None:
    import asyncio

    from pystatus.net.signals import on_signal

    stop = asyncio.Event()
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(on_signal(stop.set, signal.SIGINT, signal.SIGTERM))
        node, reloader = await stack.enter_async_context(running(network, out))
        stack.enter_context(on_signal(reloader.reload, signal.SIGHUP))
        if show:
            network_views.show_own(network, out, event="started")
        else:
            out.event({"event": "started"}, "The network runs.")
        again = f"pystatus network show {shlex.quote(str(network.directory))}"
        out.note(f"Ctrl-C ends it. The invitation once more: {again}")
        await stop.wait()
        await node.drain()
    with contextlib.suppress(NoReader):  # the program that needed the addresses may have gone long ago
        out.event({"event": "stopped"}, "Stopped.")


@contextlib.contextmanager
def _settings_of(network: OwnNetwork, part: str) -> Iterator[None]:
    """Inside, what is told of a port names the file in which it stands, as this command has no options for it."""
    try:
        yield
    except Refused:
        raise
    except LocalError as error:
        raise LocalError(
            f"The {part} of the network cannot start. {error} Its address and port are in "
            f"{network.directory / f'{part}.toml'}, and what others are told of them in {NETWORK_FILE}."
        ) from error


def _bootnode(network: OwnNetwork, part: str, lines: AddressLines) -> contextlib.AbstractAsyncContextManager[object]:
    settings = network.settings[part]().settings
    levels = LevelReloader(settings, network.settings[part])
    return bootnode_runner.serving(settings, levels, network.keys[part], lines, share=BOOTNODE_SHARE)


def _rendezvous(network: OwnNetwork, part: str, lines: AddressLines) -> contextlib.AbstractAsyncContextManager[object]:
    settings = network.settings[part]().settings
    levels = LevelReloader(settings, network.settings[part])
    return rendezvous_runner.serving(settings, levels, network.keys[part], lines)
