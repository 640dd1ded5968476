"""Asking about names on the command line: a node that is named, or the process that has the profile open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from pystatus.apps.cli.chain_options import ChainOptions

if TYPE_CHECKING:
    from pystatus.apps.cli.option_groups import ProfileOptions
    from pystatus.chain.endpoint import Endpoint
    from pystatus.chain.naming import Naming
    from pystatus.client.features.names import Names

T = TypeVar("T")


def read(
    given: ProfileOptions,
    chain: ChainOptions,
    registry: str | None,
    ask_node: Callable[[Naming], Awaitable[T]],
    ask_holder: Callable[[Names], Awaitable[T]],
) -> T:
    """What the chain says: of the node that is named, whoever has the profile open; of none, that process is asked.

    :raises LocalError: nobody can be asked.
    """
    if chain.endpoint is None and given.access.is_attached:
        return with_names(given, chain, registry, ask_holder)

    async def act(connected: Endpoint) -> T:
        from pystatus.chain.naming import Naming

        return await ask_node(Naming(connected, None if registry is None else bytes.fromhex(registry[2:])))

    return chain.run(act)


def with_names(
    given: ProfileOptions,
    chain: ChainOptions,
    registry: str | None,
    act: Callable[[Names], Awaitable[T]],
    *,
    needs_node: bool = True,
) -> T:
    """What the client of the profile says, or the one of the process that has it open.

    :param needs_node: a node of Ethereum has to be named.
    :raises LocalError: the profile cannot be opened, or no node is named.
    """
    from pystatus.client.features.names import Names
    from pystatus.net.loop import run

    client = chain.client(given, registry, needs_node=needs_node)

    async def asked() -> T:
        async with client:
            return await act(client.feature(Names))

    return run(asked())
