"""One connection of a caller, as far as methods see it: its subscriptions and their notifications."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext

from pystatus.rpc.errors import APPLICATION_ERROR, RpcError, limit_exceeded
from pystatus.rpc.room import Share

MAX_SUBSCRIPTIONS = 100
"""Subscriptions of one connection: enough for every chat of a client, and a tenth of all filters of a node."""
MAX_HELD_BYTES = 32 << 20
"""Bytes of notifications that are held back: as many as wait for a caller that does not read
(:data:`~pystatus.rpc.write_queue.MAX_WAITING_BYTES`). A batch may take hours, and anybody may write meanwhile."""

Send = Callable[[bytes], None]


class Session:
    """What lives as long as a connection.

    A caller learns the id of a subscription before its first notification: from then on until the answer is on its way
    notifications are held back.
    """

    def __init__(
        self,
        send: Send | None = None,
        share: Share | None = None,
        drained: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """
        :param send: puts a message on its way without blocking, and ends the connection when too much is waiting;
            ``None`` where the transport carries nothing but answers.
        :param share: with what the connection holds is counted; ``None``: it is not.
        :param drained: waits until little of what was sent waits to be read.
        """
        self._drained = drained
        self._send = send
        self._share = share
        self._ends: dict[str, Callable[[], None]] = {}
        self._held: list[tuple[str, bytes]] | None = None
        self._held_bytes = 0

    @property
    def is_over(self) -> bool:
        """The caller is hung up on: nobody waits for an answer."""
        return self._share is not None and self._share.is_over

    def hold(self, count: int) -> None:
        """The connection holds so many bytes more; if negative, so many less."""
        if self._share is not None:
            self._share.hold(count)

    async def drained(self) -> None:
        """Wait until the caller has read most of what it was sent: for what has much to send and can wait."""
        if self._drained is not None:
            await self._drained()

    def dropping(self, drop: Callable[[], None]) -> AbstractContextManager[None]:
        """While something waits elsewhere for its turn: ``drop`` is called when the caller is hung up on."""
        return nullcontext() if self._share is None else self._share.dropping(drop)

    def require_notifications(self) -> None:
        """
        :raises RpcError: this transport answers requests and nothing else, or there are too many subscriptions.
        """
        if self._send is None:
            raise RpcError(
                APPLICATION_ERROR,
                "notifications not supported: subscribe over a WebSocket or the Unix socket, or poll with "
                "newMessageFilter and getFilterMessages",
            )
        if len(self._ends) >= MAX_SUBSCRIPTIONS:
            raise limit_exceeded(f"a connection has at most {MAX_SUBSCRIPTIONS} subscriptions: end some of them")

    def begin(self, subscription: str, end: Callable[[], None]) -> None:
        """A new subscription, and how to end it."""
        self._ends[subscription] = end
        if self._held is None:
            self._held = []

    def end(self, subscription: str) -> None:
        """From now on there are no notifications of it.

        :raises RpcError: there is none.

        Implements: WR-8
        """
        end = self._ends.pop(subscription, None)
        if end is None:
            raise RpcError(APPLICATION_ERROR, "subscription not found on this connection")
        end()
        if self._held is not None:
            self._held = [held for held in self._held if held[0] != subscription]

    def notify(self, subscription: str, message: Callable[[], bytes]) -> None:
        """Send a notification, or hold it back; ``message`` makes it."""
        assert self._send is not None, "require_notifications was called before"
        if self._held is None:
            self._send(message())
        else:
            made = message()
            self._held.append((subscription, made))
            self._held_bytes += len(made)
            self.hold(len(made))
            if self._held_bytes > MAX_HELD_BYTES:  # the way out has a limit, too, and gives up whoever exceeds it
                self.answered()

    def tell(self, message: bytes) -> None:
        """Send a notification that belongs to no subscription: before everything that is answered from now on."""
        assert self._send is not None, "require_notifications was called before"
        self._send(message)

    def answered(self) -> None:
        """The answer to the present request has been queued."""
        held = self._held or []
        self._release()
        for _, message in held:
            assert self._send is not None, "require_notifications was called before"
            self._send(message)

    def close(self) -> None:
        """End all subscriptions."""
        for subscription in list(self._ends):
            self.end(subscription)
        self._release()

    def _release(self) -> None:
        self._held = None
        self.hold(-self._held_bytes)
        self._held_bytes = 0
