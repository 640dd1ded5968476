"""What a file is and how large, by its structure alone."""

import contextlib
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from pystatus.media import reading
from pystatus.media.errors import InvalidMedia
from pystatus.media.limits import MAX_FRAMES, MAX_PARTS, MAX_PROFILE_BYTES, MAX_SCANS
from pystatus.payloads.kinds import AudioType, ImageType
from tests.media import support
from tests.media.support import (
    animated,
    animation,
    exif,
    gif,
    opened,
    picture,
    png,
    riff,
    saved,
    srgb,
    webp_chunk,
    zeros,
)
from tests.support.effort import Effort

FORMATS = ("JPEG", "PNG", "GIF", "WEBP")


@pytest.mark.requirement("PL-17")
@pytest.mark.parametrize("form", FORMATS)
def test_a_picture_is_known_by_its_first_bytes(form: str) -> None:
    data = saved(picture(60, 40), form)

    assert reading.image_type(data).name == form
    outline = reading.outline(data)
    assert (outline.type.name, outline.width, outline.height, outline.frames) == (form, 60, 40, 1)
    assert reading.check_image(data, ImageType[form]) == outline


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\xff\xd8\xff", ImageType.JPEG),
        (b"\x89PNG", ImageType.PNG),
        (b"GIF", ImageType.GIF),
        (b"RIFF....WEBP", ImageType.WEBP),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", ImageType.UNKNOWN),
        (b"BM", ImageType.UNKNOWN),
        (b"", ImageType.UNKNOWN),
    ],
)
def test_leading_bytes_of_pictures(data: bytes, kind: ImageType) -> None:
    assert reading.image_type(data) is kind


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\xff\xf1", AudioType.AAC),
        (b"\xff\xf9", AudioType.AAC),
        (b"#!AMR\n", AudioType.AMR),
        (b"#!AMR-WB\n", AudioType.UNKNOWN),
        (b"ID3", AudioType.UNKNOWN),
        (b"\xff\xfb", AudioType.UNKNOWN),
    ],
)
def test_leading_bytes_of_sounds(data: bytes, kind: AudioType) -> None:
    assert reading.audio_type(data) is kind


@pytest.mark.requirement("PL-17")
@pytest.mark.parametrize("form", FORMATS)
def test_what_is_cleaned_shows_the_same_and_says_nothing_else(form: str) -> None:
    options: dict[str, dict[str, Any]] = {
        "GIF": {"comment": support.PLACE},
        "JPEG": {"exif": exif(), "comment": support.PLACE, "xmp": support.PLACE},
    }
    data = saved(picture(), form, **options.get(form, {"exif": exif(), "xmp": support.PLACE})) + support.PLACE
    assert support.PLACE in data

    cleaned = reading.outline(data).cleaned

    assert support.PLACE not in cleaned
    assert b"Exif" not in cleaned
    assert reading.outline(cleaned).cleaned == cleaned
    assert opened(cleaned).tobytes() == opened(data).tobytes()
    assert not opened(cleaned).getexif()


def test_text_of_a_png_is_cut() -> None:
    whole = saved(picture(), "PNG")
    tagged = whole[:33] + support.chunk(b"tEXt", b"Comment\0" + support.PLACE) + whole[33:]

    assert reading.outline(tagged).cleaned == whole


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP"])
def test_an_animation_keeps_its_pictures(form: str) -> None:
    data = animated(form, animation(5), loop=0)
    outline = reading.outline(data)

    assert outline.frames == 5
    again = opened(outline.cleaned)
    assert getattr(again, "n_frames", 1) == 5
    assert again.info.get("loop") == 0


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("turned", range(1, 9))
def test_how_a_picture_is_turned_is_read(form: str, turned: int) -> None:
    assert reading.outline(saved(picture(), form, exif=exif(turned))).orientation == turned


@pytest.mark.parametrize("order", ["<", ">"])
def test_orientation_in_either_byte_order(order: str) -> None:
    from pystatus.media.exif import orientation

    mark = b"II" if order == "<" else b"MM"
    block = mark + struct.pack(f"{order}HI", 42, 8) + struct.pack(f"{order}HHHIHH", 1, 0x0112, 3, 1, 6, 0)
    assert orientation(block) == orientation(b"Exif\0\0" + block) == 6
    for length in range(len(block)):
        assert orientation(block[:length]) in (1, 6)
    assert orientation(mark + struct.pack(f"{order}HI", 42, 2**32 - 1)) == 1
    assert orientation(block.replace(struct.pack(f"{order}H", 6), struct.pack(f"{order}H", 9))) == 1


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_colour_profile_is_kept_apart(form: str) -> None:
    outline = reading.outline(saved(picture(), form, icc_profile=srgb()))

    assert outline.profile == srgb()
    assert not outline.looks_the_same_cleaned
    assert "icc_profile" not in opened(outline.cleaned).info


@pytest.mark.requirement("PL-17")
@pytest.mark.parametrize("form", FORMATS)
def test_a_file_without_its_end_is_refused(form: str) -> None:
    data = saved(picture(30, 20), form)
    for length in range(len(data)):
        with pytest.raises(InvalidMedia):
            reading.outline(data[:length])


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_an_animation_without_its_end_is_refused(form: str) -> None:
    data = animated(form, animation(3))
    for length in range(0, len(data), 7):
        with pytest.raises(InvalidMedia):
            reading.outline(data[:length])


@pytest.mark.parametrize("form", FORMATS)
def test_any_damage_is_an_error_of_ours_or_none(form: str) -> None:
    data = bytearray(saved(picture(30, 20), form))
    for place in range(len(data)):
        for value in (0, 0xFF, data[place] ^ 0x80):
            before, data[place] = data[place], value
            try:
                outline = reading.outline(bytes(data))
                assert outline.pixels
            except InvalidMedia:
                pass
            data[place] = before


