"""``pystatus dns-list``: who is in a node list."""

from __future__ import annotations

from typing import Annotated

from pystatus.apps.options import AsJson
from pystatus.apps.output import Output
from pystatus.apps.values import COUNT, NODE_LIST, argument, option
from pystatus.settings.kinds import DNS_SERVER

DEFAULT_LIMIT = 100
"""Nodes that are shown. A list may have thousands, and a few names are resolved a second."""


def dns_list(
    url: Annotated[
        str, argument(NODE_LIST, metavar="ENRTREE", help="The list, enrtree://<key>@<domain>.", as_text=True)
    ],
    limit: Annotated[int, option(COUNT, metavar="N", help="Nodes to show at most.")] = DEFAULT_LIMIT,
    dns_server: Annotated[str | None, option(DNS_SERVER, metavar="ADDRESS[:PORT]", help="Ask this DNS server.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print the nodes of a list in DNS (EIP-1459), and of the lists it refers to, in random order.

    A line is an enode address, or for a node that says not where it is its record (enr:). Three names are resolved a
    second, after the first fifty.
    """
    from pystatus.apps import listing
    from pystatus.net.loop import run

    run(listing.show(listing.source_of(url, dns_server), limit, Output(as_json=as_json)))
