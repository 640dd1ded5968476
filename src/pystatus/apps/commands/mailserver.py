"""``pystatus mailserver``: a relay with an archive."""

from __future__ import annotations

from typing import Annotated

import typer

from pystatus.apps.commands.node import (
    Advertise,
    Archive,
    CatchUpFrom,
    ConfigFile,
    DataDirectory,
    KeyFile,
    Listen,
    LogFormat,
    LogLevel,
    MetricsPort,
    Peer,
    reader,
)
from pystatus.apps.options import AsJson
from pystatus.apps.output import Output


def mailserver(
    config: ConfigFile = None,
    listen: Listen = None,
    advertise: Advertise = None,
    peer: Peer = None,
    key_file: KeyFile = None,
    data_dir: DataDirectory = None,
    archive: Archive = None,
    retention_days: Annotated[
        str | None, typer.Option(metavar="DAYS", help="How long envelopes are kept. Default: 30.", show_default=False)
    ] = None,
    max_bytes: Annotated[
        str | None,
        typer.Option(metavar="BYTES", help="How large the archive may get. Default: 10 GiB.", show_default=False),
    ] = None,
    catch_up_from: CatchUpFrom = None,
    metrics_port: MetricsPort = None,
    log_level: LogLevel = None,
    log_format: LogFormat = None,
    as_json: AsJson = False,
) -> None:
    """Run a relay that keeps what it hears for those who are offline, and gives it to them when they ask.

    The same as pystatus node --mailserver. All other settings are those of the file and of the environment: see
    pystatus config show --effective.
    """
    from pystatus.apps import relaying

    read = reader(
        config,
        {
            "listen": listen,
            "advertise": advertise,
            "peers": " ".join(peer) if peer else None,
            "key_file": key_file,
            "data_dir": data_dir,
            "mailserver.enabled": "true",
            "mailserver.archive": archive,
            "mailserver.retention_days": retention_days,
            "mailserver.max_bytes": max_bytes,
            "mailserver.catch_up_from": " ".join(catch_up_from) if catch_up_from else None,
            "metrics.port": metrics_port,
            "log.level": log_level,
            "log.format": log_format,
        },
    )
    relaying.run(read(), read, Output(as_json=as_json))
