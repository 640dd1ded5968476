"""What somebody typed where a person or a chat is wanted: a key or a name, or a link to one.

Everything that takes a chat key from a person reads it here, so that all of it takes the same.
"""

from __future__ import annotations

from pystatus.account.key_encoding import parse_public_key
from pystatus.arguments import checked
from pystatus.crypto.keys import PublicKey
from pystatus.links.parsing import is_link, parse_link
from pystatus.links.values import ChatLink, GroupLink, NotALink, PublicChatLink, UserLink


@checked
def parse_person(text: str) -> PublicKey:
    """The person whom somebody named: a chat key in any form (``zQ3sh…``, ``0x04…``), or a link to one.

    :raises LocalError: neither. The sentence says what it looks like, and never repeats it.

    Implements: AC-13
    """
    if not is_link(text):
        return parse_public_key(text)
    place = linked_chat(text)
    if isinstance(place, str):
        raise NotALink("This link leads to a chat, not to a person. Ask for the person's chat key, zQ3sh…")
    return place


def linked_chat(text: str) -> PublicKey | str:
    """The chat that a link leads to: the person of a one-to-one chat, the name of a public chat, or the id of a group.

    :raises NotALink: no link, or one to something else.
    """
    match parse_link(text):
        case UserLink(person) | ChatLink(person):
            return key_of(person)
        case PublicChatLink(name):
            return name
        case GroupLink(chat_id=chat_id):
            return chat_id
    raise NotALink("This link leads to no chat. What it means is shown by: pystatus link show")


def key_of(person: PublicKey | str) -> PublicKey:
    """The key of the person in a link.

    :raises NotALink: it is an ENS name, which stands for a key on a chain that nothing here asks.
    """
    if isinstance(person, str):
        raise NotALink(
            f"The link names a person by the ENS name {person!r}, and pystatus cannot look up ENS names yet. Ask for "
            "the chat key, zQ3sh…"
        )
    return person
