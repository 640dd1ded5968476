"""Packs of stickers that are installed, and pictures of stickers that were fetched: what is kept of them, and what the
user is told (ethereum.md §5). What belongs to a chain is kept by its id, so that chains do not mix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pystatus.arguments import checked
from pystatus.messenger.events import Event
from pystatus.payloads.kinds import ImageType

MAX_INSTALLED = 100
"""Packs that are installed. Ours: a picker shows them side by side."""
MAX_RECENT = 24
"""Stickers that were sent last and are listed. Ours: as many as a picker shows at once."""
MAX_KEPT_BYTES = 32 << 20
"""Bytes of pictures that are kept, those that were fetched last. Ours: three hundred of the usual hundred kilobytes."""


@checked
@dataclass(frozen=True, slots=True)
class StickerPack:
    """A pack that is installed. Pictures are named by their content hashes, hexadecimal; an empty one is none. Name and
    author are what whoever made it says, each on one line.
    """

    chain_id: int
    number: int
    name: str
    author: str
    thumbnail: str
    preview: str
    stickers: tuple[str, ...]


@checked
@dataclass(frozen=True, slots=True, repr=False)
class StickerPicture:
    """The picture of a sticker: a file of the format ``type`` that its content hash stands for. Nothing has decoded it:
    what :class:`Image` says of decoders is true of it, too."""

    hash: str
    data: bytes
    type: ImageType
    width: int
    height: int
    frames: int = 1

    @property
    def mime(self) -> str:
        """``image/png``, for example."""
        return f"image/{self.type.name.lower()}"

    def __repr__(self) -> str:
        return f"<StickerPicture {self.type.name} {self.width}x{self.height}, {len(self.data)} bytes>"


@checked
@dataclass(frozen=True, slots=True)
class StickerPacksChanged(Event):
    """Other packs are installed now: all of them, in the order in which they came."""

    packs: tuple[StickerPack, ...]


class StickerTables(Protocol):
    """The storage of stickers."""

    def sticker_packs(self) -> Sequence[StickerPack]:
        """Those that are installed, in the order in which they came."""

    def save_sticker_pack(self, pack: StickerPack) -> None:
        """Insert it, or what it says now."""

    def remove_sticker_pack(self, chain_id: int, number: int) -> bool:
        """Delete it; whether it was there."""

    def recent_stickers(self, limit: int) -> Sequence[tuple[str, int]]:
        """Content hashes of those that were sent, and the numbers of their packs, the latest first."""

    def note_sticker(self, content_hash: str, number: int, most: int) -> None:
        """It was sent just now; delete all but the latest ``most``."""

    def sticker_picture(self, content_hash: str) -> StickerPicture | None:
        """The picture, if it is kept."""

    def keep_sticker_picture(self, picture: StickerPicture, most: int) -> None:
        """Insert it, and delete the oldest until they have at most ``most`` bytes together."""
