"""What ``pystatus send`` does."""

from __future__ import annotations

from dataclasses import replace

from pystatus.apps import chats, views
from pystatus.apps.output import Output
from pystatus.client import Client, SendFailed
from pystatus.errors import LocalError


class NotSentYet(LocalError):
    """The message is stored, but no relay took it in time."""

    exit_code = 3
    """Apart from other errors, because whoever sends again says the same thing twice."""


async def send(client: Client, chat: str, text: str, timeout: float, out: Output) -> None:
    """Send ``text`` to the chat that ``chat`` names, wait up to ``timeout`` seconds, and print what became of it.

    :raises NotSentYet: it goes out later.
    :raises SendFailed: it was given up.
    :raises LocalError: it could not be stored: no such chat can exist, or the text is blank or too long.
    """
    async with client:
        place = await chats.enter(client, chat)
        receipt = await client.send_text(place, text)
        problem: LocalError | None = None
        try:
            await receipt.sent(timeout)
        except TimeoutError:
            problem = NotSentYet(
                f"No relay took the message within {timeout:g} seconds. It is stored and goes out the next time that "
                "this profile is connected; do not send it again."
            )
        except SendFailed as error:
            problem = error
        message = replace(receipt.message, state=receipt.state)
        out.result(
            views.message_fields(message, place, client.public_key),
            f"{receipt.state.name.lower()} {views.hex_id(message.id)}",
        )
    if problem is not None:
        raise problem
