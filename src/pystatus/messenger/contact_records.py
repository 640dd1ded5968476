"""What is kept of people beside what they write: contacts, requests, who is blocked (payloads.md §8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pystatus.arguments import checked
from pystatus.crypto.keys import PublicKey
from pystatus.messenger.records import chat_label
from pystatus.records import dataclass


@checked
@dataclass(frozen=True, slots=True, repr=False)
class Contact:
    """What we know of somebody and have decided about them, as it was when it was asked for.

    ``added``: we have added them (the tag ``:contact/added``). ``has_added_us``: they have sent us a contact update
    (``:contact/request-received``). ``blocked``: nothing of them is taken. ``dismissed``: we have declined to add them
    in turn. ``nickname`` is what we call them; it is not sent to anybody but our own devices. ``ens_name`` is what they
    say that they are called, and nobody's name until it is ``ens_verified``. Their picture is read apart.
    """

    key: PublicKey
    added: bool = False
    has_added_us: bool = False
    blocked: bool = False
    dismissed: bool = False
    nickname: str = ""
    ens_name: str = ""
    ens_verified: bool = False
    ens_checked_s: int = 0
    """When it was last looked up, Unix seconds; 0: never."""
    ens_retries: int = 0
    """How often it was looked up and was not theirs, or there was no answer."""
    ens_clock: int = 0
    """The clock of the last message that has brought a new name (payloads.md §9)."""
    last_updated: int = 0
    """The clock of the last contact update that counted, of them or of one of our devices; Unix milliseconds."""
    updated_s: int = 0
    """When we last told them who we are, Unix seconds; 0: never."""
    cleared_clock: int = 0
    """Messages of theirs up to this clock were deleted as they were blocked, and never return."""
    has_picture: bool = False

    @property
    def is_mutual(self) -> bool:
        """Whether each of us has added the other."""
        return self.added and self.has_added_us

    @property
    def is_request(self) -> bool:
        """Whether they have added us and wait for our answer."""
        return self.has_added_us and not (self.added or self.blocked or self.dismissed)

    @property
    def is_shown(self) -> bool:
        """Whether it belongs in a list of people: of others only names are kept that they claim (payloads.md §8)."""
        return bool(self.added or self.has_added_us or self.blocked or self.nickname or self.ens_verified)

    @property
    def is_decided(self) -> bool:
        """Whether our user has decided anything about them: then it never gives way to what others send."""
        return bool(self.added or self.blocked or self.nickname)

    def __repr__(self) -> str:
        said = {"added": self.added, "has added us": self.has_added_us, "blocked": self.blocked}
        states = ", ".join(state for state, is_so in said.items() if is_so) or "neither added nor blocked"
        return f"<Contact {chat_label(self.key.hex)} {states}>"


class ContactTables(Protocol):
    """The storage of contacts."""

    def contact(self, key: PublicKey) -> Contact | None: ...

    def save(self, contact: Contact) -> None:
        """Insert or replace; :attr:`Contact.has_picture` is what :meth:`save_picture` makes it."""

    def contacts(self) -> Sequence[Contact]:
        """Everybody of whom anything is kept, in the order of their keys."""

    def due_for_update(self, before_s: int, after_s: int, most: int) -> Sequence[Contact]:
        """Those that are added and not blocked, and that we told who we are at or before a Unix second, or after
        another one: ``most`` of them, those first whom we told longest ago."""

    def oldest_update(self) -> int | None:
        """When we told the one of them whom we told longest ago, Unix seconds; ``None``: there is nobody."""

    def chats_of(self, key: PublicKey) -> Sequence[str]:
        """The ids of the chats in which there are messages of somebody."""

    def cleared_clock(self, key: PublicKey) -> int:
        """:attr:`Contact.cleared_clock` of somebody; 0: nothing is kept of them."""

    def count_messages(self, key: PublicKey) -> int:
        """How many messages :meth:`delete_messages` would delete."""

    def delete_messages(self, key: PublicKey) -> int:
        """Delete everything that somebody has written, everywhere. The news of groups stays, which say what a group is.
        The highest clock of what was deleted; 0: there was nothing."""

    def added(self) -> Sequence[PublicKey]:
        """The keys of those that are added and not blocked."""

    def picture(self, key: PublicKey) -> str:
        """The data URI of somebody's picture; empty: there is none."""

    def save_picture(self, key: PublicKey, picture: str) -> None:
        """Insert, replace, or, if it is empty, delete."""
