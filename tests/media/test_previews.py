"""Pictures as pixels for faces that draw them themselves."""

from __future__ import annotations

import pytest
from PIL import Image

from pystatus.media.errors import InvalidMedia
from pystatus.media.previews import MAX_PREVIEW_PIXELS, fitted, preview
from tests.media.support import exif, picture, saved


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP"])
def test_it_fits_and_keeps_its_shape(form: str) -> None:
    found = preview(saved(picture(600, 300, "P" if form == "GIF" else "RGB"), form), 40, 24)
    assert (found.width, found.height) == (40, 20)
    assert len(found.pixels) == 3 * 40 * 20
    assert found.pixels[0] < 40 < 200 < found.pixels[3 * 39], "dark on the left, bright on the right"


def test_it_is_upright() -> None:
    found = preview(saved(picture(600, 300), "JPEG", exif=exif(6)), 40, 24)
    assert (found.width, found.height) == (12, 24)
    assert found.pixels[0] < 40 < 200 < found.pixels[-1]


def test_what_is_transparent_is_white() -> None:
    assert preview(saved(Image.new("RGBA", (2, 1), (0, 0, 0, 0)), "PNG"), 40, 24).pixels == b"\xff" * 6


@pytest.mark.parametrize(
    ("size", "room", "expected"),
    [((4, 2), (40, 24), (4, 2)), ((1, 1_000), (40, 24), (1, 24)), ((3_000, 1), (40, 24), (40, 1))],
)
def test_it_is_never_made_larger_and_never_nothing(
    size: tuple[int, int], room: tuple[int, int], expected: tuple[int, int]
) -> None:
    assert fitted(*size, *room) == expected


def test_what_is_no_picture_and_what_asks_for_too_much() -> None:
    with pytest.raises(InvalidMedia, match="no JPEG, PNG, GIF or WEBP picture"):
        preview(b"<svg/>", 40, 24)
    with pytest.raises(ValueError, match="pixels"):
        preview(saved(picture(), "PNG"), MAX_PREVIEW_PIXELS + 1, 1)
