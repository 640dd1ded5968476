"""Whose a name is, read from the chain: what a client is given as ``names``."""

from __future__ import annotations

from pystatus.chain.endpoint import Endpoint
from pystatus.crypto.keys import PublicKey
from pystatus.ethereum import names


class ChainNames:
    """See :class:`pystatus.client.resolving.NameResolver`. Nothing is remembered: a name may be given away at any time.

    Implements: AC-17, ET-6, PL-23
    """

    def __init__(self, endpoint: Endpoint, registry: bytes | None = None) -> None:
        """
        :param registry: of ENS; ``None``: that of the chain.
        """
        self._endpoint = endpoint
        self._registry = registry

    async def chat_key(self, name: str) -> PublicKey | None:
        """The chat key that a name leads to; ``None``: there is no such name, it leads to none, or it is not in its
        normal form, so that it may look like somebody else's.

        :raises EndpointFailed: the node cannot be asked, or answers nonsense.
        """
        if not names.is_normal(name):
            return None
        try:
            return await self._endpoint.carry_out(names.chat_key_of(await self.registry(), name))
        except names.NoName:
            return None

    async def address(self, text: str) -> bytes:
        """The address that is paid when a name is paid.

        :param text: as a person has typed it.
        :raises LocalError: it is no name.
        :raises NoName: it leads to no address.
        """
        name = names.whole_name(text)
        return await self._endpoint.carry_out(names.address_of(await self.registry(), name))

    async def name(self, address: bytes) -> str | None:
        """The name that an address gives itself, if that name leads back to it."""
        return await self._endpoint.carry_out(names.name_of(await self.registry(), address))

    async def registry(self) -> bytes:
        """The registry of ENS.

        :raises LocalError: none is known on the chain.
        """
        return self._registry or names.registry_of(await self._endpoint.chain_id())
