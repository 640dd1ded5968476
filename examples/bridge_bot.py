"""A bot that passes on between two public chats what is said in either.

It shows how a bot sends without answering, and how it knows its own words. examples/tests/test_bridge_bot.py tests
it. To run it (docs/bots.md has more):

    .venv/bin/pystatus account create bot
    export PYSTATUS_PASSWORD=... PYSTATUS_PEERS=enode://...
    .venv/bin/python examples/bridge_bot.py bot news sports
"""

import sys
from collections import Counter

from pystatus import MAX_TEXT, Client, LocalError, Message, MessageReceived, alias, run_bot

MARK = "⇄ "
"""What a bridge writes begins with it, and no bridge passes that on: two of them pass on nothing of each other."""
HOUR = 3_600.0
"""Seconds until it is too late to pass something on: a bridge that was away for a day does not repeat the day."""
LOOKED_AT = 1_000
"""Messages of a chat in which a bridge that begins looks for what it has not passed on."""


async def bridge(client: Client, one: str, other: str) -> None:
    """The bot, with whatever client it is given: that of an account, or one of a test."""
    async with client:
        here, there = await client.join(one), await client.join(other)
        if here.id == there.id:
            raise LocalError("A bridge needs two chats. Name another one.")
        print(f"I am {client.name}, between #{here.id} and #{there.id}", flush=True)
        opposite = {here.id: there, there.id: here}

        async def pass_on(message: Message) -> None:
            if message.sent_ms / 1_000 >= client.now - HOUR and not message.text.startswith(MARK):
                await client.send_text(opposite[message.chat_id], passed_on(message))

        events = client.events()  # before the history is read, so that nothing comes between
        for message in waiting(client, list(opposite)):
            await pass_on(message)
        async for event in events:
            if isinstance(event, MessageReceived) and event.chat.id in opposite:
                await pass_on(event.message)


def passed_on(message: Message) -> str:
    """What the other chat reads."""
    text = f"{MARK}{alias(message.author)} in #{message.chat_id}: {message.text}"
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"


def waiting(client: Client, chats: list[str]) -> list[Message]:
    """What others said and we did not say in the other chat, the oldest first. A new bridge begins with what comes."""
    said = [message for chat in chats for message in client.history(chat, limit=LOOKED_AT)]
    ours = Counter(one.text for one in said if one.author == client.public_key and one.text.startswith(MARK))
    found = []
    for message in sorted(said, key=lambda message: message.clock) if ours else []:
        if message.author != client.public_key and ours[passed_on(message)] == 0:
            found.append(message)
        elif message.author != client.public_key:
            ours[passed_on(message)] -= 1  # somebody may say the same twice
    return found


async def main() -> None:
    match sys.argv[1:]:
        case [profile, one, other]:
            await bridge(Client.from_environment(profile), one, other)
        case _:
            raise LocalError("Name a profile and two public chats: bridge_bot.py PROFILE CHAT CHAT")


if __name__ == "__main__":
    run_bot(main)
