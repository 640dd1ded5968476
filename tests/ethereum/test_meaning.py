"""What is said of a transaction before it is signed: calls of tokens in words, and what only looks like one."""

from __future__ import annotations

from typing import Any

import pytest

from pystatus.account.address import checksummed
from pystatus.ethereum import abi
from pystatus.ethereum.meaning import (
    APPROVE,
    APPROVE_AND_CALL,
    SAFE_TRANSFER,
    TRANSFER,
    Meaning,
    MeaningKind,
    inner_data,
    meaning,
    warnings,
    words,
)
from pystatus.ethereum.quantities import MAX_UINT256
from pystatus.ethereum.tokens import Token
from pystatus.ethereum.transactions import Payment

OWN, SOMEBODY, CONTRACT = b"\x0a" * 20, b"\x5a" * 20, b"\x0c" * 20
SNT = Token(1, CONTRACT, "SNT", "Status Network Token", 18)
ONE = 10**18
NAMED = f"SNT ({checksummed(CONTRACT)})"
WHO = checksummed(SOMEBODY)


def call(signature: str, *arguments: Any, value: int = 0) -> Payment:
    return Payment(CONTRACT, value, abi.call_data(signature, *arguments))


def told(payment: Payment, *tokens: Token, supply: int = 0) -> tuple[Meaning, str]:
    """What it means, and what is said between who signs and the chain."""
    it = meaning(payment, OWN, {one.address: one for one in tokens}, {CONTRACT: supply})
    sentence = words(it, payment, OWN, 5, 21_000 * 10**9)
    begin, end = f"{checksummed(OWN)} ", " on the chain 5; the fee is at most 0.000021 ether."
    assert sentence.startswith(begin)
    assert sentence.endswith(end)
    return it, sentence.removeprefix(begin).removesuffix(end)


@pytest.mark.requirement("ET-1")
@pytest.mark.parametrize(
    ("payment", "kind", "said"),
    [
        (Payment(SOMEBODY, ONE // 4), MeaningKind.ETHER, f"pays 0.25 ether to {WHO}"),
        (call(TRANSFER, SOMEBODY, 3 * ONE), MeaningKind.TOKEN, f"pays 3 {NAMED} to {WHO}"),
        (
            call(APPROVE, SOMEBODY, 5 * ONE),
            MeaningKind.APPROVE,
            f"lets {WHO} take up to 5 {NAMED} from it, at any time",
        ),
        (call(APPROVE, SOMEBODY, 0), MeaningKind.APPROVE, f"takes back what {WHO} may take of {NAMED}"),
        (
            call(APPROVE_AND_CALL, SOMEBODY, 10 * ONE, bytes(132)),
            MeaningKind.APPROVE_AND_CALL,
            f"lets {WHO} take up to 10 {NAMED} from it, at any time, and calls it with 132 bytes of data",
        ),
        (
            call(SAFE_TRANSFER, OWN, SOMEBODY, 7),
            MeaningKind.COLLECTIBLE,
            f"gives number 7 of {checksummed(CONTRACT)} to {WHO}",
        ),
        (
            call("setApprovalForAll(address,bool)", SOMEBODY, True, value=ONE),
            MeaningKind.CALL,
            f"calls the contract {checksummed(CONTRACT)} with 68 bytes of data that begin with 0xa22cb465, and pays 1"
            " ether with it",
        ),
        (Payment(None, 0, bytes(99)), MeaningKind.CONTRACT, "makes a contract of 99 bytes"),
        (call(TRANSFER, SOMEBODY, 3, value=5), MeaningKind.TOKEN, f"pays 0.000000000000000003 {NAMED} to {WHO}, and "
         "pays 0.000000000000000005 ether with it"),
    ],
    ids=lambda it: it.value if isinstance(it, MeaningKind) else "",
)  # fmt: skip
def test_what_a_transaction_does(payment: Payment, kind: MeaningKind, said: str) -> None:
    it, found = told(payment, SNT)
    assert (it.kind, found) == (kind, said)


def test_a_token_that_is_not_known_is_counted_in_base_units() -> None:
    it, said = told(call(TRANSFER, SOMEBODY, 3 * ONE))
    assert said == f"pays {3 * ONE} base units of {checksummed(CONTRACT)} to {WHO}"
    assert warnings(it) == ("The token is not known here: the amount is in its base units.",)


@pytest.mark.parametrize("amount", [MAX_UINT256, 2**255, 2**96 - 1, 1_000])
@pytest.mark.parametrize("signature", [APPROVE, APPROVE_AND_CALL])
def test_an_allowance_without_a_limit_is_said_to_be_one(signature: str, amount: int) -> None:
    """Some programs ask for 2^256 - 1, others for what fills fewer bits: as much as there is of the token is all."""
    rest = (bytes(4),) if signature == APPROVE_AND_CALL else ()
    it, said = told(call(signature, SOMEBODY, amount, *rest), SNT, supply=1_000)
    assert it.is_unlimited
    assert said.startswith(f"lets {WHO} take ALL of {NAMED}, without a limit, from it")
    (warning,) = warnings(it)
    assert "all that it will ever get, can be taken without asking again" in warning
    less, _ = told(call(signature, SOMEBODY, 999, *rest), SNT, supply=1_000)
    assert (less.is_unlimited, warnings(less)) == (False, ())


def test_what_there_is_of_a_token_may_be_unknown() -> None:
    assert not told(call(APPROVE, SOMEBODY, 2**255 - 1), SNT)[0].is_unlimited
    assert told(call(APPROVE, SOMEBODY, 2**255), SNT)[0].is_unlimited


@pytest.mark.parametrize(
    "data",
    [
        abi.call_data(TRANSFER, SOMEBODY, 1) + bytes(32),
        abi.call_data(TRANSFER, SOMEBODY, 1) + b"\1",
        abi.call_data(TRANSFER, SOMEBODY, 1)[:-1],
        abi.call_data(APPROVE_AND_CALL, SOMEBODY, 1, b"abc") + bytes(32),
        abi.selector(TRANSFER) + b"\xff" * 12 + SOMEBODY + bytes(32),
        abi.selector(APPROVE),
        abi.call_data(SAFE_TRANSFER, SOMEBODY, OWN, 1),
        b"\0",
    ],
    ids=["more", "one byte more", "less", "more behind a list", "no address", "nothing", "of others", "one byte"],
)
def test_what_only_looks_like_a_call_of_a_token_is_none(data: bytes) -> None:
    it, said = told(Payment(CONTRACT, 0, data), SNT)
    assert it.kind is MeaningKind.CALL
    assert said.startswith(f"calls the contract {checksummed(CONTRACT)} with ")
    assert "is not known here" in warnings(it)[0]


def test_money_for_the_contract_of_a_token_is_lost() -> None:
    it, _ = told(call(TRANSFER, CONTRACT, ONE), SNT)
    assert warnings(it) == ("This goes to the contract of the token itself, from which nobody gets it back.",)


def test_what_is_called_at_once_can_be_read() -> None:
    assert inner_data(call(APPROVE_AND_CALL, SOMEBODY, 1, b"register")) == b"register"
    assert inner_data(call(APPROVE, SOMEBODY, 1)) == b""


def test_a_name_of_a_token_does_not_break_the_sentence() -> None:
    it, said = told(call(TRANSFER, SOMEBODY, 1), Token(1, CONTRACT, "", "", 0))
    assert said == f"pays 1 {checksummed(CONTRACT)} to {WHO}"
    assert warnings(it) == ()
