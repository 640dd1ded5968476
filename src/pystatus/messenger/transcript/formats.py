"""In which forms a chat is written down."""

from __future__ import annotations

from collections.abc import Iterator

from pystatus.errors import LocalError
from pystatus.messenger.transcript import as_html, as_json, as_text
from pystatus.messenger.transcript.entries import Source
from pystatus.sanitise import quoted

_PIECES = {"html": as_html.pieces, "json": as_json.pieces, "text": as_text.pieces}
FORMATS = tuple(_PIECES)


def check_format(name: str) -> None:
    """
    :raises LocalError: there is no such format.
    """
    if name not in _PIECES:
        known = ", ".join(FORMATS)
        raise LocalError(f"A chat can be written down as {known}, not as {quoted(name)}. Name one of them.")


def pieces(source: Source, name: str, exported_ms: int) -> Iterator[str]:
    """A chat in one of :data:`FORMATS`, as text piece by piece: none is longer than a message and what belongs to it.

    :param exported_ms: the time, Unix milliseconds.
    """
    return _PIECES[name](source, exported_ms)
