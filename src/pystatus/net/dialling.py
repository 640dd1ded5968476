"""Attempts to connect to a node, and the events that report them."""

from __future__ import annotations

import asyncio
from typing import TypeAlias

from pystatus.devp2p.enode import Enode
from pystatus.net.connecting import Resolve
from pystatus.net.rlpx_protocol import RlpxProtocol
from pystatus.net.route import Route
from pystatus.records import dataclass


@dataclass(frozen=True, slots=True)
class DialBegan:
    """A node is being dialled."""

    enode: Enode


@dataclass(frozen=True, slots=True)
class DialFailed:
    """An attempt to connect to a node came to nothing, and it is not connected otherwise."""

    enode: Enode
    reason: str
    """Words without a full stop; some of them may be the other end's."""


class Unreachable(str):
    """Why a node could not be reached at all, so that the reason may be this node's own connection."""

    __slots__ = ()


class HungUp(str):
    """Why there is no peer, where the other end took the connection and closed it before the key agreement: so do nodes
    that were dialled from this address less than 30 seconds ago (overlay.md §6.3)."""

    __slots__ = ()


DialEvent: TypeAlias = DialBegan | DialFailed
"""For each :class:`DialBegan` there is a :class:`DialFailed`, or a peer, unless the network is closed before."""


async def connect(link: RlpxProtocol, route: Route, resolve: Resolve, timeout: float) -> str | None:
    """Connect to the node that ``link`` was made for: None when both handshakes are done, else what went wrong:
    :class:`Unreachable` where nobody answered, :class:`HungUp` where somebody did and hung up.

    :param resolve: finds the addresses of names, without a proxy.
    :param timeout: seconds for a TCP connection.
    """
    enode = link.dialled
    assert enode is not None, "the link was made to dial"
    assert enode.host is not None, "add_static takes complete enodes only"
    assert enode.port is not None
    attempt = route.attempt(enode.host, enode.port, resolve)
    link.beyond = attempt.beyond
    try:
        async with asyncio.timeout(timeout):
            await asyncio.get_running_loop().create_connection(lambda: link, sock=await attempt.connect())
        failure = await link.outcome
        return failure if failure is None or not link.hung_up else HungUp(failure)
    except OSError as error:  # TimeoutError as well
        link.drop()
        return Unreachable(attempt.failure(error, timeout))
    except asyncio.CancelledError:
        link.drop()
        raise
