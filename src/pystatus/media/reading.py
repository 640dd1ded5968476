"""What a file is, and whether it is within limits: from its first bytes and its structure, without decoding it.

All of it is Python that goes over the bytes once, so it takes some milliseconds of a mebibyte and no decoder is ever
given what nobody has asked to see.

Implements: PL-17
"""

from __future__ import annotations

from pystatus.media import gif, jpeg, png, webp
from pystatus.media.errors import InvalidMedia
from pystatus.media.limits import MAX_PIXELS
from pystatus.media.outline import Outline
from pystatus.payloads.kinds import AudioType, ImageType

_READERS = {ImageType.JPEG: jpeg.read, ImageType.PNG: png.read, ImageType.GIF: gif.read, ImageType.WEBP: webp.read}


def image_type(data: bytes) -> ImageType:
    """By the leading bytes, as the reference tells them apart (payloads.md §3.1)."""
    if data.startswith(b"\xff\xd8\xff"):
        return ImageType.JPEG
    if data.startswith(b"\x89PNG"):
        return ImageType.PNG
    if data.startswith(b"GIF"):
        return ImageType.GIF
    if data[8:12] == b"WEBP":
        return ImageType.WEBP
    return ImageType.UNKNOWN


def audio_type(data: bytes) -> AudioType:
    """By the leading bytes, as the reference tells them apart (payloads.md §3.1)."""
    if data.startswith((b"\xff\xf1", b"\xff\xf9")):
        return AudioType.AAC
    if data.startswith(b"#!AMR\n"):
        return AudioType.AMR
    return AudioType.UNKNOWN


def outline(data: bytes) -> Outline:
    """The outline of a picture.

    :raises InvalidMedia: it is none of the four formats, damaged, or of too many parts or without a pixel.
    """
    kind = image_type(data)
    if kind is ImageType.UNKNOWN:
        raise InvalidMedia("it is no JPEG, PNG, GIF or WEBP picture")
    found = _READERS[kind](data)
    if not found.pixels:
        raise InvalidMedia("it is damaged: it has no pixels")
    return found


def check_pixels(found: Outline, most: int) -> None:
    """
    :raises InvalidMedia: it has more than ``most`` pixels.
    """
    if found.pixels > most:
        raise InvalidMedia(f"it has {found.width} x {found.height} pixels; {most} are allowed in all")


def check_image(data: bytes, declared: int) -> Outline:
    """The outline of a picture that somebody has sent as ``declared``, an ``ImageType``.

    :raises InvalidMedia: it is another format, damaged, or over a limit.
    """
    kind = image_type(data)
    if kind is not ImageType.UNKNOWN and kind != declared:
        raise InvalidMedia(f"it is not the format that it was sent as, but {kind.name}")
    found = outline(data)
    check_pixels(found, MAX_PIXELS)
    return found
