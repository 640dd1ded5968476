"""``pystatus rendezvous``: a Rendezvous node."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated

import typer

from pystatus.apps.cli import relay_options, rendezvous_runner
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.relay_options import SettingOption
from pystatus.settings.sources import Effective

SUMMARY = "Run a node that keeps who can be found under a topic."
PLACE = 95


def _run(
    effective: Effective, read: Callable[[], Effective], out: Output, *, any_address: bool, tell_address: bool
) -> None:
    """Run a Rendezvous node until it is interrupted: nodes register with it for some seconds, and others ask it for
    them. The first line it prints is its address, for --rendezvous of others.

    Its key is its own: rendezvous.key in the data directory. Every other option but two is also a setting of the file
    and of the environment. SIGTERM and Ctrl-C stop it in good order.
    """
    rendezvous_runner.run(effective, read, out, any_address=any_address, tell_address=tell_address)


def _switch(name: str, help_text: str) -> inspect.Parameter:
    made = Annotated[bool, typer.Option("--" + name.replace("_", "-"), help=help_text)]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=made)


rendezvous = relay_options.command(
    _run,
    (
        SettingOption("listen", "HOST:PORT", "Listen here; port 0 takes a free one. Default: 0.0.0.0:9090."),
        SettingOption(
            "key_file",
            "FILE",
            "The node's key, 64 hexadecimal digits. Default: rendezvous.key in the data directory, made if need be.",
        ),
        *relay_options.options(
            "advertise", "nat", "data_dir", "metrics.port", "metrics.host", "log.level", "log.format"
        ),
    ),
    _switch(
        "any_address",
        "Take records that name another address than the one they come from: behind a proxy, which hides it.",
    ),
    _switch("tell_address", "Tell those who ask which address they come from (newer clients do)."),
)
