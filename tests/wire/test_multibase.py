"""Multibase, against the test files of its specification and against the standard library."""

import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.errors import LocalError, RemoteError
from pystatus.wire import multibase
from tests.support.effort import Effort

# github.com/multiformats/multibase, tests/: basic.csv, leading_zero.csv, two_leading_zeros.csv, case_insensitivity.csv
EXAMPLES = {
    b"yes mani !": [
        "\0yes mani !",
        "001111001011001010111001100100000011011010110000101101110011010010010000000100001",
        "7362625631006654133464440102",
        "9573277761329450583662625",
        "f796573206d616e692021",
        "F796573206D616E692021",
        "bpfsxgidnmfxgsibb",
        "BPFSXGIDNMFXGSIBB",
        "vf5in683dc5n6i811",
        "VF5IN683DC5N6I811",
        "cpfsxgidnmfxgsibb",
        "CPFSXGIDNMFXGSIBB",
        "tf5in683dc5n6i811",
        "TF5IN683DC5N6I811",
        "hxf1zgedpcfzg1ebb",
        "k2lcpzo5yikidynfl",
        "K2LCPZO5YIKIDYNFL",
        "Z7Pznk19XTTzBtx",
        "z7paNL19xttacUY",
        "meWVzIG1hbmkgIQ",
        "MeWVzIG1hbmkgIQ==",
        "ueWVzIG1hbmkgIQ",
        "UeWVzIG1hbmkgIQ==",
    ],
    b"\0yes mani !": [
        "00000000001111001011001010111001100100000011011010110000101101110011010010010000000100001",
        "7000745453462015530267151100204",
        "90573277761329450583662625",
        "f00796573206d616e692021",
        "bab4wk4zanvqw42jaee",
        "v01smasp0dlgmsq9044",
        "cab4wk4zanvqw42jaee======",
        "T01SMASP0DLGMSQ9044======",
        "hybhskh3ypiosh4jyrr",
        "k02lcpzo5yikidynfl",
        "K02LCPZO5YIKIDYNFL",
        "Z17Pznk19XTTzBtx",
        "z17paNL19xttacUY",
        "mAHllcyBtYW5pICE",
        "MAHllcyBtYW5pICE=",
        "uAHllcyBtYW5pICE",
        "UAHllcyBtYW5pICE=",
    ],
    b"\0\0yes mani !": [
        "0000000000000000001111001011001010111001100100000011011010110000101101110011010010010000000100001",
        "700000171312714403326055632220041",
        "900573277761329450583662625",
        "F0000796573206D616E692021",
        "baaahszltebwwc3tjeaqq",
        "CAAAHSZLTEBWWC3TJEAQQ====",
        "v0007ipbj41mm2rj940gg",
        "hyyy813murbssn5ujryoo",
        "k002lcpzo5yikidynfl",
        "Z117Pznk19XTTzBtx",
        "z117paNL19xttacUY",
        "mAAB5ZXMgbWFuaSAh",
        "MAAB5ZXMgbWFuaSAh",
    ],
}
ANY_CASE = [
    "f68656c6c6f20776F726C64",
    "F68656c6c6f20776F726C64",
    "bnbswy3dpeB3W64TMMQ",
    "Bnbswy3dpeB3W64TMMQ",
    "vd1imor3f41RMUSJCCG",
    "Vd1imor3f41RMUSJCCG",
    "cnbswy3dpeB3W64TMMQ======",
    "Cnbswy3dpeB3W64TMMQ======",
    "td1imor3f41RMUSJCCG======",
    "Td1imor3f41RMUSJCCG======",
    "kfUvrsIvVnfRbjWaJo",
    "KfUVrSIVVnFRbJWAJo",
]
EVERY_BASE = st.sampled_from(sorted(multibase.BASES))


@pytest.mark.parametrize(("data", "text"), [(data, text) for data, texts in EXAMPLES.items() for text in texts])
def test_examples_of_the_specification(data: bytes, text: str) -> None:
    assert multibase.encode(text[0], data) == text
    assert multibase.decode(text) == data


@pytest.mark.parametrize("text", ANY_CASE)
def test_either_case_is_read_where_the_specification_allows_it(text: str) -> None:
    assert multibase.decode(text) == b"hello world"


