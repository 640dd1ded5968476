"""``pystatus canary``: is a relay well? It is a peer of the relay for a moment, and notes the time of every step."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pystatus import sanitise
from pystatus.apps.cli.options import AsJson, ProxyOption, route
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.values import RELAY, argument, option
from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enode import Enode
from pystatus.devp2p.events import Connected, ConnectionClosed
from pystatus.devp2p.local_node import LocalNode
from pystatus.errors import LocalError
from pystatus.faces.sentences import as_sentence
from pystatus.settings.kinds import LONGEST_TIME, number
from pystatus.waku.bloom import TOPIC_SIZE
from pystatus.waku.envelope import Envelope
from pystatus.waku.interest import Interest
from pystatus.waku.relay.admission import offset_said
from pystatus.waku.relay.clock_judgement import duration
from pystatus.waku.relay.config import RelayConfig
from pystatus.waku.relay.events import EnvelopeConfirmed, EnvelopeReceived, EnvelopeRefused, PeerReady
from pystatus.waku_connection.capabilities import WAKU_1, client_id
from pystatus.wording import counted

if TYPE_CHECKING:
    from pystatus.devp2p.connection import State
    from pystatus.net.route import Route
    from pystatus.net.waku_stream import WakuStream
    from pystatus.waku_connection.connection import Event

SUMMARY = "Check that a relay works."
PLACE = 140

DEFAULT_TIMEOUT = 10.0
"""Seconds for the whole check."""
ENVELOPE_SIZE = 300
"""Bytes of data in the envelope that makes the round trip: the size of a short message."""
MAX_WORDS = 200
"""Characters of a relay's words that are shown."""
ENVELOPE_TTL = 20
"""Seconds that this envelope lives; it need not survive the check for long."""
ENVELOPE_POW = 0.002
"""Its proof of work: what clients make (decisions.md "Waku")."""
CLOCK_SECONDS = 1.0
"""Seconds in which a relay says that the time of an envelope is wrong. Relays of other software never say so."""
KNOCK_AGAIN = 2.0
"""Seconds between two attempts at the second connection: a relay lets one address in every 30 seconds, and an attempt
that it refuses costs nothing."""

_STEPS = ("keys", "hello", "status")


def _step_in(state: State) -> str:
    """Which step is under way in a state of the connection."""
    from pystatus.devp2p.connection import State

    return dict(zip((State.KEYS, State.HELLO, State.OPEN), _STEPS, strict=True))[state]


class StepFailed(LocalError):
    """A step did not succeed."""

    def __init__(self, step: str, why: str) -> None:
        super().__init__(f"failed at {step}: {why}")
        self.step = step
        self.why = why


@dataclass(slots=True)
class Times:
    """How long each step took, in seconds; the last one is under way."""

    clock: Callable[[], float] = time.perf_counter
    seconds: dict[str, float] = field(default_factory=dict)
    step: str = "connect"
    _since: float = 0.0

    def begin(self, step: str) -> None:
        """A step begins."""
        self.step, self._since = step, self.clock()

    def done(self) -> None:
        """The step under way has succeeded."""
        self.seconds[self.step] = self.clock() - self._since


async def check(relay: Enode, out: Output, *, timeout: float, roundtrip: bool, proxy: str | None = None) -> int:
    """Check a relay, print what came of it, and return the exit code."""
    import asyncio

    times = Times()
    visitor = Visitor(relay, times, route(proxy))
    out.status(f"Checking {relay.address} …")
    try:
        try:
            async with asyncio.timeout(timeout):
                await _visit(visitor, roundtrip=roundtrip)
        except TimeoutError as error:
            why = f"no answer within {counted(timeout, 'second')}"
            if times.step == "connect":
                why = visitor.attempt.failure(error, timeout)
            raise StepFailed(times.step, why) from None
        finally:
            out.status("")
    except StepFailed as error:
        out.result(
            {
                "ok": False,
                "step": error.step,
                "error": error.why,
                "client": visitor.client,
                **({} if visitor.clock_offset is None else {"clock_offset_seconds": visitor.clock_offset}),
                **_fields(times),
            },
            _table(times),
        )
        out.note(f"{as_sentence(str(error))}.")
        return 1
    out.result({"ok": True, "client": visitor.client, **_fields(times)}, f"{visitor.client}\n{_table(times)}")
    return 0


