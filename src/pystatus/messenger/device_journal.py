"""What each other device of the account was sent of what is known here, and what of it has arrived.

An item is a thing to be known: a contact, a public chat, a group, a message. It has one row for each device, so it is
sent to a device once, whenever somebody asks for it; and what a device has brought itself is not sent back to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from typing import Protocol

from pystatus.records import dataclass

MAX_ITEMS = 20_000
"""Items that are noted for one device, some 4 MB; beyond it those messages go that have arrived there first. Ours:
10,000 contacts, 200 chats, and the messages of the busiest of them."""

HERE = ""
"""The device that we are, which is no installation id: of contacts that our user has decided about here the clock of
the decision is noted, as a version."""


class ItemKind(IntEnum):
    """What an item is. Stored: numbers stay."""

    PROFILE = 1
    """Our own name and picture."""
    CONTACT = 2
    """A person that we have added; named by the compressed key."""
    PUBLIC_CHAT = 3
    """Named by its name, as UTF-8."""
    GROUP = 4
    """A private group that we have joined, with its whole history of events; named by its id, as UTF-8."""
    MESSAGE = 5
    """Of a one-to-one chat or a group; named by its id."""
    HISTORY = 6
    """The last messages of a chat, which are noted one by one when it is its turn; named by the id of the chat."""


class ItemState(IntEnum):
    """How far an item got on its way to a device. Stored: numbers stay."""

    WAITING = 1
    SENT = 2
    """And not acknowledged yet: it is sent again."""
    ARRIVED = 3
    """The device has acknowledged it, or has brought it itself."""
    UNCONFIRMED = 4
    """Sent as often as it is worth to a device that has never acknowledged anything."""
    REFUSED = 5
    """It cannot be sent: it is too large, or there is no way to make its bytes again."""


@dataclass(frozen=True, slots=True)
class Item:
    """A thing to be known by a device of ours."""

    device: str
    """Its installation id; :data:`HERE` for what our user has decided on this one."""
    kind: ItemKind
    key: bytes
    queued_ms: int
    """When it was noted, Unix milliseconds: it is sent as of this time."""
    version: int = 0
    """Which state of it: one with a higher number is sent again. 0 for what never changes."""
    size: int = 0
    """About how many bytes it takes."""
    state: ItemState = ItemState.WAITING
    sync_id: bytes = b""
    """The data sync id under which it was sent last, 32 bytes."""
    attempts: int = 0
    due_s: float | None = None
    """When it is sent again, Unix seconds; ``None``: not before the device shows itself."""
    number: int = 0
    """Where it stands in the journal; 0: it is not in it yet."""

    @property
    def message_id(self) -> bytes:
        """The id of the message that it is; empty: it is none."""
        return self.key if self.kind is ItemKind.MESSAGE else b""


@dataclass(frozen=True, slots=True)
class MessageSignature:
    """What makes a message of somebody else a message of theirs."""

    message_id: bytes
    """32 bytes."""
    signature: bytes
    """65 bytes."""
    known: bool
    """It is of somebody we know: see :meth:`DeviceJournal.trim_signatures`."""


class DeviceJournal(Protocol):
    """The storage of devices in step. Nothing is cached, so what a transaction rolls back never was."""

    def note(self, item: Item) -> bool:
        """Add an item, or replace an earlier version of it; False: it is there already, and stays as it is."""

    def note_arrived(self, item: Item) -> None:
        """A device knows an item, unless a later version of it is noted."""

    def version(self, device: str, kind: ItemKind, key: bytes) -> int:
        """The version of an item that is noted for a device; 0: none, or it never changes."""

    def save(self, item: Item) -> None:
        """Replace an item of this number."""

    def remove(self, number: int) -> None: ...

    def first_waiting(self, device: str) -> Item | None: ...

    def in_flight(self, device: str) -> tuple[int, int]:
        """How many items are sent and not acknowledged, and their bytes."""

    def to_repeat(self, device: str, now: float, most: int) -> Sequence[Item]:
        """Sent items that are to be sent again, those first that wait longest."""

    def next_due(self, device: str) -> float | None:
        """When :meth:`to_repeat` has something next."""

    def sent_as(self, device: str, sync_ids: Sequence[bytes]) -> Sequence[Item]:
        """The items that went to a device under these data sync ids."""

    def has_answered(self, device: str) -> bool:
        """Whether a device has ever acknowledged an item."""

    def hurry(self, device: str, now: float, later_than: float) -> bool:
        """A device is there: what is sent and due after ``later_than``, or not at all, is due now, and begins anew.
        Whether there is any."""

    def try_again(self, device: str) -> int:
        """What was given up waits anew. How many items that are."""

    def counts(self, device: str) -> Mapping[ItemState, int]: ...

    def message_bytes(self, device: str) -> int:
        """About how many bytes the messages take that are noted for a device."""

    def trim(self, device: str, most: int) -> None:
        """If there are more than ``most`` items of a device, forget messages that have arrived, the oldest first."""

    def forget_others(self, devices: Iterable[str]) -> None:
        """Forget what is noted for any device but these and :data:`HERE`."""

    # what makes a message of somebody else a message of theirs

    def keep_signatures(self, signatures: Sequence[MessageSignature]) -> int:
        """Keep the signatures of messages of others, each of which goes with its message. How many were kept: not those
        whose message is not stored, or that were kept before."""

    def signature(self, message_id: bytes) -> bytes | None: ...

    def trim_signatures(self, most: int) -> None:
        """Of people we know the last ``most`` are kept; strangers' count with their messages."""
