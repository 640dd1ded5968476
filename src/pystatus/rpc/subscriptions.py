"""Filters and subscriptions as callers see them, and the topics that the node watches for them (waku.md §6.3)."""

from __future__ import annotations

import asyncio

from pystatus.crypto.random import RandomSource
from pystatus.errors import LocalError
from pystatus.rpc.dispatcher import notification
from pystatus.rpc.encoding import to_hex
from pystatus.rpc.errors import invalid_params
from pystatus.rpc.filters import Criteria, Deliver, FilteredMessage, MessageFilters
from pystatus.rpc.messages import CriteriaObject, Objects
from pystatus.rpc.session import Session
from pystatus.waku.relay.subscriptions import Watch

MESSAGES = "messages"
"""What there is to subscribe to.

Implements: WR-7
"""
NOTIFICATION = "waku_subscription"
"""The method that notifications name."""
SUBSCRIPTION_ID_SIZE = 16
"""Bytes of a subscription's id, written with 0x as go-ethereum does."""


class Subscriptions:
    """Installs filters, for polling or with a caller behind them, and keeps the node watching what they need."""

    def __init__(self, objects: Objects, filters: MessageFilters, watch: Watch, random: RandomSource) -> None:
        self._objects = objects
        self._filters = filters
        self._watch = watch
        self._random = random
        self._narrowing: asyncio.Handle | None = None

    def close(self) -> None:
        """Change nothing of what the node watches any more."""
        if self._narrowing is not None:
            self._narrowing.cancel()

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
                    NOTIFICATION, {"subscription": subscription, "result": self._objects.message(found)}
                ),
            )

        filter_id = self.install(self._objects.criteria(criteria), deliver)
        session.begin(subscription, lambda: self.uninstall(filter_id))
        return subscription

    def unsubscribe(self, id: str, session: Session) -> bool:  # noqa: A002 - callers name it
        """From the answer on there are no notifications.

        Implements: WR-8
        """
        session.end(id)
        return True
