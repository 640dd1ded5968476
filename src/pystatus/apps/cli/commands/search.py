"""``pystatus search``: messages in which words stand."""

from __future__ import annotations

from typing import Annotated, Any

from pystatus.apps.cli import result_views, views
from pystatus.apps.cli.chats import Chooser, id_of
from pystatus.apps.cli.option_groups import ProfileOptions, grouped
from pystatus.apps.cli.profile_reader import Wanted
from pystatus.apps.cli.values import CHAT, CURSOR, KEY, MOMENT, MOMENT_END, WORDS, argument, option
from pystatus.errors import LocalError, refused
from pystatus.settings.kinds import whole

SUMMARY = "Find messages by words, in all chats or one."
PLACE = 52

DEFAULT_LIMIT = 50
"""Results on a page."""
MAX_LIMIT = 10_000
"""Results on a page at most."""


@grouped
def search(
    given: ProfileOptions,
    words: Annotated[
        str,
        argument(
            WORDS,
            metavar="WORDS",
            help='What to find: words, "words that stand together", beginn*. Put it in quotes.',
        ),
    ],
    chat: Annotated[str | None, option(CHAT, "--chat", metavar="CHAT", help="Only in this chat.")] = None,
    author: Annotated[Any, option(KEY, "--author", metavar="KEY", help="Only what this person wrote.")] = None,
    since: Annotated[
        Any, option(MOMENT, "--since", metavar="DATE", help="Only from this day on, or this time, in local time.")
    ] = None,
    until: Annotated[
        Any, option(MOMENT_END, "--until", metavar="DATE", help="Only up to this day, or this time, in local time.")
    ] = None,
    limit: Annotated[int, option(whole(1, MAX_LIMIT), metavar="N", help="Results at most.")] = DEFAULT_LIMIT,
    before: Annotated[
        Any,
        option(
            CURSOR, metavar="CURSOR", help="Only what is older than this: the cursor that the page before ended with."
        ),
    ] = None,
) -> None:
    """Find messages in which all of the words stand, the newest first. Case and accents make no difference.

    Works while another process has the profile open. The words are looked up in the encrypted profile.
    """
    out = given.out
    with given.reading() as reader:
        chats = {one.id: one for one in reader.chats()}
        chat_id = None
        if chat is not None:
            with refused("--chat"):
                chooser = Chooser(given.profiles, reader.own, list(chats.values()), reader.names, may_ask=False)
                chat_id = id_of(chooser.to_read(chat))
                if chat_id not in chats:
                    raise LocalError("There is no such chat in this profile. Those that there are: pystatus history")
        results = reader.search(Wanted(words, chat_id, author, since, until, before), limit + 1)
        names = reader.names_on([result.message for result in results[:limit]])
        for result in results[:limit]:
            place = chats[result.message.chat_id]
            fields = result_views.result_fields(result, place, reader.own, names)
            out.result(fields, result_views.result_text(result, place, reader.own, names, out))
        if not results:
            out.note("Nothing was found." if before is None else "There is nothing older.")
        if len(results) > limit:
            out.note(f"There is more: --before {views.cursor_text(results[limit - 1].message.cursor)}")
