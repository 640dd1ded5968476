"""A bot that sends back whatever somebody writes to it alone.

.venv/bin/pystatus account create echo
PYSTATUS_PASSWORD=... .venv/bin/python examples/echo_bot.py enode://...
"""

import asyncio
import os
import sys

from pystatus import ChatKind, Client, MessageReceived, StatusError


async def main(relays: list[str]) -> None:
    client = Client.open("echo", os.environ["PYSTATUS_PASSWORD"], peers=relays)

    @client.on(MessageReceived)
    async def echo(event: MessageReceived) -> None:
        if event.chat.kind == ChatKind.ONE_TO_ONE:
            await client.answer(event, event.message.text)

    async with client:
        print(f"I am {client.name}. Write to {client.chat_key}", flush=True)
        await client.run_forever()


if __name__ == "__main__":
    if "PYSTATUS_PASSWORD" not in os.environ:
        sys.exit("The password of the profile echo is missing. Set it in PYSTATUS_PASSWORD.")
    try:
        asyncio.run(main(sys.argv[1:]))
    except StatusError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        pass
