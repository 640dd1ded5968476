"""The market of stickers: which packs there are, whose they are, and buying one (ethereum.md §5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pystatus.errors import LocalError
from pystatus.ethereum import abi, content_hash
from pystatus.ethereum.content_hash import Content
from pystatus.ethereum.plan import Plan, Refusal, ask_all, try_all
from pystatus.ethereum.quantities import BadAnswer, data
from pystatus.ethereum.transactions import Payment

MARKETS = {
    1: bytes.fromhex("12824271339304d3a9f7e096e62a2a7e73b4a7e7"),
    3: bytes.fromhex("6cc7274af9ce9572d22dfd8545fb8c9c9bcb48ad"),
}
"""The market of each chain, as the app has it."""
MAX_OWNED = 500
"""Packs of one account that are looked at. Ours: the market has had fewer than that in all."""
_PACK_DATA = ("bytes4[]", "address", "bool", "uint256", "uint256", "bytes")
_ZERO = bytes(20)


@dataclass(frozen=True, slots=True)
class Market:
    """The contracts of a market, as it names them."""

    address: bytes
    types: bytes
    packs: bytes
    token: bytes


@dataclass(frozen=True, slots=True)
class PackData:
    """What the market says of a pack."""

    number: int
    owner: bytes
    is_sold: bool
    """It can be bought."""
    price: int
    """Base units of the token."""
    content: Content | None
    """What describes it; ``None``: it is where nothing is fetched from."""


def market_of(chain_id: int) -> bytes:
    """
    :raises LocalError: none is known on the chain.
    """
    found = MARKETS.get(chain_id)
    if found is None:
        raise LocalError(
            f"No market of stickers is known on the chain {chain_id}. Name a node of another chain, or with --market "
            "the contract that is meant."
        )
    return found


def contracts_of(market: bytes) -> Plan[Market]:
    """The contracts that a market works with.

    :raises QuestionRefused, BadAnswer: there is no market at this address.
    """
    signatures = ("stickerType()", "stickerPack()", "snt()")
    answers = yield from ask_all([abi.call(market, signature) for signature in signatures])
    types, packs, token = (abi.word(data(answer, "what a market says"))[12:] for answer in answers)
    return Market(market, types, packs, token)


def pack_count(market: Market) -> Plan[int]:
    """How many packs there are: their numbers begin with 0."""
    [answer] = yield from ask_all([abi.call(market.types, "packCount()")])
    return int.from_bytes(abi.word(data(answer, "a number")), "big")


def pack_data(market: Market, numbers: Sequence[int]) -> Plan[Sequence[PackData]]:
    """What the market says of packs; nothing of those that it does not know.

    Implements: ET-10
    """
    answers = yield from try_all([abi.call(market.types, "getPackData(uint256)", number) for number in numbers])
    found = []
    for number, answer in zip(numbers, answers, strict=True):
        if isinstance(answer, Refusal):
            continue
        try:
            _, owner, is_sold, _, price, content = abi.decoded(_PACK_DATA, data(answer, "a pack"))
        except BadAnswer:  # of one pack: the others are shown all the same
            continue
        if owner != _ZERO:
            found.append(PackData(number, owner, is_sold, price, content_hash.parse(content)))
    return found


def owned(market: Market, account: bytes) -> Plan[frozenset[int]]:
    """The numbers of the packs that an account has.

    Implements: ET-10
    """
    [answer] = yield from ask_all([abi.call(market.packs, "balanceOf(address)", account)])
    count = min(int.from_bytes(abi.word(data(answer, "a number")), "big"), MAX_OWNED)
    signature = "tokenOfOwnerByIndex(address,uint256)"
    tokens = _numbers((yield from try_all([abi.call(market.packs, signature, account, one) for one in range(count)])))
    packs = yield from try_all([abi.call(market.packs, "tokenPackId(uint256)", token) for token in tokens])
    return frozenset(_numbers(packs))


def balance_of(market: Market, account: bytes) -> Plan[int]:
    """What an account has of the token that packs are paid in, base units."""
    [answer] = yield from ask_all([abi.call(market.token, "balanceOf(address)", account)])
    return int.from_bytes(abi.word(data(answer, "a number")), "big")


def buy(market: Market, pack: PackData, buyer: bytes) -> Payment:
    """The transaction by which an account buys a pack for itself: the token lets the market take the price, and the
    market, called by it, gives the pack.

    Implements: ET-10
    """
    bought = abi.call_data("buyToken(uint256,address,uint256)", pack.number, buyer, pack.price)
    signature = "approveAndCall(address,uint256,bytes)"
    return Payment(market.token, 0, abi.call_data(signature, market.address, pack.price, bought))


def _numbers(answers: Sequence[object]) -> list[int]:
    """Those that were answered: a token may have been given away in the meantime."""
    return [
        int.from_bytes(abi.word(data(answer, "a number")), "big")
        for answer in answers
        if not isinstance(answer, Refusal)
    ]
