"""The relay of the demo, a process of its own: it passes envelopes on and can read none of them."""

from __future__ import annotations

import asyncio

from pystatus import Node, NodeConfig
from pystatus.apps.demo.child import Line, report, while_parent_lives


async def serve(lines: asyncio.Queue[Line]) -> None:
    """Relay on a free port of loopback. There is nothing to tell a relay but the end."""
    async with Node(NodeConfig(listen="127.0.0.1:0")) as node:
        report("ready", enode=str(node.enode))
        await lines.get()


if __name__ == "__main__":
    asyncio.run(while_parent_lives(serve))
