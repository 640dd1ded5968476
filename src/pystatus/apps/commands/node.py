"""``pystatus node``: a relay, and ``pystatus enode``: how others find it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

from pystatus.apps import relay_options
from pystatus.apps.output import Output

if TYPE_CHECKING:
    from pystatus.settings.sources import Effective


def _run(effective: Effective, read: Callable[[], Effective], out: Output) -> None:
    """Run a relay until it is interrupted. The first line it prints is its address for --peer.

    Every option is also a setting of the file and of the environment: see pystatus config show --effective.
    SIGHUP reads the file again; SIGTERM and Ctrl-C stop in good order.
    """
    from pystatus.apps import relaying

    relaying.run(effective, read, out)


def _enode(effective: Effective, _: Callable[[], Effective], out: Output, *, qr: bool) -> None:
    """Print the address of the node that these settings make, without starting it."""
    from pystatus.apps import relaying

    relaying.show_enode(effective.settings, out, qr=qr)


node = relay_options.command(_run, relay_options.OPTIONS)
enode = relay_options.command(
    _enode,
    relay_options.options("listen", "advertise", "key_file", "data_dir"),
    relay_options.parameter("qr", bool, typer.Option("--qr", help="Draw it as a QR code, too."), False),
)
