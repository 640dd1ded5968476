"""What all screens of the terminal client have in common."""

from __future__ import annotations

from dataclasses import field
from datetime import time

from pystatus.apps.terminal.keys import EVERYWHERE, Keys
from pystatus.apps.terminal.looks import ASCII, UNICODE, Signs
from pystatus.client import Client
from pystatus.crypto.keys import PublicKey
from pystatus.faces.audience import audience
from pystatus.faces.catalogue import Catalogue, texts_in
from pystatus.faces.chat_names import chat_title
from pystatus.faces.meant import Meant
from pystatus.faces.parts import Parts
from pystatus.faces.reactions import reaction_word
from pystatus.faces.sentences import other_person
from pystatus.messenger.records import Chat
from pystatus.payloads.chats import ChatKind
from pystatus.records import dataclass


@dataclass(frozen=True, slots=True)
class Wishes:
    """How somebody wants their terminal client."""

    theme: str = "dark"
    ascii: bool = False
    mouse: bool = True
    bell: bool = True
    osc: str = "auto"
    """``auto``, ``off``, ``9``, ``777`` or ``99``: how the terminal is asked for a notice on the desktop."""
    desktop: bool = True
    """Whether the desktop itself is asked for a notice, where it runs on this machine."""
    quiet: tuple[time, time] | None = None
    """From when to when nobody is to be disturbed, on the clock on the wall; it may go over midnight."""
    preview: bool = True
    """Whether a notice says what was written."""
    images: str = "auto"
    """``auto``: pictures of people who were added are drawn among the messages; ``always``, ``never``."""
    blink: bool = True
    """Whether the cursor blinks."""
    keys: Keys = field(default_factory=Keys)
    keys_file: str = "keys.toml"
    """Where somebody changes them."""
    lines: bool = False
    """Whether lines are appended and there is no screen: there is no key but Enter, everything is a command."""


@dataclass
class Face(Parts):
    """One client, and how it is shown."""

    client: Client
    texts: Catalogue = field(default_factory=texts_in)
    wishes: Wishes = field(default_factory=Wishes)

    @property
    def signs(self) -> Signs:
        """The characters that this terminal can show."""
        return ASCII if self.wishes.ascii else UNICODE

    def way(self, key: str, command: str = "") -> str:
        """How somebody comes to something: the key of a row of everywhere, or the command where no key does it.

        :param command: its name where it is not that of the key.
        """
        found = "" if self.wishes.lines else self.wishes.keys.label(f"{EVERYWHERE}.{key}")
        return found or f"/{command or key}"

    @property
    def no_chat(self) -> str:
        """What to do where no chat is open."""
        return self.texts.terminal_no_chat(new=self.way("new_chat", "join NAME"))

    @property
    def meant(self) -> Meant:
        """Who and what is meant where somebody types a name."""
        return Meant(self.client, self.texts)

    def name_of(self, person: PublicKey) -> str:
        """How somebody is called."""
        return self.names.of(person).label

    def title(self, chat: Chat) -> str:
        """What a chat is called: ``#status``, a person, a group. It is safe to show."""
        return chat_title(chat, self.names, self.texts)

    def label(self, chat: Chat, title: str | None = None) -> str:
        """The same behind the sign of its kind: ``# status``, ``@ Bob``, ``& Book club``.

        :param title: where it is known already.
        """
        return f"{self.sign(chat)} {(title or self.title(chat)).removeprefix('#')}"

    def sign(self, chat: Chat) -> str:
        """One character for the kind of a chat."""
        match chat.kind:
            case ChatKind.ONE_TO_ONE:
                return "@"
            case ChatKind.PRIVATE_GROUP:
                return "&"
            case _:
                return "#"

    def reaction(self, kind: int, emoji: str) -> str:
        """An emoji under a message, or its word where there are no signs but those of ASCII."""
        return reaction_word(kind, self.texts) if self.wishes.ascii else emoji

    def audience(self, chat: Chat, *, forward_secrecy: bool | None = None) -> str:
        """Who can read what is written in a chat, and how it travels.

        :param forward_secrecy: whether our last message there had it; None: nothing was sent.
        """
        members = self.groups.members(chat) if chat.kind is ChatKind.PRIVATE_GROUP else ()
        found = audience(
            chat, self.client.public_key, self.names, self.texts, members=members, forward_secrecy=forward_secrecy
        )
        other = other_person(chat)
        return found.text if other is None else f"{self.names.of(other).key_prefix} · {found.text}"
