"""QR codes: what is drawn is read again, by the library that reads pictures."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET

import pytest
import zxingcpp
from PIL import Image

from pystatus.account.key_encoding import encode
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError
from pystatus.links.qr_code import BORDER, MAX_TEXT, SCALE, QrCode
from pystatus.links.values import GroupLink, UserLink
from pystatus.media import qr_codes
from pystatus.payloads.chats import group_chat_id
from tests.media.support import opened, saved

KEY = PrivateKey(bytes([2] * 32)).public_key
OF_QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
TEXTS = [
    encode(KEY),
    str(UserLink(KEY)),
    str(GroupLink(KEY, "a" * 255, group_chat_id("3b0f4e1c-6a3d-4f5e-9a59-0d8f5d6f7a11", KEY))),
    "https://join.status.im/status",
    "x" * MAX_TEXT,
]


def of_terminal(lines: tuple[str, ...], size: int = 4) -> Image.Image:
    """What a dark terminal shows."""
    picture = Image.new("L", (len(lines[0]), 2 * len(lines)))
    for row, line in enumerate(lines):
        for column, block in enumerate(line):
            picture.putpixel((column, 2 * row), 255 * (block in "█▀"))
            picture.putpixel((column, 2 * row + 1), 255 * (block in "█▄"))
    return picture.resize((picture.width * size, picture.height * size), Image.Resampling.NEAREST)


def of_svg(text: str) -> Image.Image:
    """What a browser shows of the strokes that are drawn."""
    root = ET.fromstring(text)
    (group,) = root
    ground, strokes = group
    assert ground.get("fill") == "#fff"
    modules = int(root.get("width", "0")) // SCALE
    picture = Image.new("L", (modules, modules), 255)
    x = y = 0.0
    for step in (strokes.get("d") or "").replace("M", "|M").replace("m", "|m").replace("h", "|h").split("|")[1:]:
        numbers = [float(number) for number in step[1:].replace("-", " -").split()]
        if step[0] == "h":
            for column in range(int(numbers[0])):
                picture.putpixel((int(x) + column, int(y)), 0)
            x += numbers[0]
        else:
            x, y = (numbers[0], numbers[1]) if step[0] == "M" else (x + numbers[0], y + numbers[1])
    return picture.resize((modules * SCALE, modules * SCALE), Image.Resampling.NEAREST)


@pytest.mark.requirement("AC-13")
@pytest.mark.parametrize("text", TEXTS, ids=["key", "user", "group", "chat", "longest"])
def test_every_form_of_a_code_says_its_text(text: str) -> None:
    code = QrCode(text)
    for drawn in (opened(code.png()), of_terminal(code.half_blocks()), of_svg(code.svg())):
        (found,) = zxingcpp.read_barcodes(drawn.convert("L"), OF_QR, try_invert=False)  # dark on light
        assert found.text == text
        assert qr_codes.read(saved(drawn, "PNG")) == (text,)


@pytest.mark.requirement("AC-25")
def test_a_chat_key_is_a_small_code_with_room_around_it() -> None:
    compressed, long = QrCode(encode(KEY)).half_blocks(), QrCode(KEY.hex).half_blocks()
    assert (len(compressed[0]), len(compressed)) == (29 + 4 + 2 * BORDER, 21)
    assert len(long) > len(compressed)
    assert compressed[0] == "█" * len(compressed[0])
    with Image.open(io.BytesIO(QrCode(encode(KEY)).png())) as picture:
        assert picture.size == (SCALE * len(compressed[0]),) * 2


@pytest.mark.parametrize("text", ["", "x" * (MAX_TEXT + 1), "é" * MAX_TEXT])
def test_what_nobody_reads_is_not_drawn(text: str) -> None:
    with pytest.raises(LocalError, match=f"1 to {MAX_TEXT} bytes"):
        QrCode(text)