def _fields(times: Times) -> dict[str, float]:
    return {f"{step}_seconds": round(seconds, 6) for step, seconds in times.seconds.items()}


def _table(times: Times) -> str:
    return "\n".join(f"{step:8} {seconds * 1000:9.1f} ms" for step, seconds in times.seconds.items())


async def _visit(visitor: Visitor, *, roundtrip: bool) -> None:
    async with visitor.connected():
        await (_while_open(visitor, _round_trip(visitor)) if roundtrip else _compare_clocks(visitor))


async def _compare_clocks(visitor: Visitor) -> None:
    """Post an envelope, and see whether the relay refuses it for its time."""
    import asyncio

    visitor.times.begin("clock")
    envelope = _envelope(os.urandom(TOPIC_SIZE))
    await visitor.post(envelope)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(CLOCK_SECONDS):
            await visitor.listen_for(envelope)
    visitor.times.done()


def _envelope(topic: bytes) -> Envelope:
    return Envelope.mine(time.time(), ENVELOPE_TTL, topic, os.urandom(ENVELOPE_SIZE), ENVELOPE_POW)


async def _while_open(visitor: Visitor, work: Coroutine[None, None, None]) -> None:
    """Do ``work``, and answer the relay's Pings meanwhile."""
    import asyncio

    tasks = [asyncio.create_task(visitor.listen()), asyncio.create_task(work)]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _round_trip(visitor: Visitor) -> None:
    topic = os.urandom(TOPIC_SIZE)
    times = visitor.times
    times.begin("second")
    async with _second(visitor.relay, visitor.route, topic) as listener:
        times.done()
        times.begin("envelope")
        envelope = _envelope(topic)
        await visitor.post(envelope)
        await listener.listen_for(envelope)
        times.done()


@contextlib.asynccontextmanager
async def _second(relay: Enode, route: Route, topic: bytes) -> AsyncIterator[Visitor]:
    """The second connection, tried until the relay lets us in."""
    import asyncio

    while True:
        listener = Visitor(relay, Times(), route, frozenset((topic,)))
        async with contextlib.AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(listener.connected())
            except StepFailed:
                await asyncio.sleep(KNOCK_AGAIN)
                continue
            yield listener
            return


