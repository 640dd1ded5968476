"""Gateways of IPFS in tests."""

from __future__ import annotations

from collections.abc import Mapping

from pystatus.chain.gateway import Gateway, GatewayFailed
from pystatus.ethereum import ipfs


class InMemoryBlocks:
    """Gives the blocks that it has, by their ids, and remembers what it was asked for."""

    def __init__(self, blocks: Mapping[str, bytes]) -> None:
        self._blocks = blocks
        self.asked: list[str] = []

    async def block(self, cid: bytes) -> bytes:
        self.asked.append(ipfs.shown(cid))
        found = self._blocks.get(self.asked[-1])
        if found is None:
            raise GatewayFailed("The gateway does not have this.")
        return found


def gateway(blocks: Mapping[str, bytes]) -> Gateway:
    """One without a socket."""
    return Gateway("http://gateway.test", blocks=InMemoryBlocks(blocks))
