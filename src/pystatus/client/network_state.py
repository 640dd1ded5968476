"""How a client is connected, as a value: for those who show it, in this process or in another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pystatus.account.address import checksummed
from pystatus.client.events import ClockSuspected, TimeServersHeard, clock_event
from pystatus.records import dataclass

if TYPE_CHECKING:
    from pystatus.client.session import Session


@dataclass(frozen=True, slots=True)
class ConnectedRelay:
    """A relay that exchanges envelopes with us."""

    node_id: str
    """128 hex digits, as in an enode URL."""
    address: str
    """``host:port``: where it was dialled, or where it dials from."""
    software: str
    """What it calls itself; safe to show."""
    inbound: bool
    """Whether it has dialled us."""
    is_mailserver: bool
    """Whether it is asked for history."""
    found_by: str
    """What has found it: discovery, a list; empty if it was named."""


@dataclass(frozen=True, slots=True)
class NetworkState:
    """How a client is connected at this moment."""

    relays: tuple[ConnectedRelay, ...]
    wanted: int
    """Relays with which no more are looked for."""
    has_mailserver: bool
    """Whether there is one to ask for history, named or found."""
    lists_problem: str = ""
    """Why nobody is found by node lists, in words without a full stop; empty: nothing is wrong with them."""
    proxy: str = ""
    """What opens all connections, ``socks5://host:port``; empty: none does."""
    endpoint: str = ""
    """The node of Ethereum that is asked, ``https://host`` without the rest, which may be secret; empty: none."""
    registry: str = ""
    """The registry of ENS that is asked; empty: that of the chain."""
    gateway: str = ""
    """The gateway of IPFS that is asked, likewise without what may be secret; empty: none."""
    sticker_market: str = ""
    """The market of stickers that is asked; empty: that of the chain."""
    prices: str = ""
    """The service of prices that is asked, likewise without what may be secret; empty: none."""
    clock: ClockSuspected | TimeServersHeard | None = None
    """What is wrong with the clock; None: nothing, as far as anybody says."""


def network_state(session: Session) -> NetworkState:
    """Of an open client."""
    node, asked = session.node, session.mailservers
    relays = tuple(
        ConnectedRelay(
            peer.id.hex(),
            peer.enode.address if peer.enode.is_complete else str(peer.address),
            peer.client_id,
            peer.inbound,
            peer.id in asked,
            "" if peer.source is None else peer.source.value,
        )
        for peer in node.peers
    )
    clock = clock_event(node.clock)
    return NetworkState(
        relays,
        max(node.config.enough_peers if node.config.is_looking else 0, len(node.config.peers)),
        session.knows_mailserver.is_set(),
        node.lists_problem or "",
        "" if node.config.proxy is None else str(node.config.proxy),
        "" if session.endpoint is None else str(session.endpoint.url),
        "" if session.registry is None else checksummed(session.registry),
        "" if session.gateway is None else str(session.gateway.url),
        "" if session.market is None else checksummed(session.market),
        "" if session.prices is None else str(session.prices.url),
        clock if isinstance(clock, ClockSuspected | TimeServersHeard) else None,
    )
