"""What ``pystatus node`` and ``pystatus enode`` do."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable
from pathlib import Path

from pystatus.account.key_encoding import parse_private_key
from pystatus.apps import command_log, passwords, relay_options
from pystatus.apps.exits import NoReader
from pystatus.apps.options import STDIN
from pystatus.apps.output import Output
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError, Refused
from pystatus.logs.stderr_log import LogFormat
from pystatus.net.listening import enode_at
from pystatus.net.loop import run as run_loop
from pystatus.net.signals import on_signal
from pystatus.node import Node, parse_listen_address
from pystatus.overlay.enode import Enode
from pystatus.rpc.config import RpcConfig
from pystatus.settings import mapping
from pystatus.settings.model import Settings
from pystatus.settings.reloader import Reloader
from pystatus.settings.sources import Effective
from pystatus.storage.files import explained_files, make_private
from pystatus.storage.locks import locked
from pystatus.storage.paths import default_data_directory

KEY_FILE = "node.key"
"""The file with a node's key below the data directory: 64 hexadecimal digits, as other Ethereum software keeps it."""


def run(effective: Effective, read: Callable[[], Effective], out: Output) -> None:
    """Run a node until SIGINT or SIGTERM.

    :param read: reads the settings again; called at SIGHUP.

    :raises LocalError: a port is in use, or may not be used.
    """
    settings = effective.settings
    form = LogFormat(settings.log.format) if settings.log.format is not None else None
    command_log.set_up(settings.log.level, form, as_json=out.as_json)
    relay_options.warn_of_unknown()
    mapping.check(settings)
    rpc = mapping.rpc_config(settings)
    key = node_key(settings.key_file, settings.data_dir)
    with _only_user_of(settings.key_file or _default_key_file(settings.data_dir)):
        if settings.workers > 1:
            from pystatus.apps import worker_processes

            run_loop(worker_processes.relay(effective, read, key, out))
        else:
            run_loop(_relay(effective, read, key, rpc, out))


async def _relay(
    effective: Effective, read: Callable[[], Effective], key: PrivateKey, rpc: RpcConfig, out: Output
) -> None:
    stop = asyncio.Event()
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(on_signal(stop.set, signal.SIGINT, signal.SIGTERM))
        node = Node(mapping.node_config(effective.settings, key))
        if effective.settings.mailserver.enabled:
            from pystatus.settings import archive as archiving

            stack.enter_context(archiving.only_mailserver_on(effective.settings))
            await archiving.keep_history(node, effective.settings)
        await stack.enter_async_context(node)
        reloader = Reloader(node, effective, read)
        stack.enter_context(on_signal(reloader.reload, signal.SIGHUP))
        if effective.settings.metrics.port is not None:
            from pystatus.metrics.server import MonitoringServer

            await stack.enter_async_context(MonitoringServer(node, lambda: reloader.settings))
        if rpc.is_enabled:
            from pystatus.rpc.server import RpcServer

            await stack.enter_async_context(RpcServer(node, rpc))
        enode = str(node.enode)
        out.result({"event": "started", "enode": enode}, enode)
        await stop.wait()
        await node.drain()
    with contextlib.suppress(NoReader):  # whoever needed the address may have gone long ago
        out.event({"event": "stopped"}, "Stopped.")


def show_enode(settings: Settings, out: Output, *, qr: bool) -> None:
    """Print how others find the node with these settings.

    :raises Refused: the port is left to chance.
    :raises LocalError: the key cannot be read or made.
    """
    hosts, port = parse_listen_address(settings.listen)
    if port == 0:
        raise Refused("The port is left to chance (port 0). Set listen to a fixed port, for example 0.0.0.0:30303.")
    key = node_key(settings.key_file, settings.data_dir).public_key
    try:
        found = enode_at(key, hosts[0], port, settings.advertise)
    except ValueError:  # a name to listen on
        found = Enode(key, hosts[0], port, port)
    enode = str(found)
    out.result({"enode": enode}, enode)
    if qr and not out.as_json:
        import segno

        segno.make(enode, error="l").terminal(compact=True)
    if found.host in ("127.0.0.1", "::1"):
        out.note("This address is good on this machine only. Others need the public one: --advertise or PUBLIC_IP.")


def node_key(file: Path | None, data_dir: Path | None) -> PrivateKey:
    """The node's key in ``file``; where none is named, the one of the data directory, which is made if need be.

    :raises LocalError: the file cannot be read or written, or holds something else.
    """
    if file is None:
        file = _default_key_file(data_dir)
        with explained_files(f"The node's key cannot be stored in {file}"):
            if not file.exists():
                make_private(file, PrivateKey.generate(os.urandom).secret.hex().encode() + b"\n")
        if not file.is_file():  # a pipe may be named, but nobody writes into this one
            raise LocalError(f"What is called {file} is no file. Move it away, or name the node's key with --key-file.")
    text = passwords.secret_in(file)
    try:
        return parse_private_key(text)
    except LocalError as error:
        raise LocalError(f"There is no node key in {'the input' if file == STDIN else file}. {error}") from error


def _default_key_file(data_dir: Path | None) -> Path:
    return (data_dir or default_data_directory()) / KEY_FILE


def _only_user_of(key_file: Path) -> contextlib.AbstractContextManager[None]:
    """Two nodes with one key are one peer to all others, and take each other's connections. A key that comes from
    standard input or a pipe is in no place where another process could find it."""
    if not key_file.is_file():
        return contextlib.nullcontext()
    file = key_file.resolve()
    return locked(
        file.with_name(f"{file.name}.lock"),
        f"The node key {key_file}",
        "Stop that one first, or give this node a data directory (--data-dir) of its own.",
        fallback=file,
    )
