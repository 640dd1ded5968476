"""A text as a QR code: for a file, a page or a terminal."""

from __future__ import annotations

import io
from itertools import zip_longest
from typing import TYPE_CHECKING, TypeAlias

from pystatus.arguments import checked
from pystatus.errors import LocalError
from pystatus.records import dataclass

if TYPE_CHECKING:
    from segno import QRCode

MAX_TEXT = 1_000
"""Bytes of a text that is drawn. Ours: what phones still read from a screen; a link to a group has some 500."""
SCALE = 8
"""Pixels of a module in a PNG. Ours: a chat key has 300 pixels on each side."""
BORDER = 4
"""Empty modules around a code (ISO/IEC 18004)."""

ERROR_LEVELS = ("l", "m", "q", "h")
"""How much of a code may be unreadable: 7, 15, 25 and 30 % (ISO/IEC 18004)."""

Modules: TypeAlias = tuple[tuple[bool, ...], ...]
"""The rows of a code, as many as each of them has modules; True is dark."""

_HALF_BLOCKS = {(False, False): "█", (True, False): "▄", (False, True): "▀", (True, True): " "}
"""By whether the upper and the lower module are dark: the light ones are drawn, as on a dark terminal."""


@checked
@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code of ``text``, which is all that it holds.

    :raises LocalError: no text, or more than anybody reads from a screen.

    Implements: AC-13
    """

    text: str

    def __post_init__(self) -> None:
        if not 0 < len(self.text.encode()) <= MAX_TEXT:
            raise LocalError(f"A QR code holds a text of 1 to {MAX_TEXT} bytes. Shorten what is to be in it.")

    def png(self) -> bytes:
        """A PNG file."""
        return self._saved("png", scale=SCALE, border=BORDER)

    def svg(self) -> str:
        """An SVG picture, dark on white."""
        return self._saved("svg", scale=SCALE, border=BORDER, light="#fff", xmldecl=False, nl=False).decode()

    def half_blocks(self) -> tuple[str, ...]:
        """The code for a terminal, a line for every two rows of modules. Its light modules are drawn, in the colour of
        text: on a light terminal the code is seen inverted."""
        rows = [[module == 0x1 for module in row] for row in self._made().matrix_iter(border=BORDER)]
        light = [False] * len(rows[0])
        return tuple(
            "".join(_HALF_BLOCKS[pair] for pair in zip(upper, lower, strict=True))
            for upper, lower in zip_longest(rows[::2], rows[1::2], fillvalue=light)
        )

    def modules(self, error: str = "m") -> Modules:
        """Row by row, which of its modules are dark; there is none around them.

        :param error: how much of it may be unreadable: ``l``, ``m``, ``q`` or ``h`` (ISO/IEC 18004).
        :raises LocalError: it is none of these.
        """
        if error not in ERROR_LEVELS:
            raise LocalError(f"The error correction of a QR code is one of {', '.join(ERROR_LEVELS)}.")
        return tuple(tuple(module == 0x1 for module in row) for row in self._made(error).matrix_iter(border=0))

    def _made(self, error: str = "m") -> QRCode:
        import segno  # loaded late: most processes draw no code

        return segno.make_qr(self.text, error=error)

    def _saved(self, kind: str, **options: object) -> bytes:
        out = io.BytesIO()
        self._made().save(out, kind=kind, **options)
        return out.getvalue()
