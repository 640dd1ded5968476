"""Packs of stickers: what the market on a chain says of them, what they say of themselves over a gateway, and buying
one."""

from __future__ import annotations

from dataclasses import dataclass

from pystatus.account.address import checksummed
from pystatus.chain.endpoint import Endpoint
from pystatus.chain.gateway import Gateway
from pystatus.errors import LocalError, RemoteError
from pystatus.ethereum import sticker_market, sticker_packs, tokens
from pystatus.ethereum.content_hash import Content
from pystatus.ethereum.sticker_market import Market, PackData
from pystatus.ethereum.sticker_packs import MAX_IMAGE, MAX_METADATA, BadPack, PackText
from pystatus.ethereum.tokens import Token, shown_amount
from pystatus.ethereum.transactions import Payment
from pystatus.media import reading
from pystatus.media.errors import InvalidMedia
from pystatus.media.limits import MAX_PIXELS
from pystatus.media.outline import Outline

MAX_PAGE = 100
"""Packs that are asked for together. Ours."""


class NotASticker(RemoteError):
    """What is under a content hash is no picture of a sticker."""


@dataclass(frozen=True, slots=True)
class Offers:
    """A page of the market."""

    chain_id: int
    count: int
    """Packs that there are in all."""
    token: Token
    packs: tuple[PackData, ...]
    owned: frozenset[int]


class Stickers:
    """Asks one node, and one gateway."""

    def __init__(self, endpoint: Endpoint, market: bytes | None = None) -> None:
        """
        :param market: the contract; ``None``: that of the chain.
        """
        self._endpoint = endpoint
        self._market = market

    async def offers(self, first: int, count: int, account: bytes | None) -> Offers:
        """Packs of the market from a number on.

        :param account: whose packs are told apart; ``None``: nobody's.
        :raises LocalError: no market is known on the chain.
        """
        market, carry_out = await self._contracts(), self._endpoint.carry_out
        there = await carry_out(sticker_market.pack_count(market))
        numbers = range(first, min(there, first + min(count, MAX_PAGE)))
        packs = await carry_out(sticker_market.pack_data(market, numbers))
        owned = frozenset() if account is None else await carry_out(sticker_market.owned(market, account))
        chain_id = await self._endpoint.chain_id()
        token = await carry_out(tokens.look_up(chain_id, market.token))
        return Offers(chain_id, min(there, 2**53 - 1), token, tuple(packs), owned)

    async def pack(self, number: int) -> PackData:
        """One pack.

        :raises LocalError: there is none with this number.
        """
        found = await self._endpoint.carry_out(sticker_market.pack_data(await self._contracts(), [number]))
        if not found:
            raise LocalError(f"The market has no pack {number}. List them with: pystatus sticker market")
        return found[0]

    async def is_owned(self, number: int, account: bytes) -> bool:
        """Whether an account has a pack."""
        market = await self._contracts()
        return number in await self._endpoint.carry_out(sticker_market.owned(market, account))

    async def buy(self, number: int, buyer: bytes) -> tuple[PackData, Payment, Token]:
        """The transaction that buys a pack, and the token that it is paid in.

        :raises LocalError: it is not sold, it is the account's already, or there is not enough to pay for it.

        Implements: ET-10
        """
        pack, market = await self.pack(number), await self._contracts()
        if pack.price == 0:
            raise LocalError(f"The pack {number} costs nothing. Install it with: pystatus sticker install")
        if not pack.is_sold:
            raise LocalError(f"The pack {number} is not sold any more. Choose another one.")
        if await self.is_owned(number, buyer):
            raise LocalError(
                f"{checksummed(buyer)} has the pack {number} already. Install it with: pystatus sticker install"
            )
        chain_id = await self._endpoint.chain_id()
        token = await self._endpoint.carry_out(tokens.look_up(chain_id, market.token))
        held = await self._endpoint.carry_out(sticker_market.balance_of(market, buyer))
        if held < pack.price:
            price, there = (shown_amount(one, token.decimals) for one in (pack.price, held))
            raise LocalError(
                f"The pack costs {price} {token.symbol}, and {checksummed(buyer)} has {there}. Receive some first (the "
                f"token is {checksummed(market.token)}), or choose another account."
            )
        return pack, sticker_market.buy(market, pack, buyer), token

    async def _contracts(self) -> Market:
        address = self._market or sticker_market.market_of(await self._endpoint.chain_id())
        return await self._endpoint.carry_out(sticker_market.contracts_of(address))


async def text_of(gateway: Gateway, pack: PackData) -> PackText:
    """What a pack says of itself.

    :raises RemoteError: it says nothing that could be used, or the gateway does not give it.
    """
    if pack.content is None:
        raise RemoteError(f"The pack {pack.number} is not kept in IPFS, and cannot be checked. Choose another one.")
    try:
        return sticker_packs.read(await gateway.file(pack.content, MAX_METADATA))
    except BadPack as error:
        raise RemoteError(f"The pack {pack.number} cannot be used: {error}. Choose another one.") from error


async def picture_of(gateway: Gateway, content: Content) -> tuple[bytes, Outline]:
    """The picture of a sticker, checked as those of messages are: by its structure, before anything decodes it.

    :raises NotASticker: it is no such picture, or over a limit.
    :raises GatewayFailed: it cannot be had.
    """
    data = await gateway.file(content, MAX_IMAGE)
    try:
        found = reading.outline(data)
        reading.check_pixels(found, MAX_PIXELS)
    except InvalidMedia as error:
        raise NotASticker(f"This sticker cannot be shown: {error}.") from error
    return data, found


def bought_words(pack: PackData, token: Token, name: str, account: bytes) -> str:
    """What is bought, as the beginning of a sentence."""
    quoted = name.replace("“", "").replace("”", "")  # what follows them is no name any more
    called = f" “{quoted}”" if quoted else ""
    price = shown_amount(pack.price, token.decimals)
    return (
        f"{checksummed(account)} buys the sticker pack {pack.number}{called} for {price} {token.symbol} "
        f"({token.shown_address}) on the chain {token.chain_id}"
    )
