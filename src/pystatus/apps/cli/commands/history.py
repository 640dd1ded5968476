"""``pystatus history``: what a chat holds, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pystatus.account.names import Names
from pystatus.apps.cli import transaction_views, views
from pystatus.apps.cli.chats import Chooser, id_of, meant
from pystatus.apps.cli.option_groups import ProfileOptions, grouped
from pystatus.apps.cli.options import KeepUnread
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.profile_reader import Reader
from pystatus.apps.cli.values import CHAT, CURSOR, argument, option
from pystatus.errors import LocalError, refused
from pystatus.settings.kinds import whole
from pystatus.storage.changeover import DATABASE
from pystatus.storage.errors import ProfileInUse
from pystatus.storage.files import why_unwritable

if TYPE_CHECKING:
    from pystatus.messenger.features.unknown_payloads import UnknownPayload
    from pystatus.messenger.records import Cursor

SUMMARY = "Show what was said in a chat."
PLACE = 50

DEFAULT_LIMIT = 50
"""Messages on a page."""
MAX_LIMIT = 100_000
"""Messages on a page at most: what fits in memory many times over."""


@grouped
def history(
    given: ProfileOptions,
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
) -> None:
    """Show what was said in a chat, the newest message first. Works while another process has the profile open.

    The newest page marks the chat as read, unless another process has the profile open that serves nobody.
    """

    out = given.out
    given.find()
    if chat is not None:
        with refused("CHAT"):
            meant(chat, given.profiles)  # mistakes in what is given are told before the password is asked
    chat_id, read = "", 0
    with given.reading() as reader:
        if chat is None:
            _print_chats(reader, out)
        else:
            chooser = Chooser(given.profiles, reader.own, reader.chats(), reader.names, may_ask=False)
            chat_id = id_of(chooser.to_read(chat))
            read = _print_page(reader, chat_id, limit, before, out)
    if read and not keep_unread:
        _mark_read(given, chat_id, read, out)


def _print_chats(reader: Reader, out: Output) -> None:
    """All chats, the most recently used first."""
    chats = reader.chats()
    if not chats:
        out.note("This profile is in no chat yet. Begin one with: pystatus listen, or pystatus send")
    names = reader.names_in(chats)
    for chat in chats:
        out.result(views.chat_state_fields(chat, names), views.chat_state_text(chat, names))


def _print_page(reader: Reader, chat_id: str, limit: int, before: Cursor | None, out: Output) -> int:
    """At most ``limit`` messages of a chat, newest first, and where the next page begins. How many unread ones have
    been read with it: as in every messenger those up to the newest that is shown, so all on the first page.

    :raises LocalError: there is no such chat.
    """
    chat = reader.chat(chat_id)
    if chat is None:
        raise LocalError("There is no such chat in this profile. Without a chat, this command lists what there is.")
    page = reader.messages(chat.id, limit + 1, before)
    if not page:
        out.note("Nothing was said there yet." if before is None else "There are no older messages.")
    attachments = reader.attachments(page[:limit])
    names = reader.names_on(page[:limit])
    about = transaction_views.of_messages(reader, page[:limit])
    counts = reader.reactions(chat.id, [message.id for message in page[:limit]])
    unknown = list(reader.unknown_payloads(chat.id, page[:limit], is_last=len(page) <= limit, before=before))
    for message in page[:limit]:
        while unknown and unknown[0].sent_ms > message.clock:
            _print_unknown(unknown.pop(0), reader, names, out)
        under = counts.get(message.id, [])
        carried = attachments.get(message.id)
        step = about.get(message.id)
        text = views.message_text(message, chat, reader.own, names, out, carried, reader.found, step)
        out.result(
            {
                **views.message_fields(message, chat, reader.own, names, carried, reader.found, step),
                "reactions": views.reaction_count_fields(under),
            },
            f"{text}\n{views.reaction_count_text(under)}" if under else text,
        )
    for payload in unknown:
        _print_unknown(payload, reader, names, out)
    unseen = chat.unread - sum(message.author != reader.own for message in page[:limit])
    if len(page) > limit:
        older = f", {unseen} of them unread" if before is None and unseen > 0 else ""
        out.note(f"There are older messages{older}: --before {views.cursor_text(page[limit - 1].cursor)}")
    return chat.unread if before is None else 0


def _print_unknown(payload: UnknownPayload, reader: Reader, names: Names, out: Output) -> None:
    out.result(views.unknown_payload_fields(payload, names), views.unknown_payload_text(payload, reader.own, names))


def _mark_read(given: ProfileOptions, chat_id: str, messages: int, out: Output) -> None:
    """Mark some messages of a chat as read, where another process has the profile open there, else in the profile,
    which is opened once more, to write. Where that cannot be, beside a process that writes to it and serves nobody, or
    on a read-only disk, they stay unread, and the person is told.

    :raises LocalError: the password was changed meanwhile, or a file is damaged.
    """
    from pystatus.faces.attach.place import is_served

    if is_served(given.stored):
        _mark_read_there(given, chat_id, messages)
    else:
        _mark_read_here(given, chat_id, messages, out)


def _mark_read_there(given: ProfileOptions, chat_id: str, messages: int) -> None:
    from pystatus.faces.attach.attached import AttachedClient
    from pystatus.net.loop import run

    async def mark() -> None:
        async with AttachedClient(given.stored) as client:
            await client.mark_read(chat_id, messages)

    run(mark())


def _mark_read_here(given: ProfileOptions, chat_id: str, messages: int, out: Output) -> None:
    from pystatus.messenger import reading
    from pystatus.storage.database import explained
    from pystatus.storage.messenger import SqlMessengerStore

    profile = given.stored
    reason = why_unwritable(profile.directory / DATABASE)
    if reason is not None:
        out.note(f"What was shown stays unread: the profile {profile.name!r} {reason}.")
        return
    try:
        with given.profiles.unlock(profile, given.password) as unlocked:
            store = SqlMessengerStore(unlocked.database)
            with explained(profile.directory / DATABASE), store.transaction():
                reading.mark_read(store, unlocked.account.public_key, chat_id, messages)
    except ProfileInUse:
        out.note("What was shown stays unread, because another process has the profile open.")
