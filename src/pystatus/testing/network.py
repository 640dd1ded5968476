"""A network in memory, and the people on it: real clients, whose messages take the way of real ones."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from functools import partial
from itertools import count
from typing import Any, TypeVar, cast

from pystatus.arguments import checked
from pystatus.chain.endpoint import Endpoint
from pystatus.chain.gateway import Gateway
from pystatus.client.answering import AnswerLimits
from pystatus.client.chain import Chain
from pystatus.client.chain_access import contract, price_service
from pystatus.client.client import Client
from pystatus.client.events import PeerConnected
from pystatus.client.inbox_config import HistoryTerms
from pystatus.client.resolving import NameResolver
from pystatus.client.sending import Receipt
from pystatus.client.settings import CLIENT_PEERS, ClientSettings
from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enode import Enode
from pystatus.devp2p.local_node import LocalNode
from pystatus.errors import LocalError
from pystatus.messenger.config import MessengerConfig
from pystatus.messenger.events import MessageReceived
from pystatus.messenger.records import Message
from pystatus.node import WAKU_1, NodeConfig, client_id
from pystatus.simulation.clock import VirtualClock
from pystatus.simulation.network import Network as Relays
from pystatus.simulation.network import Traffic
from pystatus.simulation.randomness import stream
from pystatus.simulation.settings import Conditions
from pystatus.testing.loop import VirtualLoop
from pystatus.testing.memory import MemoryProfile
from pystatus.testing.relay import RelayEnd
from pystatus.testing.stream import ADDRESS

T = TypeVar("T")

DAY = 86_400.0
"""Seconds that a test may take at most unless it says otherwise: one that waits for what never comes ends then."""
FIRST_PORT = 1_024
"""Each person has a port of the relays for themselves, by which they are known."""


class Person:
    """Somebody with a client that is open, or a bot: what others write to them is kept, and their connection may
    go."""

    def __init__(self, client: Client, place: _Place) -> None:
        self.client = client
        self.messages: list[Message] = []
        """What others have written, in the order in which it came."""
        self._place = place
        self._program: asyncio.Task[Any] | None = None
        client.on(MessageReceived)(self._received)

    def __repr__(self) -> str:
        return f"<Person {self._place.name!r}>"

    def _received(self, event: MessageReceived) -> None:
        self.messages.append(event.message)

    @property
    def texts(self) -> list[str]:
        """The texts of :attr:`messages`."""
        return [message.text for message in self.messages]

    async def say(self, to: Person | str, text: str) -> Receipt:
        """Write to somebody alone, or into a public chat, which is joined.

        :raises LocalError: as :meth:`pystatus.Client.send_text`.
        """
        chat = await (self.client.join(to) if isinstance(to, str) else self.client.open_chat(to.client.public_key))
        return await self.client.send_text(chat, text)

    async def stop(self) -> None:
        """The client is closed: what was stored stays, for :meth:`Network.bot` or :meth:`Network.person` of the same
        name. A bot is broken off where it waits, as Ctrl-C does it."""
        if self._program is None:
            await self.client.close()
        else:
            await _ended(self._program)

    async def go_offline(self) -> None:
        """The connection breaks, and there is no other until :meth:`go_online`."""
        self._place.is_reachable = False
        if self._place.end is not None:
            self._place.end.cut()
            await asyncio.sleep(0)  # in this turn of the event loop the client hears of it

    async def go_online(self) -> None:
        """The relays can be reached again; wait until the client has noticed."""
        self._place.is_reachable = True
        await self.client.wait_for_peer()


class _Place:
    """Where one person is: their memory, and their port of the relays."""

    def __init__(self, name: str, local: LocalNode, port: int, relays: Relays[RelayEnd], clock: VirtualClock) -> None:
        self.name = name
        self.profile = MemoryProfile(name)
        self.enode = Enode(local.key.public_key, ADDRESS, port, port)
        self.is_reachable = True
        self.end: RelayEnd | None = None
        self._new_end = partial(RelayEnd, local, port, relays, clock)

    def accept(self) -> RelayEnd | None:
        """Somebody dials."""
        self.end = self._new_end() if self.is_reachable else None
        return self.end


class Network:
    """Relays that everybody is connected to. Make one with :func:`run`."""

    def __init__(self, clock: VirtualClock, conditions: Conditions, seed: int, state_dir: str) -> None:
        self.clock = clock
        """Passes when everybody waits. ``clock.now()`` is the time; ``clock.at(time, function)`` calls it then."""
        self._relays: Relays[RelayEnd] = Relays(clock, conditions, stream(seed, "network"))
        self._local = LocalNode(PrivateKey.generate(os.urandom), client_id(), (WAKU_1,))
        self._state_dir = state_dir
        self._ports = count(FIRST_PORT)
        self._places: dict[str, _Place] = {}
        self._stack = AsyncExitStack()
        self._story: asyncio.Task[Any] | None = None
        self._failure: BaseException | None = None

    @property
    def conditions(self) -> Conditions:
        """How bad the network is. Set others, and what is sent from then on meets those."""
        return self._relays.medium.conditions

    @conditions.setter
    def conditions(self, conditions: Conditions) -> None:
        self._relays.medium.conditions = _checked(conditions)

    @property
    def traffic(self) -> Traffic:
        """What has gone over it, and what became of that."""
        return self._relays.traffic

    async def wait(self, seconds: float) -> None:
        """Let time pass: everything happens that is due meanwhile."""
        await asyncio.sleep(seconds)

    @checked
    def client(
        self,
        name: str,
        *,
        datasync: bool = True,
        answer_limits: AnswerLimits | None = None,
        names: NameResolver | None = None,
        chain: Chain | None = None,
        endpoint: Endpoint | None = None,
        gateway: Gateway | None = None,
        sticker_market: str | None = None,
        prices: str | None = None,
    ) -> Client:
        """The client of ``name``, not opened yet: a new account, or the same one with all that it has stored, if it is
        known already. Use it as a bot does: ``async with client: …``

        :param datasync: as :meth:`pystatus.Client.open` takes it; so are the others.
        """
        place = self._place(name)
        settings = ClientSettings(
            node=NodeConfig(peers=(str(place.enode),), enough_peers=CLIENT_PEERS, full_node=False),
            messenger=MessengerConfig(datasync=datasync, verify_names=names is not None),
            inbox=None,
            history=HistoryTerms(),
            answers=answer_limits or AnswerLimits(),
            new_device=False,
            chain=chain,
            endpoint=endpoint,
            gateway=gateway,
            sticker_market=contract(sticker_market),
            prices=price_service(prices, None),
            state_dir=self._state_dir,
            names=names,
        )
        return Client(place.profile, name, "", settings, self.clock)

    async def person(
        self,
        name: str,
        *,
        datasync: bool = True,
        answer_limits: AnswerLimits | None = None,
        names: NameResolver | None = None,
        chain: Chain | None = None,
        endpoint: Endpoint | None = None,
        gateway: Gateway | None = None,
        sticker_market: str | None = None,
        prices: str | None = None,
    ) -> Person:
        """Somebody whose client is open and connected. It is closed at the end of the test.

        :raises ProfileInUse: they have a client that is open.
        """
        client = self.client(
            name, datasync=datasync, answer_limits=answer_limits, names=names, chain=chain,
            endpoint=endpoint, gateway=gateway, sticker_market=sticker_market, prices=prices,
        )  # fmt: skip
        person = Person(client, self._place(name))
        await self._stack.enter_async_context(client)
        await client.wait_for_peer()
        return person

    @checked
    async def bot(
        self,
        name: str,
        program: Callable[[Client], Coroutine[Any, Any, Any]],
        *,
        answer_limits: AnswerLimits | None = None,
    ) -> Person:
        """A bot that runs beside the test, as its process does beside others, until it is stopped or the test ends.
        This returns when it is connected. What it raises, this raises, or the test as soon as it happens.

        :param program: given a client that is not open yet; opens it, and does what the bot does.
        """
        client = self.client(name, answer_limits=answer_limits)
        bot = Person(client, self._place(name))
        is_connected = asyncio.Event()

        @client.on(PeerConnected)
        def connected(_: PeerConnected) -> None:
            is_connected.set()

        bot._program = asyncio.create_task(program(client), name=name)
        self._stack.push_async_callback(_ended, bot._program)
        waiting = asyncio.create_task(is_connected.wait())
        try:
            await asyncio.wait((bot._program, waiting), return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        if bot._program.done():
            await bot._program
        bot._program.add_done_callback(self._bot_ended)
        return bot

    def _bot_ended(self, program: asyncio.Task[Any]) -> None:
        """A bot that fails is the end of the test, which would otherwise wait for its answers."""
        if not program.cancelled() and program.exception() is not None and self._story is not None:
            self._failure = self._failure or program.exception()
            self._story.cancel()

    def _place(self, name: str) -> _Place:
        if name not in self._places:
            port = next(self._ports)
            place = self._places[name] = _Place(name, self._local, port, self._relays, self.clock)
            cast(VirtualLoop, asyncio.get_running_loop()).listen(ADDRESS, port, place.accept)
        return self._places[name]

    async def _tell(self, story: Callable[[Network], Coroutine[Any, Any, T]]) -> T:
        """Carry out the test.

        :raises BaseException: what it, or a bot, raises.
        """
        self._story = asyncio.current_task()
        try:
            return await story(self)
        except asyncio.CancelledError:
            if self._failure is None:
                raise
            raise self._failure from None
        finally:
            self._story = None
            await self._close()

    async def _close(self) -> None:
        try:
            await self._stack.aclose()
        finally:
            for place in self._places.values():
                place.profile.close()


@checked
def run(
    story: Callable[[Network], Coroutine[Any, Any, T]],
    conditions: Conditions | None = None,
    *,
    seed: int = 0,
    limit: float = DAY,
) -> T:
    """Run a test to its end, on a network and with a clock of its own, and return what it returns.

    :param story: the test: an asynchronous function of the network.
    :param conditions: how bad the network is; None: nothing is lost, and a message takes two tenths of a second.
    :param seed: what becomes of each envelope follows from it. Keys do not, nor when a client repeats something.
    :param limit: seconds on the clock after which the test fails.
    :raises LocalError: the test waits for what never comes, or these are conditions of simulations alone.
    """
    checked_conditions = _checked(conditions or Conditions())
    clock = VirtualClock()
    with (
        tempfile.TemporaryDirectory(prefix="pystatus-testing-") as state_dir,
        asyncio.Runner(loop_factory=lambda: VirtualLoop(clock, limit)) as runner,
    ):
        return runner.run(Network(clock, checked_conditions, seed, state_dir)._tell(story))


async def _ended(program: asyncio.Task[Any]) -> None:
    """Break a program off, and wait until it has ended. If it has failed, the test has been told."""
    program.cancel()
    await asyncio.wait((program,))


def _checked(conditions: Conditions) -> Conditions:
    if conditions.corruption or conditions.churn or conditions.skew:
        raise LocalError(
            "Here nothing is damaged, clocks agree, and people go offline when the test says so: leave corruption, "
            "churn and skew out."
        )
    return conditions
