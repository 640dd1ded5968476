"""The content of the frames of a WebSocket, however they are cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pystatus.rpc.frame_content import ContentCounter

sizes = st.sampled_from([0, 1, 125, 126, 127, 300, 65_535, 65_536, 70_000])


def frame(size: int, *, masked: bool = True, extended: bool = False, last: bool = True) -> bytes:
    """A frame with ``size`` bytes of content; ``extended``: its length has more bytes than it needs."""
    first = 0x82 if last else 0x02
    mask = 0x80 if masked else 0
    if size > 0xFFFF or extended:
        head = bytes([first, mask | 127]) + size.to_bytes(8, "big")
    elif size > 125:
        head = bytes([first, mask | 126]) + size.to_bytes(2, "big")
    else:
        head = bytes([first, mask | size])
    return head + bytes(4 if masked else 0) + bytes([0xFF]) * size


@given(
    st.lists(st.tuples(sizes, st.booleans(), st.booleans(), st.booleans()), max_size=6),
    st.lists(st.integers(1, 100_000), max_size=12),
)
def test_only_content_counts(frames: list[tuple[int, bool, bool, bool]], cuts: list[int]) -> None:
    wire = b"".join(frame(size, masked=one, extended=two, last=three) for size, one, two, three in frames)
    counter, total, position = ContentCounter(), 0, 0
    for cut in [*cuts, len(wire)]:
        total += counter.count(wire[position : position + cut])
        position += cut
    assert total == sum(size for size, *_ in frames)


def test_a_frame_byte_by_byte() -> None:
    counter = ContentCounter()
    wire = frame(300) + frame(0) + frame(2)
    assert sum(counter.count(wire[place : place + 1]) for place in range(len(wire))) == 302


def test_what_is_not_complete_counts() -> None:
    assert ContentCounter().count(frame(70_000)[:60_014]) == 60_000
