"""Print what is said in a public chat.

export PYSTATUS_PASSWORD=... PYSTATUS_PEERS=enode://...
.venv/bin/python examples/watch_chat.py PROFILE CHAT
"""

import sys

from pystatus import Client, LocalError, MessageReceived, alias, one_line, run_bot


async def watch(client: Client, name: str) -> None:
    async with client:
        events = client.events()  # everything from here on
        chat = await client.join(name)
        for message in reversed(client.history(chat, limit=10)):
            print(f"{alias(message.author)}: {one_line(message.text)}")
        print(f"Listening to #{chat.id}", flush=True)
        async for event in events:
            if isinstance(event, MessageReceived) and event.chat.id == chat.id:
                print(f"{alias(event.message.author)}: {one_line(event.message.text)}", flush=True)


async def main() -> None:
    match sys.argv[1:]:
        case [profile, chat]:
            await watch(Client.from_environment(profile), chat)
        case _:
            raise LocalError("Name a profile and a public chat: watch_chat.py PROFILE CHAT")


if __name__ == "__main__":
    run_bot(main)
