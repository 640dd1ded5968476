"""Names of ENS that are ours, and what was sent to the chain to change a name: what is kept of them, and what the user
is told (ethereum.md §4). What belongs to a chain is kept by its id, so that chains do not mix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from pystatus.arguments import checked
from pystatus.messenger.events import Event

MAX_OWN_NAMES = 100
"""Names of ours on one chain. Ours: each costs a deposit."""
MAX_PENDING = 50
"""Changes that wait for a block at a time. Ours: each is asked for every half a minute."""
MAX_CHANGES = 100
"""Changes that are kept and listed, those that wait and the newest of the others. Ours."""


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


class NameChangeState(Enum):
    """What became of a transaction."""

    PENDING = "pending"
    """It is in no block yet."""
    DONE = "done"
    FAILED = "failed"
    """It is in a block, and has changed nothing but what was paid for it."""
    REPLACED = "replaced"
    """Another transaction of the account has taken its place."""


@checked
@dataclass(frozen=True, slots=True)
class NameChange:
    """A transaction of ours that changes a name. ``transaction_hash`` is ``0x`` and 64 hexadecimal digits; ``value`` is
    the address, the content or the chat key that the name leads to afterwards, and ``sent_s`` Unix seconds.
    """

    transaction_hash: str
    chain_id: int
    action: NameAction
    name: str
    account: str
    nonce: int
    sent_s: int
    value: str = ""
    state: NameChangeState = NameChangeState.PENDING


@checked
@dataclass(frozen=True, slots=True)
class OwnName:
    """A name of ours on one chain; contacts see the preferred one."""

    name: str
    chain_id: int
    is_preferred: bool = False


@checked
@dataclass(frozen=True, slots=True)
class NameChangeSettled(Event):
    """A change of a name is in a block, has failed there, or another transaction has taken its place."""

    change: NameChange


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

    def changes(self, limit: int) -> Sequence[NameChange]:
        """Those that wait, then the others, each with the newest first."""

    def save_change(self, change: NameChange) -> None:
        """Insert, or replace the one with this hash; of those that are settled the newest are kept."""

    def slash_secret(self, chain_id: int, name: str) -> bytes | None:
        """What was reserved with, to take a name away; ``None``: nothing was."""

    def save_slash_secret(self, chain_id: int, name: str, secret: bytes) -> None:
        """Store it; 32 bytes."""
