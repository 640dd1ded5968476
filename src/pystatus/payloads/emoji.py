"""Emoji: their names, and texts of nothing else.

The names are those of gemoji 4.1 (github/gemoji, ``db/emoji.json``), Copyright (c) 2019 GitHub, Inc., used under the
terms of the MIT license; ``tools/emoji.py`` writes the table.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache

_PICTURE = (
    r"(?:[\u203c\u2049\u00a9\u00ae\u2122\u2139]\ufe0f"  # letters and signs, unless they are to be pictures
    r"|[\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf\u2934-\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299"
    r"\U0001f004-\U0001f1e5\U0001f201-\U0001f265\U0001f300-\U0001faff]\ufe0f?)"
)
_SKIN = "[\U0001f3fb-\U0001f3ff]?"
_TAGS = "[\U000e0020-\U000e007f]*"
_ONE = (
    rf"(?:[0-9#*]\ufe0f?\u20e3|[\U0001f1e6-\U0001f1ff]{{2}}"  # keys of a telephone, flags
    rf"|{_PICTURE}{_SKIN}{_TAGS}(?:\u200d{_PICTURE}{_SKIN})*)"
)
_ONLY_EMOJI = re.compile(f"{_ONE}++")


def is_only_emoji(text: str) -> bool:
    """Whether ``text`` is one emoji or several, and nothing else: no space either."""
    return _ONLY_EMOJI.fullmatch(text) is not None


@cache
def emoji_names() -> Mapping[str, str]:
    """The emoji of each name: ``smile`` means 😄."""
    from pystatus.data_files import read_data  # loaded late, as the table is: few processes need them

    names: Mapping[str, str] = json.loads(read_data("pystatus.payloads", "data/emoji.json"))
    return names


def names_beginning(beginning: str, limit: int) -> Sequence[str]:
    """At most ``limit`` names that begin with ``beginning``, in their order: for completion."""
    wanted = beginning.lower()
    return [name for name in emoji_names() if name.startswith(wanted)][: max(limit, 0)]
