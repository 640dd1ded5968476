"""What stands in place of a text for clients that show no pictures and play no sounds (payloads.md §3.1)."""

from __future__ import annotations

PICTURE = "A picture: this client does not show it yet."
SOUND = "A sound: this client does not play it yet."
STICKER = "A sticker: this client does not show it yet."
OF_THE_APP = (
    "Update to latest version to see a nice image here!",
    "Update to latest version to listen to an audio message here!",
    "Update to latest version to see a nice sticker here!",
)
"""Those of the app, in English."""


def is_stand_in(text: str) -> bool:
    """Whether a text says nothing but that there is a picture or a sound."""
    return text.strip() in (PICTURE, SOUND, STICKER, *OF_THE_APP)
