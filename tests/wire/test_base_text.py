"""Bytes as text in node records and node lists: one text, one reading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.errors import RemoteError
from pystatus.wire.base_text import from_base32, from_base64url, to_base32, to_base64url


@pytest.mark.parametrize(
    ("data", "base64url", "base32"),
    [
        (b"", "", ""),
        (b"f", "Zg", "MY"),  # RFC 4648 §10, without the padding
        (b"fo", "Zm8", "MZXQ"),
        (b"foobar", "Zm9vYmFy", "MZXW6YTBOI"),
        (b"\xfb\xff", "-_8", "7P7Q"),
    ],
)
def test_known_answers(data: bytes, base64url: str, base32: str) -> None:
    assert (to_base64url(data), to_base32(data)) == (base64url, base32)
    assert from_base64url(base64url) == from_base32(base32) == data


@given(st.binary(max_size=100))
def test_round_trip(data: bytes) -> None:
    assert from_base64url(to_base64url(data)) == from_base32(to_base32(data)) == data


@pytest.mark.parametrize("text", ["Zg==", "Zm9v+/", "Z", "Zh", "Zm 8", "Zm8\n", "é"])
def test_what_is_not_base64url(text: str) -> None:
    with pytest.raises(RemoteError):
        from_base64url(text)


@pytest.mark.parametrize("text", ["MY======", "my", "M", "MYA", "MZ", "M1", "MY\n", "é"])
def test_what_is_not_base32(text: str) -> None:
    with pytest.raises(RemoteError):
        from_base32(text)
