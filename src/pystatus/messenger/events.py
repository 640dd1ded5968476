"""What the user is told. Small frozen values; every event happened after its transaction committed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from pystatus.crypto.keys import PublicKey
from pystatus.messenger.records import Chat, Message, MessageState


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """Somebody else wrote ``message``."""

    message: Message
    chat: Chat


@dataclass(frozen=True, slots=True)
class MessageStateChanged:
    """One of our own messages got further, or was given up."""

    message_id: bytes
    state: MessageState


@dataclass(frozen=True, slots=True)
class ChatOpened:
    """A chat appeared, or became active again: joined, started, or somebody wrote to us."""

    chat: Chat


@dataclass(frozen=True, slots=True)
class ChatLeft:
    """A chat is no longer active; its history stays."""

    chat: Chat


@dataclass(frozen=True, slots=True)
class MessageUndecryptable:
    """What a device of ``sender`` sent us could not be opened, and was not sent again in the time that this takes when
    all is well. Told once a device, and again for the same one after a day at the earliest."""

    sender: PublicKey
    reason: str
    """Why the last of it could not be opened."""
    installation_id: str = ""
    """The device; empty if it did not name itself properly."""
    count: int = 1
    """How much arrived that could not be opened; the same message sent twice counts twice."""


@dataclass(frozen=True, slots=True)
class DeviceFound:
    """Another device uses our account. It takes part once it is enabled; if it is not yours, your words are stolen."""

    installation_id: str


@dataclass(frozen=True, slots=True)
class DeviceNamed:
    """Another device of ours says what it is called."""

    installation_id: str
    name: str
    device_type: str


Event: TypeAlias = (
    MessageReceived | MessageStateChanged | ChatOpened | ChatLeft | MessageUndecryptable | DeviceFound | DeviceNamed
)
