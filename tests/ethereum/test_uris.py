"""Requests to pay as text: the EIP's examples, the app's rules, and numbers that are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.account.address import checksummed
from pystatus.ethereum import uris
from pystatus.ethereum.uris import NotARequest, PaymentUri

ADDRESS = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
TOKEN = "0x89205A3A3b2A69De6Dbf7f01ED13B2108B2c43e7"
PAYEE = "0x8e23Ee67d1332aD560396262C48ffbB01F93D052"


@pytest.mark.requirement("EI-12", "EI-15")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ADDRESS, PaymentUri(ADDRESS)),
        (f"ethereum:{ADDRESS}", PaymentUri(ADDRESS)),
        (f"ethereum:{ADDRESS.lower()}", PaymentUri(ADDRESS)),
        (f"ETHEREUM:{ADDRESS}?value=2.014e18", PaymentUri(ADDRESS, value=2014 * 10**15)),
        (f"ethereum:{ADDRESS}?value=1", PaymentUri(ADDRESS, value=1)),
        (f"ethereum:{ADDRESS}?value=1.5ETH", PaymentUri(ADDRESS, value=15 * 10**17)),
        (
            f"ethereum:{ADDRESS}?value=1e18&gas=10&gasLimit=21000&gasPrice=50",
            PaymentUri(ADDRESS, value=10**18, gas=10, gas_price=50),
        ),
        (f"ethereum:{ADDRESS}?gasLimit=21000", PaymentUri(ADDRESS, gas=21000)),
        (f"ethereum:pay-{ADDRESS}@3?value=0", PaymentUri(ADDRESS, 3, value=0)),
        ("ethereum:pay-snt.thetoken.eth?value=1e18", PaymentUri("snt.thetoken.eth", value=10**18)),
        ("ethereum:gimme.eth?value=1e18", PaymentUri("gimme.eth", value=10**18)),
        (f"ethereum:{ADDRESS}?unknown=5", PaymentUri(ADDRESS)),
        (
            f"ethereum:{TOKEN}/transfer?address={PAYEE}&uint256=1",
            PaymentUri(TOKEN, function="transfer", arguments={"address": PAYEE, "uint256": 1}),
        ),
        (
            f"ethereum:{TOKEN}@1/transfer?address=status.eth&uint256=1.5e2",
            PaymentUri(TOKEN, function="transfer", arguments={"address": "status.eth", "uint256": 150}),
        ),
    ],
)
def test_requests(text: str, expected: PaymentUri) -> None:
    assert uris.parse(text) == expected
    assert uris.parse(str(expected)) == expected


@pytest.mark.requirement("EI-12")
@pytest.mark.parametrize(
    "text",
    [
        "ethereum:",
        "ethereum:0x1234",
        "bitcoin:1234",
        "ethereum:gimme.ether?value=1e18",
        "ethereum:pay-gimme.ether",
        "ethereum:gimme?value=1",
        "ethereum:exchange-0x1234",
        f"ethereum:exchange-{ADDRESS}",
        f"ethereum:{ADDRESS[:-1]}8",
        f"ethereum:{ADDRESS}@0",
        f"ethereum:{ADDRESS}@99999999999999999999",
        f"ethereum:{ADDRESS}?value=-1",
        f"ethereum:{ADDRESS}?value=NaN",
        f"ethereum:{ADDRESS}?value=Infinity",
        f"ethereum:{ADDRESS}?value=0.5",
        f"ethereum:{ADDRESS}?value=1e-1",
        f"ethereum:{ADDRESS}?value=1e99",
        f"ethereum:{ADDRESS}?value={2**256}",
        f"ethereum:{ADDRESS}?value=",
        f"ethereum:{ADDRESS}?value=1&value=2",
        f"ethereum:{ADDRESS}?value",
        f"ethereum:{ADDRESS}?value=1_000",
        f"ethereum:{ADDRESS}?value=٣",
        f"ethereum:{ADDRESS}?value={'9' * 400}",
        f"ethereum:{TOKEN}/transfer?address=nobody&uint256=1",
        f"ethereum:{TOKEN}/transfer?address={PAYEE}&uint256=-5",
        f"ethereum:{ADDRESS}?" + "&".join(f"a{number}=1" for number in range(40)),
        "ethereum:" + "a" * 5000,
        "",
    ],
)
def test_what_is_no_request(text: str) -> None:
    with pytest.raises(NotARequest):
        uris.parse(text)


@pytest.mark.requirement("EI-12")
@given(
    target=st.binary(min_size=20, max_size=20),
    amount=st.integers(0, 2**256 - 1),
    chain=st.integers(1, 2**62),
    contract=st.none() | st.binary(min_size=20, max_size=20),
)
def test_what_is_written_is_read(target: bytes, amount: int, chain: int, contract: bytes | None) -> None:
    if contract is None:
        request = PaymentUri(checksummed(target), chain, value=amount)
    else:
        request = uris.token_request(contract, target, amount, chain)
    found = uris.parse(str(request))
    assert found == request
    assert (found.recipient, found.amount, found.is_token) == (checksummed(target), amount, contract is not None)


@pytest.mark.requirement("EI-5")
def test_a_request_of_the_older_kind() -> None:
    """EIP-67, with the data of a call."""
    found = uris.parse(f"ethereum:{ADDRESS}?value=100000&gas=100000&data=0xa9059cbb")
    assert found == PaymentUri(ADDRESS, value=100_000, gas=100_000, data=b"\xa9\x05\x9c\xbb")
    assert uris.parse(str(found)) == found
    with pytest.raises(NotARequest, match="no hexadecimal text"):
        uris.parse(f"ethereum:{ADDRESS}?data=hello")


def test_mainnet_is_left_out() -> None:
    assert str(PaymentUri(ADDRESS, value=5)) == f"ethereum:{ADDRESS}?value=5"
    assert str(PaymentUri("alice.eth", 5)) == "ethereum:pay-alice.eth@5"
