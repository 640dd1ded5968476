"""Collectibles (ERC-721): which of them an account has, and where they are described (ethereum.md §3.2).

What describes one is anywhere on the web, so it is named and never fetched here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pystatus.arguments import checked
from pystatus.ethereum import abi, names
from pystatus.ethereum.plan import Plan, Refusal, ask, try_all
from pystatus.ethereum.quantities import Amount, BadAnswer, data
from pystatus.ethereum.transactions import Payment

COLLECTIBLES = bytes.fromhex("80ac58cd")
"""The interface of ERC-721 (EIP-165)."""
ENUMERABLE = bytes.fromhex("780e9d63")
"""That of contracts which say one by one what an account has."""
MAX_LISTED = 200
"""Collectibles of one contract that are listed. Ours: a wallet with more of them is a shop."""
MAX_URI = 2_048
"""Characters of the address at which one is described. Ours."""


@checked
@dataclass(frozen=True, slots=True)
class Collectible:
    """One of a kind."""

    contract: bytes
    number: Amount
    described_at: str
    """A URI as its contract gives it, on one line; empty: it gives none."""


@checked
@dataclass(frozen=True, slots=True)
class Collection:
    """What an account has of one contract."""

    contract: bytes
    count: Amount
    listed: tuple[Collectible, ...]
    """The first of them; none where the contract does not list them."""


def collection(contract: bytes, account: bytes) -> Plan[Collection]:
    """What an account has of a contract.

    :raises QuestionRefused: the contract does not say how many.
    :raises BadAnswer: it says nonsense.

    Implements: EI-14, ET-3
    """
    question = abi.call(contract, "balanceOf(address)", account)
    count = int.from_bytes(abi.word(data((yield from ask(question.method, *question.params)), "a number")), "big")
    is_listing = count > 0 and (yield from names.supports(contract, ENUMERABLE))
    if not is_listing:
        return Collection(contract, count, ())
    numbers = yield from _numbers(contract, account, min(count, MAX_LISTED))
    answers = yield from try_all([abi.call(contract, "tokenURI(uint256)", number) for number in numbers])
    described = [_text(answer) for answer in answers]
    return Collection(
        contract,
        count,
        tuple(Collectible(contract, number, text) for number, text in zip(numbers, described, strict=True)),
    )


def transfer(contract: bytes, sender: bytes, recipient: bytes, number: int) -> Payment:
    """The transaction that gives a collectible to somebody; a contract that cannot have one refuses it.

    Implements: ET-3
    """
    signature = "safeTransferFrom(address,address,uint256)"
    return Payment(contract, 0, abi.call_data(signature, sender, recipient, number))


def _numbers(contract: bytes, account: bytes, count: int) -> Plan[Sequence[int]]:
    signature = "tokenOfOwnerByIndex(address,uint256)"
    answers = yield from try_all([abi.call(contract, signature, account, index) for index in range(count)])
    found = []
    for answer in answers:
        if not isinstance(answer, Refusal):  # one was given away in the meantime
            found.append(int.from_bytes(abi.word(data(answer, "a number")), "big"))
    return found


def _text(answer: object) -> str:
    if isinstance(answer, Refusal):
        return ""
    try:
        return abi.text(data(answer, "a text"), MAX_URI)
    except BadAnswer:
        return ""
