"""Packs of stickers that the user has installed, and the stickers that they have sent lately."""

from __future__ import annotations

from collections.abc import Sequence

from pystatus.errors import LocalError
from pystatus.messenger.effects import Notify
from pystatus.messenger.features.feature import Feature
from pystatus.messenger.sticker_records import (
    MAX_INSTALLED,
    MAX_KEPT_BYTES,
    MAX_RECENT,
    StickerPack,
    StickerPacksChanged,
    StickerPicture,
    StickerTables,
)
from pystatus.payloads.messages import Sticker


class Stickers(Feature[StickerTables]):
    """What is kept of stickers. Nothing of it comes from others without the user asking for it."""

    def packs(self) -> Sequence[StickerPack]:
        """Those that are installed, in the order in which they came."""
        return self._tables.sticker_packs()

    def install(self, pack: StickerPack) -> StickerPack:
        """Keep a pack, or what it says now.

        :raises LocalError: there are too many.

        Implements: ET-10, ET-13
        """
        held = self.packs()
        is_new = all((one.chain_id, one.number) != (pack.chain_id, pack.number) for one in held)
        if is_new and len(held) >= MAX_INSTALLED:
            raise LocalError(f"At most {MAX_INSTALLED} packs of stickers are installed. Uninstall one first.")
        if pack not in held:
            self._tables.save_sticker_pack(pack)
            self._changed()
        return pack

    def uninstall(self, number: int, chain_id: int | None) -> StickerPack:
        """Forget a pack. Who has bought it still has it.

        :param chain_id: of which chain; ``None``: of the only one that has one with this number here.
        :raises LocalError: it is not installed.

        Implements: ET-10, ET-13
        """
        pack = self.find(number, chain_id)
        self._tables.remove_sticker_pack(pack.chain_id, pack.number)
        self._changed()
        return pack

    def find(self, number: int, chain_id: int | None) -> StickerPack:
        """See :meth:`uninstall`."""
        found = [one for one in self.packs() if one.number == number and chain_id in (None, one.chain_id)]
        if not found:
            raise LocalError(f"The sticker pack {number} is not installed. Install it with: pystatus sticker install")
        if len(found) > 1:
            raise LocalError(f"Packs {number} of several chains are installed. Say of which chain, with its id.")
        return found[0]

    def recent(self) -> Sequence[Sticker]:
        """Those that were sent last, of packs that are installed, the latest first."""
        held = {(one, pack.number) for pack in self.packs() for one in pack.stickers}
        return [Sticker(*one) for one in self._tables.recent_stickers(MAX_RECENT) if one in held]

    def sent(self, sticker: Sticker) -> None:
        """One was sent."""
        self._tables.note_sticker(sticker.hash, sticker.pack, MAX_RECENT)

    def picture(self, content_hash: str) -> StickerPicture | None:
        """The picture of a sticker, if it was fetched and is still kept."""
        return self._tables.sticker_picture(content_hash)

    def keep(self, picture: StickerPicture) -> None:
        """Keep a picture that was fetched and checked; the oldest ones give way."""
        self._tables.keep_sticker_picture(picture, MAX_KEPT_BYTES)

    def _changed(self) -> None:
        self._core.batch.add(Notify(StickerPacksChanged(tuple(self.packs()))))
