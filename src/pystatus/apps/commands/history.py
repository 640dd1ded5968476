"""``pystatus history``: what a chat holds, newest first."""

from __future__ import annotations

from typing import Annotated, Any

from pystatus.apps.options import AsJson, DataDir, PasswordFile, ProfileArgument
from pystatus.apps.output import Output
from pystatus.apps.values import CHAT, CURSOR, argument, option
from pystatus.settings.kinds import whole

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
    from pystatus.apps import passwords, reading
    from pystatus.apps.chats import Chooser, id_of, meant
    from pystatus.errors import refused
    from pystatus.storage.profiles import Profiles

    out = Output(as_json=as_json)
    profiles = Profiles(data_dir)
    found = profiles.find(profile)
    if chat is not None:
        with refused("CHAT"):
            meant(chat, profiles)  # mistakes in what is given are told before the password is asked
    password = passwords.password(password_file)
    with reading.opened(profiles, found, password) as reader:
        if chat is None:
            reader.print_chats(out)
        else:
            chooser = Chooser(profiles, found.account.public_key, reader.chats(), may_ask=False)
            reader.print_page(id_of(chooser.to_read(chat)), limit, before, out)
