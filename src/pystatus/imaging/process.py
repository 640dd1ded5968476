"""Having a picture made ready for sending, or its QR codes read, by another process, without waiting for it."""

from __future__ import annotations

import asyncio
import json
import sys
from importlib.util import find_spec
from typing import Any

from pystatus.errors import LocalError, library_missing
from pystatus.log_texts import get_logger
from pystatus.media.errors import InvalidMedia
from pystatus.media.limits import MAX_MEDIA_BYTES
from pystatus.media.pictures import Picture
from pystatus.payloads.kinds import ImageType

log = get_logger(__name__)

TIMEOUT = 20.0
"""Seconds that a picture may take. Ours: one is enough for the largest, and a busy machine is slower."""
MAX_ANSWER = MAX_MEDIA_BYTES + (4 << 10)
"""Bytes that are read of what the process says."""


async def prepare(data: bytes, most: int = MAX_MEDIA_BYTES) -> Picture:
    """See :func:`pystatus.media.pictures.prepare`.

    :raises InvalidMedia: no picture that can be sent; decoding it took too long or too much memory, or ended the
        process.
    :raises LocalError: the process cannot be started.
    """
    return _picture(*await _answer(data, "prepare", str(most)), most)


async def read_qr_codes(data: bytes) -> tuple[str, ...]:
    """See :func:`pystatus.media.qr_codes.read`.

    :raises InvalidMedia: no picture; decoding it took too long or too much memory, or ended the process.
    :raises LocalError: the process cannot be started, or the library is missing that it needs.
    """
    if find_spec("zxingcpp") is None:
        raise library_missing("Reading a QR code", "zxing-cpp")
    fields, _ = await _answer(data, "qr-codes")
    return tuple(map(str, fields["texts"]))


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
            await _rest(process)
            await process.wait()
    if process.returncode:
        log.info("the process that decodes a picture has ended with code %d", process.returncode)
        raise InvalidMedia("it cannot be decoded safely: the process that tried has ended")
    head, _, contents = answer.partition(b"\n")
    fields = json.loads(head)
    if "problem" in fields:
        raise InvalidMedia(fields["problem"])
    return fields, contents


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
            raise InvalidMedia("it cannot be decoded safely")
    await process.wait()
    return answer


def _picture(fields: dict[str, Any], contents: bytes, most: int) -> Picture:
    if not 0 < len(contents) <= most:
        raise InvalidMedia("it cannot be decoded safely")
    return Picture(contents, ImageType(fields["type"]), fields["width"], fields["height"])
