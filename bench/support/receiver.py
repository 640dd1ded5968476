"""A client in a process of its own, which says when each message has arrived. What is imported here counts as memory of
a client: so there is nothing that the program of a user would not have."""

from __future__ import annotations

import asyncio
import json
import sys
import time

from pystatus.client import Client
from pystatus.messenger.events import MessageReceived
from pystatus.net.loop import run

PROFILE = "bob"
PASSWORD = "benchmark"


async def receive(directory: str, enode: str, other: str) -> None:
    """
    :param directory: where the profile is.
    :param enode: of the relay.
    :param other: the chat key of who writes.
    """
    client = Client.open(PROFILE, PASSWORD, data_dir=directory, peers=[enode])

    @client.on(MessageReceived)
    def _arrived(event: MessageReceived) -> None:
        arrivals.append((event.message.text, time.time()))
        if event.message.text.endswith("."):
            print(json.dumps(arrivals), flush=True)
            arrivals.clear()

    arrivals: list[tuple[str, float]] = []
    async with client:
        await client.wait_for_peer()
        await client.open_chat(other)
        print(json.dumps(client.public_key.hex), flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


def main() -> None:
    """See :func:`receive`: what it takes are the arguments of the process."""
    run(receive(*sys.argv[1:]))
