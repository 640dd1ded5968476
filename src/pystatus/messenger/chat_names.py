"""Which public chat somebody means, and what a group may be called."""

from __future__ import annotations

from pystatus import typed
from pystatus.account.key_encoding import is_public_key
from pystatus.errors import LocalError
from pystatus.links.parsing import is_link
from pystatus.links.people import linked_chat
from pystatus.payloads.chats import is_group_id, public_chat_name
from pystatus.payloads.checks import MAX_LINE


def public_chat(text: str) -> str:
    """The id of the public chat that a person typed, with or without ``#``, or to which a link leads.

    :raises LocalError: no such chat can exist, or this is the chat key of a person: in lower case it would be a name
        like others, and what is meant for that person would be said in public.
    """
    if is_link(text):
        place = linked_chat(text)
        if not isinstance(place, str) or is_group_id(place):
            raise LocalError("This link leads to no public chat. What it means is shown by: pystatus link show")
        return place
    if is_public_key(typed.token(text).removeprefix("#")):
        raise LocalError(
            "This is the chat key of a person, not the name of a public chat, where everybody could read what is said. "
            "Open the chat with that person instead."
        )
    return public_chat_name(text)


def group_name(name: str) -> str:
    """The name of a group that a person has typed.

    :raises LocalError: no group can be called so.
    """
    name = typed.name(name)
    if not name or len(name) > MAX_LINE or "/" in name:
        raise LocalError(f"The name of a group has 1 to {MAX_LINE} characters and no '/'. Choose another one.")
    return name