def test_every_base_of_the_account_specification_is_known() -> None:
    assert set("\x00079fFvVtTbBcChkKzZmMuU") == multibase.BASES
    assert {text[0] for text in EXAMPLES[b"yes mani !"]} == multibase.BASES


@given(EVERY_BASE, st.binary(max_size=80))
def test_round_trip(base: str, data: bytes) -> None:
    text = multibase.encode(base, data)
    assert text.startswith(base)
    assert multibase.decode(text) == data


@given(st.binary(max_size=80))
def test_the_standard_library_agrees(data: bytes) -> None:
    def unpadded(encoded: bytes) -> str:
        return encoded.decode().rstrip("=")

    assert multibase.encode("f", data)[1:] == data.hex()
    assert multibase.encode("B", data)[1:] == unpadded(base64.b32encode(data))
    assert multibase.encode("C", data)[1:] == base64.b32encode(data).decode()
    assert multibase.encode("V", data)[1:] == unpadded(base64.b32hexencode(data))
    assert multibase.encode("m", data)[1:] == unpadded(base64.b64encode(data))
    assert multibase.encode("U", data)[1:] == base64.urlsafe_b64encode(data).decode()
    number = b"\1" + data
    assert int(multibase.encode("9", number)[1:]) == int.from_bytes(number, "big")
    assert int(multibase.encode("k", number)[1:], 36) == int.from_bytes(number, "big")
    assert int(multibase.encode("0", number)[1:], 2) == int.from_bytes(number, "big")


@given(EVERY_BASE, st.text(max_size=40) | st.text(alphabet="0123456789abcdefyzABCXYZ+/-_=", max_size=40))
def test_any_text_is_bytes_or_a_remote_error(base: str, body: str) -> None:
    try:
        data = multibase.decode(base + body)
    except RemoteError:
        return
    # Canonical: but for the case of letters there is one text per value.
    assert multibase.encode(base, data).lower() == (base + body).lower()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "1 to 4096 characters"),
        ("!", "unknown multibase character"),
        ("🚀🪐", "unknown multibase character"),
        ("zO", "character 1 is not a digit of base 58"),
        ("f0g", "character 2 is not a digit of base 16"),
        ("Hxf1", "unknown multibase character"),
        ("hXF1", "not a digit"),
        ("\0\u0100", "no byte"),
        ("f0", "left over"),
        ("01", "left over"),
        ("71", "left over"),
        ("bm", "left over"),
        ("bmz", "left over"),
        ("mA", "left over"),
        ("mAB", "left over"),
        ("cmy", "wrong padding"),
        ("cmy=====", "wrong padding"),
        ("cmy=======", "wrong padding"),
        ("c======", "wrong padding"),
        ("MAA=", "wrong padding"),
        ("MAA", "wrong padding"),
        ("bmy======", "not a digit"),
        ("MA=AA", "not a digit"),
        ("MA=A=", "not a digit"),
        ("\u0660", "unknown multibase character"),
        ("9\u0661", "not a digit"),
    ],
)
def test_refused(text: str, why: str) -> None:
    with pytest.raises(RemoteError, match=why):
        multibase.decode(text)


def test_the_longest_text_takes_bounded_time() -> None:
    with Effort() as effort:
        for base in sorted(multibase.BASES - {"\0"}):
            digit = multibase.encode(base, b"\xff" * 5)[1]
            longest = base + digit * (multibase.MAX_LENGTH - 1)
            with contextlib.suppress(RemoteError):
                multibase.decode(longest)
            with pytest.raises(RemoteError, match="1 to 4096"):
                multibase.decode(longest + digit)
            with pytest.raises(RemoteError, match="1 to 4096"):
                multibase.decode_number(longest + digit)
    assert effort.seconds < 5


@pytest.mark.parametrize("base", ["", "p", "zz", "base58btc"])
def test_there_is_no_such_base(base: str) -> None:
    with pytest.raises(LocalError, match="There is no multibase"):
        multibase.encode(base, b"")


@given(st.sampled_from("7h0fz"), st.text(max_size=20))
def test_one_big_number(base: str, body: str) -> None:
    try:
        number = int.from_bytes(multibase.decode_number(base + body), "big")
    except RemoteError:
        return
    if base in "70f":
        assert number == int(body or "0", {"7": 8, "0": 2, "f": 16}[base])


def test_bytes_are_no_number() -> None:
    with pytest.raises(RemoteError, match="identity"):
        multibase.decode_number("\0abc")
