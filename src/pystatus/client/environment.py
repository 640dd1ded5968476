"""What a program takes from the environment instead of its text: the same variables as the commands."""

from __future__ import annotations

import os
from dataclasses import field
from typing import TYPE_CHECKING

from pystatus import typed
from pystatus.errors import LocalError, Refused
from pystatus.records import dataclass
from pystatus.variables import (
    BOOTNODES_VARIABLE,
    DNS_SERVER_VARIABLE,
    ENDPOINT_VARIABLE,
    FLEET_VARIABLE,
    GATEWAY_VARIABLE,
    JOIN_VARIABLE,
    LISTS_VARIABLE,
    MAILSERVERS_VARIABLE,
    MARKET_VARIABLE,
    PASSWORD_VARIABLE,
    PEERS_VARIABLE,
    PRICES_VARIABLE,
    PROXY_VARIABLE,
    REGISTRY_VARIABLE,
    RENDEZVOUS_VARIABLE,
    TIME_SERVERS_VARIABLE,
)

if TYPE_CHECKING:
    from pystatus.chain.endpoint import Endpoint
    from pystatus.chain.gateway import Gateway
    from pystatus.fleets.fleet import Fleet

WAYS = (
    "fleet", "peers", "mailservers", "bootnodes", "rendezvous_nodes", "dns_lists", "dns_server", "proxy",
    "time_servers", "endpoint", "registry", "gateway", "sticker_market", "prices",
)  # fmt: skip
"""The fields of :class:`Environment` that are parameters of :meth:`pystatus.Client.open`."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What is set."""

    password: str = field(repr=False)
    peers: tuple[str, ...]
    mailservers: tuple[str, ...]
    bootnodes: tuple[str, ...] = ()
    rendezvous_nodes: tuple[str, ...] = ()
    dns_lists: tuple[str, ...] = ()
    dns_server: str | None = None
    proxy: str | None = field(default=None, repr=False)
    """It may have a password in it."""
    time_servers: tuple[str, ...] = ()
    fleet: Fleet | None = None
    endpoint: Endpoint | None = field(default=None, repr=False)
    """Its address may have a key in it."""
    registry: str | None = None
    gateway: Gateway | None = field(default=None, repr=False)
    """Its address may have a key in it."""
    sticker_market: str | None = None
    prices: str | None = field(default=None, repr=False)
    """It may have a key in it."""


def read() -> Environment:
    """
    :raises LocalError: a variable without which nothing can be done is missing, or names a network that there is not.
    """
    password = os.environ.get(PASSWORD_VARIABLE, "")
    if not password:
        raise LocalError(f"The password of the profile is missing. Set it in {PASSWORD_VARIABLE}.")
    named = {
        variable: tuple(typed.tokens(os.environ.get(variable, "")))
        for variable in (
            PEERS_VARIABLE,
            MAILSERVERS_VARIABLE,
            BOOTNODES_VARIABLE,
            RENDEZVOUS_VARIABLE,
            LISTS_VARIABLE,
        )
    }
    networks = [text for name in (FLEET_VARIABLE, JOIN_VARIABLE) if (text := os.environ.get(name, ""))]
    if not networks and not any(named.values()):
        raise LocalError(
            f"No relay is given. Set {PEERS_VARIABLE} to the enode URL of one, or {JOIN_VARIABLE} to an invitation; "
            "`pystatus node` runs one and prints it."
        )
    proxy = os.environ.get(PROXY_VARIABLE) or None
    return Environment(
        password,
        peers=named[PEERS_VARIABLE],
        mailservers=named[MAILSERVERS_VARIABLE],
        bootnodes=named[BOOTNODES_VARIABLE],
        rendezvous_nodes=named[RENDEZVOUS_VARIABLE],
        dns_lists=named[LISTS_VARIABLE],
        dns_server=os.environ.get(DNS_SERVER_VARIABLE) or None,
        proxy=proxy,
        time_servers=tuple(typed.tokens(os.environ.get(TIME_SERVERS_VARIABLE, ""))),
        fleet=_network(networks, proxy),
        endpoint=endpoint(proxy),
        registry=os.environ.get(REGISTRY_VARIABLE) or None,
        gateway=gateway(proxy),
        sticker_market=os.environ.get(MARKET_VARIABLE) or None,
        prices=prices(),
    )


def endpoint(proxy: str | None) -> Endpoint | None:
    """The node of Ethereum that the environment names; ``None``: none.

    :param proxy: through which it is asked.
    :raises Refused: it names none that there can be.
    """
    named = os.environ.get(ENDPOINT_VARIABLE)
    if not named:
        return None
    from pystatus.chain.endpoint import Endpoint  # who names none loads nothing of it
    from pystatus.net.proxy import Proxy
    from pystatus.net.route import Route

    route = Route(None if proxy is None else Proxy.parse(proxy))
    try:
        return Endpoint(named, route=route)
    except Refused as error:
        raise Refused(f"{ENDPOINT_VARIABLE}: {error}") from None


def gateway(proxy: str | None) -> Gateway | None:
    """The gateway of IPFS that the environment names; ``None``: none.

    :param proxy: through which it is asked.
    :raises Refused: it names none that there can be.
    """
    given = os.environ.get(GATEWAY_VARIABLE)
    if not given:
        return None
    from pystatus.chain.gateway import Gateway  # who names none loads nothing of it
    from pystatus.net.proxy import Proxy
    from pystatus.net.route import Route

    route = Route(None if proxy is None else Proxy.parse(proxy))
    try:
        return Gateway(given, route=route)
    except Refused as error:
        raise Refused(f"{GATEWAY_VARIABLE}: {error}") from None


def prices() -> str | None:
    """The service of prices that the environment names; ``None``: none.

    :raises Refused: it names none that there can be.
    """
    given = os.environ.get(PRICES_VARIABLE)
    if not given:
        return None
    from pystatus.chain.prices import service_url  # who names none loads nothing of it

    try:
        return service_url(given).whole
    except Refused as error:
        raise Refused(f"{PRICES_VARIABLE}: {error}") from None


def _network(named: list[str], proxy: str | None) -> Fleet | None:
    """
    :raises LocalError: there is no such network.
    """
    if not named:
        return None
    from pystatus.net.proxy import Proxy  # a program without a network loads nothing of it
    from pystatus.net.route import Route
    from pystatus.node.fleet_sources import fleets_now

    return fleets_now(named, Route(None if proxy is None else Proxy.parse(proxy)))
