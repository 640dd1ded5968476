"""``python -m bench.attacks.listener ENODE KEY``: the client that is attacked. It prints what its contact writes.

Data directory and password come from the environment, as for ``pystatus``. The profile is called alice.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys

from pystatus import Client, MessageReceived
from pystatus.net.loop import run


async def main(enode: str, other: str) -> None:
    client = Client.open(
        "alice", os.environ["PYSTATUS_PASSWORD"], data_dir=os.environ["PYSTATUS_DATA_DIR"], peers=[enode]
    )

    @client.on(MessageReceived)
    def _read(event: MessageReceived) -> None:
        if event.message.chat_id == other:
            print(event.message.text, flush=True)

    async with client:
        await client.wait_for_peer()
        await client.open_chat(other)
        print("ready", flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.attacks.listener", description=__doc__)
    parser.add_argument("enode", metavar="ENODE")
    parser.add_argument("other", metavar="KEY", help="chat key of the contact")
    run(main(**vars(parser.parse_args())))
