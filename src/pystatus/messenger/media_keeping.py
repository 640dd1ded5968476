"""Which pictures and sounds of messages are kept, how many of them, and which are sent (payloads.md §3.1).

Strangers' count with their messages: see :mod:`pystatus.messenger.people`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from pystatus.arguments import checked
from pystatus.errors import LocalError
from pystatus.media.errors import InvalidMedia
from pystatus.media.limits import MAX_SENT_AUDIO_MS
from pystatus.messenger.people import ROOM
from pystatus.messenger.records import Chat, Message
from pystatus.payloads.attachments import attach, attached, detach
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.kinds import AudioType, ContentType, ImageType
from pystatus.payloads.messages import Audio, ChatMessage, Image
from pystatus.records import dataclass

MAX_CHAT_BYTES = 512 << 20
"""Bytes of pictures and sounds that are kept in one chat: some 2,300 of the largest; beyond it those go that came
first. Ours."""

GIVEN_UP = "it was given up: newer ones of the chat take its room"
MEDIA_KINDS = (ContentType.IMAGE, ContentType.AUDIO)
"""Content of which the bytes are stored beside the message."""
MIME_TYPES: Mapping[tuple[int, int], str] = {
    (ContentType.IMAGE, ImageType.PNG): "image/png",
    (ContentType.IMAGE, ImageType.JPEG): "image/jpeg",
    (ContentType.IMAGE, ImageType.WEBP): "image/webp",
    (ContentType.IMAGE, ImageType.GIF): "image/gif",
    (ContentType.AUDIO, AudioType.AAC): "audio/aac",
    (ContentType.AUDIO, AudioType.AMR): "audio/amr",
}
"""What web pages call the pictures and sounds that are kept, by content type and type."""
_PUBLIC = (ChatKind.PUBLIC, ChatKind.PROFILE)


@checked
@dataclass(frozen=True, slots=True)
class Attachment:
    """The picture or the sound of a message, without its bytes."""

    message_id: bytes
    chat_id: str
    content_type: int
    """``ContentType.IMAGE`` or ``ContentType.AUDIO``."""
    type: int
    """An ``ImageType`` or an ``AudioType``: what it is, not only what it was sent as."""
    size: int
    """Bytes, as it was sent."""
    width: int = 0
    """Pixels of a picture, as its file says."""
    height: int = 0
    frames: int = 0
    """Pictures of an animation; 1: it is none."""
    duration_ms: int = 0
    """Milliseconds of a sound, by its frames."""
    problem: str = ""
    """Why its bytes are not here, as the end of a sentence; empty: they are."""


class MediaTables(Protocol):
    """The storage of this module. What is in it goes when its message does."""

    def add(self, attachment: Attachment, data: bytes) -> None:
        """Store what a message carries, which is stored already, and its bytes; none if there is a problem."""

    def attachments(self, message_ids: Sequence[bytes]) -> Mapping[bytes, Attachment]:
        """What these messages carry, those that do."""

    def beginning(self, digits: str, most: int) -> Sequence[Attachment]:
        """What those messages carry whose ids begin with these hexadecimal digits, ``most`` of them at most."""

    def data(self, message_id: bytes) -> bytes:
        """The bytes of what a message carries; none if there is a problem, or nothing."""

    def stored_whole(self) -> Sequence[bytes]:
        """The ids of messages of earlier versions, whose payload has the bytes of their picture or sound."""

    def shorten(self, message_id: bytes, payload: bytes) -> None:
        """Replace the payload that is stored of a message."""

    def make_room(self, chat_id: str, most: int, wanted: int, problem: str) -> None:
        """If more than ``most`` bytes are kept in a chat, give up those that came first until there are at most
        ``wanted``, and note ``problem`` in their place."""


@dataclass(frozen=True, slots=True)
class Separated:
    """A message in two parts."""

    payload: bytes
    """What is stored with the message."""
    attachment: Attachment | None = None
    data: bytes = b""

    @property
    def kept(self) -> int:
        """Bytes that are stored beside the message."""
        return len(self.data)


def check_chat(chat: Chat, content_type: int) -> None:
    """
    :raises LocalError: a picture to a public chat: clients do not offer that, and strangers would be shown it.
    """
    if content_type == ContentType.IMAGE and chat.kind in _PUBLIC:
        raise LocalError("Pictures are not sent to public chats, as in other clients. Send it to a person.")


class MediaKeeping:
    """Separates what comes and goes, stores it, and puts it together again."""

    def __init__(self, tables: MediaTables, most: int = MAX_CHAT_BYTES) -> None:
        """
        :param most: bytes that are kept in one chat.
        """
        self._tables = tables
        self._most = most

    def check(self, chat: Chat, message: ChatMessage) -> None:
        """Refuse to send what clients do not offer or would not show.

        :raises LocalError: a picture to a public chat, a sound above two minutes, or no picture or sound at all.

        Implements: PL-17
        """
        check_chat(chat, message.content_type)
        if message.content_type not in MEDIA_KINDS:
            return
        try:
            found = _judged(message, Attachment(b"", chat.id, message.content_type, type=0, size=0))
        except InvalidMedia as error:
            raise LocalError(f"This cannot be sent: {error}.") from error
        if found.duration_ms > MAX_SENT_AUDIO_MS:
            raise LocalError(f"A sound has at most {MAX_SENT_AUDIO_MS // 1000} seconds. Send it in parts.")

    def separate(self, message: ChatMessage, payload: bytes, message_id: bytes, chat_id: str, most: int) -> Separated:
        """What is stored of a message, and what beside it.

        :param payload: the message as it was sent.
        :param most: bytes that are kept of it altogether.

        Implements: PL-17
        """
        part = attached(message)
        if message.content_type not in MEDIA_KINDS or part is None:
            return Separated(payload if len(payload) <= most else b"")
        attachment = Attachment(message_id, chat_id, message.content_type, part.type, len(part.payload))
        rest, data = detach(payload), part.payload
        if len(payload) > most:
            attachment = replace(attachment, problem=f"it is from somebody you do not know: {most} bytes are kept")
        else:
            try:
                attachment = _judged(message, attachment)
            except InvalidMedia as error:
                attachment = replace(attachment, problem=str(error))
        return Separated(rest if len(rest) <= most else b"", attachment, b"" if attachment.problem else data)

    def add(self, separated: Separated) -> None:
        """Store what goes beside a message, which is stored already."""
        if separated.attachment is not None:
            self._tables.add(separated.attachment, separated.data)
            if separated.kept:
                self._tables.make_room(separated.attachment.chat_id, self._most, int(self._most * ROOM), GIVEN_UP)

    def take_out(self, message: Message) -> None:
        """Separate a message that is stored with the bytes of its picture or sound."""
        content = ChatMessage.decode(message.payload)
        separated = self.separate(content, message.payload, message.id, message.chat_id, len(message.payload))
        self._tables.shorten(message.id, separated.payload)
        self.add(separated)

    def whole(self, message: Message) -> Message | None:
        """A message of ours with its payload as it was sent; ``None``: its picture or sound is not kept any more."""
        found = self._tables.attachments([message.id]).get(message.id)
        if found is None:
            return message
        if found.problem:
            return None
        return replace(message, payload=attach(message.payload, self._tables.data(message.id)))


def _judged(message: ChatMessage, attachment: Attachment) -> Attachment:
    """With what the file says of itself.

    :raises InvalidMedia: it is not what it was sent as, damaged, or over a limit.
    """
    part: Image | Audio | None
    if message.content_type == ContentType.IMAGE and (part := message.image) is not None:
        from pystatus.media.reading import check_image  # loaded late: only where somebody sends pictures

        outline = check_image(part.payload, part.type)
        return replace(attachment, type=outline.type, width=outline.width, height=outline.height, frames=outline.frames)
    if message.content_type == ContentType.AUDIO and (part := message.audio) is not None:
        from pystatus.media.sounds import check_audio  # likewise

        sound = check_audio(part.payload, part.type)
        return replace(attachment, type=sound.type, duration_ms=sound.duration_ms)
    raise InvalidMedia("it is missing")
