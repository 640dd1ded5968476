"""A chat message apart from the bytes of its picture or sound, which are stored beside it (payloads.md §3.1)."""

from __future__ import annotations

from pystatus.payloads.messages import Audio, ChatMessage, Image
from pystatus.wire.protobuf import parse


def attached(message: ChatMessage) -> Image | Audio | None:
    """The picture or the sound that a message carries; ``None``: neither."""
    return message.image or message.audio


def detach(payload: bytes) -> bytes:
    """An encoded chat message without the bytes of its picture or sound. Everything else stays, fields that this
    version does not know included.

    :raises RemoteError: not a chat message.
    """
    message = parse(ChatMessage.WIRE, payload)
    for part in ("image", "audio"):
        if message.HasField(part):
            getattr(message, part).ClearField("payload")
    return message.SerializeToString()


def attach(payload: bytes, data: bytes) -> bytes:
    """The reverse of :func:`detach`: the bytes of a message that we encoded are those that it had.

    :raises RemoteError: not a chat message.
    """
    message = parse(ChatMessage.WIRE, payload)
    for part in ("image", "audio"):
        if message.HasField(part):
            getattr(message, part).payload = data
    return message.SerializeToString()
