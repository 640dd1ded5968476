"""``pystatus network``: a network of one's own, and invitations to it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pystatus.apps.cli.options import AsJson, ProxyOption, Qr, QrFile, route
from pystatus.apps.cli.output import Output, warn
from pystatus.apps.cli.values import NETWORK_FORMAT, argument, option
from pystatus.errors import Refused
from pystatus.settings.kinds import FLEET, HOST, PATH, PORT, TEXT

if TYPE_CHECKING:
    from pystatus.fleets.fleet import Fleet

SUMMARY = "Make and run a network of one's own, and invite others to it."
PLACE = 68

app = typer.Typer(help=SUMMARY, no_args_is_help=True)

_Directory = Annotated[Path, argument(PATH, metavar="DIR", help="The directory of the network.")]
_Source = Annotated[
    str,
    argument(
        FLEET,
        metavar="NETWORK",
        help="An invitation, or a file or picture with one; a fleet by name, as a file, or at a URL; or the directory "
        "of a network of one's own.",
        quote=False,
    ),
]
_Host = Annotated[
    str | None,
    option(
        HOST,
        "--host",
        envvar="PUBLIC_IP",
        metavar="HOST",
        help="The address or name by which others reach this machine. Default: its address in the local network.",
    ),
]


def _port(name: str, help_text: str) -> object:
    return option(PORT, name, metavar="PORT", help=help_text + " 0 takes a free one.")


@app.command(short_help="Make a network and run it.")
def create(
    directory: _Directory,
    name: Annotated[
        str | None, option(TEXT, metavar="NAME", help="What the network is called. Default: as the directory is.")
    ] = None,
    host: _Host = None,
    port: Annotated[int, _port("--port", "Of the relay, TCP and UDP.")] = 30303,
    bootnode_port: Annotated[int, _port("--bootnode-port", "Of the bootnode, UDP.")] = 30301,
    rendezvous_port: Annotated[int, _port("--rendezvous-port", "Of the Rendezvous node, TCP.")] = 9090,
    no_start: Annotated[bool, typer.Option("--no-start", help="Make it, and do not run it.")] = False,
    if_missing: Annotated[
        bool, typer.Option("--if-missing", help="Where a network is already, keep it as it is: for a service.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a network: keys and settings of a relay with mailserver, a bootnode and a Rendezvous node on this machine.
    Start it, and print the invitation for others.

    It runs until it is interrupted; pystatus network start runs it again.
    """
    from pystatus.apps.cli import network_runner, network_views, own_network

    out = Output(as_json=as_json)
    if not (if_missing and own_network.is_there(directory)):
        own_network.create(directory, name, host, own_network.Ports(port, bootnode_port, rendezvous_port))
    if not no_start:
        network_runner.run(directory, out, show=True)
        return
    network_views.show_own(own_network.opened(directory), out, event="there")
    out.note(f"Start it: pystatus network start {directory}")


@app.command(short_help="Run a network that was made here.")
def start(directory: _Directory, as_json: AsJson = False) -> None:
    """Run a network that was made here until it is interrupted: its relay with mailserver, its bootnode and its
    Rendezvous node, in one process. If one of them cannot start, none does.

    Their settings are relay.toml, bootnode.toml and rendezvous.toml in the directory; those of the environment are not
    looked at. SIGHUP reads those of the relay again; SIGTERM and Ctrl-C stop all in good order.
    """
    from pystatus.apps.cli import network_runner

    network_runner.run(directory, Output(as_json=as_json), show=True)


@app.command(short_help="Show a network and its invitation.")
def show(
    network: _Source, qr: Qr = False, qr_file: QrFile = None, proxy: ProxyOption = None, as_json: AsJson = False
) -> None:
    """Show the nodes of a network, and the invitation to it. Nothing is connected; a URL is fetched."""
    from pystatus.apps.cli import network_views, qr_codes
    from pystatus.fleets.invitation import invitation

    out = Output(as_json=as_json)
    fleet = _found(network, proxy)
    link = invitation(fleet) if qr or qr_file is not None else network_views.link_of(fleet)
    written = qr_codes.write(link.upper(), qr_file) if link is not None else {}
    told = [] if link is None else ["The invitation, which others give to --join:", link]
    fields = {**network_views.fields(fleet), "invitation": link, **written}
    out.result(fields, "\n".join([*network_views.lines(fleet), *told]))
    if link is not None:
        qr_codes.draw(link.upper(), out, wanted=qr)


@app.command(short_help="Write a network for others.")
def export(
    network: _Source,
    form: Annotated[
        str,
        option(NETWORK_FORMAT, "--format", metavar="[text|toml|status-go|qr]", help="What to write."),
    ] = "text",
    to: Annotated[
        Path | None, option(PATH, "--to", metavar="FILE", help="Write it to FILE, for qr a .png or an .svg.")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a file of --to that is there already.")
    ] = False,
    proxy: ProxyOption = None,
    as_json: AsJson = False,
) -> None:
    """Write a network for others: as the text of its invitation, as a fleet file (toml), as settings of status-go
    v0.64.0 for statusd -c, or as a QR code of the invitation.

    --json: an object with "text", or with "file" where it was written to one.
    """
    from pystatus.apps.cli import qr_codes
    from pystatus.apps.cli.targets import check_free
    from pystatus.fleets.fleet_file import written_fleet
    from pystatus.fleets.invitation import invitation
    from pystatus.fleets.status_go import status_go_settings

    out = Output(as_json=as_json)
    if form == "qr" and to is not None and to.suffix.lower() not in (".png", ".svg"):
        raise Refused("--to: a QR code is written to a file that ends with .png or .svg.")
    if to is not None:
        check_free("--to", to, overwrite=overwrite)
    fleet = _found(network, proxy)
    match form:
        case "qr":
            link = invitation(fleet).upper()
            if to is not None:
                qr_codes.write(link, to)
                out.result({"file": str(to)}, f"Written: {to}")
            elif as_json:
                out.result({"text": link}, "")
            else:
                qr_codes.draw(link, out)
            return
        case "toml":
            text = written_fleet(fleet)
        case "status-go":
            settings = status_go_settings(fleet)
            for sentence in settings.left_out:
                warn(sentence)
            text = settings.text
        case _:
            text = invitation(fleet) + "\n"
    _write(text, to, out)


def _write(text: str, to: Path | None, out: Output) -> None:
    """
    :raises LocalError: the file cannot be written.
    """
    if to is None:
        out.result({"text": text}, text.removesuffix("\n"), whole=True)
        return
    from pystatus.storage.files import explained_files, write_private

    with explained_files(f"{to} cannot be written"):
        write_private(to, text.encode())
    out.result({"file": str(to)}, f"Written: {to}")


def _found(network: str, proxy: str | None) -> Fleet:
    """
    :param proxy: as given; a URL is fetched through it.
    :raises LocalError: there is no such network.
    """
    from pystatus.apps.cli import networks

    fleet = networks.network(network, proxy=route(proxy).proxy)
    assert fleet is not None, "one is named"
    return fleet
