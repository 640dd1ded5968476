"""``pystatus message``: one message: show it, react to it, reply to it, send it again, take it back, delete it here."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pystatus.apps.cli import transaction_views, views
from pystatus.apps.cli.commands.send import DEFAULT_TIMEOUT, NotSentYet, post, send_text, standard_input
from pystatus.apps.cli.connection_progress import ConnectionProgress
from pystatus.apps.cli.option_groups import NetworkOptions, ProfileOptions, grouped
from pystatus.apps.cli.options import (
    STDIN,
    AsIs,
    timeout_option,
)
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.values import MESSAGE, MESSAGE_ID, REACTION, argument
from pystatus.wording import counted

if TYPE_CHECKING:
    from pystatus.client import Client
    from pystatus.faces.places import Place
    from pystatus.messenger.features.reactions import Reaction
    from pystatus.messenger.records import Message

SUMMARY = "Show, answer, send again, withdraw, delete a message."
PLACE = 32

app = typer.Typer(help=SUMMARY, no_args_is_help=True)

IdArgument = Annotated[
    str, argument(MESSAGE_ID, metavar="MESSAGE", help="The message's id, 0x…, or its beginning, as history shows it.")
]
EmojiArgument = Annotated[
    Any,
    argument(
        REACTION,
        metavar="EMOJI",
        help="❤️ (love), 👍 (thumbs-up), 👎 (thumbs-down), 😂 (laugh), 😢 (sad) or 😡 (angry), or the name.",
    ),
]
Timeout = Annotated[float, timeout_option("How long to wait for a relay.")]


@app.command()
@grouped
def show(
    given: ProfileOptions,
    message: IdArgument,
) -> None:
    """Show a message, and who has reacted to it. Works while another process has the profile open."""
    out = given.out
    with given.reading() as reader:
        one = reader.message(message)
        chat = reader.chat(one.chat_id)
        assert chat is not None, "messages refer to chats"
        under = reader.reactions(chat.id, [one.id]).get(one.id, [])
        find, names = reader.found, reader.names
        step = transaction_views.of_messages(reader, [one]).get(one.id)
        fields = {
            **views.message_fields(one, chat, reader.own, names, find=find, transaction=step),
            "reactions": views.reaction_count_fields(under),
        }
        text = views.message_text(one, chat, reader.own, names, out, find=find, transaction=step)
        out.result(fields, f"{views.hex_id(one.id)}\n{text}")
        for reaction in reader.reactions_by(one):
            out.result(
                views.reaction_fields(reaction, chat, reader.own, names),
                f"    {reaction.emoji or f'type {reaction.type}'} {views.author(reaction.author, reader.own, names)}",
            )


@app.command()
@grouped
def react(
    given: NetworkOptions,
    message: IdArgument,
    emoji: EmojiArgument,
    timeout: Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Put an emoji under a message, for everybody in its chat to see.

    It is sent once, and nobody confirms it. If no relay is there in time, the exit code is 3, and it goes out the next
    time that this profile is connected.
    """
    _react(given, message, emoji, True, timeout)


