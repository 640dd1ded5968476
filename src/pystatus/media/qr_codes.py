"""The texts of the QR codes in a picture. As :mod:`~pystatus.media.pictures` does, this decodes what may be a hostile
file, so callers let it run in a process of its own (:mod:`pystatus.imaging`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pystatus.media import pictures

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_CODES = 8
"""QR codes of one picture that are read. Ours: a picture that is shown to somebody has one or two."""
MAX_CODE_TEXT = 4_300
"""Characters of one of them that are kept. Ours: a QR code holds 4,296 letters at most (ISO/IEC 18004)."""
MAX_SIDE = 4_000
"""Pixels of the longest side of a picture that is searched. Ours: a screen has 3,840; photographs of phones are made
smaller."""


def load_decoders() -> None:
    """Import all that :func:`read` may need."""
    import zxingcpp

    del zxingcpp
    pictures.load_decoders()


def read(data: bytes) -> tuple[str, ...]:
    """What the QR codes in a picture say, turned, mirrored or inverted ones, too; none is none.

    :param data: a JPEG, PNG, GIF or WEBP file; of an animation the first picture counts.
    :raises InvalidMedia: no picture, or one that is over a limit or damaged.

    Implements: AC-13
    """
    import zxingcpp  # loaded late, and only in the process that decodes

    wanted = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
    found = zxingcpp.read_barcodes(_grey(data), formats=wanted)
    return tuple(dict.fromkeys(code.text[:MAX_CODE_TEXT] for code in found[:MAX_CODES] if code.text))


def _grey(data: bytes) -> Image:
    """The picture in grey, on white where it is transparent."""
    picture = pictures.decoded(pictures.outline_of(data), MAX_SIDE)
    return pictures.on_white(picture).convert("L")
