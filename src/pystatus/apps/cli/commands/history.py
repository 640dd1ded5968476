"""``pystatus history``: what a chat holds, newest first."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from pystatus.apps.cli import passwords, profile_reader, views
from pystatus.apps.cli.chats import Chooser, id_of, meant
from pystatus.apps.cli.options import AsJson, DataDir, KeepUnread, PasswordFile, ProfileArgument
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.profile_reader import Reader
from pystatus.apps.cli.values import CHAT, CURSOR, argument, option
from pystatus.errors import LocalError, refused
from pystatus.settings.kinds import whole
from pystatus.storage.changeover import DATABASE
from pystatus.storage.descriptions import Profile
from pystatus.storage.errors import ProfileInUse
from pystatus.storage.files import why_unwritable

if TYPE_CHECKING:
    from pystatus.messenger.records import Cursor
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
    keep_unread: KeepUnread = False,
    password_file: PasswordFile = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Show what was said in a chat, the newest message first. Works while another process has the profile open.

    The newest page marks the chat as read, unless another process has the profile open.
    """
    from pystatus.storage.profiles import Profiles

    out = Output(as_json=as_json)
    profiles = Profiles(data_dir)
    found = profiles.find(profile)
    if chat is not None:
        with refused("CHAT"):
            meant(chat, profiles)  # mistakes in what is given are told before the password is asked
    password = passwords.password(password_file, partial(profiles.check_password, found))
    chat_id, read = "", 0
    with profile_reader.opened(profiles, found, password) as reader:
        if chat is None:
            _print_chats(reader, out)
        else:
            chooser = Chooser(profiles, found.account.public_key, reader.chats(), may_ask=False)
            chat_id = id_of(chooser.to_read(chat))
            read = _print_page(reader, chat_id, limit, before, out)
    if read and not keep_unread:
        _mark_read(profiles, found, password, chat_id, read, out)


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


def _print_page(reader: Reader, chat_id: str, limit: int, before: Cursor | None, out: Output) -> int:
    """At most ``limit`` messages of a chat, newest first, and where the next page begins. How many unread ones have
    been read with it: as in every messenger those up to the newest that is shown, so all on the first page.

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
    unseen = chat.unread - sum(message.author != reader.own for message in page[:limit])
    if len(page) > limit:
        older = f", {unseen} of them unread" if before is None and unseen > 0 else ""
        out.note(f"There are older messages{older}: --before {views.cursor_text(page[limit - 1].cursor)}")
    return chat.unread if before is None else 0


def _mark_read(profiles: Profiles, profile: Profile, password: str, chat_id: str, messages: int, out: Output) -> None:
    """Mark some messages of a chat as read, for which the profile is opened once more, to write. Where that cannot
    be, beside a process that writes to it or on a read-only disk, they stay unread, and the person is told.

    :raises LocalError: the password was changed meanwhile, or a file is damaged.
    """
    from pystatus.messenger import reading
    from pystatus.storage.database import explained
    from pystatus.storage.messenger import SqlMessengerStore

    reason = why_unwritable(profile.directory / DATABASE)
    if reason is not None:
        out.note(f"What was shown stays unread: the profile {profile.name!r} {reason}.")
        return
    try:
        with profiles.unlock(profile, password) as unlocked:
            store = SqlMessengerStore(unlocked.database)
            with explained(profile.directory / DATABASE), store.transaction():
                reading.mark_read(store, chat_id, messages)
    except ProfileInUse:
        out.note("What was shown stays unread, because another process has the profile open.")
