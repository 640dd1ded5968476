"""A picture as pixels for a face that draws them itself, as a terminal does. It decodes what may be a hostile file, as
:mod:`~pystatus.media.pictures` does: so callers let it run in a process of its own (:mod:`pystatus.imaging`)."""

from __future__ import annotations

from pystatus.media import pictures
from pystatus.records import dataclass

MAX_PREVIEW_PIXELS = 60_000
"""Width times height of a preview. Ours: 300 columns and 100 lines of a terminal, two pixels in each cell."""
BYTES_OF_PIXEL = 3
"""Red, green and blue."""


@dataclass(frozen=True, slots=True, repr=False)
class Preview:
    """Pixels, row by row, each of three bytes: red, green, blue."""

    width: int
    height: int
    pixels: bytes

    def __repr__(self) -> str:
        return f"<Preview {self.width}x{self.height}>"


def fitted(width: int, height: int, most_wide: int, most_high: int) -> tuple[int, int]:
    """The largest size of the same shape, in pixels, that is not above the size itself and fits into a room."""
    factor = min(1.0, most_wide / width, most_high / height)
    return max(1, int(width * factor)), max(1, int(height * factor))


def preview(data: bytes, width: int, height: int) -> Preview:
    """A picture upright, on white where it is transparent, made smaller until it fits. Of an animation it is the first
    picture.

    :param width: pixels at most, as is ``height``; the product is :data:`MAX_PREVIEW_PIXELS` at most.
    :raises InvalidMedia: no picture, or one that is over a limit or damaged.
    """
    if not 0 < width * height <= MAX_PREVIEW_PIXELS:
        raise ValueError(f"{width} x {height} pixels")
    picture = pictures.on_white(pictures.decoded(pictures.outline_of(data), max(width, height)))
    size = fitted(*picture.size, width, height)
    if size != picture.size:
        picture = picture.resize(size)
    return Preview(*picture.size, picture.tobytes())
