"""Which person a user means: by chat key, or by a name that one contact alone has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pystatus import typed
from pystatus.account.alias import alias
from pystatus.account.key_encoding import CHAT_KEY_START
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.links.parsing import is_link
from pystatus.links.people import parse_person
from pystatus.messenger.contact_records import Contact
from pystatus.sanitise import quoted

_NAMES: Sequence[Callable[[Contact], str]] = (
    lambda contact: contact.nickname,
    lambda contact: contact.ens_name if contact.ens_verified else "",
    lambda contact: alias(contact.key),
)
"""What a person is called, the better first; the last one is worked out, which takes longer."""


def find_person(contacts: Callable[[], Iterable[Contact]], text: str) -> PublicKey:
    """The one with this chat key, in any form; or the contact whom we call so, whose verified name it is, or whose
    three words these are.

    :param contacts: those who may be meant by a name, of whom it is asked if ``text`` is no key.
    :raises LocalError: neither a chat key nor the name of a contact; or several are called so.
    """
    try:
        return parse_person(text)
    except LocalError:
        name = typed.name(text)
        if (
            not name or name.startswith((CHAT_KEY_START, "0x")) or is_link(text)
        ):  # a key that is mistyped: the sentence says how
            raise
    shown = [contact for contact in contacts() if contact.is_shown]
    for called in _NAMES:
        found = [contact for contact in shown if (its := called(contact)) and typed.is_same_name(its, name)]
        if len(found) > 1:
            raise LocalError(f"Several of your contacts are called {quoted(name)}. Give the chat key of one.")
        if found:
            return found[0].key
    raise LocalError(f"None of your contacts is called {quoted(name)}. Give a chat key, or give them a nickname first.")
