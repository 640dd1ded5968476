"""``pystatus node``: a relay."""

from __future__ import annotations

from collections.abc import Callable

from pystatus.apps.cli import node_runner, relay_options
from pystatus.apps.cli.output import Output
from pystatus.settings.sources import Effective

SUMMARY = "Run a relay."
PLACE = 70


def _run(effective: Effective, read: Callable[[], Effective], out: Output) -> None:
    """Run a relay until it is interrupted. The first line it prints is its address for --peer.

    Every option is also a setting of the file and of the environment: see pystatus config show --effective.
    SIGHUP reads the file again; SIGTERM and Ctrl-C stop in good order.
    """
    node_runner.run(effective, read, out)


node = relay_options.command(_run, relay_options.OPTIONS)
