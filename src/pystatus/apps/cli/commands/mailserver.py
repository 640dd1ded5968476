"""``pystatus mailserver``: a relay with an archive."""

from __future__ import annotations

from collections.abc import Callable

from pystatus.apps.cli import node_runner, relay_options
from pystatus.apps.cli.output import Output
from pystatus.settings.sources import Effective

SUMMARY = "Run a relay that keeps messages for those who are offline."
PLACE = 80

SWITCH = "mailserver.enabled"
"""The setting that makes a mailserver of a node."""


def _run(effective: Effective, read: Callable[[], Effective], out: Output) -> None:
    """Run a relay that keeps what it hears for those who are offline, and gives it to them when they ask.

    The same as pystatus node --mailserver, with the same options. All other settings are those of the file and of the
    environment: see pystatus config show --effective.
    """
    node_runner.run(effective, read, out)


mailserver = relay_options.command(
    _run, tuple(one for one in relay_options.OPTIONS if one.key != SWITCH), fixed={SWITCH: "true"}
)
