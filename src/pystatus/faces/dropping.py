"""A file that is dropped on a terminal: it pastes the path, between quotes, with backslashes, or as a URL."""

from __future__ import annotations

import shlex
from urllib.parse import unquote, urlsplit

MAX_PATH = 4_096
"""Characters of a path (PATH_MAX of Linux)."""
IMAGE_ENDINGS = (".jpg", ".jpeg", ".png", ".gif", ".webp")
SOUND_ENDINGS = (".aac", ".amr")
"""How the names of files end that can be sent (payloads.md §3.1)."""


def dropped_file(text: str) -> str | None:
    """The path of a picture or a sound, if that is all that was pasted; None: it is a text. Nobody has looked whether
    there is such a file."""
    text = text.strip()
    if not text or len(text) > MAX_PATH or "\n" in text:
        return None
    if text.startswith("file://"):
        place = urlsplit(text)
        if place.netloc not in ("", "localhost"):
            return None
        text = unquote(place.path)
    else:
        text = _unquoted(text)
    is_absolute = text.startswith(("/", "~/")) and text.isprintable()
    return text if is_absolute and text.lower().endswith(IMAGE_ENDINGS + SOUND_ENDINGS) else None


def is_sound(name: str) -> bool:
    """Whether a file is called like a sound."""
    return name.lower().endswith(SOUND_ENDINGS)


def _unquoted(text: str) -> str:
    """The same without quotes and backslashes; several words are one path with spaces."""
    try:
        words = shlex.split(text)
    except ValueError:  # a quote that nothing closes
        return text
    return words[0] if len(words) == 1 else text
