"""The UDP sockets of Discovery v5 and its timer: the only place where its datagrams meet the event loop."""

from __future__ import annotations

import asyncio
import errno
import math
import os
import socket
import time
from collections import Counter
from collections.abc import Callable, Sequence

from pystatus.crypto.random import RandomSource
from pystatus.discovery.addresses import IPAddress, parse_address
from pystatus.discovery.discv5.events import Event
from pystatus.discovery.discv5.node import Times
from pystatus.discovery.discv5.outbox import Datagram
from pystatus.discovery.discv5.packets import MAX_PACKET_SIZE
from pystatus.discovery.discv5.service import Discovery
from pystatus.net.datagram_backlog import DatagramBacklog, Waiting
from pystatus.token_bucket import TokenBucket

READ_AT_ONCE = 16
"""Datagrams that are taken from a socket in one turn of the event loop: some milliseconds of work, most of it the
recovery of keys from signatures."""
SORTED_AT_ONCE = 128
"""Datagrams that are taken in one turn where most of them are put aside: half a millisecond of work."""
SHARE = 0.25
"""The part of the processor that datagrams of strangers may take in a node that has other work. When they take more,
those come first that come from where we have asked something; of the others no more is read than where they come from,
and they wait in a :class:`~pystatus.net.datagram_backlog.DatagramBacklog` until there is a share again. It is the time
of the processor that counts: where others use the machine, a datagram takes longer and costs no more."""
SHARE_ALONE = 0.8
"""The same of a bootnode, which does nothing else: the rest is left for it to find and check nodes itself."""
SORTING_SHARE = 0.15
"""The part that picking them out may take besides. When that is used up, too, the sockets are left alone for a while;
the system drops what does not fit into its buffers meanwhile. Ours: it is enough for 10,000 datagrams a second."""
BEHIND_SECONDS = 0.1
"""For which more may wait in a socket than is taken in a turn, until answers come first as well: this process has less
of the processor than its share, because others use the machine."""
BURST = 0.05
"""Seconds of work beyond either share which may come at once, so that without a flood nothing waits."""
LONGEST_REST = 0.25
"""Seconds that the sockets are left alone at most, however much a turn has cost."""
SHORTEST_TIMER = 0.005
"""Seconds until the next call of a timer at the earliest: one that is always due must not fill the event loop."""
BUFFER_SIZE = 1 << 20
"""Bytes that the system is asked to keep for us until they are read; it may give less."""

_PASSING = (errno.EAGAIN, errno.EWOULDBLOCK, errno.EINTR)


def machine_times() -> Times:
    """The clocks of this machine: one that only goes forward, and the time of day."""
    return Times(time.monotonic(), time.time())


