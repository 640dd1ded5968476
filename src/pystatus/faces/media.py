"""Pictures, sounds and stickers where only text can be shown: what each of them is, and how to get it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pystatus import sanitise
from pystatus.faces.english import english

if TYPE_CHECKING:  # these bring protobuf with them, or are loaded late
    from pystatus.faces.catalogue import Catalogue
    from pystatus.messenger.media_keeping import Attachment
    from pystatus.messenger.records import Message

ID_DIGITS = 8
"""Hexadecimal digits of the id of a message that name it here: one of four billion."""

_MEGABYTE, _KILOBYTE = 1_000_000, 1_000


def note(message: Message, attachment: Attachment | None, texts: Catalogue | None = None) -> str | None:
    """``[image, JPEG 1200x800, 80 kB, media save 0x12345678]``, to be shown before the text of a message; ``None``: it
    is a text and nothing else.

    :param attachment: what is known of its picture or sound; ``None``: it has none.
    :param texts: the language; None: English.
    """
    from pystatus.payloads.stickers import sticker_of

    texts = texts or english()
    if attachment is None:
        sticker = sticker_of(message.content_type, message.payload)
        if sticker is None:
            return None
        return texts.media_sticker(hash=sanitise.name(sticker.hash), pack=str(sticker.pack))
    what, looks, bytes_ = _described(attachment, texts)
    if attachment.problem:
        return texts.media_not_kept(what=what, size=bytes_, problem=sanitise.one_line(attachment.problem))
    return texts.media_note(what=what, looks=looks, size=bytes_, id=f"0x{message.id.hex()[:ID_DIGITS]}")


def row(message: Message, attachment: Attachment | None, texts: Catalogue) -> str | None:
    """The same for a face with keys: ``image · JPEG 1200x800 · 80 kB · Enter opens it · s saves it``."""
    if attachment is None or attachment.problem:
        return note(message, attachment, texts)
    what, looks, bytes_ = _described(attachment, texts)
    return texts.media_row(what=what, looks=looks, size=bytes_)


def line(message: Message, attachment: Attachment | None, number: int, texts: Catalogue) -> str | None:
    """The same for a face that is read out, where messages have numbers: with the commands in place of keys."""
    if attachment is None or attachment.problem:
        return note(message, attachment, texts)
    what, looks, bytes_ = _described(attachment, texts)
    return texts.media_plain(what=what, looks=looks, size=bytes_, n=number)


def _described(attachment: Attachment, texts: Catalogue) -> tuple[str, str, str]:
    """What it is, how it looks, and how large its file is."""
    from pystatus.payloads.kinds import AudioType, ContentType, ImageType

    bytes_ = size(attachment.size, texts)
    if attachment.content_type == ContentType.AUDIO:
        seconds = texts.decimal(attachment.duration_ms / 1_000)
        looks = texts.media_sound_looks(type=AudioType(attachment.type).name, seconds=seconds)
        return texts.media_sound(), looks, bytes_
    wide, high = str(attachment.width), str(attachment.height)
    looks = texts.media_image_looks(type=ImageType(attachment.type).name, width=wide, height=high)
    if attachment.frames > 1:
        looks = texts.media_frames(looks=looks, frames=str(attachment.frames))
    return texts.media_image(), looks, bytes_


def size(count: int, texts: Catalogue | None = None) -> str:
    """``80 kB``: so many bytes."""
    texts = texts or english()
    if count >= _MEGABYTE:
        return texts.size_megabytes(size=_scaled(count, _MEGABYTE, texts))
    if count >= _KILOBYTE:
        return texts.size_kilobytes(size=_scaled(count, _KILOBYTE, texts))
    return texts.size_bytes(n=count)


def _scaled(count: int, unit: int, texts: Catalogue) -> str:
    return texts.decimal(count / unit, int(count < 10 * unit))
