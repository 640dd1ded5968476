"""Typed data: the reference's requests, and what of them is not signed here."""

import json
from typing import Any

import pytest

from pystatus.account.address import address_of
from pystatus.crypto.keys import PrivateKey
from pystatus.ethereum.messages import with_v27
from pystatus.ethereum.typed_data import BadTypedData, TypedData
from tests.support.vectors import Case, case_id, cases, unhex

RANGE = "a number out of the range of its type, which the reference signs modulo 2^256"
TEXT = "a number as text in another base, or with signs that no decimal number has"
LENGTH = "bytes of another length than their type has"
NULL = "null in the place of a value"
TYPE = "a type that EIP-712 does not know"
FAULTS = {
    **dict.fromkeys([52, 53, 57, 58, 80, 101, 102, 104, 107, 108, 112, 113, 117, 118, 122, 123], RANGE),
    **dict.fromkeys([61, 62, 63, 64, 65], TEXT),
    **dict.fromkeys([149, 150, 151, 152], LENGTH),
    **dict.fromkeys([11, 22, 178, 188, 222], NULL),
    **dict.fromkeys([127, 128, 129, 130, 131, 133, 135, 159], TYPE),
}
"""Requests that the reference signs by a fault of its own (ethereum.md §14). The standard decides: they are refused."""
ACCEPTED = [case for case in cases("typed_data") if not case.get("must_fail") and case["id"] not in FAULTS]
REFUSED = [case for case in cases("typed_data") if case.get("must_fail") or case["id"] in FAULTS]


def signed(text: str, chain_id: int) -> TypedData:
    """A request that is about to be signed."""
    request = TypedData.parse(text)
    request.check_chain(chain_id)
    request.digest()
    return request


@pytest.mark.requirement("EI-13")
@pytest.mark.parametrize("case", ACCEPTED, ids=case_id)
def test_what_is_signed(case: Case) -> None:
    request = signed(case["request"], int(case["chain_id"]))
    for name, about in case["types"].items():
        assert request.dependencies(name) == about["depends"]
        assert request.encode_type(name) == about["encode_type"]
        assert request.type_hash(name) == unhex(about["type_hash"])
    assert request.domain_separator() == unhex(case["domain_separator"])
    assert request.message_hash() == unhex(case["struct_hash"])
    assert request.digest() == unhex(case["hash"])
    key = PrivateKey(unhex(case["private_key"]))
    assert with_v27(key.sign(request.digest())) == unhex(case["signature"])
    assert address_of(key.public_key) == unhex(case["address"])


@pytest.mark.requirement("EI-1", "EI-13")
@pytest.mark.parametrize("case", REFUSED, ids=case_id)
def test_what_is_refused(case: Case) -> None:
    with pytest.raises(BadTypedData):
        signed(case["request"], int(case["chain_id"]))


def request(types: dict[str, Any], primary: str, message: Any) -> str:
    domain = [{"name": "chainId", "type": "uint256"}]
    return json.dumps(
        {
            "types": {"EIP712Domain": domain, **types},
            "primaryType": primary,
            "domain": {"chainId": 1},
            "message": message,
        }
    )


def test_a_chain_of_structures_without_end() -> None:
    deep: dict[str, Any] = {}
    for _ in range(40):
        deep = {"next": deep}
    with pytest.raises(BadTypedData, match="32 structures"):
        signed(request({"Node": [{"name": "next", "type": "Node"}]}, "Node", deep), 1)


def test_few_bytes_that_are_many_structures() -> None:
    """Each type holds the next one twice under one name, so that 2^20 structures would be hashed."""
    types = {f"T{level}": [{"name": "x", "type": f"T{level + 1}"}] * 2 for level in range(20)} | {"T20": []}
    message: dict[str, Any] = {}
    for _ in range(20):
        message = {"x": message}
    with pytest.raises(BadTypedData, match="100000 words"):
        signed(request(types, "T0", message), 1)


@pytest.mark.parametrize(("kind", "value"), [("A", {"a": 1}), ("string", "x" * 100_000)])
def test_few_bytes_that_are_many_words(kind: str, value: object) -> None:
    """A thousand members of one name are one structure of a thousand words, or one long text, again and again."""
    types = {"A": [{"name": "a", "type": "uint8"}] * 1_000, "B": [{"name": "x", "type": kind}] * 1_000}
    with pytest.raises(BadTypedData, match="100000 words"):
        signed(request(types, "B", {"x": value}), 1)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "9" * 5000])
def test_numbers_that_are_none(text: str) -> None:
    with pytest.raises(BadTypedData):
        signed(request({"N": [{"name": "n", "type": "uint256"}]}, "N", {"n": 7}).replace("7", text), 1)


def test_more_types_than_a_request_needs() -> None:
    with pytest.raises(BadTypedData, match="more than 200 types"):
        signed(request({f"T{number}": [] for number in range(200)}, "T0", {}), 1)


def test_a_request_that_is_too_long() -> None:
    with pytest.raises(BadTypedData, match="more than 262144 bytes"):
        TypedData.parse(" " * 300_000)
