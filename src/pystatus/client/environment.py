"""What a program takes from the environment instead of its text: the same variables as the commands."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from pystatus import typed
from pystatus.errors import LocalError
from pystatus.variables import (
    BOOTNODES_VARIABLE,
    DNS_SERVER_VARIABLE,
    LISTS_VARIABLE,
    MAILSERVERS_VARIABLE,
    PASSWORD_VARIABLE,
    PEERS_VARIABLE,
    PROXY_VARIABLE,
    RENDEZVOUS_VARIABLE,
)

WAYS = ("peers", "mailservers", "bootnodes", "rendezvous_nodes", "dns_lists", "dns_server", "proxy")
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


def read() -> Environment:
    """
    :raises LocalError: a variable without which nothing can be done is missing.
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
    if not any(named.values()):
        raise LocalError(
            f"No relay is given. Set {PEERS_VARIABLE} to the enode URL of one; `pystatus node` runs one and prints it."
        )
    dns_server, proxy = (os.environ.get(name) or None for name in (DNS_SERVER_VARIABLE, PROXY_VARIABLE))
    peers, mailservers, bootnodes, rendezvous_nodes, lists = named.values()
    return Environment(password, peers, mailservers, bootnodes, rendezvous_nodes, lists, dns_server, proxy)
