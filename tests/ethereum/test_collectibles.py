"""Collectibles: contracts that list what an account has, and contracts that do not."""

from typing import Any

import pytest
from eth_abi.abi import encode

from pystatus.ethereum import abi, collectibles
from pystatus.ethereum.collectibles import Collectible, Collection
from pystatus.ethereum.plan import Question, QuestionRefused, Refusal
from pystatus.ethereum.quantities import to_hex
from tests.ethereum.plans import run

CONTRACT, ACCOUNT, OTHER = b"\1" * 20, b"\2" * 20, b"\3" * 20


class Gallery:
    """A contract of ERC-721."""

    def __init__(self, numbers: list[int], *, is_listing: bool = True) -> None:
        self._numbers = numbers
        self._is_listing = is_listing

    def __call__(self, question: Question) -> Any:
        call = bytes.fromhex(question.params[0]["data"][2:])
        if call.startswith(abi.selector("balanceOf(address)")):
            return to_hex(encode(["uint256"], [len(self._numbers)]))
        if call.startswith(abi.selector("supportsInterface(bytes4)")):
            known = {bytes.fromhex("01ffc9a7"), collectibles.COLLECTIBLES}
            known |= {collectibles.ENUMERABLE} if self._is_listing else set()
            return to_hex(encode(["bool"], [call[4:8] in known]))
        if call.startswith(abi.selector("tokenOfOwnerByIndex(address,uint256)")):
            _, index = abi.arguments("tokenOfOwnerByIndex(address,uint256)", call)
            return to_hex(encode(["uint256"], [self._numbers[index]])) if index < 3 else Refusal(3, "gone")
        [number] = abi.arguments("tokenURI(uint256)", call)
        return Refusal(3, "none") if number == 9 else to_hex(encode(["string"], [f"ipfs://cat/{number}"]))


@pytest.mark.requirement("EI-14", "ET-3")
def test_what_an_account_has() -> None:
    found = run(collectibles.collection(CONTRACT, ACCOUNT), Gallery([5, 9, 7, 11]))
    assert found == Collection(
        CONTRACT,
        4,
        (
            Collectible(CONTRACT, 5, "ipfs://cat/5"),
            Collectible(CONTRACT, 9, ""),
            Collectible(CONTRACT, 7, "ipfs://cat/7"),
        ),
    )


@pytest.mark.requirement("EI-14")
def test_a_contract_that_does_not_list() -> None:
    assert run(collectibles.collection(CONTRACT, ACCOUNT), Gallery([5], is_listing=False)) == Collection(
        CONTRACT, 1, ()
    )
    assert run(collectibles.collection(CONTRACT, ACCOUNT), Gallery([])) == Collection(CONTRACT, 0, ())


def test_more_than_anybody_has() -> None:
    asked = []

    def answer(question: Question) -> Any:
        asked.append(question)
        call = question.params[0]["data"]
        if call.startswith(to_hex(abi.selector("balanceOf(address)"))):
            return to_hex(b"\xff" * 32)
        if call.startswith(to_hex(abi.selector("supportsInterface(bytes4)"))):
            return to_hex(encode(["bool"], ["ffffffff" not in call]))
        return Refusal(3, "no")

    assert run(collectibles.collection(CONTRACT, ACCOUNT), answer).listed == ()
    assert len(asked) == 1 + 3 + collectibles.MAX_LISTED


def test_a_contract_that_says_nothing() -> None:
    with pytest.raises(QuestionRefused, match="refuses eth_call: reverted"):
        run(collectibles.collection(CONTRACT, ACCOUNT), lambda _: Refusal(3, "reverted"))


@pytest.mark.requirement("ET-3")
def test_giving_one_away() -> None:
    payment = collectibles.transfer(CONTRACT, ACCOUNT, OTHER, 9)
    signature = "safeTransferFrom(address,address,uint256)"
    assert abi.arguments(signature, payment.data) == (ACCOUNT, OTHER, 9)
    assert (payment.to, payment.value) == (CONTRACT, 0)
