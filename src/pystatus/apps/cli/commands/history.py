"""``pystatus history``: what a chat holds, newest first."""

from __future__ import annotations

from typing import Annotated, Any

from pystatus.apps.cli import passwords, profile_reader, views
from pystatus.apps.cli.chats import Chooser, id_of, meant
from pystatus.apps.cli.options import AsJson, DataDir, PasswordFile, ProfileArgument
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.profile_reader import Reader
from pystatus.apps.cli.values import CHAT, CURSOR, argument, option
from pystatus.errors import LocalError, refused
from pystatus.messenger.records import Cursor
from pystatus.settings.kinds import whole
from pystatus.storage.profiles import Profiles

SUMMARY = "Show what was said in a chat."
PLACE = 50

DEFAULT_LIMIT = 50
"""Messages on a page."""
MAX_LIMIT = 100_000
"""Messages on a page at most: what fits in memory many times over."""


def history(
    profile: ProfileArgument,
    chat: Annotated[
        str | None,
        argument(
            CHAT,
            metavar="CHAT",
            help="A public chat, #name or name, or a chat key. Without it, the chats are listed.",
        ),
    ] = None,
    limit: Annotated[int, option(whole(1, MAX_LIMIT), metavar="N", help="Messages at most.")] = DEFAULT_LIMIT,
    before: Annotated[
        Any,
        option(
            CURSOR,
            metavar="CURSOR",
            help="Only what is older than this place: the cursor that the page before ended with.",
        ),
    ] = None,
    password_file: PasswordFile = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Show what was said in a chat, the newest message first. Works while another process has the profile open."""
    out = Output(as_json=as_json)
    profiles = Profiles(data_dir)
    found = profiles.find(profile)
    if chat is not None:
        with refused("CHAT"):
            meant(chat, profiles)  # mistakes in what is given are told before the password is asked
    password = passwords.password(password_file)
    with profile_reader.opened(profiles, found, password) as reader:
        if chat is None:
            _print_chats(reader, out)
        else:
            chooser = Chooser(profiles, found.account.public_key, reader.chats(), may_ask=False)
            _print_page(reader, id_of(chooser.to_read(chat)), limit, before, out)


def _print_chats(reader: Reader, out: Output) -> None:
    """All chats, the most recently used first."""
    chats = reader.chats()
    if not chats:
        out.note("This profile is in no chat yet. Begin one with: pystatus listen, or pystatus send")
    for chat in chats:
        fields = {
            **views.chat_fields(chat),
            "active": chat.active,
            "unread": chat.unread,
            "updated_ms": chat.updated_ms,
        }
        remarks = [f"{chat.unread} unread"] if chat.unread else []
        remarks += [] if chat.active else ["left"]
        out.result(fields, views.chat_label(chat) + (f" [{', '.join(remarks)}]" if remarks else ""))


def _print_page(reader: Reader, chat_id: str, limit: int, before: Cursor | None, out: Output) -> None:
    """At most ``limit`` messages of a chat, newest first, and where the next page begins.

    :raises LocalError: there is no such chat.
    """
    chat = reader.store.chat(chat_id)
    if chat is None:
        raise LocalError("There is no such chat in this profile. Without a chat, this command lists what there is.")
    page = reader.store.messages(chat.id, limit + 1, before)
    if not page:
        out.note("Nothing was said there yet." if before is None else "There are no older messages.")
    for message in page[:limit]:
        out.result(views.message_fields(message, chat, reader.own), views.message_text(message, chat, reader.own, out))
    if len(page) > limit:
        out.note(f"There are older messages: --before {views.cursor_text(page[limit - 1].cursor)}")
