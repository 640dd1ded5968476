"""``pystatus send``: send one message and wait until a relay has it."""

from __future__ import annotations

import shlex
import signal
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

from pystatus import typed
from pystatus.apps.cli import chats, streams, views
from pystatus.apps.cli.connection_progress import ConnectionProgress
from pystatus.apps.cli.exits import Exit
from pystatus.apps.cli.option_groups import LogOptions, NetworkOptions, grouped
from pystatus.apps.cli.options import (
    STDIN,
    AsIs,
    timeout_option,
)
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.values import CHAT, MESSAGE, argument
from pystatus.errors import LocalError, Refused, refused
from pystatus.faces import terminal
from pystatus.wording import counted

if TYPE_CHECKING:
    import asyncio

    from pystatus.client import Client, ClockSuspected, Receipt
    from pystatus.faces.places import Place
    from pystatus.messenger.records import Chat, Message

SUMMARY = "Send a message and wait until a relay has it."
PLACE = 30

T = TypeVar("T")

DEFAULT_TIMEOUT = 30.0
"""Seconds to wait for a relay."""
STORING_SECONDS = 1.0
"""Seconds that a message has to be stored after Ctrl-C. Ours: it takes some milliseconds, unless a process hangs."""
MAX_TEXT = 1 << 20
"""Bytes that are read as a text: far above what a message may have, so that a wrong file ends here."""


@grouped
def send(
    given: NetworkOptions,
    logs: LogOptions,
    chat: Annotated[
        str, argument(CHAT, metavar="CHAT", help="A public chat, '#name' in quotes, or a person's chat key.")
    ],
    text: Annotated[str, argument(MESSAGE, metavar="TEXT", help="What to say; - reads it from standard input.")],
    timeout: Annotated[float, timeout_option("How long to wait until a relay has the message.")] = DEFAULT_TIMEOUT,
    as_is: AsIs = False,
) -> None:
    """Send a message, joining or opening the chat if necessary, and say who can read it when a relay has it.

    In the text, :name: becomes an emoji, and @name the key of the one person of the chat who has that name.

    A name without # is taken for a public chat that the profile is in already. Otherwise you are asked, or, where
    nobody can be asked, nothing is sent.

    If no relay takes it in time, the exit code is 3. The message stays stored and goes out the next time that this
    profile is connected: do not send it again.
    """
    from pystatus.net.loop import run

    given.check(Path(text))
    if Path(text) == STDIN:
        text = standard_input()
    logs.set_up(as_json=given.as_json)
    (place,) = given.access.to_enter([chat], may_ask=not given.as_json)
    run(send_text(given.client(), place, text, timeout, given.out, as_is=as_is))


def standard_input() -> str:
    """The text of a message, typed or piped.

    :raises Refused: it is too long, or no text.
    """
    if streams.is_typed():  # or somebody waits for a question, and types the password where it is shown
        terminal.tell("Write the message. Ctrl-D on a line of its own ends it.")
    data = streams.read_input(MAX_TEXT)
    if len(data) > MAX_TEXT:
        raise Refused("What is on standard input is too long for a message.")
    with refused():
        text = typed.message(typed.decoded(data, "What is on standard input")).rstrip("\n")
    MESSAGE.parse(text, quote=False)
    return text


class NotSentYet(LocalError):
    """The message is stored, but no relay took it in time, or the clock is wrong."""

    exit_code = Exit.STORED
    """Apart from other errors, because a person who sends again says the same thing twice."""


class ClockIsWrong(NotSentYet):
    """Relays refuse what we send for its time."""

    def __init__(self, event: ClockSuspected) -> None:
        what, then = "Set the clock", "with a right one"
        if event.relays_are_wrong:
            what, then = "Use other relays", "to them"
        super().__init__(
            f"Not sent: {event.sentence}. {what}; the message is stored and goes out the next time that this "
            f"profile is connected {then}. Do not send it again."
        )


_NOTHING = "Interrupted: nothing was sent, and no message is stored."
_NOT_KNOWN = (
    "Interrupted before it was known whether the message is stored. See pystatus history before you send it again."
)


class Interrupted(LocalError):
    """Somebody pressed Ctrl-C before a relay had the message."""

    exit_code = Exit.INTERRUPTED


async def send_text(
    client: Client,
    chat: Place,
    text: str,
    timeout: float,
    out: Output,
    reply_to: bytes | None = None,
    *,
    as_is: bool = False,
) -> None:
    """Send ``text`` to a chat; see :func:`post`.

    :param reply_to: the id of the message that it is shown below.
    :param as_is: do not replace names of people and of emoji.
    """
    from pystatus.client.features.mentions import Mentions

    def send_it(place: Chat) -> Awaitable[Receipt]:
        return client.send_text(place, text if as_is else client.feature(Mentions).typed(place, text), reply_to)

    await post(client, chat, send_it, timeout, out)


