"""Chat messages with their stickers, images and sounds, and reactions to them (payloads.md §3.1 and §3.4)."""

from __future__ import annotations

from typing import ClassVar

from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PublicKey
from pystatus.payloads.checks import (
    MAX_AUDIO_MS,
    MAX_LINE,
    MAX_TEXT,
    MAX_TIME_MS,
    InvalidPayload,
    check,
    check_clock,
    check_line,
    check_present,
)
from pystatus.payloads.codec import WirePayload
from pystatus.payloads.kinds import AudioType, ContentType, ImageType, MessageType, PayloadType, ReactionType
from pystatus.payloads.payload import Author, Payload
from pystatus.payloads.white_space import WHITE_SPACE
from pystatus.records import dataclass
from pystatus.wire.proto import payloads_pb2

_IMAGE_TYPES = frozenset(map(int, ImageType)) - {ImageType.UNKNOWN}
_AUDIO_TYPES = frozenset(map(int, AudioType)) - {AudioType.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Sticker(WirePayload):
    """``hash`` is the hex EIP-1577 contenthash of the image, ``pack`` the number of its pack.

    Implements: PL-7
    """

    WIRE = payloads_pb2.StickerMessage

    hash: str = ""
    pack: int = 0


@dataclass(frozen=True, slots=True)
class Image(WirePayload):
    """``payload`` is the image file, ``type`` an :class:`~pystatus.payloads.kinds.ImageType`. Not checked."""

    WIRE = payloads_pb2.ImageMessage

    payload: bytes = b""
    type: int = 0


@dataclass(frozen=True, slots=True)
class Audio(WirePayload):
    """``payload`` is the sound file, ``type`` an :class:`~pystatus.payloads.kinds.AudioType`."""

    WIRE = payloads_pb2.AudioMessage

    payload: bytes = b""
    type: int = 0
    duration_ms: int = 0


@dataclass(frozen=True, slots=True)
class ChatMessage(Payload):
    """A message of a chat.

    ``clock`` orders (Lamport, milliseconds); ``timestamp`` is the sender's Unix time in milliseconds and never orders.
    ``response_to`` is the ``0x…`` id of another message or empty. ``message_type`` and ``content_type`` are
    :class:`~pystatus.payloads.kinds.MessageType` and :class:`~pystatus.payloads.kinds.ContentType`.
    ``text`` is never empty: with other content it is what a client shows that does not know that content.
    """

    TYPE = PayloadType.CHAT_MESSAGE
    AUTHOR = Author.SENDER
    CARRIED = True
    WIRE = payloads_pb2.ChatMessage
    NESTED: ClassVar = {"sticker": Sticker, "image": Image, "audio": Audio}

    clock: int = 0
    timestamp: int = 0
    text: str = ""
    response_to: str = ""
    ens_name: str = ""
    chat_id: str = ""
    message_type: int = 0
    content_type: int = 0
    sticker: Sticker | None = None
    image: Image | None = None
    audio: Audio | None = None

    def check(self, sent_ms: int, now_ms: int) -> None:
        """See :meth:`Payload.check`.

        Implements: PL-5, PL-7, PL-20
        """
        check_clock(self.clock, sent_ms)
        check(0 < self.timestamp <= MAX_TIME_MS, "timestamp is 0 or impossible")
        check(bool(self.text.strip(WHITE_SPACE)), "text is blank")
        for text in (self.text, self.response_to, self.ens_name):
            check(len(text) <= MAX_TEXT, f"text longer than {MAX_TEXT} characters")
        check(bool(self.chat_id), "chat_id is empty")
        check(
            self.message_type not in (MessageType.UNKNOWN, MessageType.SYSTEM_PRIVATE_GROUP),
            "message type is unknown or local",
        )
        match self.content_type:
            case ContentType.UNKNOWN | ContentType.TRANSACTION_COMMAND | ContentType.SYSTEM_PRIVATE_GROUP:
                raise InvalidPayload("content type is unknown or local")
            case ContentType.STICKER:
                check(self.sticker is not None and 0 < len(self.sticker.hash) <= MAX_LINE, "no sticker")
            case ContentType.IMAGE:
                image = self.image
                check(image is not None and bool(image.payload) and image.type in _IMAGE_TYPES, "no image")
            case ContentType.AUDIO:
                audio = self.audio
                check(audio is not None and bool(audio.payload) and audio.type in _AUDIO_TYPES, "no sound")
                check(audio is None or audio.duration_ms <= MAX_AUDIO_MS, "impossible duration")


@dataclass(frozen=True, slots=True)
class EmojiReaction(Payload):
    """An emoji under a message. The newest clock of one (author, message, type) wins; ``retracted`` takes it back."""

    TYPE = PayloadType.EMOJI_REACTION
    AUTHOR = Author.SENDER
    WIRE = payloads_pb2.EmojiReaction

    clock: int = 0
    chat_id: str = ""
    message_id: str = ""
    message_type: int = 0
    type: int = 0
    retracted: bool = False

    def reaction_id(self, author: PublicKey) -> bytes:
        """The 32-byte id shared by this reaction of ``author`` and its later versions (payloads.md §11)."""
        return keccak256(f"{author.hex}{self.message_id}{self.type}".encode())

    def check(self, sent_ms: int, now_ms: int) -> None:
        """See :meth:`Payload.check`.

        Implements: PL-18
        """
        check_clock(self.clock, now_ms)
        check_line("message_id", self.message_id)
        check_present("chat_id", self.chat_id)
        check(self.type != ReactionType.UNKNOWN, "unknown reaction")
        check(self.message_type != MessageType.UNKNOWN, "unknown message type")
