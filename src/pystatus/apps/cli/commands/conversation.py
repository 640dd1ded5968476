"""``pystatus conversation``: the chats of a profile: read, muted, pinned, put away, written down, cleared, begun,
left."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pystatus import sanitise
from pystatus.apps.cli import views
from pystatus.apps.cli.chats import Chooser, id_of, meant
from pystatus.apps.cli.list_pages import ListOptions
from pystatus.apps.cli.option_groups import ProfileOptions, grouped
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.targets import check_target
from pystatus.apps.cli.values import ANYTHING, CHAT, COUNT, TRANSCRIPT, argument, option
from pystatus.errors import LocalError, Refused, refused
from pystatus.settings.kinds import PATH

if TYPE_CHECKING:
    from pystatus.client import Client
    from pystatus.client.features.conversations import Conversations
    from pystatus.messenger.features.conversations import Draft
    from pystatus.messenger.records import Chat

SUMMARY = "List, mark, mute, pin, archive, export and leave chats."
PLACE = 34

app = typer.Typer(help=SUMMARY, no_args_is_help=True)

ChatArgument = Annotated[
    str, argument(CHAT, metavar="CHAT", help="A public chat, '#name' in quotes, or a person's chat key.")
]


@app.command("list")
@grouped
def list_(given: ProfileOptions, rows: ListOptions) -> None:
    """List the chats, the most recently used first. Works while another process has the profile open."""

    out = given.out
    with given.reading() as reader:
        chats = reader.chats()
        if not chats:
            out.note("This profile is in no chat yet. Begin one with: pystatus listen, or pystatus send")
        chats = rows.page(chats, lambda chat: chat.id, out)
        names = reader.names_in(chats)
        for chat in chats:
            draft = reader.draft(chat.id)
            text = views.chat_state_text(chat, names)
            if draft is not None:
                text += f" (draft: {sanitise.one_line(draft.text)})"
            out.result({**views.chat_state_fields(chat, names), "draft": None if draft is None else draft.text}, text)


@app.command()
@grouped
def read(
    given: ProfileOptions,
    chat: ChatArgument,
) -> None:
    """Mark everything in a chat as read."""
    _change(given, chat, lambda chats, chat_id: chats.mark_read(chat_id))


@app.command()
@grouped
def unread(
    given: ProfileOptions,
    chat: ChatArgument,
    count: Annotated[int, option(COUNT, "--count", metavar="N", help="How many messages, the last ones.")] = 1,
) -> None:
    """Mark the last messages of others in a chat as unread."""
    _change(given, chat, lambda chats, chat_id: chats.mark_unread(chat_id, count))


@app.command()
@grouped
def mute(
    given: ProfileOptions,
    chat: ChatArgument,
) -> None:
    """Let a chat ask for no attention. Its messages come and are counted all the same."""
    _change(given, chat, lambda chats, chat_id: chats.set_muted(chat_id, True))


@app.command()
@grouped
def unmute(
    given: ProfileOptions,
    chat: ChatArgument,
) -> None:
    """Let a muted chat ask for attention again."""
    _change(given, chat, lambda chats, chat_id: chats.set_muted(chat_id, False))


@app.command()
@grouped
def pin(
    given: ProfileOptions,
    chat: ChatArgument,
) -> None:
    """Let a chat stand before the others."""
    _change(given, chat, lambda chats, chat_id: chats.set_pinned(chat_id, True))


@app.command()
@grouped
def unpin(
    given: ProfileOptions,
    chat: ChatArgument,
) -> None:
    """Let a pinned chat stand among the others again."""
    _change(given, chat, lambda chats, chat_id: chats.set_pinned(chat_id, False))


@app.command()
@grouped
def archive(
    given: ProfileOptions,
    chat: ChatArgument,
) -> None:
    """Put a chat away. It comes back when somebody else writes there, unless it is muted."""
    _change(given, chat, lambda chats, chat_id: chats.set_archived(chat_id, True))


@app.command()
@grouped
def unarchive(
    given: ProfileOptions,
    chat: ChatArgument,
) -> None:
    """Take a chat back that was put away."""
    _change(given, chat, lambda chats, chat_id: chats.set_archived(chat_id, False))


@app.command()
@grouped
def clear(
    given: ProfileOptions,
    chat: ChatArgument,
) -> None:
    """Delete everything that was said in a chat, here and for ever. Others keep theirs."""
    _change(given, chat, lambda chats, chat_id: chats.clear(chat_id))


@app.command()
@grouped
def leave(
    given: ProfileOptions,
    chat: ChatArgument,
) -> None:
    """Receive nothing of a chat any more. What was said stays."""
    from pystatus.net.loop import run

    chat_id = _chat_id(given, chat)
    run(leave_chat(given.access.client(), chat_id, given.out))


@app.command()
@grouped
def delete(
    given: ProfileOptions,
    chat: ChatArgument,
) -> None:
    """Leave a chat, and delete what was said there, here and for ever. A person who writes again opens it again."""
    _change(given, chat, lambda chats, chat_id: chats.delete(chat_id))


@app.command()
@grouped
def draft(
    given: ProfileOptions,
    chat: ChatArgument,
    text: Annotated[
        str | None,
        argument(ANYTHING, metavar="TEXT", help="What to keep in place of it; '' deletes it. Without it, it is shown."),
    ] = None,
) -> None:
    """Show, keep or delete what was begun in a chat."""
    from pystatus.net.loop import run

    chat_id = _chat_id(given, chat)
    run(keep_draft(given.access.client(), chat_id, text, given.out))


@app.command()
@grouped
def export(
    given: ProfileOptions,
    chat: ChatArgument,
    file: Annotated[
        Path | None, argument(PATH, metavar="FILE", help="The file to write. Default: standard output.")
    ] = None,
    format_: Annotated[
        str | None,
        option(
            TRANSCRIPT,
            "--format",
            metavar="[html|json|text]",
            help="A page, an object a line, or plain text. Default: as the name of FILE ends, else text.",
        ),
    ] = None,
    no_media: Annotated[bool, typer.Option("--no-media", help="Leave the bytes of pictures and sounds out.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace FILE if it is there already.")] = False,
) -> None:
    """Write down all of a chat, to be read without pystatus. Works while another process has the profile open.

    A page holds its pictures and sounds, and fetches nothing. --json without FILE is --format json.
    """
    from pystatus.apps.cli import chat_export

    if file is not None:
        check_target("FILE", file, overwrite=overwrite)
    elif given.as_json and format_ not in (None, "json"):
        raise Refused("--json prints JSON: leave --format out, or name a FILE.")
    chosen = format_ or ("json" if file is None and given.as_json else chat_export.format_of(file))
    given.find()
    with refused("CHAT"):
        meant(chat, given.profiles)
    with given.reading() as reader:
        chooser = Chooser(given.profiles, reader.own, reader.chats(), reader.names, may_ask=False)
        export = chat_export.ChatExport(id_of(chooser.to_read(chat)), chosen, media=not no_media)
        if file is None:
            export.print_all(reader)
        else:
            export.write(reader, file, given.out, overwrite=overwrite)


def _chat_id(given: ProfileOptions, chat: str) -> str:
    (place,) = given.access.to_read([chat])
    return id_of(place)


def _change(given: ProfileOptions, chat: str, change: Callable[[Conversations, str], Awaitable[Chat]]) -> None:
    from pystatus.net.loop import run

    chat_id = _chat_id(given, chat)
    run(change_chat(given.access.client(), chat_id, change, given.out))


async def change_chat(
    client: Client, chat_id: str, change: Callable[[Conversations, str], Awaitable[Chat]], out: Output
) -> None:
    """Change a chat, and print what it is then.

    :raises LocalError: there is no such chat.
    """
    from pystatus.client.features.conversations import Conversations

    async with client:
        chat = await change(client.feature(Conversations), chat_id)
        _print(client, chat, out)


async def leave_chat(client: Client, chat_id: str, out: Output) -> None:
    """Leave a chat, and print what it is then.

    :raises LocalError: we are not in it.
    """
    async with client:
        chat = await client.leave(chat_id)
        _print(client, chat, out)


def _print(client: Client, chat: Chat, out: Output) -> None:
    from pystatus.client.features.names import Names

    names = client.feature(Names)
    out.result(views.chat_state_fields(chat, names), views.chat_state_text(chat, names))


async def keep_draft(client: Client, chat_id: str, text: str | None, out: Output) -> None:
    """Show a draft, or keep another one.

    :raises LocalError: there is no such chat, or the text is too long.
    """
    from pystatus.client.features.conversations import Conversations

    async with client:
        conversations = client.feature(Conversations)
        if text is None:
            kept: Draft | None = conversations.draft(chat_id)
            if kept is None and not out.as_json:
                raise LocalError("Nothing was begun in this chat.")
        else:
            kept = await conversations.set_draft(chat_id, text)
        shown = "" if kept is None else kept.text
        out.result({"event": "draft", "chat": chat_id, "draft": shown or None}, sanitise.block(shown) or "Deleted")
