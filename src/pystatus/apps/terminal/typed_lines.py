"""Lines as somebody types them, or pastes them: several that come at once are a block, which is a text and no command.

A terminal hands over a line when Enter comes. Nobody types two of them within :data:`BURST_SECONDS`, and all of what is
pasted is there at once. Where nothing of a terminal is read, each line is by itself: it is a program that writes them.
"""

from __future__ import annotations

import os
import select
from collections.abc import Iterator
from typing import TextIO

from pystatus.records import dataclass

BURST_SECONDS = 0.05
"""Within this time after a line comes the next one of what is pasted, also over a slow line. Ours."""
READ = 65_536
"""Bytes that are read at once; a terminal hands over a line of 4,096 at most."""
MAX_BURST = 262_144
"""Bytes that are taken for one paste; what is more comes as the next one. Ours: four times what a message takes."""
BEGIN, END = "\x1b[200~", "\x1b[201~"
"""Around what is pasted, where something has asked the terminal for it (bracketed paste)."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What came at once. ``is_pasted``: none of it is a command, or an answer."""

    text: str
    is_pasted: bool = False


def read(stream: TextIO) -> Iterator[Typed]:
    """What is typed into a terminal, or the lines of anything else, until there are no more."""
    if stream.isatty():
        yield from read_terminal(stream.fileno())
    else:
        yield from map(typed, stream)


def read_terminal(descriptor: int) -> Iterator[Typed]:
    """What is typed into a terminal that hands over lines."""
    goes_on = False
    while data := _read(descriptor):
        lines, size = [data], len(data)
        while size < MAX_BURST and _has_more(descriptor) and (more := _read(descriptor)):
            lines.append(more)
            size += len(more)
        found = typed(b"".join(lines).decode(errors="replace"))
        yield Typed(found.text, is_pasted=found.is_pasted or goes_on)
        goes_on = size >= MAX_BURST and _has_more(descriptor)


def _has_more(descriptor: int) -> bool:
    return bool(select.select([descriptor], [], [], BURST_SECONDS)[0])


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, READ)
    except OSError:  # the terminal is gone
        return b""


def typed(text: str) -> Typed:
    """What came at once, without its last line end, and without what stands around a paste."""
    bare = text.replace(BEGIN, "").replace(END, "")
    shown = bare.replace("\r\n", "\n").removesuffix("\n").removesuffix("\r")
    return Typed(shown, is_pasted=bare != text or "\n" in shown)
