"""The node of Ethereum that a client was opened with. What it takes is loaded when there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pystatus.errors import LocalError

if TYPE_CHECKING:
    from pystatus.chain.endpoint import Endpoint
    from pystatus.client.chain import Chain
    from pystatus.client.resolving import NameResolver


def named(endpoint: Endpoint | None) -> Endpoint:
    """The node.

    :raises LocalError: none is named.

    Implements: ET-14
    """
    if endpoint is None:
        raise LocalError(
            "No node of Ethereum is named. Open the client with endpoint=…, or set PYSTATUS_ENDPOINT for the process "
            "that has the profile open."
        )
    return endpoint


def chain_settings(
    endpoint: Endpoint | None, registry: str | None, names: NameResolver | None, chain: Chain | None
) -> tuple[NameResolver | None, Chain | None, bytes | None]:
    """Who is asked for names and for payments, and the registry of ENS.

    :param names, chain: what was given; ``None``: the endpoint, if there is one.
    :raises LocalError: the registry is no address.
    """
    known = None
    if registry is not None:
        from pystatus.ethereum.quantities import typed_address

        known = typed_address(registry)
    if endpoint is None:
        return names, chain, known
    from pystatus.chain.names import ChainNames
    from pystatus.chain.transactions import ChainTransactions

    return names or ChainNames(endpoint, known), chain or ChainTransactions(endpoint), known
