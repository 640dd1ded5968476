"""Which way a text is written, as the reference has it."""

from __future__ import annotations

from bisect import bisect_right

_RTL_MARK = "\u200f"
_RTL_SCRIPTS = (
    # Hebrew
    (0x0591, 0x05C7), (0x05D0, 0x05EA), (0x05EF, 0x05F4),
    # Arabic, without what it shares with other scripts: its comma, for example
    (0x0600, 0x0604), (0x0606, 0x060B), (0x060D, 0x061A), (0x061C, 0x061E), (0x0620, 0x063F), (0x0641, 0x064A),
    (0x0656, 0x066F), (0x0671, 0x06DC), (0x06DE, 0x06FF), (0x0750, 0x077F), (0x0870, 0x088E), (0x0890, 0x0891),
    (0x0898, 0x08E1), (0x08E3, 0x08FF),
    # presentation forms: Hebrew, Arabic
    (0xFB1D, 0xFB4F), (0xFB50, 0xFBC2), (0xFBD3, 0xFD3D), (0xFD40, 0xFDFF), (0xFE70, 0xFEFC),
    # Rumi numbers, later additions, mathematical letters
    (0x10E60, 0x10E7E), (0x10EC0, 0x10EFF), (0x1EE00, 0x1EEFF),
)  # fmt: skip
"""The first and the last code point of each run of the scripts Hebrew and Arabic, the smallest first (Scripts.txt of
Unicode). Code points between them that nothing is assigned to are not looked at."""


def is_rtl(text: str) -> bool:
    """Whether ``text`` begins with a letter of a script that is written from right to left, or with a mark for it."""
    if text.startswith(_RTL_MARK):
        return True
    first = ord(text[:1] or " ")
    run = bisect_right(_RTL_SCRIPTS, (first, 0x110000)) - 1
    return run >= 0 and first <= _RTL_SCRIPTS[run][1]
