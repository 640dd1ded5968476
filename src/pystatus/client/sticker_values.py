"""What a client says of packs of stickers that are sold. Addresses are texts with their checksum."""

from __future__ import annotations

from dataclasses import dataclass

from pystatus.arguments import checked
from pystatus.ethereum.quantities import Amount


@checked
@dataclass(frozen=True, slots=True)
class StickerOffer:
    """A pack of the market. ``name`` and what follows is what the pack says of itself; it is empty where no gateway is
    named, and ``problem`` says in a sentence why it could not be read. The price is in base units of the token.
    """

    chain_id: int
    number: int
    price: Amount
    token: str
    symbol: str
    decimals: int
    is_sold: bool
    is_owned: bool
    is_installed: bool
    name: str = ""
    author: str = ""
    thumbnail: str = ""
    preview: str = ""
    stickers: tuple[str, ...] = ()
    problem: str = ""


@checked
@dataclass(frozen=True, slots=True)
class StickerOffers:
    """A page of the market; ``count`` is how many packs there are in all."""

    count: int
    packs: tuple[StickerOffer, ...]
