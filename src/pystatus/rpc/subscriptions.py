"""Filters and subscriptions as callers see them, and the topics that the node watches for them (waku.md §6.3)."""

from __future__ import annotations

import asyncio

from pystatus.crypto.random import RandomSource
from pystatus.errors import LocalError
from pystatus.node import Node
from pystatus.rpc.dispatcher import notification
from pystatus.rpc.encoding import to_hex
from pystatus.rpc.errors import invalid_params
from pystatus.rpc.filters import Criteria, Deliver, FilteredMessage, MessageFilters
from pystatus.rpc.messages import CriteriaObject, Objects
from pystatus.rpc.session import Session
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.events import EnvelopeReceived

MESSAGES = "messages"
"""What there is to subscribe to.

Implements: WR-7
"""
SUBSCRIPTION_ID_SIZE = 16
"""Bytes of a subscription's id, written with 0x as go-ethereum does."""


class InstalledFilters:
    """Installs filters, for polling or with a caller behind them, and keeps the node watching what they need."""

    def __init__(self, node: Node, random: RandomSource) -> None:
        self._filters = MessageFilters(random)
        self._watch = node.open_watch(self._received)
        self._narrowing: asyncio.Handle | None = None

    def close(self) -> None:
        """Watch nothing any more."""
        if self._narrowing is not None:
            self._narrowing.cancel()
        self._watch.close()

    def receive(self, envelope: Envelope, *, p2p: bool = False) -> None:
        """Hand the message to every filter that lets it through."""
        self._filters.receive(envelope, p2p=p2p)

    def _received(self, event: EnvelopeReceived) -> None:
        self.receive(event.envelope, p2p=event.p2p)

    def fetch(self, filter_id: str) -> list[FilteredMessage]:
        """See :meth:`~pystatus.rpc.filters.MessageFilters.fetch`."""
        return self._filters.fetch(filter_id)

    def install(self, criteria: Criteria, deliver: Deliver | None = None) -> str:
        """
        :raises LocalError: too many filters or topics; nothing has changed.
        """
        filter_id = self._filters.add(criteria, deliver)
        try:
            self._watch.set_topics(self._filters.topics)
        except LocalError:
            self._filters.remove(filter_id)
            raise
        return filter_id

    def uninstall(self, filter_id: str) -> None:
        """
        :raises RpcError: there is none.
        """
        self._filters.remove(filter_id)
        if self._narrowing is None:  # once for all subscriptions of a connection: it takes 50 ms with 100,000 topics
            self._narrowing = asyncio.get_running_loop().call_soon(self._narrow)

    def _narrow(self) -> None:
        self._narrowing = None
        self._watch.set_topics(self._filters.topics)


class Subscriptions:
    """Subscriptions of callers who use the names of one namespace."""

    def __init__(self, objects: Objects, filters: InstalledFilters, random: RandomSource, notification: str) -> None:
        """
        :param notification: the method that notifications name.
        """
        self._objects = objects
        self._filters = filters
        self._random = random
        self._notification = notification

    def subscribe(self, name: str, criteria: CriteriaObject, session: Session) -> str:
        """Notify the caller of every message from now on. Its first notification comes after its id.

        Implements: WR-7
        """
        if name != MESSAGES:
            raise invalid_params(f'there is nothing to subscribe to but "{MESSAGES}"')
        session.require_notifications()
        subscription = to_hex(self._random(SUBSCRIPTION_ID_SIZE))

        def deliver(found: FilteredMessage) -> None:
            session.notify(
                subscription,
                lambda: notification(
                    self._notification, {"subscription": subscription, "result": self._objects.message(found)}
                ),
            )

        filter_id = self._filters.install(self._objects.criteria(criteria), deliver)
        session.begin(subscription, lambda: self._filters.uninstall(filter_id))
        return subscription

    def unsubscribe(self, id: str, session: Session) -> bool:
        """From the answer on there are no notifications.

        Implements: WR-8
        """
        session.end(id)
        return True
