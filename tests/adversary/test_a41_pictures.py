"""A41, pictures: bombs, formats that lie, files without their end, metadata with a place.

Expected: each is a clear error or comes out clean, within a second and 50 MB; what others send is not even decoded.
"""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from pystatus.media import reading
from pystatus.media.errors import InvalidMedia
from pystatus.media.limits import MAX_PIXELS
from pystatus.payloads.kinds import ImageType
from tests.media.support import PLACE, exif, gif, picture, png, riff, saved, webp_chunk, zeros

MAX_SECONDS = 1.0
MAX_MEMORY = 50 << 20
"""Bytes beside what Python and Pillow take before they have seen a file."""

MEASURE = """
import json, resource, sys, time
import PIL.Image, PIL.JpegImagePlugin, PIL.PngImagePlugin, PIL.GifImagePlugin, PIL.WebPImagePlugin, PIL.ImageCms
from pystatus.media.errors import InvalidMedia
from pystatus.media.pictures import prepare

data = open(sys.argv[1], "rb").read()
unit = 1 if sys.platform == "darwin" else 1024
before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.thread_time()
try:
    picture = prepare(data)
    found = {"type": picture.type.name, "data": picture.data.hex()}
except InvalidMedia as error:
    found = {"problem": str(error)}
seconds = time.thread_time() - start
memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * unit
print(json.dumps({**found, "seconds": seconds, "memory": memory}))
"""

BOMB = png(2_890, 2_890, zeros(2_890, 2_890))
"""As many pixels as are allowed, in a few kilobytes."""
HOSTILE = {
    "a decompression bomb": (BOMB, None),
    "20,000 x 20,000 pixels": (png(20_000, 20_000, zeros(1, 1)), "20000 x 20000 pixels"),
    "more pixels than it says": (png(10, 10, zeros(2_000, 2_000)), None),
    "an SVG named PNG": (b"<?xml version='1.0'?><svg onload='alert(1)'/>", "no JPEG, PNG, GIF or WEBP"),
    "a JPEG without its end": (saved(picture(900, 900), "JPEG")[:-300], "its end is missing"),
    "a PNG without its end": (saved(picture(900, 900), "PNG")[:-300], "its end is missing"),
    "a GIF without its end": (saved(picture(900, 900), "GIF")[:-300], "its end is missing"),
    "a WEBP without its end": (saved(picture(900, 900), "WEBP")[:-300], "its end is missing"),
    "an animation of 100,000 pictures": (gif(100_000), "more than 1000 pictures"),
    "a WEBP that lies": (
        riff(webp_chunk(b"VP8X", bytes(10)) + saved(picture(1_600, 1_600), "WEBP")[12:]),
        "it is damaged",
    ),
    "a JPEG that lies": (
        saved(picture(64, 64), "JPEG").replace(struct.pack(">HH", 64, 64), struct.pack(">HH", 7_900, 7_900)),
        None,
    ),
    "a place": (saved(picture(3_000, 2_000), "JPEG", exif=exif(6), xmp=PLACE, comment=PLACE), None),
}


@pytest.mark.requirement("PL-17")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_an_error_or_comes_out_clean(name: str, tmp_path: Path) -> None:
    data, reason = HOSTILE[name]
    (tmp_path / "picture.png").write_bytes(data)
    command = [sys.executable, "-c", MEASURE, str(tmp_path / "picture.png")]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    assert found["seconds"] < MAX_SECONDS
    assert found["memory"] < MAX_MEMORY
    assert reason is None or reason in found["problem"]
    if "data" in found:
        sent = bytes.fromhex(found["data"])
        assert PLACE not in sent
        assert b"Exif" not in sent
        reading.check_image(sent, ImageType[found["type"]])


@pytest.mark.requirement("PL-17")
@pytest.mark.parametrize("name", HOSTILE)
def test_what_others_send_is_judged_without_a_decoder(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    data, reason = HOSTILE[name]
    declared = reading.image_type(data) or ImageType.PNG
    if reason is None and reading.outline(data).pixels <= MAX_PIXELS:
        assert reading.check_image(data, declared).pixels
    else:
        with pytest.raises(InvalidMedia, match=reason or "are allowed in all"):
            reading.check_image(data, declared)
