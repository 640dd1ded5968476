"""Keys behind ids: callers name them and see them only when they ask (waku.md §3.4, §6.3). They are kept in memory."""

from __future__ import annotations

from pystatus.crypto.kdf import pbkdf2_sha256
from pystatus.crypto.keys import PrivateKey
from pystatus.crypto.random import RandomSource
from pystatus.rpc.errors import APPLICATION_ERROR, RpcError, limit_exceeded
from pystatus.waku.data import SYMMETRIC_KEY_SIZE, SymmetricKey

ID_SIZE = 32
"""Bytes of a key's id; it is written as 64 hexadecimal digits without 0x."""
PAIR_ID_ITERATIONS = 4_096
"""Rounds of PBKDF2 between a public key and the id of its pair (waku.md §3.4)."""
MAX_KEYS = 10_000
"""Key pairs, and as many symmetric keys: about 10 MB. More are a caller that forgets to delete."""
MAX_ID_LENGTH = 1_024
"""Characters of an id that are looked at: it is hashed 4,096 times."""


class KeyStore:
    """Key pairs and symmetric keys by id. The id of a pair follows from its public key; the others are random."""

    def __init__(self, random: RandomSource) -> None:
        self._random = random
        self._pairs: dict[str, PrivateKey] = {}
        self._shared: dict[str, SymmetricKey] = {}

    # Key pairs

    def new_pair(self) -> str:
        """
        :raises RpcError: there are too many.
        """
        return self.add_pair(PrivateKey.generate(self._random))

    def add_pair(self, key: PrivateKey) -> str:
        """The id of a key pair, stored now or before.

        :raises RpcError: there are too many.
        """
        key_id = _derived_id(key.public_key.hex)
        if key_id not in self._pairs:
            _check_room(len(self._pairs), "key pairs", "waku_deleteKeyPair")
            self._pairs[key_id] = key
        return key_id

    def has_pair(self, key_id: str) -> bool:
        return _pair_id(key_id) in self._pairs

    def pair(self, key_id: str) -> PrivateKey:
        """
        :raises RpcError: there is none.
        """
        key = self._pairs.get(_pair_id(key_id))
        if key is None:
            raise RpcError(APPLICATION_ERROR, "invalid id: there is no such key pair")
        return key

    def delete_pair(self, key_id: str) -> None:
        """
        :raises RpcError: there is none.
        """
        self.pair(key_id)
        del self._pairs[_pair_id(key_id)]

    # Symmetric keys

    def new_shared(self) -> str:
        """
        :raises RpcError: there are too many.
        """
        return self.add_shared(SymmetricKey(self._random(SYMMETRIC_KEY_SIZE)))

    def add_shared(self, key: SymmetricKey) -> str:
        """A new id of this key, even if it is stored already.

        :raises RpcError: there are too many.
        """
        _check_room(len(self._shared), "symmetric keys", "waku_deleteSymKey")
        key_id = self._random(ID_SIZE).hex()
        self._shared[key_id] = key
        return key_id

    def has_shared(self, key_id: str) -> bool:
        return key_id in self._shared

    def shared(self, key_id: str) -> SymmetricKey:
        """
        :raises RpcError: there is none.
        """
        key = self._shared.get(key_id)
        if key is None:
            raise RpcError(APPLICATION_ERROR, "invalid id: there is no such symmetric key")
        return key

    def delete_shared(self, key_id: str) -> bool:
        """Whether there was one."""
        return self._shared.pop(key_id, None) is not None


def _pair_id(given: str) -> str:
    """What is not 64 characters long, a public key for example, is derived once more, as in the reference."""
    return given if len(given) == 2 * ID_SIZE else _derived_id(given[:MAX_ID_LENGTH])


def _derived_id(text: str) -> str:
    return pbkdf2_sha256(text.encode(), b"", PAIR_ID_ITERATIONS, ID_SIZE).hex()


def _check_room(count: int, what: str, remedy: str) -> None:
    if count >= MAX_KEYS:
        raise limit_exceeded(f"this node keeps at most {MAX_KEYS} {what} for its callers: delete some with {remedy}")
