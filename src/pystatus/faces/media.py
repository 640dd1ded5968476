"""Pictures, sounds and stickers where only text can be shown: what each of them is, and how to get it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pystatus import sanitise
from pystatus.wording import counted

if TYPE_CHECKING:  # these bring protobuf with them
    from pystatus.messenger.media_keeping import Attachment
    from pystatus.messenger.records import Message

ID_DIGITS = 8
"""Hexadecimal digits of the id of a message that name it here: one of four billion."""

_UNITS = ((1_000_000, "MB"), (1_000, "kB"))


def note(message: Message, attachment: Attachment | None) -> str | None:
    """``[image, JPEG 1200x800, 80 kB, media save 0x12345678]``, to be shown before the text of a message; ``None``: it
    is a text and nothing else.

    :param attachment: what is known of its picture or sound; ``None``: it has none.
    """
    from pystatus.payloads.kinds import AudioType, ContentType, ImageType
    from pystatus.payloads.stickers import sticker_of

    if attachment is None:
        sticker = sticker_of(message.content_type, message.payload)
        return None if sticker is None else f"[sticker {sanitise.name(sticker.hash)} of pack {sticker.pack}]"
    is_sound = attachment.content_type == ContentType.AUDIO
    what, bytes_ = "sound" if is_sound else "image", size(attachment.size)
    if attachment.problem:
        return f"[{what}, {bytes_}, not kept: {sanitise.one_line(attachment.problem)}]"
    if is_sound:
        looks = f"{AudioType(attachment.type).name} of {attachment.duration_ms / 1_000:.1f} s"
    else:
        looks = f"{ImageType(attachment.type).name} {attachment.width}x{attachment.height}"
        if attachment.frames > 1:
            looks += f", {attachment.frames} pictures"
    return f"[{what}, {looks}, {bytes_}, media save 0x{message.id.hex()[:ID_DIGITS]}]"


def size(count: int) -> str:
    """``80 kB``."""
    for unit, name in _UNITS:
        if count >= unit:
            return f"{count / unit:.{int(count < 10 * unit)}f} {name}"
    return counted(count, "byte")
