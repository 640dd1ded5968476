"""A relay and two people in one process: needs no account, no network, and leaves nothing behind.

make setup
.venv/bin/python examples/two_people.py
"""

import asyncio
import os
import tempfile
from pathlib import Path

from pystatus import Account, Client, MessageReceived, Node, NodeConfig, Profiles
from pystatus.account.mnemonic import new_phrase

PASSWORD = "correct horse"  # noqa: S105 - the accounts end with the program


def make_account(data_directory: Path, name: str) -> None:
    phrase = new_phrase(os.urandom)  # the twelve words to write down
    Profiles(data_directory).create(Account.from_mnemonic(phrase), PASSWORD, name)


async def main(data_directory: Path) -> None:
    for name in ("alice", "bob"):
        make_account(data_directory, name)
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
