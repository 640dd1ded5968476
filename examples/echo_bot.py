"""A bot that sends back what somebody writes to it alone.

It shows how a bot answers. examples/tests/test_echo_bot.py tests it. To run it (docs/bots.md has more):

    .venv/bin/pystatus account create bot
    export PYSTATUS_PASSWORD=... PYSTATUS_PEERS=enode://...
    .venv/bin/python examples/echo_bot.py bot
"""

import sys

from pystatus import ChatKind, Client, LocalError, MessageReceived, run_bot


async def echo(client: Client) -> None:
    """The bot, with whatever client it is given: that of an account, or one of a test."""

    @client.on(MessageReceived)
    async def answer(event: MessageReceived) -> None:
        if event.chat.kind == ChatKind.ONE_TO_ONE:  # in public, others may be meant
            await client.answer(event, event.message.text)

    async with client:
        print(f"I am {client.name}. Write to {client.chat_key}", flush=True)
        await client.run_forever()


async def main() -> None:
    match sys.argv[1:]:
        case [profile]:
            await echo(Client.from_environment(profile))
        case _:
            raise LocalError("Name the profile of the bot: echo_bot.py PROFILE")


if __name__ == "__main__":
    run_bot(main)
