"""A picture made ready for sending: without metadata, not too large, and a format that every client shows.

This decodes, with Pillow, what may be a hostile file. So Pillow gets the format by name and nothing but the parts of
the file that hold pixels (:class:`~pystatus.media.outline.Outline`), after all limits were checked; and callers let it
run in a process of its own (:mod:`pystatus.imaging`).

Implements: PL-17
"""

from __future__ import annotations

import io
import math
import warnings
from typing import TYPE_CHECKING

from pystatus.media import reading
from pystatus.media.errors import InvalidMedia
from pystatus.media.limits import (
    JPEG_QUALITY,
    MAX_FILE_BYTES,
    MAX_JPEG_PIXELS,
    MAX_MEDIA_BYTES,
    MAX_PIXELS,
    MAX_SIDE,
    MAX_WEBP_PIXELS,
)
from pystatus.media.outline import Outline
from pystatus.payloads.kinds import ImageType
from pystatus.records import dataclass

if TYPE_CHECKING:
    from PIL.Image import Image

_NARROWER = 0.95
"""A picture that is too large is made smaller by this more than its size asks for."""
_LEAST_SIDE = 16
"""Pixels at which a picture that still does not fit is given up. Ours: such a JPEG has below 1 KB."""
_TURNS = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
"""The ``Image.Transpose`` that puts each orientation upright."""
_ROWS = 64
"""Rows of a smaller picture that are made at a time."""
_REACH = 3
"""Rows beside them that count for them: of the bicubic filter two."""
_SCALES = (1, 2, 4, 8)
"""A JPEG can be decoded at one of these parts of its size."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that can be sent."""

    data: bytes
    type: ImageType
    width: int
    height: int


def load_decoders() -> None:
    """Import all that :func:`prepare` may need."""
    from PIL import GifImagePlugin, Image, ImageCms, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

    del GifImagePlugin, ImageCms, JpegImagePlugin, PngImagePlugin, WebPImagePlugin
    Image.preinit()


def prepare(data: bytes, most: int = MAX_MEDIA_BYTES) -> Picture:
    """What is sent of a file. One that is small enough stays as it is, but for its metadata; otherwise it becomes a
    smaller JPEG, as the app does with all of them, or a smaller PNG. Animations only stay as they are.

    :param most: bytes of the result.
    :raises InvalidMedia: no picture that can be sent.
    """
    outline = outline_of(data)
    fits = max(outline.width, outline.height) <= MAX_SIDE and len(outline.cleaned) <= most
    if outline.frames > 1:
        if not fits:
            raise InvalidMedia(
                f"it is an animation of {outline.width} x {outline.height} pixels and {len(outline.cleaned)} bytes: "
                f"{MAX_SIDE} pixels on each side and {most} bytes are allowed"
            )
        return Picture(outline.cleaned, outline.type, outline.width, outline.height)
    picture = decoded(outline, MAX_SIDE)
    if fits and outline.looks_the_same_cleaned:
        return Picture(outline.cleaned, outline.type, outline.width, outline.height)
    return _encoded(picture, outline.type, most)


def outline_of(data: bytes) -> Outline:
    """The outline of a picture of our user, within the bounds of what is decoded.

    :raises InvalidMedia: it is over a limit, damaged, or none.
    """
    if len(data) > MAX_FILE_BYTES:
        raise InvalidMedia(f"it has {len(data)} bytes: {MAX_FILE_BYTES} are allowed")
    outline = reading.outline(data)
    reading.check_pixels(outline, _most_pixels(outline))
    return outline


def _most_pixels(outline: Outline) -> int:
    if outline.type is ImageType.WEBP:
        return MAX_WEBP_PIXELS
    return MAX_JPEG_PIXELS if outline.is_sequential else MAX_PIXELS


def decoded(outline: Outline, longest: int) -> Image:
    """The pixels, upright, in sRGB. Of an animation it is the first picture.

    :param longest: pixels of the longest side; a larger picture is made smaller.
    :raises InvalidMedia: the decoder refuses it.
    """
    from PIL import Image, ImageFile  # loaded late: it costs 35 ms, and few messages have pictures

    Image.MAX_IMAGE_PIXELS = MAX_JPEG_PIXELS
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            file = Image.open(io.BytesIO(outline.cleaned), formats=[outline.type.name])
            if file.size != (outline.width, outline.height):
                raise InvalidMedia("it is damaged: it does not say for certain how large it is")
            if outline.type is ImageType.JPEG:
                file.draft(None, _draft(outline, longest))
            file.load()
            picture = _in_full(file)
            del file  # or its pixels would be kept beside the smaller ones
            if max(picture.size) > longest:
                picture = _smaller(picture, longest / max(picture.size))
            if outline.orientation in _TURNS:
                picture = picture.transpose(Image.Transpose(_TURNS[outline.orientation]))
            return _in_srgb(picture, outline.profile)
    except InvalidMedia:
        raise
    except Exception as error:  # whatever a decoder says of a file
        raise InvalidMedia("it is damaged: it cannot be decoded") from error


