"""``pystatus send``: send one message and wait until a relay has it."""

from __future__ import annotations

import shlex
import signal
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pystatus import typed
from pystatus.apps.cli import chats, command_log, streams, views
from pystatus.apps.cli.connection_progress import ConnectionProgress
from pystatus.apps.cli.exits import Exit
from pystatus.apps.cli.options import (
    DEFAULT_LEVELS,
    STDIN,
    AsJson,
    DataDir,
    DnsLists,
    LogFormatOption,
    LogLevelOption,
    MailserverPassword,
    Mailservers,
    PasswordFile,
    Peers,
    ProfileArgument,
    dns_lists,
    one_reader_of_stdin,
    peers,
    some_peers,
    timeout_option,
)
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.profile_access import ProfileAccess
from pystatus.apps.cli.values import CHAT, MESSAGE, argument
from pystatus.errors import LocalError, Refused, refused
from pystatus.faces import terminal
from pystatus.wording import counted

if TYPE_CHECKING:
    import asyncio

    from pystatus.client import Client, ClockSuspected, Receipt
    from pystatus.faces.places import Place

SUMMARY = "Send a message and wait until a relay has it."
PLACE = 30

DEFAULT_TIMEOUT = 30.0
"""Seconds to wait for a relay."""
MAX_TEXT = 1 << 20
"""Bytes that are read as a text: far above what a message may have, so that a wrong file ends here."""


def send(
    profile: ProfileArgument,
    chat: Annotated[
        str, argument(CHAT, metavar="CHAT", help="A public chat, '#name' in quotes, or a person's chat key.")
    ],
    text: Annotated[str, argument(MESSAGE, metavar="TEXT", help="What to say; - reads it from standard input.")],
    peer: Peers = None,
    dns_list: DnsLists = None,
    mailserver: Mailservers = None,
    mailserver_password_file: MailserverPassword = None,
    timeout: Annotated[float, timeout_option("How long to wait until a relay has the message.")] = DEFAULT_TIMEOUT,
    password_file: PasswordFile = None,
    data_dir: DataDir = None,
    log_level: LogLevelOption = DEFAULT_LEVELS,
    log_format: LogFormatOption = None,
    as_json: AsJson = False,
) -> None:
    """Send a message, joining or opening the chat if necessary, and say who can read it when a relay has it.

    A name without # is taken for a public chat that the profile is in already. Otherwise you are asked, or, where
    nobody can be asked, nothing is sent.

    If no relay takes it in time, the exit code is 3. The message stays stored and goes out the next time that this
    profile is connected: do not send it again.
    """
    from pystatus.net.loop import run

    one_reader_of_stdin(password_file, mailserver_password_file, Path(text))
    lists = dns_lists(dns_list)
    asked = peers(mailserver)
    relays = some_peers(peer, lists + asked)
    if Path(text) == STDIN:
        text = _standard_input()
    command_log.set_up(log_level, log_format, as_json=as_json)
    access = ProfileAccess(profile, password_file, data_dir, mailserver_password_file)
    (place,) = access.to_enter([chat], may_ask=not as_json)
    client = access.client(peers=relays, dns_lists=lists, mailservers=asked)
    run(send_text(client, place, text, timeout, Output(as_json=as_json)))


def _standard_input() -> str:
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
        super().__init__(
            f"Not sent: {event.sentence}. Set the clock; the message is stored and goes out the next time that this "
            "profile is connected with a right one. Do not send it again."
        )


class Interrupted(LocalError):
    """Somebody pressed Ctrl-C before a relay had the message."""

    exit_code = Exit.INTERRUPTED


async def send_text(client: Client, chat: Place, text: str, timeout: float, out: Output) -> None:
    """Send ``text`` to a chat, wait up to ``timeout`` seconds, and print what became of it.

    :raises NotSentYet: it goes out later; a wrong clock is one reason.
    :raises SendFailed: it was given up.
    :raises Interrupted: by Ctrl-C; the sentence says whether the message is stored.
    :raises LocalError: it could not be stored: it is our own key, or the text is blank or too long.
    """
    import asyncio

    from pystatus.client import ClockSuspected, SendFailed
    from pystatus.net.signals import on_signal

    loop = asyncio.get_running_loop()
    suspected: asyncio.Future[ClockSuspected] = loop.create_future()
    interrupted: asyncio.Future[None] = loop.create_future()
    connections = ConnectionProgress(out, aside=True)

    @client.on(object)
    def _tell(event: object) -> None:
        connections.tell(event)
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
                with connections:
                    connections.doing("Connected; waiting until a relay has the message …")
                    await _sent(receipt, suspected, interrupted, timeout)
            except TimeoutError:
                problem = NotSentYet(_not_sent(f"within {counted(timeout, 'second')}", connections, client))
            except _Stopped:
                problem = Interrupted(f"Interrupted. {_not_sent('yet', connections, client)}")
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


def _not_sent(when: str, connections: ConnectionProgress, client: Client) -> str:
    why = connections.problem or ""
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
    import asyncio

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
