"""``pystatus daemon``: a profile for programs of any language."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pystatus.apps.cli.connection_progress import ConnectionProgress
from pystatus.apps.cli.option_groups import LogOptions, NetworkOptions, grouped
from pystatus.apps.cli.options import STDIN, DailyHistory
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.values import option
from pystatus.settings.kinds import HOST, PATH, PORT

if TYPE_CHECKING:
    from pystatus.client import Client
    from pystatus.rpc.client_server import ClientServer
    from pystatus.rpc.config import RpcConfig

SUMMARY = "Keep a profile open for programs and other commands."
PLACE = 45

TOKEN = "daemon.token"  # noqa: S105 - the name of the file
"""The token's file in the directory of the profile, unless another one is named."""


@dataclass
class DaemonOptions:
    """What is served beside the socket."""

    port: Annotated[
        int | None,
        option(PORT, metavar="PORT", help="Serve HTTP on this port; 0 takes a free one. Default: the socket alone."),
    ] = None
    host: Annotated[
        str, option(HOST, metavar="HOST", help="The address to serve HTTP on. Others than this machine's expose it.")
    ] = "127.0.0.1"
    allow_host: Annotated[
        list[str] | None,
        option(HOST, metavar="HOST", help="A name that callers may use for this machine. May be given several times."),
    ] = None
    token_file: Annotated[
        Path | None,
        option(
            PATH,
            metavar="FILE",
            help=f"The token for HTTP; it is made if it is missing. Default: {TOKEN} in the profile's directory.",
        ),
    ] = None
    media_folder: Annotated[
        Path | None,
        option(PATH, metavar="DIRECTORY", help="Where the pictures and sounds are that callers of wakuext may name."),
    ] = None
    stdio: Annotated[
        bool, typer.Option("--stdio", help="Answer JSON-RPC on standard input, too, and end when it does.")
    ] = False


@grouped
def daemon(given: NetworkOptions, logs: LogOptions, offers: DaemonOptions, daily_history: DailyHistory = None) -> None:
    """Keep a profile open until it is interrupted, and serve it: other commands attach to it by its socket, programs
    call it by JSON-RPC there, over HTTP and WebSocket or on standard input, and read its events.

    docs/daemon.md says how, with a client of ten lines in Python, JavaScript and shell.
    """
    from pystatus.net.loop import run
    from pystatus.rpc.config import RpcConfig

    given.find_unopened()
    given.check(STDIN if offers.stdio else None)
    logs.set_up(as_json=given.as_json)
    client = given.client(daily_megabytes=daily_history)
    config = RpcConfig(
        http=offers.port is not None,
        http_host=offers.host,
        http_port=offers.port or 0,
        token_file=offers.token_file or given.stored.directory / TOKEN,
        allowed_hosts=tuple(offers.allow_host or ()),
    )
    run(serve(client, config, offers, given.out))


async def serve(client: Client, config: RpcConfig, offers: DaemonOptions, out: Output) -> None:
    """Until a signal comes, standard input ends, or the client fails.

    :raises LocalError: the port or the token file cannot be used; the client failed.
    """
    import asyncio

    from pystatus.faces.attach.place import socket_path
    from pystatus.net.signals import on_signal
    from pystatus.rpc.client_server import ClientServer

    stop = asyncio.Event()
    with ConnectionProgress(out, aside=True) as connections:
        if not offers.stdio:
            client.on(object)(connections.tell)
        async with (
            client,
            ClientServer(client, config, media_folder=offers.media_folder, stdio=offers.stdio) as server,
        ):
            with on_signal(stop.set, signal.SIGTERM):
                if not offers.stdio:
                    _say_where(client, server, socket_path(client.profile), config, out)
                running = asyncio.ensure_future(client.run_forever())
                ends = [running, *(asyncio.ensure_future(one.wait()) for one in (stop, server.input_ended))]
                try:
                    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
                    if running.done():
                        running.result()
                finally:
                    for end in ends:
                        end.cancel()


def _say_where(client: Client, server: ClientServer, socket: Path, config: RpcConfig, out: Output) -> None:
    fields = {"event": "serving", "profile": client.profile.name, "socket": str(socket)}
    text = f"Serving {client.profile.name} on {socket}"
    if server.url is not None:
        fields |= {"url": server.url, "token_file": str(config.token_file)}
        text += f" and {server.url}, with the token in {config.token_file}"
    out.event(fields, text)
