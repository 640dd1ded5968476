"""Stickers: ``client.stickers``."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pystatus.account.address import checksummed
from pystatus.client.chain_access import chosen_account, named, named_gateway
from pystatus.client.features.feature import ClientFeature
from pystatus.client.features.media import Media, Sticker
from pystatus.client.features.wallet import Wallet
from pystatus.client.sending import Receipt
from pystatus.errors import LocalError
from pystatus.messenger.features.stickers import Stickers as StickersFeature
from pystatus.messenger.records import Chat, Message
from pystatus.messenger.sticker_records import StickerPack, StickerPacksChanged, StickerPicture
from pystatus.payloads import messages
from pystatus.payloads.stickers import checked_sticker

if TYPE_CHECKING:
    from pystatus.chain.gateway import Gateway
    from pystatus.chain.stickers import Stickers as Market
    from pystatus.client.sticker_values import StickerOffer, StickerOffers
    from pystatus.ethereum.drafts import TransactionDraft

__all__ = [
    "StickerOffer",
    "StickerOffers",
    "StickerPack",
    "StickerPacksChanged",
    "StickerPicture",
    "Stickers",
]

_LATE = {
    "StickerOffer": "pystatus.client.sticker_values",
    "StickerOffers": "pystatus.client.sticker_values",
}
"""What is exported and not loaded until somebody asks for it: a client that asks no node does without."""

MARKET_PAGE = 50
"""Packs in one page of the market unless asked otherwise."""


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATE[name]), name)


class Stickers(ClientFeature[StickersFeature]):
    """Packs of stickers. The market is on the chain: ask it where the client was opened with ``endpoint``. What a pack
    says of itself, and its pictures, are in IPFS: they are fetched where it was opened with ``gateway``, and each block
    is checked against its content hash, so that the gateway chooses nothing of what is seen.

    A pack is bought by a draft, as all money is spent: show it, and :meth:`Wallet.send` it; when that is in a block,
    :meth:`install` it. Stickers of others are shown without owning anything: :meth:`picture`.
    """

    NAME = "stickers"
    LATE = MappingProxyType({**_LATE, "TransactionDraft": "pystatus.ethereum.drafts"})

    # the market

    async def market(self, first: int = 0, count: int = MARKET_PAGE, *, account: str | None = None) -> StickerOffers:
        """Packs of the market from a number on; 100 are the most at once.

        :param account: of the wallet, by name or address, whose packs are told apart; ``None``: the first one, if there
            is one.
        :raises LocalError: no node of Ethereum is named, there is no market on its chain, or no such account.
        :raises RemoteError: the node cannot be asked, or answers nonsense.

        Implements: ET-10
        """
        from pystatus.client import sticker_market

        session = self._access.taking
        installed = {(one.chain_id, one.number) for one in self.packs()}
        has_some = account is not None or self._access.feature(Wallet).accounts()
        own = self._account(account) if has_some else None
        return await sticker_market.offered(self._market(), session.gateway, max(0, first), count, own, installed)

    async def draft_buy(self, pack: int, account: str | None = None) -> TransactionDraft:
        """Draft that an account buys a pack for itself. It is tried, and nothing is signed.

        :param account: of the wallet, by name or address; ``None``: the first one.
        :raises LocalError: it is not sold, costs nothing, the account has it already, or has not enough; or as
            :meth:`market`.
        :raises RemoteError: it would fail, and the node says why; or as :meth:`market`.

        Implements: ET-10
        """
        from pystatus.chain import stickers
        from pystatus.client import sticker_market

        own, market, gateway = self._account(account), self._market(), self._access.taking.gateway
        found, payment, token = await market.buy(pack, own)
        name = "" if gateway is None else (await stickers.text_of(gateway, found)).name
        assert payment.to is not None
        tried = await self._access.feature(Wallet).draft_call(
            checksummed(own), checksummed(payment.to), payment.data, payment.value
        )
        return sticker_market.drafted(tried, found, token, name)

    # packs that are installed

    def packs(self) -> Sequence[StickerPack]:
        """Those that are installed, in the order in which they came.

        :raises LocalError: the client is not open.
        """
        return self._read(lambda stickers: stickers.packs())

    async def install(self, pack: int, account: str | None = None) -> StickerPack:
        """Install a pack that an account has, or that costs nothing: what it says of itself is read and kept.

        :param account: of the wallet, by name or address; ``None``: the first one.
        :raises LocalError: the account does not have it, no gateway is named; or as :meth:`market`.
        :raises RemoteError: the gateway does not give it, or gives something else; it is no pack; or as :meth:`market`.

        Implements: ET-10
        """
        from pystatus.chain import stickers
        from pystatus.client import sticker_market

        market, gateway = self._market(), self._gateway()
        found = await market.pack(pack)
        if found.price and not await market.is_owned(pack, own := self._account(account)):
            raise LocalError(
                f"{checksummed(own)} does not have the sticker pack {pack}. Buy it with: pystatus sticker buy"
            )
        text = await stickers.text_of(gateway, found)
        made = sticker_market.pack_of(await self._access.feature(Wallet).chain_id(), pack, text)
        return await self._do(lambda stickers, now: stickers.install(made))

    async def uninstall(self, pack: int, chain_id: int | None = None) -> StickerPack:
        """Forget a pack here. Whoever has bought it still has it.

        :param chain_id: of which chain; ``None``: of the only one of which a pack with this number is installed.
        :raises LocalError: it is not installed.
        """
        return await self._do(lambda stickers, now: stickers.uninstall(pack, chain_id))

    # sending and showing

    async def send(
        self,
        chat: Chat | str,
        pack: int,
        position: int,
        reply_to: Message | bytes | None = None,
        *,
        chain_id: int | None = None,
    ) -> Receipt:
        """Send a sticker of a pack that is installed.

        :param position: of the sticker in the pack, from 1 on.
        :param reply_to: the message, or its id, that it is shown below.
        :param chain_id: see :meth:`uninstall`.
        :raises LocalError: the pack is not installed, it has no such sticker, or there is no such chat.

        Implements: ET-10, PL-7
        """
        found = self._read(lambda stickers: stickers.find(pack, chain_id))
        if not 1 <= position <= len(found.stickers):
            raise LocalError(f"The sticker pack {pack} has the stickers 1 to {len(found.stickers)}, and no {position}.")
        sticker = messages.Sticker(found.stickers[position - 1], pack)
        receipt = await self._access.feature(Media).send_sticker(chat, sticker.hash, sticker.pack, reply_to)
        await self._do(lambda stickers, now: stickers.sent(sticker))
        return receipt

    def recent(self) -> Sequence[Sticker]:
        """Stickers that were sent last, of packs that are installed, the latest first.

        :raises LocalError: the client is not open.
        """
        return [Sticker(one.hash, one.pack) for one in self._read(lambda stickers: stickers.recent())]

    async def picture(self, content_hash: str) -> StickerPicture:
        """The picture of a sticker, of anybody: of what was fetched before, else over the gateway. It is checked
        against its content hash, and by its structure, before anything decodes it.

        :param content_hash: as the message has it, or the pack.
        :raises LocalError: no hash; it was not fetched yet, and no gateway is named.
        :raises RemoteError: the gateway does not give it, gives something else, or it is no picture that can be shown.

        Implements: ET-10
        """
        wanted = checked_sticker(content_hash, 0).hash
        kept = self._read(lambda stickers: stickers.picture(wanted))
        if kept is not None:
            return kept
        gateway = self._gateway()
        from pystatus.client import sticker_market

        found = await sticker_market.fetched(gateway, wanted)
        await self._do(lambda stickers, now: stickers.keep(found))
        return found

    # inside

    def _market(self) -> Market:
        """
        :raises LocalError: no node of Ethereum is named.
        """
        session = self._access.taking
        endpoint = named(session.endpoint)
        from pystatus.chain.stickers import Stickers as Market  # a client that asks no node loads nothing of it

        return Market(endpoint, session.market)

    def _gateway(self) -> Gateway:
        """
        :raises LocalError: none is named.
        """
        return named_gateway(self._access.taking.gateway)

    def _account(self, account: str | None) -> bytes:
        """
        :raises LocalError: there is no such account.
        """
        return chosen_account(self._access.feature(Wallet), account).address
