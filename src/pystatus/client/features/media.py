"""Pictures, sounds and stickers: ``client.media``."""

from __future__ import annotations

import asyncio
from pathlib import Path

from pystatus.arguments import checked
from pystatus.client.access import Access
from pystatus.client.answering import answered
from pystatus.client.features.feature import ClientFeature
from pystatus.client.pages import replied_to
from pystatus.client.pictures import contents, data_uri, explained, prepared
from pystatus.client.sending import Receipt
from pystatus.errors import LocalError
from pystatus.media import sounds
from pystatus.messenger.features.media import Media as MediaFeature
from pystatus.messenger.media_keeping import MIME_TYPES, Attachment, check_chat
from pystatus.messenger.records import Chat, Message
from pystatus.payloads import messages, stand_ins
from pystatus.payloads.kinds import AudioType, ContentType, ImageType
from pystatus.payloads.messages import ChatMessage
from pystatus.payloads.stickers import checked_sticker, sticker_of
from pystatus.records import dataclass
from pystatus.storage import files

__all__ = ["Attachment", "Audio", "AudioType", "Image", "ImageType", "Media", "MediaNotKept", "Sticker"]

MAX_DECODERS = 2
"""Processes that decode pictures at a time, some 60 MB each. Ours: the next picture waits for one of them."""


class MediaNotKept(LocalError):
    """A message has a picture or a sound which is not here: it was refused when it came, or given up since."""


@checked
@dataclass(frozen=True, slots=True, repr=False)
class Image:
    """A picture as it was sent: a file of the format ``type``. ``width`` and ``height`` are pixels, as it says itself;
    ``frames`` is above 1 if it is animated. It is from somebody else, and nothing has decoded it: use a decoder that is
    made for files of strangers, and one that is up to date."""

    data: bytes
    type: ImageType
    width: int
    height: int
    frames: int = 1

    @property
    def mime(self) -> str:
        """``image/jpeg``, for example."""
        return MIME_TYPES[ContentType.IMAGE, self.type]

    @property
    def data_uri(self) -> str:
        """The picture as a text, as web pages show it."""
        return data_uri(self.mime, self.data)

    def __repr__(self) -> str:
        return f"<Image {self.type.name} {self.width}x{self.height}, {len(self.data)} bytes>"


@checked
@dataclass(frozen=True, slots=True, repr=False)
class Audio:
    """A sound as it was sent: a file of the format ``type``, which plays for ``duration_ms`` milliseconds, by its
    frames. What :class:`Image` says of decoders is true of it, too."""

    data: bytes
    type: AudioType
    duration_ms: int

    @property
    def mime(self) -> str:
        """``audio/aac``, for example."""
        return MIME_TYPES[ContentType.AUDIO, self.type]

    @property
    def data_uri(self) -> str:
        """The sound as a text, as web pages play it."""
        return data_uri(self.mime, self.data)

    def __repr__(self) -> str:
        return f"<Audio {self.type.name} of {self.duration_ms / 1000:.1f} s, {len(self.data)} bytes>"


@checked
@dataclass(frozen=True, slots=True)
class Sticker:
    """A picture of a pack of stickers. ``hash`` is hexadecimal: where the picture is (EIP-1577). Nothing fetches it."""

    hash: str
    pack: int


