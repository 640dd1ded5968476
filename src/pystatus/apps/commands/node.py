"""``pystatus node``: a relay, and ``pystatus enode``: how others find it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pystatus.apps.options import AsJson
from pystatus.apps.output import Output

if TYPE_CHECKING:
    from collections.abc import Callable

    from pystatus.apps.settings.sources import Effective

ConfigFile = Annotated[
    str | None,
    typer.Option(
        metavar="FILE", help="Settings in TOML. Default: the file that PYSTATUS_CONFIG names.", show_default=False
    ),
]
Listen = Annotated[
    str | None,
    typer.Option(
        metavar="HOST:PORT",
        help="Accept connections here; port 0 takes a free one. Default: 0.0.0.0:30303.",
        show_default=False,
    ),
]
Advertise = Annotated[
    str | None,
    typer.Option(
        metavar="HOST", help="The host in the printed address, if others reach us by another.", show_default=False
    ),
]
KeyFile = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="The node's key, 64 hexadecimal digits. Default: node.key in the data directory, made if need be.",
        show_default=False,
    ),
]
DataDirectory = Annotated[
    str | None,
    typer.Option(
        metavar="DIR",
        help="Where the node's key is kept. Default: pystatus below the XDG data directory.",
        show_default=False,
    ),
]
Peer = Annotated[
    list[str] | None,
    typer.Option(metavar="ENODE", help="A relay to stay connected to. May be given several times.", show_default=False),
]
MetricsPort = Annotated[
    str | None, typer.Option(metavar="PORT", help="Serve /metrics, /health and /ready here.", show_default=False)
]
Archive = Annotated[
    str | None,
    typer.Option(
        metavar="FILE|URL",
        help="Where envelopes are kept: a file, or postgresql://… Default: archive.db in the data directory.",
        show_default=False,
    ),
]
CatchUpFrom = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ENODE",
        help="A mailserver to fetch from what came while this one was away. May be given several times.",
        show_default=False,
    ),
]
LogLevel = Annotated[
    str | None,
    typer.Option(
        metavar="LEVEL[,MODULE=LEVEL…]",
        help="How much is logged to standard error: debug, info, warning or error. Default: warning.",
        show_default=False,
    ),
]
LogFormat = Annotated[
    str | None,
    typer.Option(
        metavar="[console|json]",
        help="How a line of the log looks. Default: json together with --json.",
        show_default=False,
    ),
]


def node(
    config: ConfigFile = None,
    listen: Listen = None,
    advertise: Advertise = None,
    peer: Peer = None,
    dns_list: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ENRTREE",
            help="A node list in DNS to find peers in. May be given several times.",
            show_default=False,
        ),
    ] = None,
    dns_server: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS[:PORT]", help="Ask this DNS server for node lists.", show_default=False),
    ] = None,
    key_file: KeyFile = None,
    data_dir: DataDirectory = None,
    max_peers: Annotated[
        str | None, typer.Option(metavar="N", help="Connections at a time, not counting --peer.", show_default=False)
    ] = None,
    min_pow: Annotated[
        str | None, typer.Option(metavar="POW", help="Least proof of work that is taken.", show_default=False)
    ] = None,
    bridge: Annotated[
        bool, typer.Option("--bridge", help="Speak Whisper as well, and relay between it and Waku.")
    ] = False,
    mailserver: Annotated[
        bool, typer.Option("--mailserver", help="Keep what is relayed for those who are offline.")
    ] = False,
    archive: Archive = None,
    catch_up_from: CatchUpFrom = None,
    workers: Annotated[
        str | None,
        typer.Option(metavar="N", help="Processes that share the work, for as many cores.", show_default=False),
    ] = None,
    metrics_port: MetricsPort = None,
    metrics_host: Annotated[
        str | None, typer.Option(metavar="HOST", help="The address for them. Default: 127.0.0.1.", show_default=False)
    ] = None,
    rpc_port: Annotated[
        str | None, typer.Option(metavar="PORT", help="Offer JSON-RPC here, on 127.0.0.1.", show_default=False)
    ] = None,
    rpc_socket: Annotated[
        str | None, typer.Option(metavar="FILE", help="Offer JSON-RPC on this Unix socket.", show_default=False)
    ] = None,
    log_level: LogLevel = None,
    log_format: LogFormat = None,
    as_json: AsJson = False,
) -> None:
    """Run a relay until it is interrupted. The first line it prints is its address for --peer.

    Every option is also a setting of the file and of the environment: see pystatus config show --effective.
    SIGHUP reads the file again; SIGTERM and Ctrl-C stop in good order.
    """
    from pystatus.apps import relaying

    read = reader(
        config,
        {
            "listen": listen,
            "advertise": advertise,
            "peers": " ".join(peer) if peer else None,
            "discovery.dns_lists": " ".join(dns_list) if dns_list else None,
            "discovery.dns_server": dns_server,
            "key_file": key_file,
            "data_dir": data_dir,
            "relay.max_peers": max_peers,
            "relay.min_pow": min_pow,
            "relay.bridge": "true" if bridge else None,
            "mailserver.enabled": "true" if mailserver else None,
            "mailserver.archive": archive,
            "mailserver.catch_up_from": " ".join(catch_up_from) if catch_up_from else None,
            "workers": workers,
            "metrics.port": metrics_port,
            "metrics.host": metrics_host,
            "rpc.port": rpc_port,
            "rpc.socket": rpc_socket,
            "log.level": log_level,
            "log.format": log_format,
        },
    )
    relaying.run(read(), read, Output(as_json=as_json))


def enode(
    config: ConfigFile = None,
    listen: Listen = None,
    advertise: Advertise = None,
    key_file: KeyFile = None,
    data_dir: DataDirectory = None,
    qr: Annotated[bool, typer.Option("--qr", help="Draw it as a QR code, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print the address of the node that these settings make, without starting it."""
    from pystatus.apps import relaying

    read = reader(config, {"listen": listen, "advertise": advertise, "key_file": key_file, "data_dir": data_dir})
    relaying.show_enode(read().settings, Output(as_json=as_json), qr=qr)


def reader(config: str | None, flags: dict[str, str | None]) -> Callable[[], Effective]:
    """What reads the settings of a command, as often as it is called. A mistake in an option is a usage error."""
    import os
    from pathlib import Path

    from pystatus.apps.settings import sources

    file = Path(config).expanduser() if config else sources.file_of(os.environ)

    def read() -> Effective:
        try:
            return sources.read(file, os.environ, flags)
        except sources.SettingError as error:
            if error.flag is None:
                raise
            raise typer.BadParameter(str(error), param_hint=f"'{error.flag}'") from error

    return read
