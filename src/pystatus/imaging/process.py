"""Having a picture made ready for sending or for a screen, or its QR codes read, by another process, without waiting
for it."""

from __future__ import annotations

import asyncio
import json
import sys
from importlib.util import find_spec
from typing import Any

from pystatus import sanitise
from pystatus.errors import LocalError, library_missing
from pystatus.log_texts import get_logger
from pystatus.media.errors import InvalidMedia
from pystatus.media.limits import MAX_MEDIA_BYTES, MAX_SIDE
from pystatus.media.pictures import Picture
from pystatus.media.previews import BYTES_OF_PIXEL, Preview
from pystatus.media.qr_codes import MAX_CODE_TEXT, MAX_CODES
from pystatus.payloads.kinds import ImageType

log = get_logger(__name__)

TIMEOUT = 20.0
"""Seconds that a picture may take. Ours: one is enough for the largest, and a busy machine is slower."""
REST_TIMEOUT = 2.0
"""Seconds that a process which was killed may take to end: what it has started may hold its pipe open. Ours."""
MAX_ANSWER = MAX_MEDIA_BYTES + (4 << 10)
"""Bytes that are read of what the process says."""
MAX_PROBLEM = 300
"""Code points of the sentence by which it refuses a picture."""

_TYPES = frozenset(ImageType) - {ImageType.UNKNOWN}


async def prepare(data: bytes, most: int = MAX_MEDIA_BYTES) -> Picture:
    """See :func:`pystatus.media.pictures.prepare`.

    :raises InvalidMedia: no picture that can be sent; decoding it took too long or too much memory, or ended the
        process.
    :raises LocalError: the process cannot be started.
    """
    return _picture(*await _answer(data, "prepare", str(most)), most)


async def preview(data: bytes, width: int, height: int) -> Preview:
    """See :func:`pystatus.media.previews.preview`.

    :raises InvalidMedia: no picture; decoding it took too long or too much memory, or ended the process.
    :raises LocalError: the process cannot be started.
    """
    fields, pixels = await _answer(data, "preview", str(width), str(height))
    match fields.get("width"), fields.get("height"):
        case (int(wide), int(high)) if 0 < wide <= width and 0 < high <= height:
            if len(pixels) == BYTES_OF_PIXEL * wide * high:
                return Preview(wide, high, pixels)
    raise _unsafe()


async def read_qr_codes(data: bytes) -> tuple[str, ...]:
    """See :func:`pystatus.media.qr_codes.read`.

    :raises InvalidMedia: no picture; decoding it took too long or too much memory, or ended the process.
    :raises LocalError: the process cannot be started, or the library is missing that it needs.
    """
    if find_spec("zxingcpp") is None:
        raise library_missing("Reading a QR code", "zxing-cpp")
    fields, _ = await _answer(data, "qr-codes")
    texts = fields.get("texts")
    if not isinstance(texts, list) or len(texts) > MAX_CODES:
        raise _unsafe()
    return tuple(str(text)[:MAX_CODE_TEXT] for text in texts)


async def _answer(data: bytes, *job: str) -> tuple[dict[str, Any], bytes]:
    """What the process makes of a file: fields, and a picture behind them.

    :param job: what it is to do, see :mod:`pystatus.imaging.child`.
    :raises InvalidMedia: as above.
    :raises LocalError: the process cannot be started.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-P", "-m", "pystatus.imaging.child", *job),  # -P: nothing is imported from where we happen to be
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError as error:
        raise LocalError(f"No process can be started to decode the picture: {error.strerror or error}.") from error
    try:
        async with asyncio.timeout(TIMEOUT):
            answer = await _exchange(process, data)
    except TimeoutError:
        raise InvalidMedia(f"decoding it takes more than {TIMEOUT:.0f} s") from None
    finally:
        if process.returncode is None:
            process.kill()
            try:
                async with asyncio.timeout(REST_TIMEOUT):
                    await _rest(process)
                    await process.wait()
            except TimeoutError:  # it has started another one, which has its pipe: asyncio has no other way to let go
                process._transport.close()  # type: ignore[attr-defined]  # as said
                await process.wait()
    if process.returncode:
        log.info("the process that decodes a picture has ended with code %d", process.returncode)
        raise InvalidMedia("it cannot be decoded safely: the process that tried has ended")
    head, _, contents = answer.partition(b"\n")
    fields = _fields(head)
    if "problem" in fields:
        raise InvalidMedia(sanitise.one_line(str(fields["problem"]), MAX_PROBLEM))
    return fields, contents


def _fields(head: bytes) -> dict[str, Any]:
    """What the process says, which may be under the control of the file by now.

    :raises InvalidMedia: nothing that ours says.
    """
    try:
        fields = json.loads(head)
    except (ValueError, RecursionError) as error:
        raise _unsafe() from error
    if not isinstance(fields, dict):
        raise _unsafe()
    return fields


async def _rest(process: asyncio.subprocess.Process) -> None:
    """Read what a killed process has left in its pipe: until then asyncio does not say that it has ended."""
    assert process.stdout is not None
    while await process.stdout.read(MAX_ANSWER):
        pass


async def _exchange(process: asyncio.subprocess.Process, data: bytes) -> bytes:
    """What the process says of a file, when it has ended.

    :raises InvalidMedia: it says more than it has to say.
    """
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(data)
    process.stdin.close()
    answer = b""
    while part := await process.stdout.read(MAX_ANSWER):
        answer += part
        if len(answer) > MAX_ANSWER:
            raise _unsafe()
    await process.wait()
    return answer


def _picture(fields: dict[str, Any], contents: bytes, most: int) -> Picture:
    said = tuple(fields.get(name) for name in ("type", "width", "height"))
    match said:
        case (int(kind), int(width), int(height)) if kind in _TYPES and min(width, height) > 0:
            if max(width, height) <= MAX_SIDE and 0 < len(contents) <= most:
                return Picture(contents, ImageType(kind), width, height)
    raise _unsafe()


def _unsafe() -> InvalidMedia:
    return InvalidMedia("it cannot be decoded safely")
