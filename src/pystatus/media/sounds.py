"""Sounds: how long they are, and a copy of nothing but their frames (ISO/IEC 13818-7 ADTS; RFC 4867 AMR).

Implements: PL-17
"""

from __future__ import annotations

from pystatus.media.errors import InvalidMedia
from pystatus.media.limits import MAX_AUDIO_FRAMES
from pystatus.media.reading import audio_type
from pystatus.payloads.checks import MAX_AUDIO_MS
from pystatus.payloads.kinds import AudioType
from pystatus.records import dataclass

_RATES = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350)
"""Samples a second, by the index in a header."""
_BLOCK_SAMPLES = 1_024
_AAC_HEADER = 7
_AMR_HEADER = b"#!AMR\n"
_AMR_SIZES = (13, 14, 16, 18, 20, 21, 27, 32, 6)
"""Bytes of a frame, its first byte included, by the type of frame."""
_AMR_EMPTY = 15
_AMR_FRAME_MS = 20
_ID3 = b"ID3"
_ID3_HEADER = 10


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound as its frames describe it."""

    type: AudioType
    duration_ms: int
    cleaned: bytes
    """Its frames alone: without titles, comments and pictures before or behind them, and without half a frame at its
    end."""


def read(data: bytes) -> Sound:
    """The frames of a sound. What stands behind the last whole one is no part of it.

    :raises InvalidMedia: it is no AAC with ADTS headers and no AMR, has no frame, or too many.
    """
    kind = audio_type(data)
    if kind is AudioType.AAC:
        return _aac(data)
    if kind is AudioType.AMR:
        return _amr(data)
    raise InvalidMedia("it is no sound of the formats AAC (ADTS) and AMR")


def check_audio(data: bytes, declared: int) -> Sound:
    """What somebody has sent as ``declared``, an ``AudioType``.

    :raises InvalidMedia: it is another format, damaged, or too long.
    """
    kind = audio_type(data)
    if kind is not AudioType.UNKNOWN and kind != declared:
        raise InvalidMedia(f"it is not the format that it was sent as, but {kind.name}")
    found = read(data)
    if found.duration_ms > MAX_AUDIO_MS:
        raise InvalidMedia("it is longer than a day")
    return found


def without_tag(data: bytes) -> bytes:
    """A file without the ID3 tag that players of music put before it."""
    if len(data) < _ID3_HEADER or not data.startswith(_ID3):
        return data
    size = 0
    for byte in data[6:10]:
        size = size << 7 | byte & 0x7F
    return data[_ID3_HEADER + size :]


def _aac(data: bytes) -> Sound:
    place = frames = 0
    seconds = 0.0
    while place + _AAC_HEADER <= len(data):
        second, third = data[place + 1], data[place + 2]
        if data[place] != 0xFF or second & 0xF6 != 0xF0:  # a tag of 128 bytes, or rubbish
            break
        rate = third >> 2 & 0xF
        length = (data[place + 3] & 3) << 11 | data[place + 4] << 3 | data[place + 5] >> 5
        if rate >= len(_RATES) or length < _AAC_HEADER or place + length > len(data):
            break
        frames = _counted(frames)
        seconds += _BLOCK_SAMPLES * (1 + (data[place + 6] & 3)) / _RATES[rate]
        place += length
    return _sound(AudioType.AAC, round(1_000 * seconds), data[:place], frames)


def _amr(data: bytes) -> Sound:
    place, frames = len(_AMR_HEADER), 0
    while place < len(data):
        kind = data[place] >> 3 & 0xF
        size = 1 if kind == _AMR_EMPTY else _AMR_SIZES[kind] if kind < len(_AMR_SIZES) else 0
        if not size or data[place] & 0x83 or place + size > len(data):
            break
        frames = _counted(frames)
        place += size
    return _sound(AudioType.AMR, frames * _AMR_FRAME_MS, data[:place], frames)


def _counted(frames: int) -> int:
    if frames == MAX_AUDIO_FRAMES:
        raise InvalidMedia(f"it has more than {MAX_AUDIO_FRAMES} frames")
    return frames + 1


def _sound(kind: AudioType, duration_ms: int, cleaned: bytes, frames: int) -> Sound:
    if not frames:
        raise InvalidMedia("it is damaged: there is no sound in it")
    return Sound(kind, max(1, duration_ms), cleaned)
