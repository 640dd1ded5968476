"""What the user is told: the base of every event, and those that are of no single feature. Small frozen values; every
event happened after its transaction committed."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pystatus.arguments import checked
from pystatus.crypto.keys import PublicKey
from pystatus.messenger.records import Chat, Message, MessageState, short_id
from pystatus.records import dataclass


class Event:
    """What the user is told. A subclass is registered by its name when it is declared, in whatever module."""

    __slots__ = ()

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        known = _registered.get(cls.__name__)
        if known is not None and known.__module__ != cls.__module__:  # a dataclass with slots is made twice
            raise TypeError(f"{cls.__module__} and {known.__module__} both declare the event {cls.__name__}")
        _registered[cls.__name__] = cls


_registered: dict[str, type[Event]] = {}
EVENTS: Mapping[str, type[Event]] = MappingProxyType(_registered)
"""The events declared so far, by name."""


@checked
@dataclass(frozen=True, slots=True)
class MessageReceived(Event):
    """Somebody else wrote ``message``.

    It is late where its clock is more than two minutes behind the envelope that brought it: it was sent again after a
    while, or its author has dated it back.
    """

    message: Message
    chat: Chat
    is_late: bool = False


@checked
@dataclass(frozen=True, slots=True)
class MessageSynced(Event):
    """Another device of ours has brought ``message``: one that we wrote there, or, once the two are paired, one from
    before, ours or somebody's. It is not unread."""

    message: Message
    chat: Chat


@checked
@dataclass(frozen=True, slots=True)
class MessagePosted(Event):
    """We wrote ``message`` on this device, with whatever program: who shows the profile shows it."""

    message: Message
    chat: Chat


@checked
@dataclass(frozen=True, slots=True, repr=False)
class MessageStateChanged(Event):
    """One of our own messages got further, or was given up."""

    message_id: bytes
    state: MessageState
    reason: str = ""
    """Why it was given up, and what to do, as sentences; empty otherwise."""

    def __repr__(self) -> str:
        return f"<MessageStateChanged {short_id(self.message_id)}: {self.state}>"


@checked
@dataclass(frozen=True, slots=True)
class ChatOpened(Event):
    """A chat appeared, or became active again: joined, started, or somebody wrote to us."""

    chat: Chat


@checked
@dataclass(frozen=True, slots=True)
class ChatLeft(Event):
    """A chat is no longer active; its history stays."""

    chat: Chat


@checked
@dataclass(frozen=True, slots=True)
class MessageUndecryptable(Event):
    """What a device of ``sender`` sent us could not be opened, and was not sent again in the time that this takes when
    all is well. Told once a device, and again for the same one after a day at the earliest."""

    sender: PublicKey
    reason: str
    """Why the last of it could not be opened."""
    installation_id: str = ""
    """The device; empty if it did not name itself properly."""
    count: int = 1
    """How much arrived that could not be opened; the same message sent twice counts twice."""


class RenewalReason(enum.Enum):
    """Why a profile became a device of its own."""

    ASKED = "asked"
    """The user asked for it (``pystatus device renew``)."""
    RESTORED = "restored"
    """It is older than what ran here last: a restored backup, or a copy of which another one ran here."""
    COPIED = "copied"
    """It was on another machine, or another user's, when it ran last."""
    USED_ELSEWHERE = "used-elsewhere"
    """Something came that this installation has signed and not sent: a copy is running, or ran before the machine was
    set back to a snapshot."""


@checked
@dataclass(frozen=True, slots=True)
class DeviceRenewed(Event):
    """The profile is a new device of the account, because no key may be used twice. Chats and history stay; what was
    waiting is sent again. Other devices of the account have to enable it anew."""

    installation_id: str
    reason: RenewalReason


@checked
@dataclass(frozen=True, slots=True)
class CopySuspected(Event):
    """``witness`` acknowledges what this device has not sent, or is ourselves. A copy of the profile may be in use, or
    it may be a restored one; if so, open it once as a new device (``pystatus device renew``). Once a day at most."""

    witness: PublicKey


@checked
@dataclass(frozen=True, slots=True)
class DeviceFound(Event):
    """Another device uses our account. It takes part once it is enabled; if it is not yours, your words are stolen."""

    installation_id: str
