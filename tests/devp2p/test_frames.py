"""Frames: chunks, MACs and lengths (overlay.md §2.4, A05 to A07)."""

import contextlib
import tracemalloc

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pystatus.devp2p.rlpx.frames import HEADER_SIZE, MAX_FRAME_SIZE, FrameReader, FrameWriter
from pystatus.devp2p.rlpx.handshake import Initiator, Responder, Secrets
from pystatus.errors import LocalError, RemoteError
from tests.devp2p.support import ALICE, BOB, SeededRandom

ID = b"\x11"
SIZES = [0, 1, 14, 15, 16, 17, 1000]
PAYLOADS = [bytes([size % 256]) * size for size in SIZES]


def agree() -> tuple[Secrets, Secrets]:
    initiator = Initiator(ALICE, BOB.public_key, SeededRandom(b"a"))
    responder = Responder(BOB, SeededRandom(b"b"))
    at_bob = responder.receive_data(initiator.data_to_send())
    at_alice = initiator.receive_data(responder.data_to_send())
    assert at_alice is not None
    assert at_bob is not None
    return at_alice[0], at_bob[0]


def both(max_size: int = MAX_FRAME_SIZE) -> tuple[FrameWriter, FrameReader]:
    at_alice, at_bob = agree()
    return FrameWriter(at_alice), FrameReader(at_bob, max_size)


def read_all(reader: FrameReader) -> list[bytes]:
    frames = []
    while (frame := reader.next_frame()) is not None:
        frames.append(frame)
    return frames


def written(payloads: list[bytes] = PAYLOADS) -> bytes:
    writer, _ = both()
    return b"".join(writer.frame(ID, payload) for payload in payloads)


STREAM = written()


@given(st.lists(st.integers(0, 700), max_size=60))
@example([1] * len(STREAM))
@example([])
def test_cutting_changes_nothing(sizes: list[int]) -> None:
    _, reader = both()
    frames, stream = [], STREAM
    for size in [*sizes, len(STREAM)]:
        reader.receive_data(stream[:size])
        frames += read_all(reader)
        stream = stream[size:]
    assert frames == [ID + payload for payload in PAYLOADS]
    assert reader.buffered == 0


def test_both_directions_are_independent() -> None:
    at_alice, at_bob = agree()
    alice, bob = FrameWriter(at_alice), FrameWriter(at_bob)
    bob_reads, alice_reads = FrameReader(at_bob, 100), FrameReader(at_alice, 100)
    for turn in range(3):
        bob_reads.receive_data(alice.frame(ID, b"ping%d" % turn))
        alice_reads.receive_data(bob.frame(ID, b"pong%d" % turn))
    assert read_all(bob_reads) == [ID + b"ping0", ID + b"ping1", ID + b"ping2"]
    assert read_all(alice_reads) == [ID + b"pong0", ID + b"pong1", ID + b"pong2"]


def test_every_flipped_bit_ends_the_reading() -> None:
    payloads = [b"first", b"second" * 5]
    stream = written(payloads)
    first_size = len(written(payloads[:1]))
    for position in range(len(stream)):
        flipped = bytearray(stream)
        flipped[position] ^= 1 << position % 8
        _, reader = both()
        reader.receive_data(bytes(flipped))
        if position >= first_size:
            assert reader.next_frame() == ID + b"first"
        with pytest.raises(RemoteError, match="MAC"):
            reader.next_frame()


def test_truncated_and_glued_frames() -> None:
    writer, reader = both()
    first, second = writer.frame(ID, b"first"), writer.frame(ID, b"second")
    reader.receive_data(first[:-1])
    assert reader.next_frame() is None
    reader.receive_data(second)
    with pytest.raises(RemoteError, match="MAC"):
        reader.next_frame()


@pytest.mark.parametrize("order", [(1, 0), (0, 0)], ids=["swapped", "replayed"])
def test_frames_keep_their_place(order: tuple[int, int]) -> None:
    writer, reader = both()
    frames = [writer.frame(ID, b"first"), writer.frame(ID, b"second")]
    reader.receive_data(b"".join(frames[index] for index in order))
    with pytest.raises(RemoteError, match="MAC"):
        read_all(reader)


def test_a_giant_is_refused_when_announced() -> None:
    writer, reader = both(max_size=1000)
    header = writer.frame(ID, bytes(MAX_FRAME_SIZE - 1))[: HEADER_SIZE + 16]
    reader.receive_data(header[:-1])
    assert reader.next_frame() is None
    reader.receive_data(header[-1:])
    tracemalloc.start()
    with pytest.raises(RemoteError, match="16777215 bytes announced"):
        reader.next_frame()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000


def test_the_limit_is_inclusive_and_may_change() -> None:
    writer, reader = both(max_size=10)
    reader.receive_data(writer.frame(ID, bytes(9)) + writer.frame(ID, bytes(10)))
    assert reader.next_frame() == ID + bytes(9)
    reader.max_size = 11
    assert reader.next_frame() == ID + bytes(10)


def test_a_frame_too_large_to_write() -> None:
    writer, _ = both()
    with pytest.raises(LocalError, match="at most 16777215"):
        writer.frame(ID, bytes(MAX_FRAME_SIZE))


def test_no_more_than_the_unfinished_frame_is_held() -> None:
    writer, reader = both()
    stream = written([bytes(200_000), bytes(10)])
    for start in range(0, len(stream), 1000):
        reader.receive_data(stream[start : start + 1000])
        read_all(reader)
        assert reader.buffered <= 200_000 + 64
    assert reader.buffered == 0
    assert writer.mac.digest != reader.mac.digest


def test_a_frame_that_comes_byte_by_byte_takes_no_more_memory_than_its_size() -> None:
    _, reader = both()
    stream = written([bytes(200_000)])[:-1]
    tracemalloc.start()
    for start in range(len(stream)):
        reader.receive_data(stream[start : start + 1])
        assert reader.next_frame() is None
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 2 * len(stream)


@given(st.binary(max_size=300))
def test_any_bytes_are_awaited_or_refused(data: bytes) -> None:
    _, reader = both()
    reader.receive_data(data)
    with contextlib.suppress(RemoteError):
        assert reader.next_frame() is None
