"""A relay and two people in one process: needs no account, no network, and leaves nothing behind.

make setup
.venv/bin/python examples/two_people.py
"""

import asyncio
import tempfile
from pathlib import Path

from pystatus import Client, MessageReceived, Node, NodeConfig, Profiles

PASSWORD = "correct horse"  # noqa: S105 - the accounts end with the program


async def main(data_directory: Path) -> None:
    for name in ("alice", "bob"):
        Profiles(data_directory).create_account(name, PASSWORD)  # returns the twelve words, to write down
    async with Node(NodeConfig(listen="127.0.0.1:0")) as relay:
        peers = [str(relay.enode)]
        async with (
            Client.open("alice", PASSWORD, data_dir=data_directory, state_dir=data_directory, peers=peers) as alice,
            Client.open("bob", PASSWORD, data_dir=data_directory, state_dir=data_directory, peers=peers) as bob,
        ):
            events = bob.events()
            chat = await alice.open_chat(bob.public_key)
            receipt = await alice.send_text(chat, "Hello Bob!")
            await receipt.sent(timeout=10)
            async for event in events:
                if isinstance(event, MessageReceived):
                    assert event.message.author == alice.public_key
                    print(f"{bob.name} received from {alice.name}: {event.message.text}")
                    break


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(main(Path(directory)))
