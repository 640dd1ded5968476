"""``pystatus enode``: how others find the node that some settings make."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path

from pystatus.apps.cli import qr_codes, relay_options
from pystatus.apps.cli.node_key import node_key
from pystatus.apps.cli.options import Qr, QrFile
from pystatus.apps.cli.output import Output
from pystatus.devp2p.enode import Enode
from pystatus.errors import Refused
from pystatus.settings.sources import Effective

SUMMARY = "Print the address of a relay."
PLACE = 100


def _enode(effective: Effective, _: Callable[[], Effective], out: Output, *, qr: bool, qr_file: Path | None) -> None:
    """Print the address of the node that these settings make, without starting it."""
    from pystatus.net.listening import enode_at, parse_listen_address
    from pystatus.settings import mapping

    settings = effective.settings
    hosts, port = parse_listen_address(settings.listen)
    if port == 0:
        raise Refused("The port is left to chance (port 0). Set listen to a fixed port, for example 0.0.0.0:30303.")
    key = node_key(settings.key_file, settings.data_dir).public_key
    try:
        found = enode_at(key, hosts[0], port, mapping.given_host(settings))
    except ValueError:  # a name to listen on
        found = Enode(key, hosts[0], port, port)
    enode = str(found)
    out.result({"enode": enode, **qr_codes.write(enode, qr_file)}, enode)
    qr_codes.draw(enode, out, wanted=qr)
    if found.host in ("127.0.0.1", "::1"):
        out.note("This address is good on this machine only. Others need the public one: --advertise or PUBLIC_IP.")


enode = relay_options.command(
    _enode,
    relay_options.options("listen", "advertise", "nat", "key_file", "data_dir"),
    inspect.Parameter("qr", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=Qr),
    inspect.Parameter("qr_file", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=QrFile),
)
