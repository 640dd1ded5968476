"""``pystatus node``: a bare relay."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pystatus.apps.options import AsJson, DataDir, LogFormatOption, LogLevel, LogLevelOption, Peers, peers
from pystatus.apps.output import Output

DEFAULT_ADDRESS = "0.0.0.0:30303"
"""Where a relay listens: the port of devp2p, on every interface."""


def node(
    listen: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="Accept connections here; port 0 takes a free one.")
    ] = DEFAULT_ADDRESS,
    advertise: Annotated[
        str | None,
        typer.Option(
            metavar="HOST", help="The host in the printed address, if others reach us by another.", show_default=False
        ),
    ] = None,
    peer: Peers = None,
    key_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The node's key, 64 hexadecimal digits. Default: node.key in the data directory, made if need be.",
            show_default=False,
        ),
    ] = None,
    data_dir: DataDir = None,
    bridge: Annotated[
        bool, typer.Option("--bridge", help="Speak Whisper as well, and relay between it and Waku.")
    ] = False,
    log_level: LogLevelOption = LogLevel.WARNING,
    log_format: LogFormatOption = None,
    as_json: AsJson = False,
) -> None:
    """Run a relay until it is interrupted. The first line it prints is its address for --peer."""
    from pystatus.apps import logs, relaying
    from pystatus.net.loop import run
    from pystatus.node import NodeConfig

    logs.set_up(log_level, log_format, as_json=as_json)
    key = relaying.node_key(key_file, data_dir)
    config = NodeConfig(listen=listen, peers=tuple(peers(peer)), key=key, advertised_host=advertise, bridge=bridge)
    run(relaying.relay(config, Output(as_json=as_json)))
