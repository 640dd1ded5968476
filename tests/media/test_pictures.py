"""What is sent of a picture."""

import pytest
from PIL import Image, ImageOps

from pystatus.media import reading
from pystatus.media.errors import InvalidMedia
from pystatus.media.limits import MAX_FILE_BYTES, MAX_MEDIA_BYTES, MAX_SIDE
from pystatus.media.pictures import prepare
from pystatus.payloads.kinds import ImageType
from tests.media import support
from tests.media.support import animated, animation, brightness, exif, noise, opened, picture, png, saved, srgb


@pytest.mark.requirement("PL-17")
@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_small_picture_stays_as_it_is_without_its_metadata(form: str) -> None:
    options = {"comment": support.PLACE} if form == "GIF" else {"exif": exif(), "xmp": support.PLACE}
    data = saved(picture(), form, **options)
    sent = prepare(data)

    assert (sent.type.name, sent.width, sent.height) == (form, 60, 40)
    assert sent.data == reading.outline(data).cleaned
    assert support.PLACE not in sent.data
    assert opened(sent.data).tobytes() == opened(data).tobytes()


@pytest.mark.requirement("PL-17")
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("turned", range(1, 9))
def test_a_picture_is_sent_upright(form: str, turned: int) -> None:
    data = saved(picture(60, 40), form, exif=exif(turned))
    expected = ImageOps.exif_transpose(opened(data)).convert("L")
    sent = opened(prepare(data).data)

    assert sent.size == expected.size
    assert not sent.getexif()
    assert support.PLACE not in prepare(data).data
    for corner in ((2, 2), (sent.width - 3, 2), (2, sent.height - 3)):
        assert abs(brightness(sent, *corner) - brightness(expected, *corner)) < 12


@pytest.mark.requirement("PL-17")
def test_a_large_photograph_becomes_as_large_as_the_app_sends_it() -> None:
    sent = prepare(saved(picture(5_000, 2_500), "JPEG", exif=exif()))

    assert (sent.type, sent.width, sent.height) == (ImageType.JPEG, MAX_SIDE, 1_000)
    assert support.PLACE not in sent.data
    tables = sent.data.index(b"\xff\xdb"), sent.data.index(b"\xff\xc0")
    assert sent.data[slice(*tables)] in saved(picture(), "JPEG", quality=60)


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_all_colours_of_jpeg_become_those_that_everybody_shows(mode: str) -> None:
    sent = opened(prepare(saved(picture(2_400, 30, mode), "JPEG")).data)
    assert sent.mode == "RGB"
    assert brightness(sent, 10, 10) < 40
    assert brightness(sent, 1_990, 10) > 215


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_all_colours_of_png(mode: str) -> None:
    before = Image.new("I;16", (2_400, 30), 40_000) if mode == "I;16" else picture(2_400, 30, mode)
    sent = opened(prepare(saved(before, "PNG")).data)
    assert (sent.format, sent.size) == ("PNG", (2_000, 25))
    if mode == "I;16":
        assert abs(brightness(sent, 5, 5) - 40_000 // 257) <= 1
    elif mode != "1":
        assert brightness(sent, 10, 10) < 40
        assert brightness(sent, 1_990, 10) > 215


def test_a_colour_profile_is_applied_and_left_out() -> None:
    sent = opened(prepare(saved(picture(), "JPEG", icc_profile=srgb())).data)
    assert "icc_profile" not in sent.info
    assert abs(brightness(sent, 55, 20) - brightness(picture(), 55, 20)) < 12


def test_a_colour_profile_that_is_none_changes_nothing() -> None:
    sent = opened(prepare(saved(picture(), "JPEG", icc_profile=b"not a profile")).data)
    assert abs(brightness(sent, 55, 20) - brightness(picture(), 55, 20)) < 12


@pytest.mark.requirement("PL-17")
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("most", [MAX_MEDIA_BYTES, 20_000, 2_000])
def test_what_is_sent_fits(form: str, most: int) -> None:
    sent = prepare(saved(noise(700, 500), form, quality=95), most)

    assert len(sent.data) <= most
    assert opened(sent.data).size == (sent.width, sent.height)
    assert abs(sent.width / sent.height - 1.4) < 0.1


def test_nothing_can_be_made_that_fits_nowhere() -> None:
    with pytest.raises(InvalidMedia, match="no picture of at most 100 bytes"):
        prepare(saved(noise(50, 50), "JPEG"), 100)


def test_what_is_transparent_is_white_in_a_jpeg() -> None:
    transparent = noise(500, 500).convert("RGBA")
    transparent.paste((0, 0, 0, 0), (0, 0, 250, 500))
    sent = prepare(saved(transparent, "PNG"), 50_000)

    assert sent.type is ImageType.JPEG
    assert brightness(opened(sent.data), 5, 5) > 245


def test_an_animation_stays_one() -> None:
    data = animated("GIF", animation(5), comment=support.PLACE)
    sent = prepare(data)

    assert support.PLACE not in sent.data
    assert opened(sent.data).n_frames == 5  # type: ignore[attr-defined]


def test_an_animation_that_does_not_fit_is_refused() -> None:
    with pytest.raises(InvalidMedia, match=r"it is an animation of 20 x 20 pixels and .* 100 bytes are allowed"):
        prepare(animated("GIF", animation(5)), 100)


@pytest.mark.requirement("PL-17")
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no JPEG, PNG, GIF or WEBP picture"),
        (b"<svg onload='alert(1)'/>", "no JPEG, PNG, GIF or WEBP picture"),
        (b"%PDF-1.4", "no JPEG, PNG, GIF or WEBP picture"),
        (bytes(MAX_FILE_BYTES + 1), "20971520 are allowed"),
        (png(10, 10, b"no pixels at all"), "cannot be decoded"),
        (saved(picture(2_000, 1_501), "WEBP"), "3000000 are allowed"),
        (saved(picture(5_000, 1_700), "JPEG", progressive=True), "8400000 are allowed"),
    ],
    ids=["nothing", "svg", "pdf", "too long", "no pixels", "large webp", "large progressive"],
)
def test_what_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(InvalidMedia, match=reason):
        prepare(data)


def test_a_decoder_is_given_no_metadata(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[bytes] = []
    open_image = Image.open

    def note(fp: object, *arguments: object, **options: object) -> Image.Image:
        given.append(fp.getvalue())  # type: ignore[attr-defined]
        return open_image(fp, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Image, "open", note)
    prepare(saved(picture(), "PNG", exif=exif()))
    assert given
    assert support.PLACE not in given[0]
