"""What is told of attempts to connect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from pystatus.overlay.enode import Enode


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


DialEvent: TypeAlias = DialBegan | DialFailed
"""For each :class:`DialBegan` there is a :class:`DialFailed`, or a peer, unless the network is closed before."""
