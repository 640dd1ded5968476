"""The way of a client to the node of Ethereum that it was opened with. What it takes is loaded when it is asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from pystatus.errors import LocalError

if TYPE_CHECKING:
    from pystatus.chain.endpoint import Endpoint
    from pystatus.chain.naming import Naming
    from pystatus.chain.wallet import Wallet
    from pystatus.client.chain import Chain
    from pystatus.client.resolving import NameResolver


class ChainAccess:
    """Of one session."""

    def __init__(self, endpoint: Endpoint | None, registry: bytes | None) -> None:
        """
        :param endpoint: ``None``: none is named.
        :param registry: of ENS; ``None``: that of the chain.
        """
        self._endpoint = endpoint
        self._registry = registry

    @property
    def shown(self) -> str:
        """Which node it is, without what may be secret; empty: none."""
        return "" if self._endpoint is None else str(self._endpoint.url)

    @property
    def endpoint(self) -> Endpoint:
        """The node.

        :raises LocalError: none is named.
        """
        if self._endpoint is None:
            raise LocalError(
                "No node of Ethereum is named. Open the client with endpoint=…, or set PYSTATUS_ENDPOINT for the "
                "process that has the profile open."
            )
        return self._endpoint

    @cached_property
    def money(self) -> Wallet:
        """What tries and sends transactions: one for all, so that no two of them have one nonce.

        :raises LocalError: no node is named.
        """
        from pystatus.chain.wallet import Wallet

        return Wallet(self.endpoint)

    @cached_property
    def naming(self) -> Naming:
        """What knows names.

        :raises LocalError: no node is named.
        """
        from pystatus.chain.naming import Naming

        return Naming(self.endpoint, self._registry)

    async def close(self) -> None:
        """Hang up."""
        if self._endpoint is not None:
            await self._endpoint.close()


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
