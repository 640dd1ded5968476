"""``pystatus bootnode``: a node that others find each other through, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

from pystatus.apps.cli import bootnode_runner, relay_options
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.relay_options import SettingOption
from pystatus.settings.sources import Effective

SUMMARY = "Run a node that others find each other through."
PLACE = 93


def _run(effective: Effective, read: Callable[[], Effective], out: Output) -> None:
    """Run a bootnode until it is interrupted: Discovery v5 on one UDP port, and nothing else. The first line it prints
    is its address, for --bootnode of others.

    It needs no other bootnode; with some, it is part of their network. Every option is also a setting of the file and
    of the environment. SIGTERM and Ctrl-C stop it in good order.
    """
    bootnode_runner.run(effective, read, out)


_LISTEN = SettingOption("listen", "HOST:PORT", "Answer here over UDP; port 0 takes a free one. Default: 0.0.0.0:30301.")

bootnode = relay_options.command(
    _run,
    (
        _LISTEN,
        *relay_options.options(
            *("advertise", "nat", "discovery.bootnodes", "fleet", "join", "key_file", "data_dir"),
            *("metrics.port", "metrics.host", "log.level", "log.format"),
        ),
    ),
)
