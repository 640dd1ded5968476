"""The wallet's signature in SendTransaction (the vector is in test_vectors.py)."""

import pytest

from pystatus.errors import RemoteError
from pystatus.payloads.transactions import recover_wallet, sign_transaction
from tests.payloads.support import ALICE, BOB, CAROL

HASH = bytes(range(32))


def test_a_payment_is_tied_to_its_author() -> None:
    signature = sign_transaction(BOB, ALICE.public_key, HASH)
    assert recover_wallet(ALICE.public_key, HASH, signature) == BOB.public_key
    assert recover_wallet(CAROL.public_key, HASH, signature) != BOB.public_key
    assert recover_wallet(ALICE.public_key, bytes(32), signature) != BOB.public_key


@pytest.mark.parametrize("v", [0, 1, 26, 29])
def test_v_is_that_of_wallets(v: int) -> None:
    signature = sign_transaction(BOB, ALICE.public_key, HASH)
    with pytest.raises(RemoteError):
        recover_wallet(ALICE.public_key, HASH, signature[:64] + bytes([v]))


@pytest.mark.parametrize("signature", [b"", bytes(64), bytes(64) + b"\x1b", bytes(66)])
def test_bad_signatures(signature: bytes) -> None:
    with pytest.raises(RemoteError):
        recover_wallet(ALICE.public_key, HASH, signature)
