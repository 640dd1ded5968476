"""The pieces of a message as a terminal draws them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:  # this brings protobuf with it, which listing accounts does not need
    from pystatus.messenger.message_text import Span

_CODE = "cyan"


def painted(pieces: Sequence[Span]) -> str:
    """The pieces of a line, each in its style. They are safe to show."""
    return "".join(_painted(piece) for piece in pieces)


def _painted(piece: Span) -> str:
    from pystatus.account.identicon import Identicon
    from pystatus.messenger.message_text import Style

    style = piece.style
    look: dict[str, Any] = {}
    if style & (Style.STRONG | Style.HEADING | Style.MENTION | Style.TAG):
        look["bold"] = True
    if style & Style.EMPHASIS:
        look["italic"] = True
    if style & Style.DELETED:
        look["strikethrough"] = True
    if style & Style.LINK:
        look["underline"] = True
    if style & Style.QUOTE:
        look["dim"] = True
    if style & Style.OWN:
        look["reverse"] = True
    if style & Style.CODE:
        look["fg"] = _CODE
    if piece.person is not None:
        look["fg"] = Identicon.of(piece.person).rgb
    return typer.style(piece.text, **look) if look else piece.text
