"""Prices of ether and of tokens in the money of a country: of whom they are asked, and what an answer says
(ethereum.md §9).

Two tokens may have one symbol, and a service knows prices by symbols alone. So there are prices of ether and of the
tokens that the app knows of the main chain, which are told apart by their addresses; a token that only calls itself
like one of them has none.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

import msgspec

from pystatus import typed
from pystatus.arguments import checked
from pystatus.errors import Refused
from pystatus.ethereum.quantities import BadAnswer
from pystatus.ethereum.tokens import ETHER_DECIMALS, MAX_DECIMALS, Token, default_tokens
from pystatus.sanitise import one_line

PRICED_CHAIN = 1
"""The chain of which there are prices: elsewhere ether and tokens are worth nothing, or something else."""
ETHER = "ETH"
MAX_SYMBOLS = 100
"""Symbols in one request. Ours: CryptoCompare takes 1,000 characters, and the longest symbol has five."""
MAX_NUMBER = 40
"""Characters of a number. Ours: a double-precision number takes 24 at most."""
PRICE_DIGITS = 18
"""Digits before and behind the point of a price at most. Ours: a price beyond is a mistake."""
MAX_REPEATED = 120
"""Characters that are repeated of what a service says in place of prices. Ours."""

_PRECISION = 200
"""Digits that are reckoned with: an amount has 78, a price 36."""
_CURRENCY = re.compile("[A-Z]{3}")
_NUMBER = re.compile(rb"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
_CENT = Decimal("0.01")


@checked
@dataclass(frozen=True, slots=True)
class TokenPrice:
    """What one ether, or one whole token, costs. Numbers are decimal texts."""

    symbol: str
    contract: bytes | None
    """Of the token, on the main chain; ``None``: ether."""
    currency: str
    """Three letters of ISO 4217."""
    price: str
    change: str = ""
    """In percent, since 24 hours ago; empty: the service does not say."""


class _Answer(msgspec.Struct):
    RAW: dict[str, msgspec.Raw] | msgspec.UnsetType = msgspec.UNSET
    Message: str = ""


class _Said(msgspec.Struct):
    PRICE: msgspec.Raw = msgspec.Raw(b"null")
    OPEN24HOUR: msgspec.Raw = msgspec.Raw(b"null")


_DECODER: msgspec.json.Decoder[_Answer] = msgspec.json.Decoder(_Answer)
_SYMBOL: msgspec.json.Decoder[dict[str, _Said]] = msgspec.json.Decoder(dict[str, _Said])


def typed_currency(text: str) -> str:
    """The three letters of a currency, as somebody typed them.

    :raises Refused: they are none.
    """
    found = typed.token(text).upper()
    if not _CURRENCY.fullmatch(found):
        raise Refused("This is no currency. One has three letters, EUR or USD for example.")
    return found


@functools.cache
def priced() -> Mapping[str, Token | None]:
    """Of what there are prices, by symbol: ether, which is ``None``, and the tokens of the main chain that are offered.
    It is the same for everybody, whatever they have."""
    tokens = (one for one in default_tokens(PRICED_CHAIN) if not one.is_nft and not one.hidden)
    return {ETHER: None, **{one.symbol: one for one in tokens}}


def requests() -> list[tuple[str, ...]]:
    """The symbols of each request: always the same."""
    symbols = tuple(priced())
    return [symbols[start : start + MAX_SYMBOLS] for start in range(0, len(symbols), MAX_SYMBOLS)]


def read(answer: bytes, symbols: Iterable[str], currency: str) -> list[TokenPrice]:
    """The prices in an answer. A symbol that is not there, or whose price is no number above nothing, has none.

    :raises BadAnswer: there are no prices in it. The message is the end of a sentence.
    """
    try:
        said = _DECODER.decode(answer)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise BadAnswer("it answers something that is no list of prices") from error
    if isinstance(said.RAW, msgspec.UnsetType):
        words = one_line(said.Message[: 4 * MAX_REPEATED], MAX_REPEATED)
        raise BadAnswer(f"it says “{words}”" if words else "there are no prices in its answer")
    found = (_price(said.RAW.get(symbol), symbol, currency) for symbol in symbols)
    return [one for one in found if one is not None]


def price_of(prices: Sequence[TokenPrice], chain_id: int, token: Token | None) -> TokenPrice | None:
    """The price of ether, or of a token by its address; ``None``: there is none.

    :param token: ``None``: ether.
    """
    if chain_id != PRICED_CHAIN or (token is not None and token.chain_id != PRICED_CHAIN):
        return None
    contract = None if token is None else token.address
    return next((one for one in prices if one.contract == contract), None)


def worth(price: TokenPrice, amount: int, decimals: int = ETHER_DECIMALS) -> str:
    """What an amount of base units costs, rounded to hundredths."""
    with localcontext(prec=_PRECISION):
        whole = Decimal(amount).scaleb(-decimals if 0 <= decimals <= MAX_DECIMALS else 0)
        return format((whole * Decimal(price.price)).quantize(_CENT, ROUND_HALF_EVEN), "f")


def _price(said: Any, symbol: str, currency: str) -> TokenPrice | None:
    try:
        it = None if said is None else _SYMBOL.decode(said).get(currency)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    price = None if it is None else _number(it.PRICE)
    if it is None or price is None:
        return None
    token, opened = priced()[symbol], _number(it.OPEN24HOUR)
    contract = None if token is None else token.address
    change = "" if opened is None else _change(price, opened)
    return TokenPrice(symbol, contract, currency, format(price, "f"), change)


def _number(raw: msgspec.Raw) -> Decimal | None:
    """A number above nothing; ``None``: it is not one that a price can be."""
    text = bytes(raw)
    if len(text) > MAX_NUMBER or not _NUMBER.fullmatch(text):
        return None
    found = Decimal(text.decode()).normalize()
    if found <= 0 or not -PRICE_DIGITS <= found.adjusted() < PRICE_DIGITS:
        return None
    return found


def _change(price: Decimal, opened: Decimal) -> str:
    with localcontext(prec=_PRECISION):
        return format(((price - opened) * 100 / opened).quantize(_CENT, ROUND_HALF_EVEN), "f")
