"""Which chat somebody means on the command line.

``#name`` is a public chat and a chat key is a person. A bare word may be either, or the name of a group, and what is
posted in public cannot be taken back. So it is only taken for a public chat that the profile is in already, and that is
called like nobody and no group here; otherwise the person at the terminal is asked, and a script has to say it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pystatus import sanitise, typed
from pystatus.account.alias import alias
from pystatus.account.key_encoding import encode
from pystatus.account.names import NameKind, Names
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError, Refused, refused
from pystatus.faces import terminal
from pystatus.records import dataclass

if TYPE_CHECKING:
    from pystatus.apps.cli.profile_reader import ReaderNames
    from pystatus.client import Client
    from pystatus.faces.places import Place
    from pystatus.messenger.records import Chat
    from pystatus.storage.profiles import Profiles

ALIAS_WORDS = 3
"""Words of the name that follows from a chat key."""
_A_CONTACT = "somebody you know"


@dataclass(frozen=True, slots=True)
class Bare:
    """What may be the name of a public chat or of a group, or what somebody is called here."""

    text: str

    @property
    def name(self) -> str | None:
        """The public chat of that name; None: it cannot be one."""
        from pystatus.payloads.chats import is_public_chat_name

        name = typed.chat_name(self.text)
        return name if is_public_chat_name(name) else None


def meant(text: str, profiles: Profiles) -> Place | Bare:
    """What ``text`` can name, as far as that is known without a password.

    :raises LocalError: nothing.
    """
    from pystatus.faces.places import looks_like_key, named
    from pystatus.links.parsing import is_link
    from pystatus.payloads.chats import is_group_id

    if any(typed.is_same_name(profile.name, text) for profile in profiles.list()):
        return Bare(text)
    if len(text.split()) == ALIAS_WORDS:
        return Bare(text)
    is_marked = typed.token(text).startswith("#") or is_link(text)
    try:
        place = named(text)
    except LocalError:
        if is_marked or not typed.name(text) or looks_like_key(text):
            raise
        return Bare(text)  # a group may be called so
    is_sure = isinstance(place, PublicKey) or is_marked or is_group_id(place)
    return place if is_sure else Bare(text)


class Chooser:
    """Finds out which chats are meant by what somebody gave to one command."""

    def __init__(
        self,
        profiles: Profiles,
        own: PublicKey,
        chats: Sequence[Chat],
        names: ReaderNames,
        *,
        may_ask: bool,
    ) -> None:
        """
        :param own: the account in use.
        :param chats: the chats that it has.
        :param names: what people are called there.
        :param may_ask: whether somebody is there who can be asked.
        """
        self._profiles = profiles
        self._own = own
        self._chats = chats
        self._names = names
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
        group = self._group(found)
        if group is not None:
            return group
        person = self._person(found.text)
        return _name_of(found) if person is None else person[0]

    def to_enter(self, text: str) -> Place:
        """The chat to enter, and perhaps to write in.

        :raises LocalError: none can be meant, several people are, or it is not certain and nobody confirms it.
        """
        found = meant(text, self._profiles)
        if not isinstance(found, Bare):
            return found
        group = self._group(found)
        if group is not None:
            return group
        person = self._person(found.text)
        if person is not None and self._is_nickname(found, person[0]):
            return person[0]
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

    def _group(self, found: Bare) -> str | None:
        """The id of the group that is called so.

        :raises LocalError: several are, or a public chat that the profile is in.
        """
        from pystatus.client.chats import group_named

        group = group_named(self._chats, found.text)
        if group is not None and any(chat.id == found.name and chat.active for chat in self._chats):
            raise Refused(
                f"{found.text!r} is a group and a public chat. If the public chat is meant, which everybody can read, "
                f"write '#{found.name}'; if the group, its id: {group.id}."
            )
        return None if group is None else group.id

    def _person(self, text: str) -> tuple[PublicKey, str] | None:
        """Who is called that here, and why.

        :raises LocalError: several people are, or it is the profile in use.
        """
        from pystatus.payloads.chats import ChatKind, key_from_text

        found: dict[PublicKey, str] = {}
        others = [key_from_text(chat.id) for chat in self._chats if chat.kind == ChatKind.ONE_TO_ONE]
        for key, shown in self._names.of_people(others).items():
            if any(typed.is_same_name(name, text) for name in (shown.name, alias(key))):
                found[key] = "somebody you have a chat with"
        for key in self._names.called(text):
            found[key] = _A_CONTACT
        for profile in self._profiles.list():
            if typed.is_same_name(profile.name, text):
                found[profile.account.public_key] = f"the profile {profile.name!r} on this machine"
        if self._own in found:
            raise Refused(f"{text!r} is this profile itself. The public chat is '#{typed.chat_name(text)}'.")
        if len(found) > 1:
            keys = ", ".join(map(encode, found))
            raise Refused(f"Several people are called {text!r}. Give the chat key of one: {keys}.")
        return next(iter(found.items()), None)

    def _is_nickname(self, found: Bare, person: PublicKey) -> bool:
        """Whether our user calls somebody so, and is in no public chat of that name."""
        shown = self._names.of(person)
        return (
            shown.kind is NameKind.NICKNAME
            and typed.is_same_name(shown.name, found.text)
            and not any(chat.id == found.name and chat.active for chat in self._chats)
        )

    def _confirmed_person(self, found: Bare, person: PublicKey, why: str) -> PublicKey:
        called = self._names.of(person).name
        who = f"{found.text!r} is {why}: {called}, chat key {encode(person)}."
        public = "" if found.name is None else f" The public chat, which everybody can read, is '#{found.name}'."
        if not self._may_ask:
            raise Refused(f"{who} Nothing was done: give the chat key if they are meant.{public}")
        terminal.tell(f"{who}{public}")
        if not terminal.confirm(f"Do you mean {called} alone?"):
            raise LocalError(f"Nothing was done.{public}")
        return person


def id_of(place: Place) -> str:
    """The id of a chat."""
    return place if isinstance(place, str) else place.hex


async def enter(client: Client, place: Place) -> Chat:
    """Join, open or find a chat.

    :raises LocalError: it is the one with ourselves, or a group that is not known here.
    """
    from pystatus.payloads.chats import is_group_id

    if isinstance(place, str) and is_group_id(place):
        return client.find_chat(place)
    return await (client.join(place) if isinstance(place, str) else client.open_chat(place))


def audience(chat: Chat, names: Names) -> str:
    """Where something went that was written in ``chat``, and who can read it."""
    from pystatus.payloads.chats import ChatKind, key_from_text

    if chat.kind == ChatKind.PRIVATE_GROUP:
        return f"to the group {sanitise.name(chat.name)}: only its members can read it"
    if chat.kind == ChatKind.PROFILE:
        return "to your profile: everybody who knows your chat key can read it"
    if chat.kind != ChatKind.ONE_TO_ONE:
        return f"to #{sanitise.name(chat.id)}: everybody who knows this name can read it"
    person = key_from_text(chat.id)
    return f"to {names.of(person).name}, {encode(person)}: only the two of you can read it"


def _name_of(found: Bare) -> str:
    """
    :raises LocalError: no public chat can be called that.
    """
    from pystatus.messenger.chat_names import public_chat

    if found.name is None and len(found.text.split()) == ALIAS_WORDS:
        raise Refused(f"There is no chat with anybody called {found.text!r}. Give their chat key, zQ3sh…")
    with refused("CHAT"):
        return public_chat(found.text)
