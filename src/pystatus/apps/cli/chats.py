"""Which chat somebody means on the command line.

``#name`` is a public chat and a chat key is a person. A bare word may be either, and what is posted in public cannot be
taken back. So it is only taken for a public chat that the profile is in already, and that is called like nobody here;
otherwise the person at the terminal is asked, and a script has to say it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pystatus import sanitise, typed
from pystatus.account.alias import alias
from pystatus.account.key_encoding import encode
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError, Refused, refused
from pystatus.faces import terminal
from pystatus.faces.places import Place, named
from pystatus.messenger.chat_names import public_chat
from pystatus.payloads.chats import ChatKind, is_public_chat_name, key_from_text
from pystatus.storage.profiles import Profiles

if TYPE_CHECKING:
    from pystatus.client import Client
    from pystatus.messenger.records import Chat

ALIAS_WORDS = 3
"""Words of the name that follows from a chat key."""


@dataclass(frozen=True, slots=True)
class Bare:
    """What may be the name of a public chat, or what somebody is called here."""

    text: str

    @property
    def name(self) -> str | None:
        """The public chat of that name; None: it cannot be one."""
        name = typed.chat_name(self.text)
        return name if is_public_chat_name(name) else None


def meant(text: str, profiles: Profiles) -> Place | Bare:
    """What ``text`` can name, as far as that is known without a password.

    :raises LocalError: nothing.
    """
    if any(typed.is_same_name(profile.name, text) for profile in profiles.list()):
        return Bare(text)
    if len(text.split()) == ALIAS_WORDS:
        return Bare(text)
    place = named(text)
    is_sure = isinstance(place, PublicKey) or typed.token(text).startswith("#")
    return place if is_sure else Bare(text)


class Chooser:
    """Finds out which chats are meant by what somebody gave to one command."""

    def __init__(self, profiles: Profiles, own: PublicKey, chats: Sequence[Chat], *, may_ask: bool) -> None:
        """
        :param own: the account in use.
        :param chats: the chats that it has.
        :param may_ask: whether somebody is there who can be asked.
        """
        self._profiles = profiles
        self._own = own
        self._chats = chats
        self._may_ask = may_ask and terminal.is_there()

    def to_read(self, text: str) -> Place:
        """The chat to show something of. Nothing is joined or posted, so nobody is asked: a public chat that one is in
        goes before a person.

        :raises LocalError: none can be meant, or several people are.
        """
        found = meant(text, self._profiles)
        if not isinstance(found, Bare):
            return found
        if found.name is not None and any(chat.id == found.name for chat in self._chats):
            return found.name
        person = self._person(found.text)
        return _name_of(found) if person is None else person[0]

    def to_enter(self, text: str) -> Place:
        """The chat to enter, and perhaps to write in.

        :raises LocalError: none can be meant, several people are, or it is not certain and nobody confirms it.
        """
        found = meant(text, self._profiles)
        if not isinstance(found, Bare):
            return found
        person = self._person(found.text)
        if person is not None:
            return self._confirmed_person(found, *person)
        name = _name_of(found)
        if any(chat.id == name and chat.active for chat in self._chats):
            return name
        new = f"{found.text!r} would be a new public chat: everybody who knows its name can read what is written there."
        if not self._may_ask:
            raise Refused(f"{new} Nothing was done. If that is meant, write '#{name}'.")
        terminal.tell(new)
        if not terminal.confirm(f"Do you mean the public chat #{name}?"):
            raise LocalError("Nothing was done. A person is named by chat key, zQ3sh…")
        return name

    def _person(self, text: str) -> tuple[PublicKey, str] | None:
        """Who is called that here, and why.

        :raises LocalError: several people are, or it is the profile in use.
        """
        found: dict[PublicKey, str] = {}
        for chat in self._chats:
            if chat.kind == ChatKind.ONE_TO_ONE and typed.is_same_name(alias(key_from_text(chat.id)), text):
                found[key_from_text(chat.id)] = "somebody you have a chat with"
        for profile in self._profiles.list():
            if typed.is_same_name(profile.name, text):
                found[profile.account.public_key] = f"the profile {profile.name!r} on this machine"
        if self._own in found:
            raise Refused(f"{text!r} is this profile itself. The public chat is '#{typed.chat_name(text)}'.")
        if len(found) > 1:
            keys = ", ".join(map(encode, found))
            raise Refused(f"Several people are called {text!r}. Give the chat key of one: {keys}.")
        return next(iter(found.items()), None)

    def _confirmed_person(self, found: Bare, person: PublicKey, why: str) -> PublicKey:
        who = f"{found.text!r} is {why}: {alias(person)}, chat key {encode(person)}."
        public = "" if found.name is None else f" The public chat, which everybody can read, is '#{found.name}'."
        if not self._may_ask:
            raise Refused(f"{who} Nothing was done: give the chat key if they are meant.{public}")
        terminal.tell(f"{who}{public}")
        if not terminal.confirm(f"Do you mean {alias(person)} alone?"):
            raise LocalError(f"Nothing was done.{public}")
        return person


def id_of(place: Place) -> str:
    """The id of a chat."""
    return place if isinstance(place, str) else place.hex


async def enter(client: Client, place: Place) -> Chat:
    """Join, open or find a chat.

    :raises LocalError: it is the one with ourselves.
    """
    return await (client.join(place) if isinstance(place, str) else client.open_chat(place))


def audience(chat: Chat) -> str:
    """Where something went that was written in ``chat``, and who can read it."""
    if chat.kind != ChatKind.ONE_TO_ONE:
        return f"to #{sanitise.name(chat.id)}: everybody who knows this name can read it"
    person = key_from_text(chat.id)
    return f"to {alias(person)}, {encode(person)}: only the two of you can read it"


def _name_of(found: Bare) -> str:
    """
    :raises LocalError: no public chat can be called that.
    """
    if found.name is None and len(found.text.split()) == ALIAS_WORDS:
        raise Refused(f"There is no chat with anybody called {found.text!r}. Give their chat key, zQ3sh…")
    with refused("CHAT"):
        return public_chat(found.text)
