"""What a node says it is and speaks."""

from __future__ import annotations

import platform
from collections.abc import Sequence

from pystatus.devp2p.capabilities import Capability, Subprotocol
from pystatus.version import VERSION
from pystatus.waku.dialects import shh_6, waku_0, waku_1
from pystatus.waku.dialects.dialect import CODE_COUNT, Dialect


def _subprotocol(dialect: Dialect) -> Subprotocol:
    return Subprotocol(Capability(dialect.name, dialect.version), CODE_COUNT, dialect.max_sizes)


WAKU_1 = _subprotocol(waku_1.WAKU_1)
WAKU_0 = _subprotocol(waku_0.WAKU_0)
SHH_6 = _subprotocol(shh_6.SHH_6)
DIALECTS: dict[Capability, Dialect] = {
    WAKU_1.capability: waku_1.WAKU_1,
    WAKU_0.capability: waku_0.WAKU_0,
    SHH_6.capability: shh_6.SHH_6,
}


def subprotocols(bridge: bool) -> tuple[Subprotocol, ...]:
    """What is offered to peers; to speak Whisper as well makes a bridge.

    Implements: WK-3, WK-55, WH-5
    """
    return (WAKU_1, WAKU_0, SHH_6) if bridge else (WAKU_1, WAKU_0)


def client_id() -> str:
    """What this software calls itself in a Hello, in the form of the reference's names."""
    system = f"{platform.system().lower()}-{platform.machine().lower()}"
    return f"pystatus/v{VERSION}/{system}/python{platform.python_version()}"


def spoken(shared: Sequence[Capability]) -> Capability:
    """Of the capabilities that are shared with a peer, the one that envelopes travel in. They are sorted by name, so
    Waku stands behind Whisper: a peer that shares both gets every envelope once, in Waku (waku.md §1.1).

    Implements: WK-56
    """
    return shared[-1]
