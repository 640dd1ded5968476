"""RLP: the examples of its specification, and the library ``rlp`` as a second opinion."""

import contextlib
import tracemalloc
from typing import Any

import pytest
import rlp as oracle
from hypothesis import given
from hypothesis import strategies as st
from rlp.exceptions import DecodingError

from pystatus.errors import LocalError, RemoteError
from pystatus.wire import rlp
from tests.support.effort import Effort

LOREM = b"Lorem ipsum dolor sit amet, consectetur adipisicing elit"

# ethereum/tests, RLPTests/rlptest.json and the Yellow Paper's appendix B.
KNOWN: list[tuple[Any, str]] = [
    (b"", "80"),
    (b"\0", "00"),
    (b"\x7f", "7f"),
    (b"\x80", "8180"),
    (b"dog", "83646f67"),
    (LOREM[:55], "b7" + LOREM[:55].hex()),
    (LOREM, "b838" + LOREM.hex()),
    (bytes(256), "b90100" + "00" * 256),
    ([], "c0"),
    ([b"cat", b"dog"], "c88363617483646f67"),
    ([[], [[]], [[], [[]]]], "c7c0c1c0c3c0c1c0"),
    ([b"zw", [b"\4"], b"\1"], "c6827a77c10401"),
    ([LOREM], "f83ab838" + LOREM.hex()),
    ([b""] * 55, "f7" + "80" * 55),
    ([b""] * 56, "f838" + "80" * 56),
]
INTEGERS = [
    (0, "80"),
    (1, "01"),
    (127, "7f"),
    (128, "8180"),
    (1000, "8203e8"),
    (100_000, "830186a0"),
    (2**64 - 1, "88ffffffffffffffff"),
    (2**256, "a1" + "01" + "00" * 32),
    (True, "01"),
    (False, "80"),
]
ITEMS = st.recursive(st.binary(max_size=70), lambda inner: st.lists(inner, max_size=5), max_leaves=30)


