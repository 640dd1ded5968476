"""Names of ENS that are ours, and what was sent to the chain to change a name: what is kept of them, and what the user
is told (ethereum.md §4). What belongs to a chain is kept by its id, so that chains do not mix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from pystatus.arguments import checked
from pystatus.messenger.events import Event
from pystatus.messenger.sent_records import SentTransaction

MAX_OWN_NAMES = 100
"""Names of ours on one chain. Ours: each costs a deposit."""
MAX_CHANGES = 100
"""Changes that are kept and listed, the newest. Ours."""
MAX_SLASHES = 100
"""Names that are reserved, to be taken away. Ours: each costs a transaction."""
MAX_DRAFTS = 100
"""Drafts that are remembered until they are sent, the newest. Ours."""


class NameAction(Enum):
    """What is done with a name."""

    REGISTER = "register"
    """It becomes ours, for a deposit."""
    CONNECT = "connect"
    """It leads to our chat key."""
    SET_ADDRESS = "set_address"
    """It leads to another address."""
    SET_CONTENT = "set_content"
    """It has other content for browsers."""
    TAKE_OVER = "take_over"
    """The registrar learns that a name is ours which was given to us in ENS."""
    RELEASE = "release"
    """It is given back, and the deposit comes back."""
    RESERVE_SLASH = "reserve_slash"
    """Somebody's name breaks a rule: we say first that we know one, not yet which."""
    SLASH = "slash"
    """Which one it is: it is taken away, and we get a part of its deposit."""


@checked
@dataclass(frozen=True, slots=True)
class NameChange:
    """A transaction of ours that changes a name. ``value`` is the address, the content or the chat key that the name
    leads to afterwards; how far it got is in ``transaction``, which the wallet follows.
    """

    action: NameAction
    name: str
    value: str
    transaction: SentTransaction


@dataclass(frozen=True, slots=True)
class NameDrafted:
    """What a draft would do, or a transaction does: beside what the wallet knows of it."""

    action: NameAction
    name: str
    value: str


@checked
@dataclass(frozen=True, slots=True)
class OwnName:
    """A name of ours on one chain; contacts see the preferred one."""

    name: str
    chain_id: int
    is_preferred: bool = False


@checked
@dataclass(frozen=True, slots=True)
class OwnNamesChanged(Event):
    """We have other names, or prefer another one."""

    names: tuple[OwnName, ...]


class OwnNameTables(Protocol):
    """The storage of our names and of what changes names."""

    def own_names(self) -> Sequence[tuple[int, str]]:
        """Our names with their chains, in the order in which they came."""

    def add_own_name(self, chain_id: int, name: str) -> None:
        """Store one, if it is not there."""

    def forget_own_name(self, chain_id: int, name: str) -> None:
        """Delete it."""

    def name_changes(self, limit: int) -> Sequence[tuple[bytes, NameDrafted]]:
        """Hashes of transactions that change names, and what each does, the newest first."""

    def name_change(self, transaction_hash: bytes) -> NameDrafted | None:
        """What a transaction does; ``None``: it changes no name."""

    def save_name_change(self, transaction_hash: bytes, change: NameDrafted, most: int) -> None:
        """Insert it, and delete all but the newest ``most``."""

    def slash_secret(self, chain_id: int, name: str) -> bytes | None:
        """What was reserved with, to take a name away; ``None``: nothing was."""

    def slash_count(self) -> int:
        """How many names are reserved."""

    def save_slash_secret(self, chain_id: int, name: str, secret: bytes) -> None:
        """Store it; 32 bytes."""