class UdpEndpoint:
    """Drives one :class:`~pystatus.discovery.discv5.service.Discovery`: reads and sends its datagrams, keeps its timer,
    and hands on its events. It belongs to the event loop in which :meth:`start` is called."""

    def __init__(
        self,
        discovery: Discovery,
        sockets: Sequence[socket.socket],
        on_event: Callable[[Event], None],
        *,
        share: float = SHARE,
        times: Callable[[], Times] = machine_times,
        worked: Callable[[], float] = time.thread_time,
        random: RandomSource = os.urandom,
        on_work: Callable[[], None] = lambda: None,
    ) -> None:
        """
        :param sockets: bound and non-blocking, one for each IP version at least; closed by :meth:`close`.
        :param on_event: called in the event loop; must not block. It may call ``discovery`` and :meth:`wake`.
        :param share: the part of the processor that a flood may take, above 0; 1: all that there is.
        :param times: the clocks.
        :param worked: seconds that this thread has had of the processor, as long as it has existed.
        :param random: chooses which datagrams of strangers are dropped when too many wait.
        :param on_work: called in the event loop after datagrams were read; must not block.
        """
        assert 0 < share <= 1, "a share of the processor"
        self.discovery = discovery
        self.oversized = 0
        """Datagrams that were longer than a packet. A cut one could decode as that of another sender."""
        self.send_errors: Counter[str] = Counter()
        """Datagrams that the system did not send, by the name of its error (ENETUNREACH, …)."""
        self.receive_errors: Counter[str] = Counter()
        """Errors in place of a datagram, likewise."""
        self.passed_over = 0
        """Datagrams of strangers that were dropped because they took more than their share of the processor: too many
        waited, or they waited too long."""
        self.rests = 0
        """How often the sockets were left alone because picking out answers took more than its share."""
        self._sockets = tuple(sockets)
        self._by_version = {4 if one.family == socket.AF_INET else 6: one for one in reversed(self._sockets)}
        self._on_event = on_event
        self._for_strangers = TokenBucket(BURST, share, times().monotonic) if share < 1 else None
        """Seconds of work on datagrams that there are; ``None``: as many as come."""
        self._behind: dict[socket.socket, float] = {}
        """Since when there has been more in a socket than was taken of it."""
        self._backlog = DatagramBacklog(random)
        self._working_off: asyncio.TimerHandle | None = None
        self._for_sorting = TokenBucket(BURST, SORTING_SHARE, times().monotonic)
        self._times = times
        self._worked = worked
        self._on_work = on_work
        self._loop: asyncio.AbstractEventLoop | None = None
        self._resting: asyncio.TimerHandle | None = None
        self._woken: asyncio.Handle | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._due: float | None = None

    def start(self) -> None:
        """Begin to read and to keep the timer."""
        self._loop = asyncio.get_running_loop()
        for one in self._sockets:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_SIZE)
        self._listen()
        self.wake()

    def close(self) -> None:
        """Read and send no more. No event comes after this. Closing again changes nothing."""
        for handle in (self._woken, self._timer, self._resting, self._working_off):
            if handle is not None:
                handle.cancel()
        if self._loop is not None:
            for one in self._sockets:
                self._loop.remove_reader(one)
        self._loop = self._woken = self._timer = self._resting = self._working_off = None
        self._backlog.clear()
        for one in self._sockets:
            one.close()

    @property
    def now(self) -> Times:
        """The time, as ``discovery`` is to be told it."""
        return self._times()

    def wake(self) -> None:
        """Send what ``discovery`` has to send, soon. To be called after a call of it from elsewhere."""
        if self._loop is not None and self._woken is None:
            self._woken = self._loop.call_soon(self._work)

    def _work(self) -> None:
        self._woken = None
        self._due = None  # whatever the timer was set to
        self._pump()

    def _read(self, source: socket.socket) -> None:
        """As many datagrams as one turn may take."""
        began, now = self._worked(), self._times()
        strangers = self._for_strangers
        is_behind = now.monotonic - self._behind.get(source, math.inf) > BEHIND_SECONDS
        is_flooded = strangers is not None and (
            is_behind or bool(self._backlog) or strangers.tokens(now.monotonic) < 0.0
        )
        taken = 0
        is_empty = False
        for _ in range(SORTED_AT_ONCE if is_flooded else READ_AT_ONCE):
            try:
                data, sender = source.recvfrom(MAX_PACKET_SIZE + 1)
            except OSError as error:
                is_empty = error.errno in _PASSING
                if not is_empty:
                    self.receive_errors[_name(error)] += 1
                break
            if len(data) > MAX_PACKET_SIZE:
                self.oversized += 1
                continue
            # Without the interface of a link-local one.
            place = parse_address(sender[0].partition("%")[0]), sender[1]
            if is_flooded and not self.discovery.expects(place, now):
                self.passed_over += not self._backlog.put(Waiting(data, place, now.monotonic))
                continue
            self.discovery.receive(data, place, self._times())
            taken += 1
            if taken == READ_AT_ONCE:
                break
        if is_empty or not _has_more(source):
            self._behind.pop(source, None)
        else:
            self._behind.setdefault(source, now.monotonic)
        try:
            self._pump()
            self._on_work()
        finally:
            if strangers is not None and self._loop is not None:  # an event may have closed us
                self._account(self._for_sorting if is_flooded else strangers, self._worked() - began, self._loop)
                self._keep_working_off(strangers, self._loop)

    def _keep_working_off(self, strangers: TokenBucket, loop: asyncio.AbstractEventLoop) -> None:
        """See that those who wait have their turn, as soon as there is a share for them."""
        if self._backlog and self._working_off is None:
            pause = strangers.seconds_until(0.0, self._times().monotonic)
            self._working_off = loop.call_later(pause, self._work_off, strangers)

    def _work_off(self, strangers: TokenBucket) -> None:
        """As many of those who wait as one turn may take."""
        self._working_off = None
        began = self._worked()
        self.passed_over += self._backlog.drop_late(self._times().monotonic)
        for _ in range(min(READ_AT_ONCE, len(self._backlog))):
            one = self._backlog.take()
            self.discovery.receive(one.data, one.source, self._times())
        try:
            self._pump()
            self._on_work()
        finally:
            if self._loop is not None:
                strangers.spend(self._times().monotonic, self._worked() - began)
                self._keep_working_off(strangers, self._loop)

    def _account(self, bucket: TokenBucket, seconds: float, loop: asyncio.AbstractEventLoop) -> None:
        """Leave the sockets alone if too much was spent on picking out answers."""
        now = self._times().monotonic
        bucket.spend(now, seconds)
        pause = self._for_sorting.seconds_until(0.0, now)
        if pause > 0 and self._resting is None:
            self.rests += 1
            for one in self._sockets:
                loop.remove_reader(one)
            self._resting = loop.call_later(min(pause, LONGEST_REST), self._resume)

    def _resume(self) -> None:
        self._resting = None
        self._listen()

    def _listen(self) -> None:
        assert self._loop is not None, "called while it runs"
        for one in self._sockets:
            self._loop.add_reader(one, self._read, one)

    def _tick(self) -> None:
        self._timer = self._due = None
        self.discovery.on_timer(self._times())
        self._pump()

    def _pump(self) -> None:
        """What ``discovery`` has to send and to say."""
        for datagram in self.discovery.datagrams_to_send():
            self._send(datagram)
        try:
            for event in self.discovery.events():
                if self._loop is None:
                    return
                self._on_event(event)
        finally:
            self._keep_timer()

    def _send(self, datagram: Datagram) -> None:
        to = self._by_version.get(datagram.address.version)
        if to is None:
            self.send_errors["EAFNOSUPPORT"] += 1
            return
        try:
            to.sendto(datagram.data, (str(datagram.address), datagram.port))
        except OSError as error:
            self.send_errors[_name(error)] += 1
        except OverflowError:  # no port
            self.send_errors["EINVAL"] += 1

    def _keep_timer(self) -> None:
        due = self.discovery.next_timer
        if self._loop is None or (due == self._due and self._timer is not None):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._due = None, due
        if due is not None:
            pause = max(SHORTEST_TIMER, due - self._times().monotonic)
            self._timer = self._loop.call_later(pause, self._tick)


def _has_more(source: socket.socket) -> bool:
    try:
        source.recv(1, socket.MSG_PEEK)
    except OSError as error:
        return error.errno not in _PASSING
    return True


def _name(error: OSError) -> str:
    return errno.errorcode.get(error.errno or 0, "unknown")


def local_address(sockets: Sequence[socket.socket]) -> tuple[IPAddress, int]:
    """Where the first of some sockets is bound."""
    name = sockets[0].getsockname()
    return parse_address(name[0].partition("%")[0]), name[1]
