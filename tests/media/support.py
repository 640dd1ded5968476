"""Pictures and sounds for tests, honest and hostile. They are made, so nothing of them is anybody's."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence
from typing import Any

from PIL import Image, ImageCms

PLACE = b"N 47.3769, E 8.5417"
"""What must not be in anything that is sent."""
ORIENTATION, GPS, LATITUDE, DESCRIPTION = 0x0112, 0x8825, 2, 0x010E


def picture(width: int = 60, height: int = 40, mode: str = "RGB") -> Image.Image:
    """A gradient from dark on the left to bright on the right."""
    return Image.linear_gradient("L").rotate(90).resize((width, height)).convert(mode)


def noise(width: int, height: int) -> Image.Image:
    """What compresses badly."""
    return Image.effect_noise((width, height), 90).convert("RGB")


def brightness(image: Image.Image, x: int, y: int) -> int:
    """Of one pixel, 0 to 255."""
    found = image.convert("L").getpixel((x, y))
    assert isinstance(found, int)
    return found


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def exif(orientation: int = 1) -> Image.Exif:
    """Metadata with a place."""
    made = Image.Exif()
    made[ORIENTATION] = orientation
    made[DESCRIPTION] = PLACE.decode()
    made.get_ifd(GPS)[LATITUDE] = (47.0, 22.0, 36.0)
    return made


def srgb() -> bytes:
    """A colour profile."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def animation(count: int = 5, side: int = 20) -> list[Image.Image]:
    return [Image.new("RGB", (side, side), (number * 40 % 256, 80, 120)) for number in range(count)]


def animated(form: str, frames: Sequence[Image.Image], **options: Any) -> bytes:
    return saved(frames[0], form, save_all=True, append_images=list(frames[1:]), **options)


def chunk(name: bytes, contents: bytes) -> bytes:
    """Of a PNG file."""
    return struct.pack(">I", len(contents)) + name + contents + struct.pack(">I", zlib.crc32(name + contents))


def png(width: int, height: int, pixels: bytes = b"") -> bytes:
    """A PNG that says it has this many pixels, whatever it has; transparent, in four bytes for each."""
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def zeros(width: int, height: int) -> bytes:
    """All pixels of such a PNG, compressed a row at a time: a bomb takes no memory here."""
    deflate = zlib.compressobj(9)
    row = bytes(1 + 4 * width)
    return b"".join(deflate.compress(row) for _ in range(height)) + deflate.flush()


def gif(frames: int) -> bytes:
    """An animation of one pixel in as few bytes as there can be."""
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + bytes(6) + frames * frame + b"\x3b"


def riff(body: bytes) -> bytes:
    """A WEBP file."""
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def webp_chunk(name: bytes, contents: bytes) -> bytes:
    return name + struct.pack("<I", len(contents)) + contents + bytes(len(contents) & 1)


def aac(frames: int, *, rate: int = 4, size: int = 200, blocks: int = 1) -> bytes:
    """ADTS frames; rate 4 is 44,100 Hz."""
    head = bytes(
        [
            0xFF,
            0xF1,
            1 << 6 | rate << 2,
            2 << 6 | size >> 11,
            size >> 3 & 0xFF,
            (size & 7) << 5 | 0x1F,
            0xFC | blocks - 1,
        ]
    )
    return frames * (head + bytes(size - len(head)))


def amr(*kinds: int) -> bytes:
    """Frames of 20 ms, of these types."""
    sizes = {**dict(enumerate((13, 14, 16, 18, 20, 21, 27, 32, 6))), 15: 1}
    return b"#!AMR\n" + b"".join(bytes([kind << 3 | 4]) + bytes(sizes[kind] - 1) for kind in kinds)
