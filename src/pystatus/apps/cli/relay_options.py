"""The options of commands that read the settings of a node. Each is a setting by another way, of the same kind."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pystatus.apps.cli.options import AsJson, no_credentials
from pystatus.apps.cli.output import Output, warn
from pystatus.apps.cli.values import option
from pystatus.records import dataclass
from pystatus.settings.kinds import NAT, PATH, PROXY, SWITCH
from pystatus.settings.model import ENTRIES

if TYPE_CHECKING:
    from pystatus.settings.sources import Effective


@dataclass(frozen=True, slots=True)
class SettingOption:
    """An option that stands for a setting."""

    key: str
    metavar: str
    help: str
    many: bool = False
    """May be given several times."""

    @property
    def name(self) -> str:
        """Of the parameter of the command."""
        return ENTRIES[self.key].flag.removeprefix("--").replace("-", "_")

    def parameter(self) -> inspect.Parameter:
        """Of the command."""
        if ENTRIES[self.key].about.kind is SWITCH:
            return parameter(self.name, bool, self._made(), False)
        return parameter(self.name, list[str] | None if self.many else str | None, self._made(), None)

    def _made(self) -> Any:
        entry = ENTRIES[self.key]
        if entry.about.kind is SWITCH:
            return typer.Option(entry.flag, help=self.help)
        # The command gets the text, of which pystatus.settings.sources makes the value.
        return option(
            entry.about.kind,
            entry.flag,
            metavar=self.metavar,
            help=self.help,
            as_text=True,
            quote=not entry.about.secret,
            callback=no_credentials if entry.about.kind is PROXY else None,
        )


OPTIONS = (
    SettingOption("listen", "HOST:PORT", "Accept connections here; port 0 takes a free one. Default: 0.0.0.0:30303."),
    SettingOption("advertise", "HOST", "The host in the printed address, if others reach us by another."),
    SettingOption("nat", "METHOD", f"How others reach us through a router: {NAT.allowed}. Default: any."),
    SettingOption("peers", "ENODE", "A relay to stay connected to. May be given several times.", many=True),
    SettingOption(
        "discovery.bootnodes",
        "ENODE",
        "A node of Discovery v5 to begin with. With one, this node answers others over UDP. May be given several "
        "times.",
        many=True,
    ),
    SettingOption(
        "discovery.rendezvous_nodes",
        "MULTIADDR",
        "A Rendezvous node to find peers by. May be given several times.",
        many=True,
    ),
    SettingOption(
        "discovery.dns_lists", "ENRTREE", "A node list in DNS to find peers in. May be given several times.", many=True
    ),
    SettingOption("fleet", "NAME|FILE|URL", "The network to be part of: a fleet by name, as a file, or at a URL."),
    SettingOption("join", "INVITATION", "The network to be part of: an invitation, or a file or picture with one."),
    SettingOption("discovery.register", "", "Let others find this node by its bootnodes and Rendezvous nodes."),
    SettingOption("discovery.dns_server", "ADDRESS[:PORT]", "Ask this DNS server for node lists."),
    SettingOption(
        "proxy", "SOCKS5", "Go through this proxy alone, socks5://host:port. What dials this node does not come by it."
    ),
    SettingOption(
        "key_file",
        "FILE",
        "The node's key, 64 hexadecimal digits. Default: node.key in the data directory, made if need be.",
    ),
    SettingOption("data_dir", "DIR", "Where the node's key is kept. Default: pystatus below the XDG data directory."),
    SettingOption("relay.max_peers", "N", "Connections at a time, not counting --peer."),
    SettingOption("relay.min_pow", "POW", "Least proof of work that is taken."),
    SettingOption("relay.bridge", "", "Speak Whisper as well, and relay between it and Waku."),
    SettingOption("mailserver.enabled", "", "Keep what is relayed for those who are offline."),
    SettingOption(
        "mailserver.archive",
        "FILE|URL",
        "Where envelopes are kept: a file, or postgresql://… Default: archive.db in the data directory.",
    ),
    SettingOption("mailserver.retention_days", "DAYS", "How long envelopes are kept. Default: 30."),
    SettingOption("mailserver.max_bytes", "BYTES", "How large the archive may get. Default: 10 GiB."),
    SettingOption(
        "mailserver.catch_up_from",
        "ENODE",
        "A mailserver to fetch from what came while this one was away. May be given several times.",
        many=True,
    ),
    SettingOption(
        "time_servers",
        "HOST[:PORT]|pool|none",
        "An NTP server to put the clock right by; pool: those of pool.ntp.org. May be given several times. "
        "Default: none.",
        many=True,
    ),
    SettingOption("workers", "N", "Processes that share the work, for as many cores."),
    SettingOption("metrics.port", "PORT", "Serve /metrics, /health and /ready here."),
    SettingOption("metrics.host", "HOST", "The address for them. Default: 127.0.0.1."),
    SettingOption("rpc.port", "PORT", "Offer JSON-RPC here, on 127.0.0.1."),
    SettingOption("rpc.socket", "FILE", "Offer JSON-RPC on this Unix socket."),
    SettingOption(
        "log.level",
        "LEVEL[,MODULE=LEVEL…]",
        "How much is logged to standard error: debug, info, warning or error. Default: warning.",
    ),
    SettingOption("log.format", "[console|json]", "How a line of the log looks. Default: json together with --json."),
)
"""Those of a command that runs a node."""

Do = Callable[..., None]
"""What a command does with the settings, with what reads them again, with where its results go, and with its own
parameters by name."""


def settings_file(help_text: str = "Settings in TOML. Default: the file that PYSTATUS_CONFIG names.") -> Any:
    """``--config``."""
    return option(PATH, "--config", metavar="FILE", help=help_text)


def parameter(name: str, annotation: Any, made: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    """A parameter of a command, which typer treats like one that is written down.

    :param made: by :mod:`~pystatus.apps.cli.values` or typer.
    """
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[annotation, made]
    )


def options(*keys: str) -> tuple[SettingOption, ...]:
    """Some of :data:`OPTIONS`."""
    return tuple(one for one in OPTIONS if one.key in keys)


def command(
    do: Do,
    given: tuple[SettingOption, ...],
    *own: inspect.Parameter,
    fixed: Mapping[str, str] | None = None,
    config: Any = None,
) -> Callable[..., None]:
    """A command with ``--config``, the options ``given`` and ``--json``; its help is the docstring of ``do``.

    :param own: parameters that are no settings, which come first.
    :param fixed: settings, by key, that the command itself makes.
    :param config: what stands for ``--config``.
    """

    def run(*, config: Path | None, as_json: bool, **values: Any) -> None:
        flags = {one.key: _text(values.pop(one.name)) for one in given}
        read = reader(config, {**flags, **(fixed or {})})
        do(read(), read, Output(as_json=as_json), **values)

    parameters = [
        *own,
        parameter("config", Path | None, config or settings_file(), None),
        *(one.parameter() for one in given),
        inspect.Parameter("as_json", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=AsJson),
    ]
    run.__doc__ = do.__doc__
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what typer looks at
    return run


def reader(config: Path | None, flags: Mapping[str, str | None]) -> Callable[[], Effective]:
    """What reads the settings of a command, as often as it is called."""
    from pystatus.settings import sources

    file = config or sources.file_of(os.environ)
    return lambda: sources.read(file, os.environ, flags)


def warn_of_unknown() -> None:
    """Tell of variables of the environment that look like settings and are none."""
    from pystatus.settings import sources

    for sentence in sources.unknown_variables(os.environ):
        warn(sentence)


def _text(given: str | list[str] | bool | None) -> str | None:
    """What stands for an option, or None for one that is not there."""
    if isinstance(given, list):
        return " ".join(given) or None
    if isinstance(given, bool):
        return "true" if given else None
    return given