@app.command()
@grouped
def retract(
    given: NetworkOptions,
    message: IdArgument,
    emoji: EmojiArgument,
    timeout: Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Take an emoji of yours under a message back."""
    _react(given, message, emoji, False, timeout)


@app.command()
@grouped
def reply(
    given: NetworkOptions,
    message: IdArgument,
    text: Annotated[str, argument(MESSAGE, metavar="TEXT", help="What to say; - reads it from standard input.")],
    timeout: Timeout = DEFAULT_TIMEOUT,
    as_is: AsIs = False,
) -> None:
    """Answer a message in the chat where it is.

    It waits until a relay has the answer, as the command send does.
    """
    from pystatus.net.loop import run

    given.check(Path(text))
    if Path(text) == STDIN:
        text = standard_input()
    one = given.access.message(message)
    run(send_text(given.client(), _place(one), text, timeout, given.out, one.id, as_is=as_is))


@app.command()
@grouped
def resend(
    given: NetworkOptions,
    message: IdArgument,
    timeout: Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Send a message of yours that was given up once more.

    That is one whose state is failed or unconfirmed. Who has it already sees it once. It waits until a relay has it, as
    the command send does.
    """
    from pystatus.net.loop import run

    given.check()
    one = given.access.message(message)
    run(send_again(given.client(), one, timeout, given.out))


@app.command()
@grouped
def withdraw(
    given: ProfileOptions,
    message: IdArgument,
) -> None:
    """Take back a message of yours that has not left.

    It waits because no relay was there. Nobody gets it, your other devices neither, and it is deleted here. What has
    left cannot be withdrawn. Where another pystatus has the profile open, that one takes it back.
    """
    from pystatus.net.loop import run

    one = given.access.message(message)
    run(withdraw_message(given.access.client(), one, given.out))


@app.command()
@grouped
def delete(
    given: ProfileOptions,
    message: IdArgument,
) -> None:
    """Delete a message here. It does not come back, and others keep theirs.

    One of yours that waits for a relay is sent all the same: to take it back, withdraw it.
    """
    from pystatus.net.loop import run

    one = given.access.message(message)
    run(delete_message(given.access.client(), one, given.out))


def _place(message: Message) -> Place:
    """Where a message is, as somebody would name it."""
    from pystatus.payloads.chats import is_group_id, is_public_chat_name, key_from_text

    chat = message.chat_id
    return chat if is_public_chat_name(chat) or is_group_id(chat) else key_from_text(chat)


def _react(given: NetworkOptions, message: str, emoji: int, add: bool, timeout: float) -> None:
    from pystatus.net.loop import run

    given.check()
    one = given.access.message(message)
    run(put(given.client(), one, emoji, add, timeout, given.out))


async def put(client: Client, message: Message, emoji: int, add: bool, timeout: float, out: Output) -> None:
    """Put an emoji under a message or take it back, and print it.

    :raises NotSentYet: no relay was there in time.
    :raises LocalError: it is not there, or we are not in the chat.
    """
    from pystatus.client.features.reactions import Reactions

    connections = ConnectionProgress(out, aside=True)
    client.on(object)(connections.tell)
    async with client:
        reactions = client.feature(Reactions)
        reaction = await (reactions.add(message, emoji) if add else reactions.retract(message, emoji))
        problem = await _connected(client, connections, timeout)
        _print(client, reaction, message, out)
    if problem is not None:
        raise problem


async def _connected(client: Client, connections: ConnectionProgress, timeout: float) -> NotSentYet | None:
    """Wait for a relay, which is given what waits."""
    try:
        with connections:
            await client.wait_for_peer(timeout)
    except TimeoutError:
        why = f" {connections.problem}" if connections.problem else ""
        return NotSentYet(
            f"No relay was there within {counted(timeout, 'second')}.{why} It is stored and goes out the next time "
            f"that this profile is connected, for example by: pystatus listen {shlex.quote(client.profile.name)}."
        )
    return None


def _print(client: Client, reaction: Reaction, message: Message, out: Output) -> None:
    from pystatus.client.features.names import Names

    chat, own, names = client.find_chat(message.chat_id), client.public_key, client.feature(Names)
    text = views.reaction_text(reaction, chat, own, names, message)
    out.result(views.reaction_fields(reaction, chat, own, names), text)


async def send_again(client: Client, message: Message, timeout: float, out: Output) -> None:
    """Send a message once more; see :func:`~pystatus.apps.cli.commands.send.post`."""
    await post(client, _place(message), lambda _: client.resend(message), timeout, out)


async def withdraw_message(client: Client, message: Message, out: Output) -> None:
    """Take a message back, and print which it was.

    :raises LocalError: it has left, or none of ours waits.
    """
    async with client:
        gone = await client.withdraw(message)
        _print_gone(gone, "Withdrawn", out, withdrawn=True)


def _print_gone(message: Message, what: str, out: Output, *, withdrawn: bool = False) -> None:
    fields = {"event": "message-deleted", "id": views.hex_id(message.id), "chat": message.chat_id}
    out.result({**fields, "withdrawn": withdrawn}, f"{what} {views.hex_id(message.id)}")


async def delete_message(client: Client, message: Message, out: Output) -> None:
    """Delete a message, and print which it was.

    :raises LocalError: it is not here any more.
    """
    from pystatus.client.features.conversations import Conversations

    async with client:
        await client.feature(Conversations).delete_message(message)
        _print_gone(message, "Deleted", out)
