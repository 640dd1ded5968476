"""Print what is said in a public chat.

PYSTATUS_PASSWORD=... .venv/bin/python examples/watch_chat.py PROFILE CHAT enode://...
"""

import asyncio
import os
import sys

from pystatus import Client, MessageReceived, StatusError, alias, one_line


async def main(profile: str, name: str, relays: list[str]) -> None:
    async with Client.open(profile, os.environ["PYSTATUS_PASSWORD"], peers=relays) as client:
        events = client.events()  # everything from here on
        chat = await client.join(name)
        for message in reversed(client.history(chat, limit=10)):
            print(f"{alias(message.author)}: {one_line(message.text)}")
        print(f"Listening to #{chat.id}", flush=True)
        async for event in events:
            if isinstance(event, MessageReceived) and event.chat.id == chat.id:
                print(f"{alias(event.message.author)}: {one_line(event.message.text)}", flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("Name a profile, a public chat and a relay: watch_chat.py PROFILE CHAT enode://…")
    if "PYSTATUS_PASSWORD" not in os.environ:
        sys.exit("The password of the profile is missing. Set it in PYSTATUS_PASSWORD.")
    try:
        asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
    except StatusError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        pass
