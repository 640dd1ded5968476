"""Reads an RLP list item by item, out of the packet that it is in."""

from __future__ import annotations

from pystatus.errors import RemoteError
from pystatus.wire import rlp

_EMPTY = 0x80
"""The item of no bytes. A lower byte is an item of its own."""


class ListReader:
    """The items of one list. Nothing is copied but what is asked for.

    All methods raise :class:`RemoteError` for an item of another kind, or none.
    """

    __slots__ = ("_at", "_data", "_end")

    def __init__(self, data: bytes, start: int, end: int) -> None:
        self._data = data
        self._at = start
        self._end = end

    @property
    def more(self) -> bool:
        return self._at < self._end

    def read_list(self) -> ListReader:
        is_list, start, end = rlp.header(self._data, self._at, self._end)
        if not is_list:
            raise RemoteError("RLP byte string where a list was expected")
        self._at = end
        return ListReader(self._data, start, end)

    def read_bytes(self, size: int | None = None) -> bytes:
        is_list, start, end = rlp.header(self._data, self._at, self._end)
        if is_list:
            raise RemoteError("RLP list where a byte string was expected")
        if size is not None and end - start != size:
            raise RemoteError(f"byte string of {end - start} bytes where {size} were expected")
        self._at = end
        return self._data[start:end]

    def read_raw(self) -> bytes:
        """The next item with its header. What is in it is not looked at."""
        _, _, end = rlp.header(self._data, self._at, self._end)
        raw = self._data[self._at : end]
        self._at = end
        return raw

    def read_int(self, max_bytes: int = 8) -> int:
        return rlp.as_int(self.read_bytes(), max_bytes)

    def read_all_bytes(self) -> tuple[bytes, ...]:
        return self._read_all(raw=False)

    def read_rest(self) -> tuple[bytes, ...]:
        """What is left, raw. The content of lists in it is not looked at."""
        return self._read_all(raw=True)

    def _read_all(self, *, raw: bool) -> tuple[bytes, ...]:
        """A packet has room for a thousand tiny items: with calls for each of them, they would take twenty times as
        long as its signature, which is looked at only behind its body."""
        data, at, end = self._data, self._at, self._end
        found = []
        while at < end:
            if data[at] <= _EMPTY:
                found.append(data[at : at + 1] if raw or data[at] < _EMPTY else b"")
                at += 1
                continue
            is_list, start, stop = rlp.header(data, at, end)
            if is_list and not raw:
                raise RemoteError("RLP list where a byte string was expected")
            found.append(data[at if raw else start : stop])
            at = stop
        self._at = at
        return tuple(found)

    def check_end(self) -> None:
        if self.more:
            raise RemoteError("list has more items than expected")