@pytest.mark.requirement("PL-17")
def test_another_format_than_it_was_sent_as() -> None:
    with pytest.raises(InvalidMedia, match="but GIF"):
        reading.check_image(saved(picture(), "GIF"), ImageType.PNG)
    with pytest.raises(InvalidMedia, match="no JPEG, PNG, GIF or WEBP"):
        reading.check_image(b"<svg onload='alert(1)'/>", ImageType.PNG)


@pytest.mark.requirement("PL-17")
def test_more_pixels_than_are_allowed() -> None:
    assert reading.check_image(png(4_200, 2_000, b"x"), ImageType.PNG).pixels == 8_400_000
    with pytest.raises(InvalidMedia, match="4201 x 2000 pixels; 8400000 are allowed"):
        reading.check_image(png(4_201, 2_000, b"x"), ImageType.PNG)
    for width, height in ((0, 5), (5, 0)):
        with pytest.raises(InvalidMedia, match="no pixels"):
            reading.check_image(png(width, height, b"x"), ImageType.PNG)


def test_animations_have_a_bounded_number_of_pictures() -> None:
    assert reading.outline(gif(MAX_FRAMES)).frames == MAX_FRAMES
    with pytest.raises(InvalidMedia, match="more than 1000 pictures"):
        reading.outline(gif(MAX_FRAMES + 1))


def test_a_gif_does_not_draw_outside_of_itself() -> None:
    data = gif(1)
    with pytest.raises(InvalidMedia):
        reading.outline(data.replace(struct.pack("<HHHH", 0, 0, 1, 1), struct.pack("<HHHH", 0, 0, 60_000, 60_000)))


@pytest.mark.parametrize("where", ["canvas", "frame"])
def test_a_webp_that_lies_about_its_size(where: str) -> None:
    pixels = saved(picture(16, 16), "WEBP", lossless=True)[12:]
    canvas = webp_chunk(b"VP8X", bytes(4) + (8).to_bytes(3, "little") + (8).to_bytes(3, "little"))
    if where == "frame":
        frame = bytes(6) + (8).to_bytes(3, "little") * 2 + bytes(4) + pixels
        pixels = webp_chunk(b"ANIM", bytes(6)) + webp_chunk(b"ANMF", frame)
    with pytest.raises(InvalidMedia):
        reading.outline(riff(canvas + pixels))


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b"IHDR", b"IHDr"),
        lambda data: data[:-4] + b"abcd",
        lambda data: data[:33] + data[8:33] + data[33:],
        lambda data: png(5, 5)[:33] + support.chunk(b"IEND", b""),
    ],
    ids=["name", "checksum", "two heads", "no pixels"],
)
def test_a_png_that_breaks_the_rules(change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(InvalidMedia, match="damaged"):
        reading.outline(change(saved(picture(), "PNG")))


def test_a_jpeg_of_too_many_passes() -> None:
    data = saved(picture(), "JPEG")
    scan = data.index(b"\xff\xda")
    with pytest.raises(InvalidMedia, match="more than 64 passes"):
        reading.outline(data[:scan] + (MAX_SCANS + 1) * data[scan:-2] + data[-2:])


def test_a_jpeg_of_a_kind_that_nobody_shows() -> None:
    with pytest.raises(InvalidMedia, match="clients cannot show"):
        reading.outline(saved(picture(), "JPEG").replace(b"\xff\xc0", b"\xff\xc3"))


@pytest.mark.requirement("PL-17")
@pytest.mark.parametrize(
    "data",
    [
        b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0, 0, 0) + b"\x21\xfe" + 500_000 * b"\x01x" + b"\0\x3b",
        png(9, 9)[:33] + 80_000 * support.chunk(b"aaaa", b""),
        b"\xff\xd8\xff" + 250_000 * b"\xff\xfe\x00\x02",
        b"\xff\xd8" + 1_000_000 * b"\xff",
        riff(120_000 * webp_chunk(b"abcd", b"")),
        saved(picture(), "JPEG")[:-2] + 500_000 * b"\xff\x00" + b"\xff\xd9",
        saved(picture(), "JPEG")[:-2] + 1_000_000 * b"\xff" + b"\x00\xff\xd9",
        png(9, 9)[:33] + 900 * support.chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(MAX_PROFILE_BYTES), 9)),
    ],
    ids=["blocks", "chunks", "segments", "fill", "riff", "stuffing", "fill in a scan", "profiles"],
)
def test_a_mebibyte_of_nothing_takes_no_time(data: bytes) -> None:
    with Effort() as effort, contextlib.suppress(InvalidMedia):
        reading.outline(data)
    assert effort.seconds < 0.25
    assert MAX_PARTS < 50_000


def test_what_fills_the_space_before_a_marker_is_no_part_of_a_scan() -> None:
    data = saved(picture(), "JPEG")
    filled = data[:-2] + b"\xff\x00" + 3 * b"\xff" + data[-2:]
    assert reading.outline(filled).cleaned == reading.outline(data[:-2] + b"\xff\x00" + data[-2:]).cleaned


def test_of_two_profiles_the_first_counts() -> None:
    profiles = [support.chunk(b"iCCP", b"a\0\0" + zlib.compress(name)) for name in (b"first", b"second")]
    head, rest = png(9, 9)[:33], png(9, 9)[33:]
    assert reading.outline(head + b"".join(profiles) + rest).profile == b"first"


def test_a_bomb_is_refused_by_its_head() -> None:
    bomb = png(20_000, 20_000, zeros(100, 100))
    with pytest.raises(InvalidMedia, match="20000 x 20000"):
        reading.check_image(bomb, ImageType.PNG)
