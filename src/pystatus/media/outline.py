"""What the structure of a picture says of it, before any of its pixels is decoded."""

from __future__ import annotations

from pystatus.media.errors import InvalidMedia
from pystatus.media.limits import MAX_FRAMES, MAX_PARTS
from pystatus.payloads.kinds import ImageType
from pystatus.records import dataclass

UPRIGHT = 1
"""The orientation of a picture whose first row is at the top (EXIF tag 0x0112)."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A picture as its file describes it."""

    type: ImageType
    width: int
    height: int
    cleaned: bytes
    """The file with nothing but what is needed to decode it: no place, no time, no camera, no comment, no preview,
    nothing behind its end."""
    frames: int = 1
    """More than one: it is animated."""
    orientation: int = UPRIGHT
    """1 to 8, as EXIF counts them: how it is to be turned. What is cleaned does not say it any more."""
    profile: bytes = b""
    """Its ICC colour profile; empty: sRGB, as far as anybody knows. What is cleaned has none."""
    is_sequential: bool = False
    """A JPEG that can be decoded at a part of its size without holding all of it."""

    @property
    def pixels(self) -> int:
        return self.width * self.height

    @property
    def looks_the_same_cleaned(self) -> bool:
        """Neither turned nor in colours of its own."""
        return self.orientation == UPRIGHT and not self.profile


class Parts:
    """Counts what a file consists of."""

    def __init__(self) -> None:
        self._count = 0
        self.frames = 0

    def one_more(self) -> None:
        """
        :raises InvalidMedia: there are too many.
        """
        self._count += 1
        if self._count > MAX_PARTS:
            raise InvalidMedia(f"it consists of more than {MAX_PARTS} parts")

    def one_more_frame(self) -> None:
        """
        :raises InvalidMedia: there are too many.
        """
        self.frames += 1
        if self.frames > MAX_FRAMES:
            raise InvalidMedia(f"it is an animation of more than {MAX_FRAMES} pictures")


def cut_off() -> InvalidMedia:
    """The file ends too early."""
    return InvalidMedia("it is damaged: its end is missing")


def damaged() -> InvalidMedia:
    """The file breaks the rules of its format."""
    return InvalidMedia("it is damaged")
