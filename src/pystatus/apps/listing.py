"""What ``pystatus dns-list`` does."""

from __future__ import annotations

import os

from pystatus.apps.output import Output
from pystatus.errors import LocalError
from pystatus.net.dns import DnsResolver
from pystatus.net.dns_lists import DnsLists
from pystatus.overlay.discovery.entries import Link
from pystatus.overlay.enr import NodeRecord
from pystatus.wording import counted


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
