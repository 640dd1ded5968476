"""Sounds: how long they are, and what is sent of them."""

import contextlib

import pytest

from pystatus.media.errors import InvalidMedia
from pystatus.media.limits import MAX_AUDIO_FRAMES
from pystatus.media.sounds import check_audio, read, without_tag
from pystatus.payloads.kinds import AudioType
from tests.media.support import aac, amr
from tests.support.effort import Effort


@pytest.mark.requirement("PL-17")
@pytest.mark.parametrize(
    ("data", "duration_ms"),
    [
        (aac(100), round(1000 * 100 * 1024 / 44_100)),
        (aac(1, rate=11), 128),
        (aac(2, rate=3, blocks=4), round(1000 * 2 * 4 * 1024 / 48_000)),
        (aac(1, rate=0), 11),
    ],
)
def test_an_aac_is_as_long_as_its_frames(data: bytes, duration_ms: int) -> None:
    sound = read(data)
    assert (sound.type, sound.duration_ms, sound.cleaned) == (AudioType.AAC, duration_ms, data)


@pytest.mark.requirement("PL-17")
def test_an_amr_is_as_long_as_its_frames() -> None:
    data = amr(0, 1, 2, 3, 4, 5, 6, 7, 8, 15)
    sound = read(data)
    assert (sound.type, sound.duration_ms, sound.cleaned) == (AudioType.AMR, 200, data)


@pytest.mark.requirement("PL-17")
@pytest.mark.parametrize("sound", [aac(3), amr(7, 7)], ids=["aac", "amr"])
@pytest.mark.parametrize("tail", [b"TAG" + bytes(125), b"APETAGEX\xd0\x07", b"\xff", b"\x00\x01"])
def test_what_is_sent_of_a_sound_are_its_frames(sound: bytes, tail: bytes) -> None:
    if sound.startswith(b"#!AMR") and tail == b"\x00\x01":
        tail = b"\xf8"
    assert read(sound + tail).cleaned == sound
    whole = sound.removeprefix(b"#!AMR\n")
    assert read(sound + whole[:20]).cleaned == sound


def test_the_titles_before_a_sound_are_cut() -> None:
    tag = b"ID3\x04\x00\x00" + bytes([0, 0, 1, 2]) + bytes(130)
    assert without_tag(tag + aac(2)) == aac(2)
    assert without_tag(aac(2)) == aac(2)
    assert without_tag(b"ID3") == b"ID3"


@pytest.mark.requirement("PL-17")
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no sound of the formats"),
        (b"RIFF....WAVE", "no sound of the formats"),
        (b"#!AMR-WB\n" + bytes(60), "no sound of the formats"),
        (b"\xff\xf1", "no sound in it"),
        (b"\xff\xf1" + bytes(300), "no sound in it"),
        (aac(1)[:-1], "no sound in it"),
        (aac(1, rate=13), "no sound in it"),
        (b"#!AMR\n", "no sound in it"),
        (b"#!AMR\n" + bytes([12 << 3]), "no sound in it"),
        (amr(7)[:-1], "no sound in it"),
        (aac(MAX_AUDIO_FRAMES + 1, size=7), "more than 50000 frames"),
        (amr(*(MAX_AUDIO_FRAMES + 1) * (15,)), "more than 50000 frames"),
    ],
)
def test_what_is_no_sound(data: bytes, reason: str) -> None:
    with pytest.raises(InvalidMedia, match=reason):
        read(data)


def test_another_format_than_it_was_sent_as() -> None:
    assert check_audio(aac(1), AudioType.AAC) == read(aac(1))
    with pytest.raises(InvalidMedia, match="but AAC"):
        check_audio(aac(1), AudioType.AMR)


def test_any_damage_is_an_error_of_ours_or_none() -> None:
    for sound in (aac(3, size=30), amr(0, 7)):
        data = bytearray(sound)
        for place in range(len(data)):
            for value in (0, 0xFF, data[place] ^ 0x80):
                before, data[place] = data[place], value
                with contextlib.suppress(InvalidMedia):
                    assert read(bytes(data)).duration_ms > 0
                data[place] = before


def test_a_mebibyte_of_the_smallest_frames_takes_no_time() -> None:
    data = amr(*(1 << 20) * (15,))
    with Effort() as effort, pytest.raises(InvalidMedia):
        read(data)
    assert effort.seconds < 0.25
