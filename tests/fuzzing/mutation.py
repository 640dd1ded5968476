"""Inputs made of good ones, the same in each run: for the test suite, where no coverage leads the way."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

INTERESTING = (0, 1, 0x7F, 0x80, 0x81, 0xB7, 0xB8, 0xBF, 0xC0, 0xC1, 0xF7, 0xF8, 0xFF)
"""Bytes at which RLP, varints, protobuf and signs turn."""
MOST_STEPS = 5
"""Changes of one input."""
ONE_IN_RANDOM = 16
"""One input of so many has nothing of a good one."""
ONE_IN_WHOLE = 64
"""One of so many is a good one as it is."""


def inputs(seeds: Sequence[bytes], seed: str, longest: int) -> Iterator[bytes]:
    """Without end.

    :param seed: another one, other inputs.
    """
    draw = random.Random(seed)
    known = [one[:longest] for one in seeds] or [b""]
    while True:
        if draw.randrange(ONE_IN_WHOLE) == 0:
            yield draw.choice(known)
            continue
        if draw.randrange(ONE_IN_RANDOM) == 0:
            yield draw.randbytes(draw.randrange(1 << draw.randrange(1, 10)))[:longest]
            continue
        data = bytearray(draw.choice(known))
        for _ in range(draw.randint(1, MOST_STEPS)):
            draw.choice(_STEPS)(data, draw, known)
        yield bytes(data[:longest])


_Step = Callable[[bytearray, random.Random, Sequence[bytes]], None]


def _place(data: bytearray, draw: random.Random) -> int:
    return draw.randrange(len(data) + 1)


def _flip(data: bytearray, draw: random.Random, _: Sequence[bytes]) -> None:
    if data:
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)


def _set(data: bytearray, draw: random.Random, _: Sequence[bytes]) -> None:
    if data:
        data[draw.randrange(len(data))] = draw.choice(INTERESTING)


def _count(data: bytearray, draw: random.Random, _: Sequence[bytes]) -> None:
    """A length that is wrong by a little."""
    if data:
        place = draw.randrange(len(data))
        data[place] = (data[place] + draw.choice((-2, -1, 1, 2))) % 256


def _number(data: bytearray, draw: random.Random, _: Sequence[bytes]) -> None:
    """A number at one of the ends of its range."""
    size = draw.choice((2, 4, 8))
    value = draw.choice((0, 1, (1 << 8 * size - 1) - 1, 1 << 8 * size - 1, (1 << 8 * size) - 1))
    place = _place(data, draw)
    data[place : place + size] = value.to_bytes(size, draw.choice(("big", "little")))


def _insert(data: bytearray, draw: random.Random, _: Sequence[bytes]) -> None:
    place = _place(data, draw)
    data[place:place] = draw.randbytes(draw.randint(1, 8))


def _fill(data: bytearray, draw: random.Random, _: Sequence[bytes]) -> None:
    """The same byte many times: deep nesting, empty items."""
    place = _place(data, draw)
    data[place:place] = bytes([draw.choice(INTERESTING)]) * draw.choice((2, 20, 300))


def _remove(data: bytearray, draw: random.Random, _: Sequence[bytes]) -> None:
    place = _place(data, draw)
    del data[place : place + draw.choice((1, 1, 2, 4, 32))]


def _cut(data: bytearray, draw: random.Random, _: Sequence[bytes]) -> None:
    del data[_place(data, draw) :]


def _repeat(data: bytearray, draw: random.Random, _: Sequence[bytes]) -> None:
    start, place = _place(data, draw), _place(data, draw)
    part = data[start : start + draw.randint(1, 64)]
    data[place:place] = part * draw.choice((1, 1, 1, 4, 16))


def _splice(data: bytearray, draw: random.Random, known: Sequence[bytes]) -> None:
    other = draw.choice(known)
    start, place = draw.randrange(len(other) + 1), _place(data, draw)
    data[place : place + draw.choice((0, 0, 16, 1 << 16))] = other[start : start + draw.choice((8, 64, 1 << 16))]


_STEPS: tuple[_Step, ...] = (_flip, _set, _count, _number, _insert, _fill, _remove, _cut, _repeat, _splice)
