"""``pystatus dns-list``: who is in a node list."""

from __future__ import annotations

import os
from typing import Annotated

from pystatus.apps.cli.options import AsJson
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.values import COUNT, NODE_LIST, argument, option
from pystatus.devp2p.enr import NodeRecord
from pystatus.discovery.entries import Link
from pystatus.errors import LocalError
from pystatus.net.dns import DnsResolver
from pystatus.net.dns_lists import DnsLists
from pystatus.net.loop import run
from pystatus.settings.kinds import DNS_SERVER
from pystatus.wording import counted

SUMMARY = "Show the nodes of a list in DNS."
PLACE = 120

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
    run(show(source_of(url, dns_server), limit, Output(as_json=as_json)))


def source_of(url: str, server: str | None) -> DnsLists:
    """The list, to be read from ``server`` or from the servers of the system.

    :raises LocalError: not a list, or not a server.
    """
    return DnsLists([Link.parse(url)], DnsResolver(server), os.urandom)


async def show(source: DnsLists, limit: int, out: Output) -> None:
    """Print its nodes, and say on standard error what could not be read.

    :raises LocalError: nothing of it could be read.
    """
    shown = 0
    while shown < limit and (record := await source.find()) is not None:
        shown += 1
        _show_node(record, out)
    (read,) = source.lists
    if not read.is_known:
        raise LocalError(f"The list cannot be read: {source.problem}.")
    out.note(f"{counted(shown, 'node')} of {', '.join(read.domains)}.")
    if source.problem is not None:
        out.note(f"Not everything could be read: {source.problem}.")


def _show_node(record: NodeRecord, out: Output) -> None:
    enode = record.enode
    fields = {
        "enode": str(enode),
        "enr": str(record),
        "seq": record.seq,
        "address": None if record.address is None else str(record.address),
        "tcp_port": record.tcp_port,
        "udp_port": record.udp_port,
    }
    out.result(fields, str(enode if enode.is_complete else record))
