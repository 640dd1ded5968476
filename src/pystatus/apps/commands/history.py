"""``pystatus history``: what a chat holds, newest first."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from pystatus.apps.kinds import whole
from pystatus.apps.options import AsJson, DataDir, KeepUnread, PasswordFile, ProfileArgument
from pystatus.apps.output import Output
from pystatus.apps.values import CHAT, CURSOR, argument, option

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
    from pystatus.apps import passwords, reading
    from pystatus.apps.chats import Chooser, id_of, meant
    from pystatus.apps.exits import refused
    from pystatus.storage.profiles import Profiles

    out = Output(as_json=as_json)
    profiles = Profiles(data_dir)
    found = profiles.find(profile)
    if chat is not None:
        with refused("CHAT"):
            meant(chat, profiles)  # mistakes in what is given are told before the password is asked
    password = passwords.password(password_file, partial(profiles.check_password, found))
    chat_id, read = "", 0
    with reading.opened(profiles, found, password) as reader:
        if chat is None:
            reader.print_chats(out)
        else:
            chooser = Chooser(profiles, found.account.public_key, reader.chats(), may_ask=False)
            chat_id = id_of(chooser.to_read(chat))
            read = reader.print_page(chat_id, limit, before, out)
    if read and not keep_unread:
        reading.mark_read(profiles, found, password, chat_id, read, out)