def nested(depth: int) -> bytes:
    """``depth`` lists, each the only element of the one around it, but for the empty one in the middle."""
    headers, size = [], 0
    for _ in range(depth):
        length = size.to_bytes((size.bit_length() + 7) // 8, "big")
        header = bytes([0xC0 + size]) if size < 56 else bytes([0xF7 + len(length)]) + length
        headers.append(header)
        size += len(header)
    return b"".join(reversed(headers))


def depth_of(item: rlp.Item) -> int:
    return 1 + max(map(depth_of, item), default=0) if isinstance(item, list) else 0


class TestKnownItems:
    @pytest.mark.parametrize(("item", "encoded"), KNOWN, ids=lambda value: str(value)[:16])
    def test_both_ways(self, item: rlp.Item, encoded: str) -> None:
        assert rlp.encode(item).hex() == encoded
        assert rlp.decode(bytes.fromhex(encoded)) == item

    @pytest.mark.parametrize(("number", "encoded"), INTEGERS)
    def test_integers(self, number: int, encoded: str) -> None:
        assert rlp.encode(number).hex() == encoded
        assert rlp.as_int(rlp.decode(bytes.fromhex(encoded)), max_bytes=33) == number

    def test_what_can_be_encoded(self) -> None:
        assert rlp.encode((1, b"a", bytearray(b"bc"), [])) == rlp.encode([b"\1", b"a", b"bc", []])
        assert rlp.encode_list([]) == rlp.EMPTY_LIST
        assert rlp.encode_list([rlp.encode_bytes(b"cat"), rlp.encode(b"dog")]) == rlp.encode([b"cat", b"dog"])

    @pytest.mark.parametrize("item", [-1, "text", [[-1]], [b"", ["text"]]])
    def test_what_cannot(self, item: Any) -> None:
        with pytest.raises(LocalError):
            rlp.encode(item)

    @pytest.mark.parametrize(
        "encoded",
        [
            "",  # nothing
            "81",  # ends inside
            "b8",
            "c1",
            "83646f",
            "f838" + "80" * 55,
            "8100",  # one byte that stands for itself
            "817f",
            "b800",  # the long form for what fits the short one
            "b837" + "00" * 55,
            "f837" + "80" * 55,
            "b90038" + "00" * 56,  # a length with leading zeros
            "bb00000038" + "00" * 56,
            "f90038" + "80" * 56,
            "8080",  # bytes left over
            "c000",
            "c28363",  # an element longer than its list
            "c3820000c0",
            "c18100",  # wrong inside a list
            "bfffffffffffffffff",  # 2^64 - 1 bytes
            "ffffffffffffffffff",
            "bf7fffffffffffffff00",
            "bc0100000000",  # five bytes of length
            "bbffffffff",  # 4 GiB that are not there
            "fbffffffff",
        ],
    )
    def test_refused(self, encoded: str) -> None:
        data = bytes.fromhex(encoded)
        with pytest.raises(RemoteError):
            rlp.decode(data)
        with pytest.raises((DecodingError, IndexError)):
            oracle.decode(data, strict=True)


class TestSecondOpinion:
    @given(ITEMS)
    def test_same_bytes_and_round_trip(self, item: rlp.Item) -> None:
        encoded = rlp.encode(item)
        assert encoded == oracle.encode(item)
        assert rlp.decode(encoded) == item

    @given(st.binary(max_size=80))
    def test_any_bytes(self, data: bytes) -> None:
        self.agree(data)

    @given(
        st.lists(
            st.sampled_from([0, 1, 0x37, 0x38, 0x7F, 0x80, 0x81, 0xB7, 0xB8, 0xB9, 0xC0, 0xC1, 0xC3, 0xF7, 0xF8, 0xFF])
        )
    )
    def test_bytes_that_matter(self, data: list[int]) -> None:
        self.agree(bytes(data))

    @given(ITEMS, st.data())
    def test_damaged_items(self, item: rlp.Item, data: st.DataObject) -> None:
        encoded = bytearray(rlp.encode(item))
        encoded[data.draw(st.integers(0, len(encoded) - 1))] = data.draw(st.integers(0, 255))
        self.agree(bytes(encoded))
        self.agree(bytes(encoded[: data.draw(st.integers(0, len(encoded)))]))

    @staticmethod
    def agree(data: bytes) -> None:
        try:
            expected = oracle.decode(data, strict=True) if data else None
        except DecodingError:
            expected = None
        if expected is None or depth_of(expected) > rlp.MAX_DEPTH:
            with pytest.raises(RemoteError):
                rlp.decode(data)
        else:
            assert rlp.decode(data) == expected
            assert rlp.encode(expected) == data  # canonical: one encoding for one item

    @given(ITEMS, st.binary(max_size=20))
    def test_bytes_behind_the_first_item(self, item: rlp.Item, rest: bytes) -> None:
        encoded = rlp.encode(item)
        assert rlp.decode_first(encoded + rest) == (item, len(encoded))
        if rest:
            with pytest.raises(RemoteError, match="left over"):
                rlp.decode(encoded + rest)

    @given(ITEMS)
    def test_headers_lead_through_a_packet(self, item: rlp.Item) -> None:
        def walk(data: bytes, start: int, limit: int) -> tuple[rlp.Item, int]:
            is_list, body, end = rlp.header(data, start, limit)
            if not is_list:
                return data[body:end], end
            elements: list[rlp.Item] = []
            while body < end:
                element, body = walk(data, body, end)
                elements.append(element)
            return elements, end

        encoded = b"\xff" + rlp.encode(item) + b"\xff"
        assert walk(encoded, 1, len(encoded) - 1) == (item, len(encoded) - 1)


class TestAttacks:
    """Attack A09."""

    def test_depth(self) -> None:
        assert depth_of(rlp.decode(nested(rlp.MAX_DEPTH))) == rlp.MAX_DEPTH
        for depth in (rlp.MAX_DEPTH + 1, 1000, 100_000):
            with pytest.raises(RemoteError, match="nested too deeply"):
                rlp.decode(nested(depth))
        assert nested(3) == bytes.fromhex("c2c1c0")
        with pytest.raises(RemoteError, match="nested too deeply"):
            rlp.decode(nested(3), max_depth=2)
        assert depth_of(rlp.decode(nested(3), max_depth=3)) == 3
        with pytest.raises(RemoteError, match="nested too deeply"):
            rlp.decode_first(nested(2) + b"rest", max_depth=1)
        assert rlp.decode(b"\x80", max_depth=0) == b""

    @pytest.mark.parametrize("prefix", [0xB7, 0xF7])
    @pytest.mark.parametrize("length_bytes", range(1, 9))
    def test_enormous_length_allocates_nothing(self, prefix: int, length_bytes: int) -> None:
        data = bytes([prefix + length_bytes]) + b"\xff" * length_bytes + b"\0" * 10
        tracemalloc.start()
        with pytest.raises(RemoteError):
            rlp.decode(data)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 100_000

    def test_many_elements_take_linear_time(self) -> None:
        data = rlp.encode_list([b"\x80"] * 1_000_000)
        with Effort() as effort:
            assert len(rlp.as_list(rlp.decode(data, max_items=1_000_000))) == 1_000_000
        assert effort.seconds < 5

    @pytest.mark.parametrize("item", [b"\x80", b"\xc0", b"\xc1\x80", b"\x00"])
    def test_items_are_counted_wherever_they_are(self, item: bytes) -> None:
        count = len(item)  # a list in a list is two items
        data = rlp.encode_list([item] * 100)
        assert len(rlp.as_list(rlp.decode(data, max_items=100 * count))) == 100
        with pytest.raises(RemoteError, match="too many items"):
            rlp.decode(data, max_items=100 * count - 1)
        nested = rlp.encode_list([data, data])
        with pytest.raises(RemoteError, match="too many items"):
            rlp.decode(nested, max_items=200 * count + 1)
        assert rlp.decode(nested, max_items=200 * count + 2)


class TestReadingFields:
    def test_bytes(self) -> None:
        assert rlp.as_bytes(b"abc") == rlp.as_bytes(b"abc", 3) == b"abc"
        with pytest.raises(RemoteError, match="3 bytes where 4 were expected"):
            rlp.as_bytes(b"abc", 4)
        with pytest.raises(RemoteError, match="list where a byte string"):
            rlp.as_bytes([b"abc"])

    def test_integers(self) -> None:
        assert rlp.as_int(b"") == 0
        assert rlp.as_int(b"\xff" * 8) == 2**64 - 1
        assert rlp.as_int(b"\1", max_bytes=1) == 1
        refused: list[rlp.Item] = [b"\0", b"\0\1", b"\xff" * 9, [], [b"\1"]]
        for item in refused:
            with pytest.raises(RemoteError):
                rlp.as_int(item)
        with pytest.raises(RemoteError, match="2 bytes where at most 1"):
            rlp.as_int(b"\1\0", max_bytes=1)

    def test_booleans(self) -> None:
        assert rlp.as_bool(b"\1") is True
        assert rlp.as_bool(b"") is False
        refused: list[rlp.Item] = [b"\2", b"\0", b"\1\0", []]
        for item in refused:
            with pytest.raises(RemoteError):
                rlp.as_bool(item)

    def test_lists(self) -> None:
        assert rlp.as_list([b"a"]) == rlp.as_list([b"a"], 1) == [b"a"]
        with pytest.raises(RemoteError, match="1 items where 2 were expected"):
            rlp.as_list([b"a"], 2)
        with pytest.raises(RemoteError, match="byte string where a list"):
            rlp.as_list(b"a")

    @given(ITEMS, st.none() | st.integers(0, 4), st.integers(0, 9))
    def test_any_item(self, item: rlp.Item, size: int | None, max_bytes: int) -> None:
        for read in (
            lambda: rlp.as_bytes(item, size),
            lambda: rlp.as_list(item, size),
            lambda: rlp.as_int(item, max_bytes),
            lambda: rlp.as_bool(item),
        ):
            with contextlib.suppress(RemoteError):
                read()
