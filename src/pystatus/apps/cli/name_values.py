"""What the arguments of ``pystatus name`` may hold. Whether there can be such a name is said by the command: its rules
take a table that is loaded then."""

from __future__ import annotations

import unicodedata
from string import whitespace

from pystatus.apps.cli.values import text_kind

MAX_NAME = 255
"""Characters of a name: as many as DNS has bytes. Ours."""
MAX_USERNAME = 128
"""Characters of the part of a name that is chosen, as contracts take it. Ours."""


def _name(text: str) -> str:
    """As it was typed: what is invisible may belong to a name, and its normal form is that of ENSIP-15."""
    found = text.strip(f"{whitespace}\ufeff")
    if not found or len(found) > MAX_NAME or any(one.isspace() or unicodedata.category(one) == "Cc" for one in found):
        raise ValueError
    return found


def _username(text: str) -> str:
    """As it was registered, whatever is in it."""
    if not text or len(text) > MAX_USERNAME:
        raise ValueError
    return text


def _content(text: str) -> str:
    from pystatus.ethereum import content_hash

    return content_hash.typed(text).url if text else ""


NAME = text_kind("a name of ENS, alice.eth for example, or alice for alice.stateofus.eth", _name)
USERNAME = text_kind("the part of a name before .stateofus.eth", _username)
CONTENT = text_kind("content of a name, ipfs://…, ipns://… or bzz://…", _content)
