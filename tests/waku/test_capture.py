"""Captures: what is written is read again, however it is cut; what is damaged is told and never waited for."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.errors import LocalError, RemoteError
from pystatus.waku.capture import (
    HEADER_SIZE,
    MAGIC,
    MAX_RECORDED_SIZE,
    RECORD_OVERHEAD,
    CaptureReader,
    Record,
    header,
)

RECORDS = st.lists(st.builds(Record, st.integers(0, 2**64 - 1), st.binary(max_size=50)), max_size=8)


def read(*pieces: bytes) -> tuple[list[Record], CaptureReader]:
    reader = CaptureReader()
    records = []
    for piece in pieces:
        reader.receive_data(piece)
        while (record := reader.next_record()) is not None:
            records.append(record)
    return records, reader


def test_the_bytes_of_a_capture() -> None:
    capture = header() + Record.at(1_600_000_000.25, b"\xc0").encode()
    assert capture.hex() == (
        "89505354434150 0a 0001 0000"  # magic, version, reserved
        "0005af3107a7 d090"  # microseconds since 1970
        "00000001 c0"
    ).replace(" ", "")
    records, reader = read(capture)
    assert records == [Record(1_600_000_000_250_000, b"\xc0")]
    assert records[0].time == 1_600_000_000.25
    assert (reader.position, reader.incomplete) == (len(capture), 0)


@given(RECORDS, st.lists(st.integers(0, 600), max_size=10))
def test_a_capture_is_read_however_it_is_cut(records: list[Record], cuts: list[int]) -> None:
    capture = header() + b"".join(record.encode() for record in records)
    edges = [0, *sorted(min(cut, len(capture)) for cut in cuts), len(capture)]
    found, reader = read(*(capture[start:end] for start, end in itertools.pairwise(edges)))
    assert found == records
    assert reader.has_header
    assert reader.incomplete == 0


@given(RECORDS, st.integers(0, 600))
def test_of_a_capture_that_breaks_off_all_complete_records_are_read(records: list[Record], length: int) -> None:
    encoded = [record.encode() for record in records]
    capture = (header() + b"".join(encoded))[:length]
    found, reader = read(capture)
    assert found == records[: len(found)]
    whole = HEADER_SIZE + sum(map(len, encoded[: len(found)]))
    assert reader.incomplete == len(capture) - (whole if reader.has_header else 0)
    if len(found) < len(records):
        assert len(capture) < whole + len(encoded[len(found)])


@given(st.binary(max_size=400))
def test_garbage_never_does_anything_but_end_the_reading(garbage: bytes) -> None:
    for data in (garbage, header() + garbage):
        try:
            _, reader = read(data)
        except RemoteError:
            continue
        assert reader.position + reader.incomplete == len(data)


@given(RECORDS, st.integers(0, 600), st.integers(1, 255))
def test_a_changed_byte_gives_records_or_an_error(records: list[Record], at: int, change: int) -> None:
    capture = bytearray(header() + b"".join(record.encode() for record in records))
    capture[at % len(capture)] ^= change
    try:
        found, reader = read(bytes(capture))
    except RemoteError:
        return
    assert all(len(record.raw) <= MAX_RECORDED_SIZE for record in found)
    assert reader.position + reader.incomplete == len(capture)


@pytest.mark.parametrize("beginning", [b"\x89PNG\r\n\x1a\n", b"x", MAGIC.replace(b"\n", b"\r\n")])
def test_something_else_is_no_capture(beginning: bytes) -> None:
    with pytest.raises(RemoteError, match="no capture"):
        read(beginning)


def test_a_capture_of_the_future() -> None:
    with pytest.raises(RemoteError, match="version 2; this program reads version 1"):
        read(MAGIC + b"\x00\x02\x00\x00")


def test_records_before_the_damage_are_handed_out() -> None:
    good = Record(1, b"\xc0")
    reader = CaptureReader()
    reader.receive_data(header() + good.encode() + bytes(8) + (MAX_RECORDED_SIZE + 1).to_bytes(4, "big"))
    assert reader.next_record() == good
    for _ in range(2):
        with pytest.raises(RemoteError, match=f"a record of {MAX_RECORDED_SIZE + 1} bytes"):
            reader.next_record()
    assert reader.position == HEADER_SIZE + RECORD_OVERHEAD + 1


def test_the_largest_record() -> None:
    largest = Record(2**64 - 1, bytes(MAX_RECORDED_SIZE))
    assert read(header() + largest.encode())[0] == [largest]
    for impossible in (Record(0, bytes(MAX_RECORDED_SIZE + 1)), Record(-1, b""), Record(2**64, b"")):
        with pytest.raises(LocalError, match="A capture holds envelopes"):
            impossible.encode()
