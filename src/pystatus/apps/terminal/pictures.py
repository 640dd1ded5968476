"""The pictures among the messages: which are shown, and their pixels, decoded in a process of its own."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Iterable, Set

from pystatus.apps.terminal.face import Face
from pystatus.apps.terminal.half_blocks import MAX_COLUMNS, MAX_LINES
from pystatus.client.features.media import Image, Media
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.imaging import process
from pystatus.media.errors import InvalidMedia
from pystatus.media.previews import Preview
from pystatus.messenger.records import Message
from pystatus.payloads.kinds import ContentType

KEPT_PICTURES = 200
"""Pictures whose pixels are kept, of 2,880 bytes at most: those of some chats. Ours."""
DECODERS = 1
"""Processes that decode for the screen at a time. Ours: what is in view comes one after the other."""


async def decoded(media: Media, message: Message, width: int, height: int) -> Preview:
    """The pixels of the picture of a message.

    :raises LocalError: it is not here any more, is damaged, or over a limit.
    """
    found = media.of(message)
    if not isinstance(found, Image):
        raise LocalError("This message has no picture.")
    try:
        return await process.preview(found.data, width, height)
    except InvalidMedia as error:
        raise LocalError(f"This picture cannot be shown: {error}.") from error


class Pictures:
    """Those of one face."""

    def __init__(self, face: Face) -> None:
        self._face = face
        self._known: OrderedDict[bytes, Preview | str] = OrderedDict()
        """The pixels, or why there are none, by the id of the message; those last wanted last."""
        self._turns = asyncio.Semaphore(DECODERS)

    def are_wanted(self) -> bool:
        """Whether any picture is drawn among the messages."""
        return not self._face.wishes.ascii and self._face.wishes.images != "never"

    def is_shown(self, message: Message, added: Set[PublicKey]) -> bool:
        """Whether the picture of a message is drawn, unasked: those of people whom we have ``added``, unless all are
        wanted. A stranger makes no decoder of ours run."""
        if message.content_type != ContentType.IMAGE or not self.are_wanted():
            return False
        return self._face.wishes.images == "always" or message.author in added

    def pixels(self, message_id: bytes) -> Preview | str | None:
        """The picture of a message, or why there is none; None: nobody has looked yet."""
        return self._known.get(message_id)

    async def read(self, messages: Iterable[Message]) -> bool:
        """Decode the pictures of messages that are not there yet; whether there is another one."""
        has_new = False
        for message in messages:
            async with self._turns:
                if message.id in self._known:
                    self._known.move_to_end(message.id)
                    continue
                self._known[message.id] = await _or_problem(decoded(self._face.media, message, *_MOST))
                has_new = True
            while len(self._known) > KEPT_PICTURES:
                self._known.popitem(last=False)
        return has_new


_MOST = (MAX_COLUMNS, 2 * MAX_LINES)


async def _or_problem(decoding: Awaitable[Preview]) -> Preview | str:
    try:
        return await decoding
    except LocalError as error:
        return str(error)
