"""What ``pystatus node`` does."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from pathlib import Path

from pystatus.account.keytext import parse_private_key
from pystatus.apps import passwords
from pystatus.apps.output import Output
from pystatus.apps.signals import on_signal
from pystatus.crypto.keys import PrivateKey
from pystatus.node import Node, NodeConfig
from pystatus.storage.files import PRIVATE_DIRECTORY, explained_files, write_private
from pystatus.storage.profiles import default_data_directory

KEY_FILE = "node.key"
"""The file with a node's key below the data directory: 64 hexadecimal digits, as other Ethereum software keeps it."""


async def relay(config: NodeConfig, out: Output) -> None:
    """Relay until SIGINT or SIGTERM.

    :raises LocalError: the port is in use, or may not be used.
    """
    stop = asyncio.Event()
    with on_signal(stop.set, signal.SIGINT, signal.SIGTERM):
        async with Node(config) as node:
            enode = str(node.enode)
            out.result({"event": "started", "enode": enode}, enode)
            await stop.wait()
    with contextlib.suppress(BrokenPipeError):  # whoever needed the address may have gone long ago
        out.event({"event": "stopped"}, "Stopped.")


def node_key(file: Path | None, data_dir: Path | None) -> PrivateKey:
    """The node's key in ``file``; where none is named, the one of the data directory, which is made if need be.

    :raises LocalError: the file cannot be read or written, or holds something else.
    """
    if file is None:
        file = (data_dir or default_data_directory()) / KEY_FILE
        if not file.exists():
            return _new_key(file)
    return parse_private_key(passwords.secret_in(file))


def _new_key(file: Path) -> PrivateKey:
    key = PrivateKey.generate(os.urandom)
    with explained_files(f"The node's key cannot be stored in {file}"):
        file.parent.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
        write_private(file, key.secret.hex().encode() + b"\n")
    return key
