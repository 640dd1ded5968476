"""A bot that asks a question in a public chat, and counts who answers what.

It shows reactions, and how a bot does something at a time. examples/tests/test_poll_bot.py tests it. To run it
(docs/bots.md has more):

    .venv/bin/pystatus account create bot
    export PYSTATUS_PASSWORD=... PYSTATUS_PEERS=enode://...
    .venv/bin/python examples/poll_bot.py bot news 30 "What shall we eat?" pizza sushi      # for 30 minutes
"""

import asyncio
import contextlib
import sys
from collections import Counter
from collections.abc import Sequence

from pystatus import Client, LocalError, Message, MessageReceived, PublicKey, Reactions, ReactionType, run_bot

EMOJI = (ReactionType.THUMBS_UP, ReactionType.LOVE, ReactionType.LAUGH, ReactionType.SAD, ReactionType.ANGRY)
"""The reaction that stands for each answer."""


async def poll(client: Client, name: str, minutes: float, question: str, answers: Sequence[str]) -> None:
    """The bot, with whatever client it is given: that of an account, or one of a test."""
    if not 2 <= len(answers) <= len(EMOJI):
        raise LocalError(f"A question has 2 to {len(EMOJI)} answers, not {len(answers)}.")
    choices = [f"{number} {EMOJI[number - 1].emoji} {answer}" for number, answer in enumerate(answers, 1)]
    how = f"Vote by number or by reaction within {minutes:g} min: your last vote counts. How it stands: !result"
    text = "\n".join((question, *choices, how))
    async with client:
        chat = await client.join(name)
        ours = [message for message in client.messages(chat) if message.author == client.public_key]
        asked = next((message for message in ours if message.text == text), None)  # by a run of before
        asked = asked or (await client.send_text(chat, text)).message
        end = asked.sent_ms / 1_000 + minutes * 60
        results = [one for one in ours if one.response_to == asked.id and one.text.startswith("Result")]
        print(f"I am {client.name}, and ask in #{chat.id}", flush=True)

        @client.on(MessageReceived)
        async def stands(event: MessageReceived) -> None:
            if event.chat.id == chat.id and event.message.text.strip() == "!result":
                await client.answer(event, results[0].text if results else standing("So far"))

        def standing(title: str) -> str:
            count = Counter(votes(client, asked, len(answers)).values())
            return "\n".join((f"{title}: {question}", *(f"{one}: {count[n]}" for n, one in enumerate(choices, 1))))

        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, end - client.now)):
                await client.run_forever()
        if not results:
            results.append((await client.send_text(chat, standing("Result"), reply_to=asked)).message)
        await client.run_forever()  # for who asks later, and for relays that are away


def votes(client: Client, asked: Message, most: int) -> dict[PublicKey, int]:
    """The last vote of each person: the number of an answer, from 1 on."""
    numbers = {str(number): number for number in range(1, most + 1)}
    given: list[tuple[int, PublicKey, int]] = []  # clock, person, number
    for message in client.messages(asked.chat_id):
        if message.clock <= asked.clock:
            break
        if message.text.strip() in numbers:
            given.append((message.clock, message.author, numbers[message.text.strip()]))
    for reaction in client.feature(Reactions).by(asked):
        if reaction.type in EMOJI[:most]:
            given.append((reaction.clock, reaction.author, EMOJI.index(ReactionType(reaction.type)) + 1))
    return {person: number for _, person, number in sorted(given, key=lambda vote: vote[0])}


async def main() -> None:
    match sys.argv[1:]:
        case [profile, chat, minutes, question, *answers] if minutes.isdecimal() and len(minutes) <= 5:
            await poll(Client.from_environment(profile), chat, int(minutes), question, answers)
        case _:
            raise LocalError(
                "Say where, for how many whole minutes and what: poll_bot.py PROFILE CHAT MINUTES QUESTION ANSWER ..."
            )


if __name__ == "__main__":
    run_bot(main)