class Visitor:
    """One connection to a relay, as a client that asks for ``topics``."""

    def __init__(self, relay: Enode, times: Times, route: Route, topics: frozenset[bytes] = frozenset()) -> None:
        from pystatus.waku.relay.relay import Relay

        self.relay = relay
        self.route = route
        """How it is reached."""
        self.times = times
        self.client: str | None = None
        """What the relay calls its software, as soon as it has said Hello."""
        assert relay.host is not None, "relay_of takes complete enodes only"
        assert relay.port is not None
        self.attempt = route.attempt(relay.host, relay.port)
        """To connect, and what became of that."""
        self._waku = Relay(RelayConfig(interest=Interest.in_topics(topics), watched=topics))
        self.clock_offset: int | None = None
        """Seconds that the relay's clock is ahead of ours, if it has said so."""
        self._received: set[bytes] = set()
        self._ready = False
        self._stream: WakuStream

    @contextlib.asynccontextmanager
    async def connected(self) -> AsyncIterator[Visitor]:
        """Inside, the connection is there and both have said their Status.

        :raises StepFailed: it did not come to that.
        """
        import asyncio

        from pystatus.devp2p.connection import Connection
        from pystatus.net.waku_stream import WakuStream
        from pystatus.waku_connection.connection import WakuConnection

        self.times.begin("connect")
        try:
            socket = await self.attempt.connect()
            local = LocalNode(PrivateKey.generate(os.urandom), client_id(), (WAKU_1,))
            now = asyncio.get_running_loop().time()
            connection = Connection.initiate(local, self.relay.public_key, os.urandom, now)
            self.times.done()
            self.times.begin("keys")
            self._stream = await WakuStream.open(WakuConnection(connection, self._waku), socket)
        except OSError as error:
            raise StepFailed("connect", self.attempt.failure(error)) from error
        async with self._stream:
            while not self._ready:
                await self._read()
            yield self

    async def post(self, envelope: Envelope) -> None:
        """Send an envelope."""
        self._waku.post(envelope, time.time())
        await self._stream.write()

    async def listen(self) -> None:
        """Be there until cancelled."""
        while True:
            await self._read()

    async def listen_for(self, envelope: Envelope) -> None:
        """Read until ``envelope`` has come, or the relay has said what became of it."""
        while envelope.hash not in self._received:
            await self._read()

    async def _read(self) -> None:
        connection = self._stream.connection
        before = connection.state
        for event in await self._stream.read():
            self._hear(event, before)
        self._reach(_step_in(connection.state))

    def _hear(self, event: Event, before: State) -> None:
        match event:
            case ConnectionClosed():
                raise StepFailed(self._step_of(before, event), event.error)
            case Connected():
                self.client = sanitise.name(event.client_id)
                self._reach("status")
            case PeerReady():
                self._ready = True
                self.times.done()
            case EnvelopeReceived():
                self._received.add(event.envelope.hash)
            case EnvelopeConfirmed():
                self._received.add(event.envelope_hash)
            case EnvelopeRefused():
                self._refuse(event)

    def _step_of(self, before: State, event: ConnectionClosed) -> str:
        """In which step a connection ended that was in state ``before`` a moment ago."""
        if self.client is not None:
            return self.times.step
        if _step_in(before) == "keys" and event.reason is not None:  # only with keys can anybody give a reason
            self.times.done()
            return "hello"
        return _step_in(before)

    def _reach(self, step: str) -> None:
        """The steps of the handshakes before this one are over."""
        for here, following in pairwise(_STEPS):
            if self.times.step == here != step:
                self.times.done()
                self.times.begin(following)

    def _refuse(self, event: EnvelopeRefused) -> None:
        """
        :raises StepFailed: the relay has not taken our envelope.
        """
        offset = offset_said(event.description) if event.is_of_time else None
        if offset is None:
            raise StepFailed(self.times.step, f"the relay refuses the envelope: {event.description[:MAX_WORDS]}")
        self.clock_offset = -offset
        direction = "behind" if offset > 0 else "ahead of"
        raise StepFailed(
            "clock",
            f"the relay's clock is about {duration(abs(offset))} {direction} that of this machine, and it refuses "
            "envelopes for their time. Set the one that is wrong",
        )


def canary(
    relay: Annotated[Any, argument(RELAY, metavar="ENODE", help="The relay, enode://…@host:port.")],
    roundtrip: Annotated[
        bool, typer.Option("--roundtrip", help="Also send an envelope and wait for it on a second connection.")
    ] = False,
    timeout: Annotated[
        float, option(number(0.1, LONGEST_TIME), metavar="SECONDS", help="For the whole check.")
    ] = DEFAULT_TIMEOUT,
    proxy: ProxyOption = None,
    as_json: AsJson = False,
) -> None:
    """Connect to a relay as a peer does, and say how long each step takes.

    Steps: connect (TCP), keys (RLPx), hello, status, clock (are they of one time?); with --roundtrip second and
    envelope in place of it.
    Exit code 0: all went well; 1: a step failed. A relay lets one address in every 30 seconds: with --roundtrip from
    afar give it --timeout 60.
    """
    from pystatus.net.loop import run

    raise typer.Exit(run(check(relay, Output(as_json=as_json), timeout=timeout, roundtrip=roundtrip, proxy=proxy)))
