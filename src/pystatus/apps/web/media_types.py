"""What a browser may show of what strangers send: by the first bytes, and never what can hold a program."""

from __future__ import annotations

from pystatus.media.reading import audio_type, image_type
from pystatus.messenger.media_keeping import MIME_TYPES
from pystatus.payloads.kinds import ContentType

UNKNOWN = "application/octet-stream"


def shown_type(data: bytes) -> str | None:
    """As which type a browser may show it; ``None``: as none, it is only to be saved. An SVG is text, and is none."""
    image = MIME_TYPES.get((ContentType.IMAGE, image_type(data)))
    return image or MIME_TYPES.get((ContentType.AUDIO, audio_type(data)))
