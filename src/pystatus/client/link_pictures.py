"""Links in pictures: a photograph of a QR code, a screenshot with one."""

from __future__ import annotations

import asyncio
from pathlib import Path

from pystatus.errors import LocalError
from pystatus.imaging import process
from pystatus.links.parsing import parse_link
from pystatus.links.values import Link, NotALink
from pystatus.media.errors import InvalidMedia
from pystatus.media.limits import MAX_FILE_BYTES
from pystatus.storage import files


async def links_in(picture: Path | str | bytes) -> tuple[Link, ...]:
    """What the QR codes in a picture lead to, in the order in which they are found. The picture is decoded in a process
    of its own; codes that hold something else are left out.

    :param picture: a path, or the contents of a file: a JPEG, PNG, GIF or WEBP.
    :raises LocalError: the file cannot be read, is no such picture, or has no QR code with a link.

    Implements: AC-13
    """
    if isinstance(picture, bytes):
        data = picture
    else:
        with files.explained_files(str(picture)):
            data = await asyncio.to_thread(files.read_small, Path(picture), MAX_FILE_BYTES)
    try:
        texts = await process.read_qr_codes(data)
    except InvalidMedia as error:
        raise LocalError(f"This picture cannot be read: {error}.") from error
    if not texts:
        raise LocalError(
            "No QR code is found in this picture. Take it again, so that the code is sharp, whole and larger."
        )
    found: dict[Link, None] = {}
    for text in texts:
        try:
            found[parse_link(text)] = None
        except LocalError as error:
            refused: LocalError = error
    if not found:
        raise NotALink(f"The QR code in this picture leads nowhere in Status. {refused}") from refused
    return tuple(found)
