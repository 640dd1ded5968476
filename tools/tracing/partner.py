"""The other side of a journey, in a process of its own, so that nothing of it is traced.

``converse FOLDER``: a relay and a person who says something when asked to. ``fetch FOLDER ENODE``: a person who fetches
history from the mailserver when asked to, and another who says what it keeps.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from pystatus import Client, Node, NodeConfig
from tools.tracing.lines import orders, tell
from tools.tracing.profiles import PASSWORD, make_profile
from tools.tracing.talk import CHAT, CHATS, TEXT


async def converse(folder: Path) -> None:
    make_profile(folder, "alice")
    async with Node(NodeConfig(listen="127.0.0.1:0")) as relay:
        enode = str(relay.enode)
        async with Client.open("alice", PASSWORD, data_dir=folder, peers=[enode]) as alice:
            await alice.wait_for_peer()
            await alice.join(CHAT)
            tell(enode=enode)
            async for _ in orders():
                await (await alice.send_text(CHAT, TEXT)).sent()
                tell(done=True)


async def fetch(folder: Path, mailserver: str) -> None:
    for name in ("alice", "carol"):
        make_profile(folder, name)
    peers = [mailserver]
    async with (
        Client.open("alice", PASSWORD, data_dir=folder, peers=peers) as alice,
        Client.open("carol", PASSWORD, data_dir=folder, peers=peers, mailservers=peers) as carol,
    ):
        await alice.wait_for_peer()
        await alice.join(CHAT)
        await carol.wait_for_peer()
        for chat in (CHAT, *CHATS):
            await carol.join(chat)
        await carol.fetch_history()
        tell(ready=True)
        async for order in orders():
            if order == "say":
                await (await alice.send_text(CHAT, TEXT)).sent()
            else:
                await carol.fetch_history()
            tell(done=True)


if __name__ == "__main__":
    kind, folder, *rest = sys.argv[1:]
    asyncio.run(converse(Path(folder)) if kind == "converse" else fetch(Path(folder), *rest))
