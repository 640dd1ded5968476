"""What ``pystatus send`` does."""

from __future__ import annotations

import asyncio
import shlex
import signal
from dataclasses import replace

from pystatus.apps import chats, views
from pystatus.apps.exits import Exit
from pystatus.apps.output import Output
from pystatus.apps.reaching import Reaching
from pystatus.client import Client, ClockSuspected, Receipt, SendFailed
from pystatus.errors import LocalError
from pystatus.net.signals import on_signal
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


class Interrupted(LocalError):
    """Somebody pressed Ctrl-C before a relay had the message."""

    exit_code = Exit.INTERRUPTED


async def send(client: Client, chat: chats.Place, text: str, timeout: float, out: Output) -> None:
    """Send ``text`` to a chat, wait up to ``timeout`` seconds, and print what became of it.

    :raises NotSentYet: it goes out later; a wrong clock is one reason.
    :raises SendFailed: it was given up.
    :raises Interrupted: by Ctrl-C; the sentence says whether the message is stored.
    :raises LocalError: it could not be stored: it is our own key, or the text is blank or too long.
    """
    loop = asyncio.get_running_loop()
    suspected: asyncio.Future[ClockSuspected] = loop.create_future()
    interrupted: asyncio.Future[None] = loop.create_future()
    reaching = Reaching(out, aside=True)

    @client.on(object)
    def _tell(event: object) -> None:
        reaching.tell(event)
        if isinstance(event, ClockSuspected) and not suspected.done():
            suspected.set_result(event)

    def interrupt() -> None:
        loop.remove_signal_handler(signal.SIGINT)  # the second Ctrl-C ends it at once
        if not interrupted.done():
            interrupted.set_result(None)

    problem: LocalError | None = None
    with on_signal(interrupt, signal.SIGINT):
        async with client:
            place = await chats.enter(client, chat)
            if interrupted.done():
                raise Interrupted("Interrupted: nothing was sent, and no message is stored.")
            receipt = await client.send_text(place, text)
            try:
                with reaching:
                    reaching.doing("Connected; waiting until a relay has the message …")
                    await _sent(receipt, suspected, interrupted, timeout)
            except TimeoutError:
                problem = NotSentYet(_not_sent(f"within {counted(timeout, 'second')}", reaching, client))
            except _Stopped:
                problem = Interrupted(f"Interrupted. {_not_sent('yet', reaching, client)}")
            except (ClockIsWrong, SendFailed) as error:
                problem = error
            message = replace(receipt.message, state=receipt.state)
            out.result(
                views.message_fields(message, place, client.public_key),
                f"{receipt.state.name.lower()} {views.hex_id(message.id)} {chats.audience(place)}",
            )
    if problem is not None:
        raise problem


class _Stopped(Exception):
    """Somebody does not want to wait any longer."""


def _not_sent(when: str, reaching: Reaching, client: Client) -> str:
    why = reaching.problem or ""
    if not why and client.node.lists_problem:
        why = f"No relay was found: {client.node.lists_problem.rstrip('.')}."
    return (
        f"No relay took the message {when}. {why}{' ' if why else ''}It is stored and goes out the next time that this "
        f"profile is connected, for example by: pystatus listen {shlex.quote(client.profile.name)}. Do not send it "
        "again."
    )


async def _sent(
    receipt: Receipt, suspected: asyncio.Future[ClockSuspected], interrupted: asyncio.Future[None], timeout: float
) -> None:
    """Wait until a relay has the message.

    :raises ClockIsWrong: relays say that our clock is, and none has it.
    :raises _Stopped: somebody interrupted it before.
    :raises TimeoutError, SendFailed: see :meth:`pystatus.client.Receipt.sent`.
    """
    sent = asyncio.ensure_future(receipt.sent(timeout))
    try:
        await asyncio.wait((sent, suspected, interrupted), return_when=asyncio.FIRST_COMPLETED)
        if sent.done():
            sent.result()
        elif interrupted.done():
            raise _Stopped
        else:
            raise ClockIsWrong(suspected.result())
    finally:
        sent.cancel()
