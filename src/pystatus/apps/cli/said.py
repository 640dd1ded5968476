"""What a message says and what it answers: for programs, and as lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from pystatus.account.names import Names
from pystatus.apps.cli.output import Fields, Output
from pystatus.apps.cli.painting import painted
from pystatus.crypto.keys import PublicKey

if TYPE_CHECKING:  # these bring protobuf with them, which listing accounts does not need
    from collections.abc import Callable

    from pystatus.messenger.media_keeping import Attachment
    from pystatus.messenger.records import Message

Find: TypeAlias = "Callable[[bytes], Message | None]"
"""Gives the message with an id, or None if it is not here."""

_QUOTED = 60
"""Characters that are shown of a message that is answered."""


def said_fields(message: Message, own: PublicKey, names: Names, find: Find | None) -> Fields:
    """The text, as received and as a tree, who is mentioned, and what it answers."""
    from pystatus.messenger.message_text import structure

    answer = answered(message, find)
    return {
        "text": message.text,
        "parsed": structure(message.text),
        "mentions": [{"key": person.hex, "name": names.of(person).name} for person in message.mentions],
        "mentions_me": own in message.mentions,
        "response_to": None if message.response_to is None else f"0x{message.response_to.hex()}",
        "answered": None if answer is None else _answered_fields(answer, names),
    }


def media_fields(attachment: Attachment | None) -> Fields | None:
    """The picture or the sound of a message, without its bytes."""
    if attachment is None:
        return None
    from pystatus.payloads.kinds import AudioType, ContentType, ImageType

    is_sound = attachment.content_type == ContentType.AUDIO
    kind = AudioType(attachment.type) if is_sound else ImageType(attachment.type)
    return {
        "kind": "audio" if is_sound else "image",
        "type": kind.name.lower(),
        "bytes": attachment.size,
        "width": None if is_sound else attachment.width,
        "height": None if is_sound else attachment.height,
        "frames": None if is_sound else attachment.frames,
        "duration_ms": attachment.duration_ms if is_sound else None,
        "problem": attachment.problem or None,
    }


def sticker_fields(message: Message) -> Fields | None:
    """The sticker that a message is."""
    from pystatus.payloads.stickers import sticker_of

    sticker = sticker_of(message.content_type, message.payload)
    return None if sticker is None else {"kind": "sticker", "hash": sticker.hash, "pack": sticker.pack}


def text_lines(message: Message, own: PublicKey, names: Names, out: Output) -> list[str]:
    """What a message says, safe to show: with styles on a terminal, as it was typed elsewhere."""
    from pystatus.messenger.message_text import lines, plain, spans

    def name_of(person: PublicKey) -> str:
        return names.of(person).label

    nothing = f"(nothing to show, content type {message.content_type})"
    if not out.in_colour:
        return (plain(message.text, name_of) or nothing).split("\n")
    pieces = spans(message.text, own, name_of)
    return [painted(line) for line in lines(pieces)] if pieces else [nothing]


def answer_text(message: Message, own: PublicKey, names: Names, find: Find | None) -> str:
    """`` (answers Experienced Splendid Gibbon: "are you there?")``; empty if it is no reply."""
    if message.response_to is None:
        return ""
    answer = answered(message, find)
    if answer is None:
        return " (answers a message that is not here)"
    from pystatus.messenger.message_text import preview

    author = "you" if answer.author == own else names.of(answer.author).label
    line = preview(answer, lambda person: names.of(person).label, _QUOTED)
    return f' (answers {author}: "{line}")'


def answered(message: Message, find: Find | None) -> Message | None:
    """The message that ``message`` answers, if it is here: in the same chat, since a stranger may name any id."""
    if message.response_to is None or find is None:
        return None
    found = find(message.response_to)
    return found if found is not None and found.chat_id == message.chat_id else None


def _answered_fields(answer: Message, names: Names) -> Fields:
    return {
        "id": f"0x{answer.id.hex()}",
        "author": answer.author.hex,
        "author_name": names.of(answer.author).name,
        "text": answer.text,
    }


def author_fields(key: PublicKey, names: Names) -> dict[str, str | None]:
    """What an author is called, and the line below a nickname."""
    shown = names.of(key)
    return {"author_name": shown.name, "author_second_name": shown.second or None}
