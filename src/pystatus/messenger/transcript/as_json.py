"""A chat as JSON: an object a line, in ASCII. The fields are documented in docs/accounts.md; they are added to and
never change. Texts are exactly as they were received: whoever shows them cleans them first.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator

from pystatus.account.key_encoding import chat_key
from pystatus.messenger.transcript.entries import Entry, Source
from pystatus.payloads.kinds import AudioType, ContentType, ImageType
from pystatus.payloads.stickers import sticker_of

FORMAT = 1
"""Of these lines. More fields make no other one."""


def pieces(source: Source, exported_ms: int) -> Iterator[str]:
    """A line for the chat, and one for each message."""
    yield _line(
        {
            "event": "transcript",
            "format": FORMAT,
            "chat": source.chat.id,
            "chat_kind": source.kind,
            "chat_name": source.title,
            "own": source.own.hex,
            "own_chat_key": chat_key(source.own),
            "exported_ms": exported_ms,
        }
    )
    for entry in source.entries():
        yield from source.prepared(entry)
        yield _line(_fields(source, entry))


def _line(fields: dict[str, object]) -> str:
    return json.dumps(fields) + "\n"


def _fields(source: Source, entry: Entry) -> dict[str, object]:
    message = entry.message
    return {
        "event": "message",
        "id": _hex(message.id),
        "author": message.author.hex,
        "author_name": source.name(message.author),
        "own": message.author == source.own,
        "text": message.text,
        "content_type": message.content_type,
        "response_to": None if message.response_to is None else _hex(message.response_to),
        "reactions": [
            {
                "type": one.type,
                "emoji": one.emoji or None,
                "author": one.author.hex,
                "author_name": source.name(one.author),
            }
            for one in entry.reactions
        ],
        "media": _media(entry),
        "clock": message.clock,
        "sent_ms": message.sent_ms,
        "received_ms": message.received_ms,
        "state": None if message.state is None else message.state.name.lower(),
        "forward_secrecy": message.forward_secrecy,
    }


def _media(entry: Entry) -> dict[str, object] | None:
    it = entry.attachment
    if it is None:
        sticker = sticker_of(entry.message.content_type, entry.message.payload)
        return None if sticker is None else {"kind": "sticker", "hash": sticker.hash, "pack": sticker.pack}
    is_sound = it.content_type == ContentType.AUDIO
    return {
        "kind": "audio" if is_sound else "image",
        "type": (AudioType(it.type) if is_sound else ImageType(it.type)).name.lower(),
        "bytes": it.size,
        "width": None if is_sound else it.width,
        "height": None if is_sound else it.height,
        "duration_ms": it.duration_ms if is_sound else None,
        "problem": it.problem or None,
        "data": b64encode(entry.data).decode() if entry.data else None,
    }


def _hex(message_id: bytes) -> str:
    return f"0x{message_id.hex()}"
