"""Where one request ends and the next begins on a Unix socket."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.errors import RemoteError
from pystatus.rpc.framing import MAX_DEPTH, JsonSplitter


def split(*parts: bytes, size: int = 1000) -> list[bytes]:
    splitter = JsonSplitter(size)
    return [value for part in parts for value in splitter.feed(part)]


def test_values_one_after_another_with_or_without_space() -> None:
    assert split(b'{"a":1}{"b":[2]}\n\n [3] ') == [b'{"a":1}', b'{"b":[2]}', b"[3]"]


def test_a_value_in_pieces() -> None:
    assert split(b'{"a', b'":"}', b"{\\", b'"x"', b"}", b"[]") == [b'{"a":"}{\\"x"}', b"[]"]


def test_what_is_no_request_ends_at_the_next_space() -> None:
    assert split(b"GET", b" / HTTP/1.1\r\n{}") == [b"GET", b"/", b"HTTP/1.1", b"{}"]
    assert split(b"}{} []") == [b"}{}", b"[]"]


def test_too_large_and_too_deep() -> None:
    with pytest.raises(RemoteError, match="at most 10 bytes"):
        split(b'["', b"a" * 9, size=10)
    with pytest.raises(RemoteError, match="brackets inside"):
        split(b"[" * (MAX_DEPTH + 1))


values = st.lists(
    st.recursive(
        st.dictionaries(st.text(), st.text() | st.integers()) | st.lists(st.text()), st.lists, max_leaves=5
    ).map(json.dumps)
)


@given(values, st.sampled_from(["", " ", "\n"]), st.lists(st.integers(1, 7)))
def test_however_it_is_cut(texts: list[str], between: str, sizes: list[int]) -> None:
    stream = between.join(texts).encode()
    parts = []
    for size in sizes:
        parts.append(stream[:size])
        stream = stream[size:]
    assert split(*parts, stream, size=1 << 20) == [text.encode() for text in texts]


@given(st.lists(st.binary()))
def test_any_bytes_are_values_or_too_large(parts: list[bytes]) -> None:
    assert all(split(*parts, size=1 << 20))
