"""What is blank in a text, as the reference has it."""

from __future__ import annotations

WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
"""White space of Unicode. ``str.strip()`` strips U+001C to U+001F as well, which are none."""


def is_blank(text: str) -> bool:
    """Whether ``text`` is empty, or white space only. Zero-width characters are none."""
    return not text.strip(WHITE_SPACE)
