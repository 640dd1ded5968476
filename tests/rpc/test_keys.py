"""Keys behind ids (waku.md §3.4, §6.3)."""

import hashlib
import os

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.rpc import keys as keys_module
from pystatus.rpc.errors import RpcError
from pystatus.rpc.keys import KeyStore
from pystatus.waku.data import SymmetricKey

ALICE = PrivateKey(bytes(31) + b"\x01")
SHARED = SymmetricKey(b"k" * 32)


def test_the_id_of_a_pair_follows_from_its_public_key() -> None:
    store = KeyStore(os.urandom)
    derived = hashlib.pbkdf2_hmac("sha256", ALICE.public_key.hex.encode(), b"", 4096, 32).hex()
    assert store.add_pair(ALICE) == derived
    assert store.add_pair(ALICE) == derived
    assert store.pair(derived) == ALICE
    assert store.pair(ALICE.public_key.hex) == ALICE, "what is no id is derived once more"


def test_the_reference_gives_the_same_id() -> None:
    """What status-go v0.64.0 answered to waku_addPrivateKey, and then to waku_hasKeyPair with the public key."""
    store = KeyStore(os.urandom)
    key = PrivateKey(b"\x22" * 32)
    assert store.add_pair(key) == "f22dfe3c907b1f2b0f8e8572c6f30c716273ec04203cc049c06abb94f9d7006d"
    assert store.has_pair(key.public_key.hex)


def test_pairs_come_and_go() -> None:
    store = KeyStore(os.urandom)
    one, other = store.new_pair(), store.new_pair()
    assert one != other
    assert store.has_pair(one)
    store.delete_pair(one)
    assert not store.has_pair(one)
    assert store.has_pair(other)
    for act in (store.pair, store.delete_pair):
        with pytest.raises(RpcError, match="invalid id"):
            act(one)


def test_symmetric_keys_have_a_new_id_each_time() -> None:
    store = KeyStore(os.urandom)
    one, other = store.add_shared(SHARED), store.add_shared(SHARED)
    assert one != other
    assert len(bytes.fromhex(one)) == 32
    assert store.shared(one) == store.shared(other) == SHARED
    assert store.delete_shared(one)
    assert not store.delete_shared(one)
    assert not store.has_shared(one)
    assert store.has_shared(other)
    with pytest.raises(RpcError, match="invalid id"):
        store.shared(one)
    assert store.shared(store.new_shared()) != SHARED


def test_there_are_so_many_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys_module, "MAX_KEYS", 2)
    store = KeyStore(os.urandom)
    store.add_pair(ALICE)
    store.new_pair()
    assert store.add_pair(ALICE), "it is there already"
    with pytest.raises(RpcError, match="at most 2 key pairs for its callers: delete some with waku_deleteKeyPair"):
        store.new_pair()
    first = store.new_shared()
    store.new_shared()
    with pytest.raises(RpcError, match="at most 2 symmetric keys for its callers: delete some with waku_deleteSymKey"):
        store.new_shared()
    store.delete_shared(first)
    assert store.new_shared()
