"""Looks for a router that opens ports (overlay.md §6.1)."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any

from pystatus.discovery.addresses import IPAddress
from pystatus.errors import RemoteError
from pystatus.nat.method import NatMethod, Way
from pystatus.net.pmp_router import PmpRouter
from pystatus.net.router import Router
from pystatus.net.routes import gateways, is_translated, outward_address
from pystatus.net.upnp_router import find_upnp_router

PMP_PATIENCE = 1.0
"""Seconds that a router has which nobody has named (overlay.md §6.1)."""


async def find_router(method: NatMethod) -> Router:
    """The first that answers of those that may be there.

    :raises RemoteError: none; the text says why, for each.
    """
    tries: list[Coroutine[Any, Any, Router]] = []
    if method.way is Way.PMP and method.address is not None:
        tries.append(_pmp(PmpRouter(method.address, method.port), None))
    elif method.way in (Way.PMP, Way.ANY):
        tries += [_pmp(PmpRouter(gateway), PMP_PATIENCE) for gateway in gateways()]
    own = outward_address(4)
    if method.way in (Way.UPNP, Way.ANY) and own is not None and is_translated(own):
        tries.append(_upnp(own))
    if not tries:
        raise RemoteError("this machine is not behind a router that could be asked")
    return await _first(tries)


async def _pmp(router: PmpRouter, patience: float | None) -> Router:
    await router.external_address(patience)
    return router


async def _upnp(own: IPAddress) -> Router:
    return await find_upnp_router(own, gateways())


async def _first(tries: Sequence[Coroutine[Any, Any, Router]]) -> Router:
    """What the first of them finds; the others are given up.

    :raises RemoteError: none finds anything.
    """
    reasons: dict[str, None] = {}
    tasks = [asyncio.create_task(one) for one in tries]
    try:
        for done in asyncio.as_completed(tasks):
            try:
                return await done
            except RemoteError as error:
                reasons[str(error)] = None
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    raise RemoteError("; ".join(reasons))