async def post(
    client: Client, chat: Place, send_it: Callable[[Chat], Awaitable[Receipt]], timeout: float, out: Output
) -> None:
    """Send something to a chat, wait up to ``timeout`` seconds, and print what became of it.

    :raises NotSentYet: it goes out later; a wrong clock is one reason.
    :raises SendFailed: it was given up.
    :raises Interrupted: by Ctrl-C; the sentence says whether the message is stored.
    :raises LocalError: it could not be stored: it is our own key, or nothing that can be sent there.
    """
    import asyncio

    from pystatus.client import ClockSuspected, SendFailed
    from pystatus.client.features.media import Media
    from pystatus.client.features.names import Names
    from pystatus.net.signals import on_signal

    loop = asyncio.get_running_loop()
    suspected: asyncio.Future[ClockSuspected] = loop.create_future()
    interrupted: asyncio.Future[None] = loop.create_future()
    hopeless: asyncio.Future[None] = loop.create_future()
    connections = ConnectionProgress(out, aside=True)

    @client.on(object)
    def _tell(event: object) -> None:
        connections.tell(event)
        if connections.is_hopeless and not hopeless.done():
            hopeless.set_result(None)
        if isinstance(event, ClockSuspected) and not suspected.done():
            suspected.set_result(event)

    def interrupt() -> None:
        loop.remove_signal_handler(signal.SIGINT)  # the second Ctrl-C ends it at once
        if not interrupted.done():
            interrupted.set_result(None)

    problem: LocalError | None = None
    with on_signal(interrupt, signal.SIGINT):
        async with AsyncExitStack() as stack:
            await _unless(interrupted, stack.enter_async_context(client), 0.0, _NOTHING)
            place = await _unless(interrupted, chats.enter(client, chat), 0.0, _NOTHING)
            receipt = await _unless(interrupted, send_it(place), STORING_SECONDS, _NOT_KNOWN)
            try:
                with connections:
                    connections.doing("Connected; waiting until a relay has the message …")
                    await _sent(receipt, suspected, interrupted, hopeless, timeout)
            except _Hopeless:
                problem = NotSentYet(_not_sent("", receipt.message, connections, client))
            except TimeoutError:
                problem = NotSentYet(
                    _not_sent(f"within {counted(timeout, 'second')}", receipt.message, connections, client)
                )
            except _Stopped:
                problem = Interrupted(f"Interrupted. {_not_sent('yet', receipt.message, connections, client)}")
            except (ClockIsWrong, SendFailed) as error:
                problem = error
            except LocalError as error:  # who has the profile open has ended
                raise NotSentYet(f"{error} It goes out by itself. Do not send it again.") from None
            message, names = replace(receipt.message, state=receipt.state), client.feature(Names)
            out.result(
                views.message_fields(
                    message, place, client.public_key, names, client.feature(Media).about(message), client.message
                ),
                f"{receipt.state.name.lower()} {views.hex_id(message.id)} {chats.audience(place, names)}",
            )
    if problem is not None:
        raise problem


async def _unless(interrupted: asyncio.Future[None], work: Awaitable[T], more: float, what_then: str) -> T:
    """What comes of ``work``, unless somebody interrupts it.

    :param more: seconds that it has all the same.
    :param what_then: the sentence to say.
    :raises Interrupted: it was not done by then.
    """
    import asyncio

    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait((task, interrupted), return_when=asyncio.FIRST_COMPLETED)
        if not task.done() and more:
            await asyncio.wait((task,), timeout=more)
        if task.done() and not (interrupted.done() and not more):
            return task.result()
        raise Interrupted(what_then)
    finally:
        task.cancel()
        await asyncio.wait((task,))
        if not task.cancelled():
            task.exception()  # nobody wants to know any more


class _Stopped(Exception):
    """Somebody does not want to wait any longer."""


class _Hopeless(Exception):
    """Nothing would come of it."""


NAMED_BY = 12
"""Characters of an id by which a command is shown to name a message: as many as no other in a profile begins with."""


def _not_sent(when: str, message: Message, connections: ConnectionProgress, client: Client) -> str:
    why = connections.problem or ""
    if not why and (problem := client.network().lists_problem):
        why = f"No relay was found: {problem.rstrip('.')}."
    return (
        f"No relay took the message{' ' if when else ''}{when}. {why}{' ' if why else ''}It is stored and goes out the "
        f"next time that this profile is connected, for example by: pystatus listen "
        f"{shlex.quote(client.profile.name)}. Do not send it again. Until then it can be taken back by: pystatus "
        f"message withdraw {shlex.quote(client.profile.name)} {views.hex_id(message.id)[:NAMED_BY]}"
    )


async def _sent(
    receipt: Receipt,
    suspected: asyncio.Future[ClockSuspected],
    interrupted: asyncio.Future[None],
    hopeless: asyncio.Future[None],
    timeout: float,
) -> None:
    """Wait until a relay has the message.

    :raises ClockIsWrong: relays say that our clock is, and none has it.
    :raises _Stopped: somebody interrupted it before.
    :raises _Hopeless: no relay can be reached as things are.
    :raises TimeoutError, SendFailed: see :meth:`pystatus.client.Receipt.sent`.
    """
    import asyncio

    sent = asyncio.ensure_future(receipt.sent(timeout))
    try:
        await asyncio.wait((sent, suspected, interrupted, hopeless), return_when=asyncio.FIRST_COMPLETED)
        if sent.done():
            sent.result()
        elif interrupted.done():
            raise _Stopped
        elif hopeless.done():
            raise _Hopeless
        else:
            raise ClockIsWrong(suspected.result())
    finally:
        sent.cancel()
