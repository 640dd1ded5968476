"""The echo contact of the demo, a process of its own: greets in the public chat, repeats what is written to it alone.

It is a bot like any other: everything here is the public interface of pystatus, as in ``examples/echo_bot.py``.
"""

from __future__ import annotations

import asyncio
import re
import shutil
from pathlib import Path

from pystatus import AnswerLimits, ChatKind, Client, MessageReceived, alias
from pystatus.apps.demo.child import Line, new_profile, report, while_parent_lives

PUBLIC_CHAT = "pystatus-demo"
"""The public chat that everybody in the demo joins."""

ANSWERS = 1_000
"""Answers at once: whoever tries the demo may write as much as they like, and there is nobody else. Ours."""

_GREETING = re.compile(r"(hello|hi|hey|hallo|moin|servus|ciao|hola|salut|good (morning|day|evening))\b", re.IGNORECASE)


def welcome(name: str) -> str:
    """What the echo contact says when ``name`` has come."""
    return (
        f"Welcome, {name}! I am the echo contact. This is a public chat: say hello here. Or choose my name on the left "
        "and write to me alone: nobody else can read that, not even the relay between us, and I send it back."
    )


def answer_to_greeting(name: str) -> str:
    """What it answers to a greeting of ``name`` in the public chat."""
    return f"Hello, {name}! Your message came to me through the relay, and mine to you."


def is_greeting(text: str) -> bool:
    """Whether a public message asks for an answer."""
    return bool(_GREETING.match(text.strip()))


async def respond(client: Client, event: MessageReceived) -> None:
    """Report a message that came in, and answer it."""
    message = event.message
    report(
        "received",
        id=message.id.hex(),
        chat=message.chat_id,
        author=message.author.hex,
        text=message.text,
        forward_secrecy=message.forward_secrecy,
    )
    if event.chat.kind == ChatKind.ONE_TO_ONE:
        await client.answer(event, message.text)
    elif is_greeting(message.text):
        await client.answer(event, answer_to_greeting(alias(message.author)))


async def serve(lines: asyncio.Queue[Line]) -> None:
    """Make an account, join, and answer.

    The first line names the directory of the demo, the second the relay, each later one somebody to welcome.
    """
    directory = Path((await lines.get())["directory"])
    try:
        password = new_profile(directory / "echo", "echo")
        relay = (await lines.get())["enode"]
        client = Client.open(
            "echo",
            password,
            data_dir=directory / "echo",
            state_dir=directory / "state",
            peers=[relay],
            answer_limits=AnswerLimits(person=ANSWERS, chat=ANSWERS),
        )

        @client.on(MessageReceived)
        async def received(event: MessageReceived) -> None:
            await respond(client, event)

        async with client:
            await client.join(PUBLIC_CHAT)
            await client.wait_for_peer()
            report("ready", public_key=client.public_key.compressed.hex())
            while True:
                await client.send_text(PUBLIC_CHAT, welcome((await lines.get())["welcome"]))
    except asyncio.CancelledError:
        # Usually the parent tidies up. If it was killed, this is the last process that knows of the files.
        shutil.rmtree(directory, ignore_errors=True)
        raise


if __name__ == "__main__":
    asyncio.run(while_parent_lives(serve))
