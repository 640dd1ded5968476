"""Packs of stickers that are installed, stickers that were sent last, and pictures that were fetched."""

from __future__ import annotations

from collections.abc import Sequence

from pystatus.messenger.features.stickers import Stickers
from pystatus.messenger.sticker_records import StickerPack, StickerPicture, StickerTables
from pystatus.payloads.kinds import ImageType
from pystatus.storage.features.tables import FeatureTables


class SqlStickers(FeatureTables, StickerTables):
    """Implements :class:`~pystatus.messenger.sticker_records.StickerTables`."""

    NAME = "stickers"
    FEATURE = Stickers
    TABLES = ("sticker_packs", "recent_stickers", "sticker_pictures")
    STEPS = (
        """
        CREATE TABLE sticker_packs (
            number INTEGER PRIMARY KEY,
            chain_id INTEGER NOT NULL,
            pack INTEGER NOT NULL,
            name TEXT NOT NULL,
            author TEXT NOT NULL,
            thumbnail TEXT NOT NULL,        -- content hashes are hexadecimal
            preview TEXT NOT NULL,
            stickers TEXT NOT NULL,         -- separated by spaces
            UNIQUE (chain_id, pack)
        ) STRICT;

        CREATE TABLE recent_stickers (
            number INTEGER PRIMARY KEY,
            content_hash TEXT NOT NULL,
            pack INTEGER NOT NULL,
            UNIQUE (content_hash, pack)
        ) STRICT;

        CREATE TABLE sticker_pictures (
            number INTEGER PRIMARY KEY,
            content_hash TEXT NOT NULL UNIQUE,
            data BLOB NOT NULL,
            size INTEGER NOT NULL,
            type INTEGER NOT NULL,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            frames INTEGER NOT NULL
        ) STRICT
        """,
    )

    def sticker_packs(self) -> Sequence[StickerPack]:
        """Those that are installed, in the order in which they came."""
        rows = self._execute(
            "SELECT chain_id, pack, name, author, thumbnail, preview, stickers FROM sticker_packs ORDER BY number"
        )
        return [
            StickerPack(chain_id, number, name, author, thumbnail, preview, tuple(stickers.split()))
            for chain_id, number, name, author, thumbnail, preview, stickers in rows
        ]

    def save_sticker_pack(self, pack: StickerPack) -> None:
        """Insert it, or what it says now."""
        self._execute(
            "INSERT INTO sticker_packs (chain_id, pack, name, author, thumbnail, preview, stickers)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (chain_id, pack) DO UPDATE SET name = excluded.name,"
            " author = excluded.author, thumbnail = excluded.thumbnail, preview = excluded.preview,"
            " stickers = excluded.stickers",
            (
                pack.chain_id,
                pack.number,
                pack.name,
                pack.author,
                pack.thumbnail,
                pack.preview,
                " ".join(pack.stickers),
            ),
        )

    def remove_sticker_pack(self, chain_id: int, number: int) -> bool:
        """Delete it; whether it was there."""
        gone = self._execute("DELETE FROM sticker_packs WHERE chain_id = ? AND pack = ?", (chain_id, number))
        return bool(gone.rowcount)

    def recent_stickers(self, limit: int) -> Sequence[tuple[str, int]]:
        """Content hashes of those that were sent, and the numbers of their packs, the latest first."""
        rows = self._execute("SELECT content_hash, pack FROM recent_stickers ORDER BY number DESC LIMIT ?", (limit,))
        return [(content_hash, pack) for content_hash, pack in rows]

    def note_sticker(self, content_hash: str, number: int, most: int) -> None:
        """It was sent just now; delete all but the latest ``most``."""
        self._execute(
            "INSERT OR REPLACE INTO recent_stickers (number, content_hash, pack)"
            " VALUES ((SELECT coalesce(max(number), 0) + 1 FROM recent_stickers), ?, ?)",
            (content_hash, number),
        )
        self._execute(
            "DELETE FROM recent_stickers WHERE number <= (SELECT number FROM recent_stickers ORDER BY number DESC"
            " LIMIT 1 OFFSET ?)",
            (most,),
        )

    def sticker_picture(self, content_hash: str) -> StickerPicture | None:
        """The picture, if it is kept."""
        row = self._execute(
            "SELECT data, type, width, height, frames FROM sticker_pictures WHERE content_hash = ?", (content_hash,)
        ).fetchone()
        return None if row is None else StickerPicture(content_hash, row[0], ImageType(row[1]), *row[2:])

    def keep_sticker_picture(self, picture: StickerPicture, most: int) -> None:
        """Insert it, and delete the oldest until they have at most ``most`` bytes together."""
        self._execute(
            "INSERT OR IGNORE INTO sticker_pictures (content_hash, data, size, type, width, height, frames)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                picture.hash,
                picture.data,
                len(picture.data),
                picture.type.value,
                picture.width,
                picture.height,
                picture.frames,
            ),
        )
        self._execute(
            "DELETE FROM sticker_pictures WHERE number IN (SELECT number FROM (SELECT number,"
            " sum(size) OVER (ORDER BY number DESC) AS together FROM sticker_pictures) WHERE together > ?)",
            (most,),
        )
