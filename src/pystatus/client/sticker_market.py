"""Between what a client says of stickers and what the chain and a gateway say: loaded when they are asked."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import replace

from pystatus.chain import stickers
from pystatus.chain.gateway import Gateway
from pystatus.chain.stickers import Offers, Stickers
from pystatus.client.sticker_values import StickerOffer, StickerOffers
from pystatus.errors import RemoteError
from pystatus.ethereum.drafts import TransactionDraft
from pystatus.ethereum.sticker_market import PackData
from pystatus.ethereum.sticker_packs import PackText
from pystatus.ethereum.tokens import ETHER_DECIMALS, Token, shown_amount
from pystatus.messenger.sticker_records import StickerPack, StickerPicture


async def offered(
    asked: Stickers,
    gateway: Gateway | None,
    first: int,
    count: int,
    account: bytes | None,
    installed: Collection[tuple[int, int]],
) -> StickerOffers:
    """A page of the market.

    :param gateway: that is asked what each says of itself; ``None``: none.
    :param installed: chains and numbers of the packs that are.
    """
    offers = await asked.offers(first, count, account)
    found = await asyncio.gather(*(_offer(offers, pack, gateway, installed) for pack in offers.packs))
    return StickerOffers(offers.count, tuple(found))


async def _offer(
    offers: Offers, pack: PackData, gateway: Gateway | None, installed: Collection[tuple[int, int]]
) -> StickerOffer:
    token = offers.token
    offer = StickerOffer(
        offers.chain_id,
        pack.number,
        pack.price,
        token.shown_address,
        token.symbol,
        token.decimals,
        pack.is_sold,
        pack.number in offers.owned,
        (offers.chain_id, pack.number) in installed,
    )
    if gateway is None:
        return offer
    try:
        text = await stickers.text_of(gateway, pack)
    except RemoteError as error:  # of one pack: the others are shown all the same
        return replace(offer, problem=str(error))
    return replace(
        offer,
        name=text.name,
        author=text.author,
        thumbnail=text.thumbnail,
        preview=text.preview,
        stickers=text.stickers,
    )


def pack_of(chain_id: int, number: int, text: PackText) -> StickerPack:
    """A pack as it is installed."""
    return StickerPack(chain_id, number, text.name, text.author, text.thumbnail, text.preview, text.stickers)


async def fetched(gateway: Gateway, content_hash: str) -> StickerPicture:
    """The picture of a sticker, checked.

    :raises RemoteError: it cannot be had, or cannot be shown.
    """
    from pystatus.ethereum.sticker_packs import content_of

    content = content_of(content_hash)
    if content is None:
        raise stickers.NotASticker("This sticker is not kept in IPFS, and nothing else is fetched: it cannot be shown.")
    data, found = await stickers.picture_of(gateway, content)
    return StickerPicture(content_hash, data, found.type, found.width, found.height, found.frames)


def drafted(tried: TransactionDraft, pack: PackData, token: Token, name: str) -> TransactionDraft:
    """What the wallet has tried, with what is bought in place of what the wallet sees in it."""
    words = stickers.bought_words(pack, token, name, tried.sender)
    fee = shown_amount(tried.max_fee, ETHER_DECIMALS)
    return replace(tried, words=f"{words}; the fee is at most {fee} ether.")
