"""QR codes in pictures as people have them: turned, inverted, small, several, photographed; and files that are none."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from pystatus.links.qr_code import QrCode
from pystatus.media import qr_codes
from pystatus.media.errors import InvalidMedia
from pystatus.media.limits import MAX_PIXELS
from tests.media.support import exif, noise, opened, saved

TEXT = "zQ3shPyZJnxZK4Bwyx9QsaksNKDYTPmpwPvGSjMYVHoXHeEgB"
OTHER = "https://join.status.im/status"


def code(text: str = TEXT, module: int = 4) -> Image.Image:
    """The code with modules of so many pixels."""
    drawn = opened(QrCode(text).png()).convert("L")
    side = drawn.width // 8 * module
    return drawn.resize((side, side), Image.Resampling.NEAREST)


def on_a_page(*codes: Image.Image, size: tuple[int, int] = (1_200, 800)) -> Image.Image:
    page = Image.new("RGB", size, (235, 240, 250))
    draw = ImageDraw.Draw(page)
    for line in range(0, size[1], 40):
        draw.text((20, line), "Some words that stand around the code " * 6, fill=(40, 40, 40))
    for number, one in enumerate(codes):
        page.paste(one, (100 + number * 450, 300))
    return page


def photograph(one: Image.Image) -> Image.Image:
    """From the side, in the shade on the right, out of focus, with a noisy sensor."""
    page = Image.new("L", (900, 700), 150)
    page.paste(one.resize((420, 420)), (220, 130))
    corners = (30, 20, 10, 690, 880, 640, 860, 60)
    seen = page.transform((900, 700), Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor=150)
    seen = seen.rotate(17, Image.Resampling.BICUBIC, fillcolor=150).filter(ImageFilter.GaussianBlur(1.5))
    shade = Image.linear_gradient("L").rotate(90).resize(seen.size).point(lambda value: 90 + value // 2)
    dimmed = Image.composite(seen, Image.new("L", seen.size, 20), ImageOps.invert(shade))
    return Image.blend(dimmed, Image.effect_noise(seen.size, 60), 0.2)


@pytest.mark.requirement("AC-13")
@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_code_in_every_format(form: str) -> None:
    assert qr_codes.read(saved(code().convert("P" if form == "GIF" else "RGB"), form)) == (TEXT,)


@pytest.mark.parametrize("angle", [0, 45, 90, 133, 180, 270])
def test_a_code_that_is_turned(angle: int) -> None:
    turned = code(module=8).rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    assert qr_codes.read(saved(turned, "PNG")) == (TEXT,)


def test_a_photograph_that_says_how_it_was_held() -> None:
    assert qr_codes.read(saved(code().convert("RGB"), "JPEG", exif=exif(6))) == (TEXT,)


def test_a_code_that_is_inverted_or_mirrored() -> None:
    assert qr_codes.read(saved(ImageOps.invert(code()), "PNG")) == (TEXT,)
    assert qr_codes.read(saved(ImageOps.mirror(code()), "PNG")) == (TEXT,)


def test_a_code_on_a_transparent_ground() -> None:
    drawn = code().convert("RGBA")
    drawn.putalpha(ImageOps.invert(code()))
    assert qr_codes.read(saved(drawn, "PNG")) == (TEXT,)


def test_a_small_code_on_a_large_screen() -> None:
    screen = on_a_page(code(module=2), size=(3_840, 2_160))
    assert qr_codes.read(saved(screen, "PNG")) == (TEXT,)


def test_a_photograph() -> None:
    assert qr_codes.read(saved(photograph(code(module=10)), "JPEG", quality=50)) == (TEXT,)


def test_a_large_photograph() -> None:
    """Twelve million pixels are decoded at half their size."""
    seen = photograph(code(module=10)).resize((4_000, 3_000)).convert("RGB")
    assert qr_codes.read(saved(seen, "JPEG")) == (TEXT,)


def test_several_codes_each_once() -> None:
    page = on_a_page(code(), code(OTHER), size=(1_500, 800))
    page.paste(code(), (1_100, 300))
    assert sorted(qr_codes.read(saved(page, "PNG"))) == sorted((TEXT, OTHER))


def test_of_many_codes_some_are_read() -> None:
    page = Image.new("L", (1_700, 900), 255)
    for number in range(18):
        page.paste(code(f"number {number}", module=6), (number % 6 * 280, number // 6 * 290))
    assert len(qr_codes.read(saved(page, "PNG"))) == qr_codes.MAX_CODES


def test_other_codes_and_pictures_without_one_say_nothing() -> None:
    assert qr_codes.read(saved(on_a_page(), "PNG")) == ()
    assert qr_codes.read(saved(noise(500, 500), "PNG")) == ()
    assert qr_codes.read(saved(Image.new("1", (1, 1)), "PNG")) == ()


def test_a_code_with_a_corner_torn_off_says_nothing() -> None:
    torn = code()
    torn.paste(255, (0, 0, torn.width, torn.height // 2))
    assert qr_codes.read(saved(torn, "PNG")) == ()


def bomb() -> bytes:
    """A PNG of some kilobytes with hundreds of millions of pixels."""
    return saved(Image.new("1", (20_000, 20_000)), "PNG")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no JPEG, PNG, GIF or WEBP picture"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "no JPEG, PNG, GIF or WEBP picture"),
        (b"%PDF-1.7", "no JPEG, PNG, GIF or WEBP picture"),
        (b"\x89PNG\r\n\x1a\n" + b'<svg xmlns="http://www.w3.org/2000/svg"/>', "damaged"),
        (saved(code(), "PNG")[:-40], "damaged"),
        (saved(code(), "JPEG")[:300], "damaged"),
    ],
    ids=["nothing", "svg", "pdf", "svg that says PNG", "PNG cut off", "JPEG cut off"],
)
def test_files_that_are_no_pictures(data: bytes, why: str) -> None:
    with pytest.raises(InvalidMedia, match=why):
        qr_codes.read(data)


def test_a_bomb_is_not_decoded() -> None:
    data = bomb()
    assert len(data) < 100_000
    with pytest.raises(InvalidMedia, match=f"20000 x 20000 pixels; {MAX_PIXELS} are allowed"):
        qr_codes.read(data)


def test_a_file_that_is_too_long() -> None:
    with pytest.raises(InvalidMedia, match="20971520 are allowed"):
        qr_codes.read(io.BytesIO(bytes(22 << 20)).getvalue())
