"""``pystatus dns-list``: who is in a node list."""

from __future__ import annotations

from typing import Annotated

import typer

from pystatus.apps.options import AsJson
from pystatus.apps.output import Output

DEFAULT_LIMIT = 100
"""Nodes that are shown. A list may have thousands, and a few names are resolved a second."""


def dns_list(
    url: Annotated[str, typer.Argument(metavar="ENRTREE", help="The list, enrtree://<key>@<domain>.")],
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="Nodes to show at most.")] = DEFAULT_LIMIT,
    dns_server: Annotated[
        str | None, typer.Option(metavar="ADDRESS[:PORT]", help="Ask this DNS server.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the nodes of a list in DNS (EIP-1459), and of the lists it refers to, in random order.

    A line is an enode address, or for a node that says not where it is its record (enr:). Three names are resolved a
    second, after the first fifty.
    """
    from pystatus.apps import listing
    from pystatus.errors import LocalError
    from pystatus.net.loop import run

    try:
        source = listing.source_of(url, dns_server)
    except LocalError as error:
        raise typer.BadParameter(str(error)) from error
    run(listing.show(source, limit, Output(as_json=as_json)))