def _draft(outline: Outline, longest: int) -> tuple[int, int]:
    """The size at which a JPEG is decoded: the smallest that is as large as is wanted, and none above what other
    formats may have."""
    scale = max((scale for scale in _SCALES if max(outline.width, outline.height) >= longest * scale), default=1)
    scale = max(scale, next(scale for scale in _SCALES if outline.pixels <= MAX_PIXELS * scale * scale))
    return max(1, outline.width // scale), max(1, outline.height // scale)


def _in_full(picture: Image) -> Image:
    """The same with a value for each pixel that can be scaled: no palette, and 8 bits of each colour."""
    if picture.mode.startswith("I"):
        picture = picture.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if picture.mode in ("1", "P", "PA"):
        picture = picture.convert(_mode(picture))
    return picture


def _smaller(picture: Image, factor: float) -> Image:
    """The same picture with sides that are ``factor`` as long, made some rows at a time: to scale transparent pixels,
    Pillow copies all that it is given."""
    from PIL import Image

    width, height = (max(1, round(side * factor)) for side in picture.size)
    scale = picture.height / height
    smaller = Image.new(picture.mode, (width, height))
    for top in range(0, height, _ROWS):
        bottom = min(top + _ROWS, height)
        first = max(0, math.floor((top - _REACH) * scale))
        last = min(picture.height, math.ceil((bottom + _REACH) * scale))
        rows = picture.crop((0, first, picture.width, last))
        box = (0, top * scale - first, picture.width, min(bottom * scale - first, rows.height))
        smaller.paste(rows.resize((width, bottom - top), Image.Resampling.BICUBIC, box), (0, top))
    return smaller


def _mode(picture: Image) -> str:
    """How pixels are kept that are sent: in colours, with transparency where there is any."""
    return "RGBA" if picture.has_transparency_data else "RGB"


def _in_srgb(picture: Image, profile: bytes) -> Image:
    """The same picture in the colours that everybody shows. A profile that cannot be applied is left out."""
    if profile and picture.mode in ("RGB", "RGBA", "CMYK", "L"):
        from PIL import ImageCms

        try:
            mode = "RGBA" if picture.mode == "RGBA" else "RGB"
            converted = ImageCms.profileToProfile(
                picture, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode=mode
            )
        except (ImageCms.PyCMSError, ValueError, OSError):
            converted = None
        if converted is not None:
            picture = converted
    mode = _mode(picture)
    return picture if picture.mode == mode else picture.convert(mode)


def _encoded(picture: Image, kind: ImageType, most: int) -> Picture:
    """A PNG of what was drawn or is transparent, if it fits; else a JPEG that does, of a smaller picture if it has to
    be."""
    if kind in (ImageType.PNG, ImageType.GIF) or picture.mode == "RGBA":
        drawn = _saved(picture, "PNG")
        if len(drawn) <= most:
            return Picture(drawn, ImageType.PNG, *picture.size)
    picture = on_white(picture)
    while True:
        data = _saved(picture, "JPEG", quality=JPEG_QUALITY, optimize=True)
        if len(data) <= most:
            return Picture(data, ImageType.JPEG, *picture.size)
        factor = _NARROWER * math.sqrt(most / len(data))
        picture = _smaller(picture, factor)
        if max(picture.size) < _LEAST_SIDE:
            raise InvalidMedia(f"no picture of at most {most} bytes can be made of it")


def on_white(picture: Image) -> Image:
    """What is transparent is white: JPEG has no transparency."""
    if picture.mode == "RGB":
        return picture
    from PIL import Image

    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _saved(picture: Image, form: str, **options: object) -> bytes:
    """The pixels in a file of their own: nothing else of the picture goes along."""
    out = io.BytesIO()
    picture.info = {}
    picture.save(out, form, **options)
    return out.getvalue()
