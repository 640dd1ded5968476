"""The ``waku_*`` methods (9/WAKU-RPC, waku.md §6.3)."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

from pystatus.crypto.kdf import pbkdf2_sha256
from pystatus.crypto.keys import PRIVATE_KEY_SIZE, PrivateKey
from pystatus.crypto.random import RandomSource
from pystatus.errors import LocalError
from pystatus.node import Node
from pystatus.rpc.admin import trust
from pystatus.rpc.dispatcher import Method
from pystatus.rpc.encoding import REFERENCE, SPECIFICATION, Encoding, from_hex, to_hex
from pystatus.rpc.errors import invalid_params
from pystatus.rpc.keys import KeyStore
from pystatus.rpc.messaging import Messaging
from pystatus.rpc.posting import Workshop
from pystatus.rpc.session import Session
from pystatus.rpc.subscriptions import InstalledFilters
from pystatus.waku.bloom import BLOOM_SIZE
from pystatus.waku.data import SYMMETRIC_KEY_SIZE, SymmetricKey
from pystatus.waku.interest import Interest

VERSION = "1.0"
"""What ``waku_version`` says (waku.md §6.3)."""
KEY_ITERATIONS = 65_356
"""Rounds of PBKDF2 between a password and a symmetric key (waku.md §3.4); not 65,536."""


class WakuApi:
    """Keys, filters and messages of all callers of one node.

    Implements: WR-1
    """

    def __init__(self, node: Node, *, reference_encoding: bool = False, random: RandomSource = os.urandom) -> None:
        self._node = node
        self._random = random
        self.keys = KeyStore(random)
        """Of all callers, whatever names they use."""
        self._filters = InstalledFilters(node, random)
        self._workshop = Workshop(random)
        self.messaging = self.messaging_in("waku", REFERENCE if reference_encoding else SPECIFICATION)
        """The methods of which the form matters."""

    def messaging_in(self, namespace: str, encoding: Encoding) -> Messaging:
        """The same filters, keys and messages under other names, in another form."""
        return Messaging(
            self._node, self.keys, self._filters, self._workshop, self._random, namespace=namespace, encoding=encoding
        )

    def stop(self) -> None:
        """Callers who wait for a proof of work are told that the node stops."""
        self._workshop.stop()

    def close(self) -> None:
        """Forget everything."""
        self._filters.close()
        self._workshop.close()

    @property
    def methods(self) -> dict[str, Method]:
        """By name; two names where the specification and the reference differ.

        Implements: WR-12
        """
        return {
            "waku_version": self.version,
            "waku_info": self.info,
            "waku_setMaxEnvelopeSize": self.set_max_envelope_size,
            "waku_setMaxMessageSize": self.set_max_envelope_size,
            "waku_setMinPoW": self.set_min_pow,
            "waku_setBloomFilter": self.set_bloom_filter,
            "waku_markTrustedPeer": self.mark_trusted_peer,
            "waku_makeLightClient": self.make_light_client,
            "waku_cancelLightClient": self.cancel_light_client,
            "waku_newKeyPair": self.new_key_pair,
            "waku_addPrivateKey": self.add_private_key,
            "waku_deleteKeyPair": self.delete_key_pair,
            "waku_hasKeyPair": self.has_key_pair,
            "waku_getPublicKey": self.get_public_key,
            "waku_getPrivateKey": self.get_private_key,
            "waku_newSymKey": self.new_sym_key,
            "waku_addSymKey": self.add_sym_key,
            "waku_generateSymKeyFromPassword": self.generate_sym_key_from_password,
            "waku_hasSymKey": self.has_sym_key,
            "waku_getSymKey": self.get_sym_key,
            "waku_deleteSymKey": self.delete_sym_key,
            **self.messaging.methods,
        }

    # The node

    def version(self) -> str:
        return VERSION

    def info(self) -> dict[str, Any]:
        """The fields of the specification and those of the reference."""
        node = self._node
        return {
            "minPow": node.config.min_pow,
            "maxEnvelopeSize": node.config.max_envelope_size,
            "memory": node.relay.pool.bytes,
            "envelopes": len(node.relay.pool),
            "messages": len(node.relay.pool),
            "maxMessageSize": node.config.max_envelope_size,
        }

    def set_max_envelope_size(self, size: int) -> bool:
        self._node.configure(replace(self._node.config, max_envelope_size=size))
        return True

    def set_min_pow(self, pow: float) -> bool:
        self._node.configure(replace(self._node.config, min_pow=pow))
        return True

    def set_bloom_filter(self, bloom: str) -> bool:
        interest = Interest.in_bloom(from_hex(bloom, "the bloom filter", BLOOM_SIZE))
        self._node.configure(replace(self._node.config, interest=interest))
        return True

    def mark_trusted_peer(self, enode: str) -> bool:
        self._node.connected_peer(enode)
        trust(self._node, enode)
        return True

    def make_light_client(self) -> bool:
        self._node.configure(replace(self._node.config, light=True))
        return True

    def cancel_light_client(self) -> bool:
        self._node.configure(replace(self._node.config, light=False))
        return True

    # Key pairs

    def new_key_pair(self) -> str:
        return self.keys.new_pair()

    def add_private_key(self, key: str) -> str:
        try:
            private_key = PrivateKey(from_hex(key, "the private key", PRIVATE_KEY_SIZE))
        except LocalError as error:
            raise invalid_params(str(error)) from None
        return self.keys.add_pair(private_key)

    def delete_key_pair(self, id: str) -> bool:
        self.keys.delete_pair(id)
        return True

    def has_key_pair(self, id: str) -> bool:
        return self.keys.has_pair(id)

    def get_public_key(self, id: str) -> str:
        return self.keys.pair(id).public_key.hex

    def get_private_key(self, id: str) -> str:
        return to_hex(self.keys.pair(id).secret)

    # Symmetric keys

    def new_sym_key(self) -> str:
        return self.keys.new_shared()

    def add_sym_key(self, key: str) -> str:
        try:
            symmetric_key = SymmetricKey(from_hex(key, "the symmetric key", SYMMETRIC_KEY_SIZE))
        except LocalError as error:
            raise invalid_params(str(error)) from None
        return self.keys.add_shared(symmetric_key)

    async def generate_sym_key_from_password(self, password: str, session: Session) -> str:
        secret = password.encode()
        raw = await self._workshop.run(
            lambda _: pbkdf2_sha256(secret, b"", KEY_ITERATIONS, SYMMETRIC_KEY_SIZE), session
        )
        return self.keys.add_shared(SymmetricKey(raw))

    def has_sym_key(self, id: str) -> bool:
        return self.keys.has_shared(id)

    def get_sym_key(self, id: str) -> str:
        return to_hex(self.keys.shared(id).raw)

    def delete_sym_key(self, id: str) -> bool:
        return self.keys.delete_shared(id)
