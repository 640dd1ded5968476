"""What ``pystatus send`` does."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from pystatus.apps import chats, views
from pystatus.apps.exits import Exit
from pystatus.apps.output import Output
from pystatus.client import Client, ClockSuspected, Receipt, SendFailed
from pystatus.errors import LocalError
from pystatus.wording import counted


class NotSentYet(LocalError):
    """The message is stored, but no relay took it in time, or the clock is wrong."""

    exit_code = Exit.STORED
    """Apart from other errors, because whoever sends again says the same thing twice."""


class ClockIsWrong(NotSentYet):
    """Relays refuse what we send for its time."""

    def __init__(self, event: ClockSuspected) -> None:
        super().__init__(
            f"Not sent: {event.sentence}. Set the clock; the message is stored and goes out the next time that this "
            "profile is connected with a right one. Do not send it again."
        )


async def send(client: Client, chat: chats.Place, text: str, timeout: float, out: Output) -> None:
    """Send ``text`` to a chat, wait up to ``timeout`` seconds, and print what became of it.

    :raises NotSentYet: it goes out later; a wrong clock is one reason.
    :raises SendFailed: it was given up.
    :raises LocalError: it could not be stored: it is our own key, or the text is blank or too long.
    """
    suspected: asyncio.Future[ClockSuspected] = asyncio.get_running_loop().create_future()

    @client.on(ClockSuspected)
    def _suspected(event: ClockSuspected) -> None:
        if not suspected.done():
            suspected.set_result(event)

    async with client:
        place = await chats.enter(client, chat)
        receipt = await client.send_text(place, text)
        problem: LocalError | None = None
        try:
            await _sent_or_suspected(receipt, suspected, timeout)
        except TimeoutError:
            problem = NotSentYet(
                f"No relay took the message within {counted(timeout, 'second')}. It is stored and goes out the next "
                "time that this profile is connected; do not send it again."
            )
        except ClockIsWrong as error:
            problem = error
        except SendFailed as error:
            problem = error
        message = replace(receipt.message, state=receipt.state)
        out.result(
            views.message_fields(message, place, client.public_key),
            f"{receipt.state.name.lower()} {views.hex_id(message.id)} {chats.audience(place)}",
        )
    if problem is not None:
        raise problem


async def _sent_or_suspected(receipt: Receipt, suspected: asyncio.Future[ClockSuspected], timeout: float) -> None:
    """Wait until a relay has the message.

    :raises ClockIsWrong: relays say that our clock is, and none has it.
    :raises TimeoutError, SendFailed: see :meth:`pystatus.client.Receipt.sent`.
    """
    sent = asyncio.ensure_future(receipt.sent(timeout))
    suspected.add_done_callback(lambda _: sent.cancel())
    try:
        await sent
    except asyncio.CancelledError:
        if not suspected.done() or not sent.cancelled():
            raise
        raise ClockIsWrong(suspected.result()) from None
    finally:
        sent.cancel()
