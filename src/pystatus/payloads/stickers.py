"""Stickers: pictures of packs, which a message names by their content hash (payloads.md §3.1)."""

from __future__ import annotations

import re

from pystatus.errors import LocalError
from pystatus.payloads.checks import MAX_LINE, MAX_PACK
from pystatus.payloads.kinds import ContentType
from pystatus.payloads.messages import ChatMessage, Sticker

_HASH = re.compile(rf"(?:0x)?((?:[0-9a-fA-F]{{2}}){{1,{MAX_LINE // 2}}})")


def checked_sticker(content_hash: str, pack: int) -> Sticker:
    """The sticker that somebody names.

    :raises LocalError: no hexadecimal hash, or no number of a pack.

    Implements: PL-7
    """
    match = _HASH.fullmatch(content_hash.strip())
    if match is None:
        raise LocalError("A sticker is named by its content hash: hexadecimal digits, as in e30101701220…. Copy it.")
    if not 0 <= pack <= MAX_PACK:
        raise LocalError(f"A pack of stickers has a number from 0 to {MAX_PACK}, not {pack}.")
    return Sticker(match[1].lower(), pack)


def sticker_of(content_type: int, payload: bytes) -> Sticker | None:
    """The sticker in a stored message; ``None``: there is none, or it was too long to be kept."""
    if content_type != ContentType.STICKER or not payload:
        return None
    return ChatMessage.decode(payload).sticker