class Media(ClientFeature[MediaFeature]):
    """Pictures, sounds and stickers of messages."""

    NAME = "media"

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self._decoders = asyncio.Semaphore(MAX_DECODERS)

    async def send_image(
        self,
        chat: Chat | str,
        picture: Path | str | bytes,
        text: str | None = None,
        reply_to: Message | bytes | None = None,
    ) -> Receipt:
        """Send a JPEG, PNG, GIF or WEBP. What tells where, when and with what it was taken is left out; one that is too
        large is made smaller. When this returns, the message is stored.

        :param picture: a path, or the contents of a file.
        :param text: what clients show that show no pictures; without it, a hint that there is one.
        :param reply_to: the message, or its id, that it is shown below.
        :raises LocalError: a public chat, or none; the file cannot be read, or is no picture that can be sent.
        """
        check_chat(self._find_chat(chat), ContentType.IMAGE)
        async with self._decoders:
            ready = await prepared(picture)
        image = messages.Image(ready.data, ready.type)
        content = ChatMessage(text=text or stand_ins.PICTURE, content_type=ContentType.IMAGE, image=image)
        return await self._send(chat, content, reply_to)

    async def send_audio(
        self,
        chat: Chat | str,
        sound: Path | str | bytes,
        text: str | None = None,
        reply_to: Message | bytes | None = None,
    ) -> Receipt:
        """Send an AAC (with ADTS headers) or AMR of two minutes at most. Titles and comments in it are left out.

        :param sound: a path, or the contents of a file.
        :param text: what clients show that play no sounds; without it, a hint that there is one.
        :param reply_to: the message, or its id, that it is shown below.
        :raises LocalError: no such chat; the file cannot be read, is no such sound, is too long, or does not fit into
            one message.
        """
        self._find_chat(chat)
        data = await contents(sound)
        with explained("This sound cannot be sent"):
            found = await asyncio.to_thread(sounds.read, sounds.without_tag(data))
        audio = messages.Audio(found.cleaned, found.type, found.duration_ms)
        content = ChatMessage(text=text or stand_ins.SOUND, content_type=ContentType.AUDIO, audio=audio)
        return await self._send(chat, content, reply_to)

    async def send_sticker(
        self,
        chat: Chat | str,
        content_hash: str,
        pack: int,
        reply_to: Message | bytes | None = None,
        *,
        text: str | None = None,
    ) -> Receipt:
        """Send a sticker of a pack.

        :param content_hash: the content hash of its picture (EIP-1577), hexadecimal.
        :param pack: the number of the pack.
        :param reply_to: the message, or its id, that it is shown below.
        :param text: what clients show that show no stickers; without it, a hint that there is one.
        :raises LocalError: no such chat, no hash, or no number of a pack.
        """
        sticker = checked_sticker(content_hash, pack)
        content = ChatMessage(text=text or stand_ins.STICKER, content_type=ContentType.STICKER, sticker=sticker)
        return await self._send(chat, content, reply_to)

    def about(self, message: Message | bytes) -> Attachment | None:
        """What is known of the picture or the sound of a message, without reading it; ``None``: it has none."""
        message_id = message.id if isinstance(message, Message) else message
        return self._read(lambda media: media.attachments([message_id])).get(message_id)

    def of(self, message: Message | bytes) -> Image | Audio | Sticker | None:
        """The picture, the sound or the sticker of a message; ``None``: it is a text, or there is no such message.

        :raises MediaNotKept: there was one.
        """
        about = self.about(message)
        if about is None:
            return self._sticker(message)
        if about.problem:
            raise MediaNotKept(f"This is not kept: {about.problem}.")
        data = self._read(lambda media: media.data(about.message_id))
        if about.content_type == ContentType.AUDIO:
            return Audio(data, AudioType(about.type), about.duration_ms)
        return Image(data, ImageType(about.type), about.width, about.height, about.frames)

    async def save(self, message: Message | bytes, path: Path | str, *, overwrite: bool = False) -> Path:
        """Write the picture or the sound of a message to a file of yours. Its name is the one that you give: no message
        names a file.

        :param overwrite: replace the file, if there is one.
        :raises MediaNotKept: it is not here any more.
        :raises LocalError: the message has none, or the file cannot be written, or exists.
        """
        found = self.of(message)
        if not isinstance(found, Image | Audio):
            raise LocalError("This message has no picture and no sound. Give one that has.")
        return await asyncio.to_thread(save_to, Path(path), found.data, overwrite=overwrite)

    def _sticker(self, message: Message | bytes) -> Sticker | None:
        if not isinstance(message, Message):
            with self._access.reading() as session:
                stored = session.store.message(message)
            if stored is None:
                return None
            message = stored
        found = sticker_of(message.content_type, message.payload)
        return None if found is None else Sticker(found.hash, found.pack)

    async def _send(self, chat: Chat | str, content: ChatMessage, reply_to: Message | bytes | None) -> Receipt:
        return await self._access.taking.sending.send(chat, content, replied_to(reply_to), answered.get())


def save_to(path: Path, data: bytes, *, overwrite: bool) -> Path:
    """Write a file, for its owner alone.

    :raises LocalError: it cannot be written, or exists.
    """
    if path.is_dir():
        raise LocalError(f"{path} is a directory. Name the file in it.")
    with files.explained_files(str(path)):
        if overwrite:
            files.write_private(path, data)
            return path
        try:
            with files.create_private(path) as file:
                file.write(data)
        except FileExistsError:
            raise LocalError(f"{path} exists. Choose another name, or say that it is to be overwritten.") from None
    return path
