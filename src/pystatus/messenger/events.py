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
    """``sender`` sent something for us that could not be opened; ``reason`` says why."""

    sender: PublicKey
    reason: str


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
