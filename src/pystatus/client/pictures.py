"""Pictures that a user gives: read from a file, and made ready by a process of its own."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pystatus.errors import LocalError
from pystatus.imaging import process
from pystatus.media.errors import InvalidMedia
from pystatus.media.limits import MAX_FILE_BYTES, MAX_MEDIA_BYTES
from pystatus.media.pictures import Picture
from pystatus.storage import files


async def prepared(picture: Path | str | bytes, most: int = MAX_MEDIA_BYTES) -> Picture:
    """What is sent of a picture.

    :param picture: a path, or the contents of a file.
    :param most: bytes of the result.
    :raises LocalError: the file cannot be read, or is no picture that can be sent.
    """
    data = await contents(picture)
    with explained("This picture cannot be sent"):
        return await process.prepare(data, most)


async def contents(what: Path | str | bytes) -> bytes:
    """
    :raises LocalError: the file cannot be read, or is too large.
    """
    if isinstance(what, bytes):
        return what
    path = Path(what)
    with files.explained_files(str(path)):
        return await asyncio.to_thread(files.read_small, path, MAX_FILE_BYTES)


@contextmanager
def explained(what: str) -> Iterator[None]:
    """What is said of a file is said to the caller who gave it."""
    try:
        yield
    except InvalidMedia as error:
        raise LocalError(f"{what}: {error}.") from error


def data_uri(mime: str, data: bytes) -> str:
    """A file as a text, as web pages show it."""
    return f"data:{mime};base64,{b64encode(data).decode()}"
