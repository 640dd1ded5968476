"""Three-word names and identicons (account.md §8, §9)."""

import base64
import hashlib
import io
import json
from itertools import product
from xml.etree import ElementTree

import pytest
from PIL import Image

from pystatus.account import alias as alias_module
from pystatus.account.address import address_of, checksummed
from pystatus.account.alias import alias, alias_of_seed, seed_of
from pystatus.account.hd import key_uid
from pystatus.account.identicon import Identicon
from pystatus.crypto.keys import PublicKey
from tests.account.reference import REFERENCE
from tests.support.vectors import Case, case_id, cases, unhex

IDENTITIES = cases("identity", "identity")


def pixels_of(png: bytes) -> bytes:
    with Image.open(io.BytesIO(png)) as image:
        assert image.format == "PNG"
        assert image.size == (50, 50)
        return image.convert("RGBA").tobytes()


@pytest.mark.requirement("AC-16")
@pytest.mark.parametrize("case", IDENTITIES, ids=case_id)
def test_name_and_address(case: Case) -> None:
    key = PublicKey.from_bytes(unhex(case["public_key"]))
    assert seed_of(key) == int(case["alias_seed"])
    assert alias(key) == case["alias"]
    assert checksummed(address_of(key)) == case["address"]
    assert key_uid(key) == case["key_uid"]


@pytest.mark.requirement("AC-15")
@pytest.mark.parametrize("case", IDENTITIES, ids=case_id)
def test_identicon(case: Case) -> None:
    expected = case["identicon"]
    key = PublicKey.from_bytes(unhex(case["public_key"]))
    assert expected["input"] == key.hex
    picture = Identicon.of(key)
    assert [int(cell) for row in picture.grid for cell in row] == expected["grid_5x5_row_major"]
    assert picture.color == expected["color"]
    assert hashlib.sha256(picture.rgba()).digest() == unhex(expected["rgba_sha256"])
    of_the_reference = base64.b64decode(expected["png_data_uri"].removeprefix("data:image/png;base64,"))
    assert pixels_of(picture.png()) == pixels_of(of_the_reference) == picture.rgba()
    assert pixels_of(base64.b64decode(picture.data_uri().partition("base64,")[2])) == picture.rgba()


@pytest.mark.parametrize("case", REFERENCE["chat_keys"], ids=lambda case: case["alias"])
def test_chat_keys_of_the_account_reference(case: Case) -> None:
    key = PublicKey.from_bytes(unhex(case["public_key"]))
    picture = Identicon.of(key)
    assert alias(key) == case["alias"]
    assert f"{seed_of(key):016x}" == case["alias_seed_hex"]
    assert checksummed(address_of(key)) == case["address"]
    assert key.compressed.hex() == case["compressed_hex"]
    assert [int(cell) for row in picture.grid for cell in row] == case["identicon_bitmap"]
    assert list(picture.rgb) == case["identicon_rgb"]


@pytest.mark.parametrize(("seed", "name"), [(42, "Hard Tame Brownbutterfly"), (0, "Able Able Aardvark")])
def test_name_of_a_seed(seed: int, name: str) -> None:
    assert alias_of_seed(seed) == name


def test_shift_register_takes_in_the_parity_of_its_taps() -> None:
    # One of bits 3, 4, 5 and 7 is set: a 1 comes in. Two of them: a 0.
    states = [0b1000]
    for _ in range(3):
        states.append(alias_module._next(states[-1]))
    assert states == [0b1000, 0b10001, 0b100011, 0b1000111]
    assert alias_module._next(0b11000) == 0b110000
    assert alias_module._next(1 << 63) == 0


def test_few_aliases_are_kept_ready() -> None:
    for seed in range(alias_module.MAX_ALIASES + 100):
        alias_of_seed(seed)
    assert alias_of_seed.cache_info().currsize == alias_module.MAX_ALIASES
    assert alias_of_seed(0) == "Able Able Aardvark"


@pytest.mark.parametrize(
    ("name", "size", "distinct", "digest"),
    [
        ("alias_adjectives", 1389, 1372, "2fd4795a3eeae8e7609e65133cc23cc2138970f08272c2320937dc88f19085f3"),
        ("alias_animals", 1704, 1673, "9d970d6789f439cdb20ae69f889857eee0104f16aa7f2b16d17dd1effb366031"),
    ],
)
def test_word_lists_are_whole_and_in_order(name: str, size: int, distinct: int, digest: str) -> None:
    words = alias_module._words(name)
    assert (len(words), len(set(words))) == (size, distinct)
    assert hashlib.sha256("\n".join(words).encode()).hexdigest() == digest


def test_picture_of_any_text() -> None:
    grid = Identicon.of_text("Culona").grid
    assert ["".join(str(int(cell)) for cell in row) for row in grid] == ["00100", "10101", "10001", "00000", "01010"]
    assert [int(cell) for row in grid for cell in row] == REFERENCE["identicon_culona_bitmap"]


def test_every_sum_has_the_colour_of_the_reference() -> None:
    """All 766 hues, in the order of operations of go-colorful, whose rounding the vectors pin down."""

    def channel(turn: float) -> int:
        saturation, lightness = 0.5, 0.7
        high = lightness + saturation - lightness * saturation
        low = 2 * lightness - high
        turn += 1 if turn < 0 else 0
        turn -= 1 if turn > 1 else 0
        if 6 * turn < 1:
            value = low + (high - low) * 6 * turn
        elif 2 * turn < 1:
            value = high
        elif 3 * turn < 2:
            value = low + (high - low) * (2 / 3 - turn) * 6
        else:
            value = low
        return int(value * 65535 + 0.5) >> 8

    from pystatus.account.identicon import _colour

    for total in range(3 * 255 + 1):
        turn = total / 765 * 360 / 360
        assert _colour(total / 765 * 360) == (channel(turn + 1 / 3), channel(turn), channel(turn - 1 / 3))


def test_svg_has_the_same_cells() -> None:
    picture = Identicon.of_text("Culona")
    root = ElementTree.fromstring(picture.svg())
    assert root.get("width") == root.get("height") == "50"
    (path,) = root
    assert path.get("fill") == picture.color
    corners = {
        f"{10 + 6 * column} {10 + 6 * row}" for row, column in product(range(5), repeat=2) if picture.grid[row][column]
    }
    drawn = {part.partition("h")[0] for part in (path.get("d") or "").split("M") if part}
    assert drawn == corners


def test_terminal_lines_hold_two_rows_each() -> None:
    assert Identicon.of_text("Culona").half_blocks() == ("▄ █ ▄", "▀   ▀", " ▀ ▀ ")


def test_word_list_files_are_json_arrays_of_capitalised_words() -> None:
    for name in ("alias_adjectives", "alias_animals"):
        words = alias_module._words(name)
        assert json.loads(json.dumps(words)) == list(words)
        assert all(word == word.capitalize() for word in words)
