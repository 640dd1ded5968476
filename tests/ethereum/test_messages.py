"""Personal messages: hashes, signatures, and who has made one."""

import pytest

from pystatus.account.address import address_of, checksummed
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError, RemoteError
from pystatus.ethereum import messages
from pystatus.ethereum.quantities import data, typed_address
from tests.support.vectors import Case, case_id, cases, load, unhex


@pytest.mark.requirement("EI-10")
@pytest.mark.parametrize("case", cases("signing", "hash_message"), ids=case_id)
def test_the_hash_of_a_message(case: Case) -> None:
    message = messages.message_bytes(case["message"])
    assert messages.message_hash(message) == unhex(case["hash"])
    key = PrivateKey(unhex(case["private_key"]))
    assert key.sign(messages.message_hash(message)) == unhex(case["signature_v01"])


@pytest.mark.parametrize(
    "case", load("account/account_vectors")["personal_message_hash"], ids=lambda case: case["message"]
)
def test_the_hashes_of_the_page(case: Case) -> None:
    assert messages.message_hash(messages.message_bytes(case["message"])).hex() == case["hash"]


ASKED = [case for case in cases("signing", "personal_sign") if case["name"] != "wrong password"]
"""Whether the password is right is found out where the key is opened."""


@pytest.mark.requirement("EI-10")
@pytest.mark.parametrize("case", ASKED, ids=case_id)
def test_what_a_program_asks_to_sign(case: Case) -> None:
    """Only the account in use signs, and only bytes."""

    def sign() -> bytes:
        account = case["params"].get("account", "")
        if account.lower() != case["selected_account"]:
            raise RemoteError("another account")
        message = messages.requested_bytes(case["params"]["data"])
        return messages.with_v27(PrivateKey(unhex(case["private_key"])).sign(messages.message_hash(message)))

    if case.get("must_fail"):
        with pytest.raises(RemoteError):
            sign()
    else:
        assert sign() == unhex(case["signature"])


@pytest.mark.requirement("EI-10")
@pytest.mark.parametrize("case", cases("signing", "recover"), ids=case_id)
def test_who_has_signed(case: Case) -> None:
    def recover() -> bytes:
        return messages.recover(messages.requested_bytes(case["message"]), data(case["signature"]))

    if case.get("must_fail"):
        with pytest.raises(RemoteError):
            recover()
    else:
        assert recover() == unhex(case["address"])


EIP_55 = [
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
    "0xde709f2102306220921060314715629080e2fb77",
    "0x27b1fdb04752bbc536007a920d24acb045561c26",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
]


@pytest.mark.requirement("EI-4")
@pytest.mark.parametrize("text", EIP_55)
def test_an_address_and_its_checksum(text: str) -> None:
    address = typed_address(text)
    assert checksummed(address) == text
    assert typed_address(text.lower()) == typed_address("0x" + text[2:].upper()) == address


@pytest.mark.requirement("EI-4")
def test_an_address_with_a_wrong_digit() -> None:
    with pytest.raises(LocalError, match="as its capital letters show"):
        typed_address("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD")
    with pytest.raises(LocalError, match="0x and 40"):
        typed_address("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe")


def test_the_address_of_a_key() -> None:
    case = cases("signing", "hash_message")[0]
    assert address_of(PrivateKey(unhex(case["private_key"])).public_key) == unhex(case["address"])
