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
from pystatus.rpc.encoding import Encoding, from_hex, to_hex
from pystatus.rpc.errors import APPLICATION_ERROR, RpcError, invalid_params
from pystatus.rpc.filters import MessageFilters
from pystatus.rpc.keys import KeyStore
from pystatus.rpc.messages import CriteriaObject, Objects, Post, PostObject
from pystatus.rpc.posting import Workshop
from pystatus.rpc.session import Session
from pystatus.rpc.subscriptions import Subscriptions
from pystatus.waku.bloom import BLOOM_SIZE
from pystatus.waku.data import SYMMETRIC_KEY_SIZE, SymmetricKey
from pystatus.waku.envelope import Envelope
from pystatus.waku.interest import Interest
from pystatus.waku.packets import MAX_SENT_PACKET_SIZE, bundles
from pystatus.waku.relay.events import EnvelopeReceived

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
        self._reference = reference_encoding
        self._keys = KeyStore(random)
        self._objects = Objects(self._keys, Encoding(reference=reference_encoding))
        self._filters = MessageFilters(random)
        self._watch = node.open_watch(self._received)
        self._subscriptions = Subscriptions(self._objects, self._filters, self._watch, random)
        self._workshop = Workshop(random)

    def stop(self) -> None:
        """Callers who wait for a proof of work are told that the node stops."""
        self._workshop.stop()

    def close(self) -> None:
        """Forget everything."""
        self._subscriptions.close()
        self._watch.close()
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
            "waku_subscribe": self._subscriptions.subscribe,
            "waku_unsubscribe": self._subscriptions.unsubscribe,
            "waku_newMessageFilter": self.new_message_filter,
            "waku_deleteMessageFilter": self.delete_message_filter,
            "waku_getFilterMessages": self.get_filter_messages,
            "waku_post": self.post,
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

    def set_min_pow(self, pow: float) -> bool:  # noqa: A002 - callers name it
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
        return self._keys.new_pair()

    def add_private_key(self, key: str) -> str:
        try:
            private_key = PrivateKey(from_hex(key, "the private key", PRIVATE_KEY_SIZE))
        except LocalError as error:
            raise invalid_params(str(error)) from None
        return self._keys.add_pair(private_key)

    def delete_key_pair(self, id: str) -> bool:  # noqa: A002
        self._keys.delete_pair(id)
        return True

    def has_key_pair(self, id: str) -> bool:  # noqa: A002
        return self._keys.has_pair(id)

    def get_public_key(self, id: str) -> str:  # noqa: A002
        return self._keys.pair(id).public_key.hex

    def get_private_key(self, id: str) -> str:  # noqa: A002
        return to_hex(self._keys.pair(id).secret)

    # Symmetric keys

    def new_sym_key(self) -> str:
        return self._keys.new_shared()

    def add_sym_key(self, key: str) -> str:
        try:
            symmetric_key = SymmetricKey(from_hex(key, "the symmetric key", SYMMETRIC_KEY_SIZE))
        except LocalError as error:
            raise invalid_params(str(error)) from None
        return self._keys.add_shared(symmetric_key)

    async def generate_sym_key_from_password(self, password: str, session: Session) -> str:
        secret = password.encode()
        raw = await self._workshop.run(
            lambda _: pbkdf2_sha256(secret, b"", KEY_ITERATIONS, SYMMETRIC_KEY_SIZE), session
        )
        return self._keys.add_shared(SymmetricKey(raw))

    def has_sym_key(self, id: str) -> bool:  # noqa: A002
        return self._keys.has_shared(id)

    def get_sym_key(self, id: str) -> str:  # noqa: A002
        return to_hex(self._keys.shared(id).raw)

    def delete_sym_key(self, id: str) -> bool:  # noqa: A002
        return self._keys.delete_shared(id)

    # Filters

    def new_message_filter(self, criteria: CriteriaObject) -> str:
        """The id of a new filter, to be fetched with ``waku_getFilterMessages``.

        Implements: WR-9
        """
        return self._subscriptions.install(self._objects.criteria(criteria))

    def delete_message_filter(self, id: str) -> bool:  # noqa: A002
        self._subscriptions.uninstall(id)
        return True

    def get_filter_messages(self, id: str) -> list[dict[str, Any]]:  # noqa: A002
        return [self._objects.message(found) for found in self._filters.fetch(id)]

    def _received(self, event: EnvelopeReceived) -> None:
        self._filters.receive(event.envelope, p2p=event.p2p)

    # Messages

    async def post(self, message: PostObject, session: Session) -> bool | str:
        """True as the specification has it, or the envelope's hash as the reference does.

        With ``targetPeer`` the message goes to this peer alone, and only reaches its callers if it trusts us.
        """
        node = self._node
        post = self._objects.post(message)
        del message  # what was read of it is half as large
        if post.target_peer is not None:
            peer = node.connected_peer(post.target_peer)
            envelope = await self._make(post, session)
            node.send_p2p(peer, [envelope])
            return self._posted(envelope)
        if post.pow_target < node.config.min_pow:
            raise RpcError(
                APPLICATION_ERROR,
                f"message rejected, PoW too low: powTarget is {post.pow_target:g}, and this node asks for "
                f"{node.config.min_pow:g}",
            )
        envelope = await self._make(post, session)
        node.post(envelope)
        self._filters.receive(envelope)  # whoever listens here gets what is posted here, as with the reference
        return self._posted(envelope)

    async def _make(self, post: Post, session: Session) -> Envelope:
        node = self._node
        envelope = await self._workshop.make_envelope(post, lambda: node.now, node.config.max_envelope_size, session)
        if not bundles([envelope]):
            raise LocalError(f"The message does not fit a packet, which has at most {MAX_SENT_PACKET_SIZE} bytes.")
        return envelope

    def _posted(self, envelope: Envelope) -> bool | str:
        return to_hex(envelope.hash) if self._reference else True
