"""What a node does not do of what its settings ask for, because it goes through a proxy."""

from __future__ import annotations

from pystatus.net.route import NO_SERVER
from pystatus.node.config import NodeConfig
from pystatus.timekeeping.servers import parse_time_servers


def by_proxy(config: NodeConfig) -> tuple[str, ...]:
    """A sentence each, which says what to do: for the log, when the node starts."""
    if config.proxy is None:
        return ()
    found = []
    if config.bootnodes and config.discovery:
        found.append(
            "Bootnodes are not asked, as they speak UDP and a proxy carries TCP alone: name relays (--peer), "
            "Rendezvous nodes (--rendezvous), or node lists and a DNS server (--dns-list, --dns-server)."
        )
    if config.dns_lists and config.discovery and not config.usable_lists:
        found.append(f"Node lists are not read. {NO_SERVER}")
    if parse_time_servers(config.time_servers):
        found.append(
            "Time servers are not asked, as they speak UDP and a proxy carries TCP alone: see that the clock of "
            "this machine is right."
        )
    if config.listen is not None or config.accepts_at is not None:
        found.append(
            "This node listens, so who dials it sees the address that the proxy hides: to hide it, do not listen, "
            "or listen on 127.0.0.1 where Tor's onion service, for example, leads to it."
        )
    return tuple(found)
