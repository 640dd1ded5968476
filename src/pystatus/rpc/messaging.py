"""The methods of which the form matters: filters, subscriptions and messages (9/WAKU-RPC, waku.md §6.3).

``waku_*`` and ``shh_*`` have them, of the same filters and keys, each in its
:class:`~pystatus.rpc.encoding.Encoding`.
"""

from __future__ import annotations

from typing import Any

from pystatus.crypto.random import RandomSource
from pystatus.errors import LocalError
from pystatus.node import Node
from pystatus.rpc.dispatcher import Method
from pystatus.rpc.encoding import Encoding, to_hex
from pystatus.rpc.errors import APPLICATION_ERROR, RpcError
from pystatus.rpc.keys import KeyStore
from pystatus.rpc.messages import CriteriaObject, Objects, Post, PostObject
from pystatus.rpc.posting import Workshop
from pystatus.rpc.session import Session
from pystatus.rpc.subscriptions import InstalledFilters, Subscriptions
from pystatus.waku.envelope import Envelope
from pystatus.waku.packets import MAX_SENT_PACKET_SIZE, bundles


class Messaging:
    """Filters, subscriptions and messages in the form of one namespace."""

    def __init__(
        self,
        node: Node,
        keys: KeyStore,
        filters: InstalledFilters,
        workshop: Workshop,
        random: RandomSource,
        *,
        namespace: str,
        encoding: Encoding,
    ) -> None:
        self._node = node
        self._filters = filters
        self._workshop = workshop
        self._namespace = namespace
        self._encoding = encoding
        self._objects = Objects(keys, encoding)
        self._subscriptions = Subscriptions(self._objects, filters, random, f"{namespace}_subscription")

    @property
    def methods(self) -> dict[str, Method]:
        """By name."""
        methods: dict[str, Method] = {
            "subscribe": self._subscriptions.subscribe,
            "unsubscribe": self._subscriptions.unsubscribe,
            "newMessageFilter": self.new_message_filter,
            "deleteMessageFilter": self.delete_message_filter,
            "getFilterMessages": self.get_filter_messages,
            "post": self.post,
        }
        return {f"{self._namespace}_{name}": method for name, method in methods.items()}

    # Filters

    def new_message_filter(self, criteria: CriteriaObject) -> str:
        """The id of a new filter, to be fetched with ``getFilterMessages``.

        Implements: WR-9
        """
        return self._filters.install(self._objects.criteria(criteria))

    def delete_message_filter(self, id: str) -> bool:
        self._filters.uninstall(id)
        return True

    def get_filter_messages(self, id: str) -> list[dict[str, Any]]:
        return [self._objects.message(found) for found in self._filters.fetch(id)]

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
            envelope = await self.make(post, session)
            node.send_p2p(peer, [envelope])
            return self._posted(envelope)
        if post.pow_target < node.config.min_pow:
            raise RpcError(
                APPLICATION_ERROR,
                f"message rejected, PoW too low: powTarget is {post.pow_target:g}, and this node asks for "
                f"{node.config.min_pow:g}",
            )
        envelope = await self.make(post, session)
        node.post(envelope)
        self._filters.receive(envelope)  # whoever listens here gets what is posted here, as with the reference
        return self._posted(envelope)

    async def make(self, post: Post, session: Session) -> Envelope:
        """Seal and mine.

        :raises LocalError: it fits no packet, or see :meth:`~pystatus.rpc.posting.Workshop.make_envelope`.
        """
        node = self._node
        envelope = await self._workshop.make_envelope(post, lambda: node.now, node.config.max_envelope_size, session)
        if not bundles([envelope]):
            raise LocalError(f"The message does not fit a packet, which has at most {MAX_SENT_PACKET_SIZE} bytes.")
        return envelope

    def _posted(self, envelope: Envelope) -> bool | str:
        return to_hex(envelope.hash) if self._encoding.reference else True
