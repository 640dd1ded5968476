"""An open profile at work: its messenger, its node and its clock. Inputs go in, and their effects are carried out."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pystatus.client.answering import AnswerGuard
from pystatus.client.arrivals import Arrivals
from pystatus.client.chain import ChainQuestions
from pystatus.client.command_queue import CommandQueue, carry_out
from pystatus.client.continuity import Continuity
from pystatus.client.events import EventHub
from pystatus.client.idle_upkeep import IdleUpkeep
from pystatus.client.inbox_config import InboxConfig
from pystatus.client.node_events import reported
from pystatus.client.resolving import Resolving
from pystatus.client.sending import Sending
from pystatus.client.settings import ClientSettings
from pystatus.messenger.announcements import Unanswered
from pystatus.messenger.batch import Outcome
from pystatus.messenger.effects import (
    Continue,
    Effect,
    FollowSent,
    InterestChanged,
    LookUpTransactions,
    Notify,
    Publish,
    RequestHistory,
    VerifyNames,
)
from pystatus.messenger.events import DeviceRenewed, RenewalReason
from pystatus.messenger.features.names import NameAnswer, Names
from pystatus.messenger.features.transactions import Transactions
from pystatus.messenger.features.wallet import Wallet
from pystatus.messenger.journal import Journal
from pystatus.messenger.messenger import HOUSEKEEPING, Messenger
from pystatus.messenger.transaction_records import ChainTransaction
from pystatus.net.clock import Clock
from pystatus.node import Node, NodeEvent
from pystatus.node.config import complete_enode
from pystatus.peers.events import NodeDiscovered
from pystatus.peers.sources import WHISPERMAIL
from pystatus.storage.messenger import SqlMessengerStore
from pystatus.storage.profiles import Unlocked
from pystatus.waku.relay.events import EnvelopeReceived

if TYPE_CHECKING:
    from pystatus.chain.endpoint import Endpoint
    from pystatus.client.following import Following
    from pystatus.client.inbox import Inbox
    from pystatus.peers.cache import PeerCache

FLUSH_SECONDS = 1.0
"""For which a relay that reads slowly is waited for when a client is closed. Ours: what does not leave by then is
stored, and leaves the next time."""


class Session:
    """From the unlocking of a profile to its end."""

    def __init__(
        self,
        unlocked: Unlocked,
        settings: ClientSettings,
        clock: Clock,
        hub: EventHub,
        stop: Callable[[], None],
    ) -> None:
        """
        :param hub: is told what happens.
        :param stop: called when nothing can be stored any more.
        :raises StorageError: the database refuses; nothing was changed.
        """
        self.profile = unlocked.profile
        self.database = unlocked.database
        self.store = SqlMessengerStore(unlocked.database)
        self.journal = Journal(self.store.journal, self.store)
        self.inputs = CommandQueue(self._handle, stop)
        self._clock = clock
        self._reading: float | None = None
        self._is_leaving = False
        """The relays are said goodbye to."""
        self._hub = hub
        self._arrivals = Arrivals(os.urandom)
        self._timer: asyncio.TimerHandle | None = None
        self._is_finished = False
        self.node = Node(
            settings.node, clock=clock, on_event=self._node_event, peer_cache=self._peer_cache(settings, unlocked)
        )
        self._watch = self.node.open_watch(self._arrived, self.inputs.work)
        self.inbox = None if settings.inbox is None else self._new_inbox(settings.inbox)
        self._mailservers = frozenset() if self.inbox is None else self.inbox.ids
        self.knows_mailserver = asyncio.Event()
        """One is named, or was found; also when the session is over, so that nobody waits for ever."""
        if self.inbox is not None:
            self.knows_mailserver.set()
        self._history = settings.history
        self._topics: Collection[bytes] = ()
        self._upkeep = IdleUpkeep(self.inputs, lambda: self.store.tidy(self.now))
        self._continuity = Continuity(self.store, settings.state_dir)
        renewal = RenewalReason.ASKED if settings.new_device else self._continuity.finding()
        if renewal in (RenewalReason.RESTORED, RenewalReason.COPIED):
            with self.store.transaction():
                self.journal.begin_anew(self.now, os.urandom)
        self.messenger, effects = Messenger.start(
            unlocked.account.key,
            self.store,
            os.urandom,
            settings.of_messenger(unlocked.profile.account),
            now=self.now,
            renewal=renewal,
        )
        self._resolving = None if settings.names is None else Resolving(settings.names, self._names_answered)
        self.endpoint = settings.endpoint
        """The node of Ethereum that wallet and names ask; ``None``: none."""
        self.registry = settings.registry
        """Of ENS; ``None``: that of the chain."""
        self.gateway = settings.gateway
        """Of IPFS; ``None``: nothing is fetched from there."""
        self.market = settings.sticker_market
        """Of stickers; ``None``: that of the chain."""
        self.prices = settings.prices
        """Says what ether and tokens cost; ``None``: nobody is asked."""
        self._following = None if settings.endpoint is None else self._new_following(settings.endpoint)
        self._chain = None if settings.chain is None else ChainQuestions(settings.chain, self._looked_up)
        guard = AnswerGuard(unlocked.account.public_key, settings.answers, self.store.message)
        self.sending = Sending(self.messenger, self.store, self.node, self.inputs, guard, hub, lambda: self.now)
        self._effects: Mapping[type[Effect], Callable[[Any], None]] = {
            Publish: self.sending.publish,
            InterestChanged: self._set_topics,
            Continue: self._go_on,
            RequestHistory: self._request_history,
            LookUpTransactions: self._look_up,
            FollowSent: self._follow,
            Notify: self._notify,
            VerifyNames: self._verify_names,
        }
        """What is done for each effect."""
        carry_out(effects, self._effects)
        self._set_timer()

    def _peer_cache(self, settings: ClientSettings, unlocked: Unlocked) -> PeerCache | None:
        if not settings.node.is_looking:
            return None
        from pystatus.client.cached_peers import ProfilePeers  # a client that looks for nobody loads nothing of it

        return ProfilePeers(unlocked.database, self.inputs, lambda: self.now)

    def _new_following(self, endpoint: Endpoint) -> Following:
        from pystatus.client.following import Following  # a client that asks no node loads nothing of it

        return Following(
            endpoint,
            lambda findings: self.inputs.add(lambda: self.messenger.feature(Wallet).looked_up(findings, self.now)),
        )

    def _new_inbox(self, config: InboxConfig) -> Inbox:
        from pystatus.client.inbox import Inbox  # a client that asks no mailserver loads nothing of it

        history = self.store.history
        return Inbox(
            config,
            self.node,
            history,
            receive=lambda envelope: self.inputs.add(lambda: self.messenger.receive_from_history(envelope, self.now)),
            keep=lambda kept: self.inputs.add(lambda: history.keep(kept)),
            tell=lambda progress: self.inputs.when_handled(lambda: self._hub.tell(progress)),
            when_handled=self.inputs.when_handled,
        )

    # life

    async def connect(self) -> None:
        """Begin to listen, to dial, and to ask mailservers.

        :raises LocalError: the port to listen on is in use.
        """
        self._continuity.advance()
        self._upkeep.start()
        await self.node.start()
        if self.inbox is not None:
            self.inbox.start()

    async def flush(self) -> None:
        """Give the relays that are connected what waits for them: who sends something and closes the client expects it
        to be on its way. Nothing is read any more."""
        if self.node.peers:
            self.inputs.work()
            await self.node.drain(FLUSH_SECONDS)

    def finish(self) -> None:
        """Handle what is waiting, and nothing that comes later: the database is about to be closed."""
        if not self._is_finished:
            self._is_finished = True
            self.inputs.close()
            self._upkeep.stop()
        if self._timer is not None:
            self._timer.cancel()
        if self._resolving is not None:
            self._resolving.close()

    async def close(self) -> None:
        """Say goodbye to the relays and to everybody who waits for something. It was finished before."""
        failure = self.inputs.failure
        if failure is None:
            self._continuity.advance()
        self.knows_mailserver.set()
        if self.inbox is not None:
            self.inbox.close(failure)
        if self._chain is not None:
            await self._chain.close()
        if self._following is not None:
            await self._following.close()
        if self.endpoint is not None:
            await self.endpoint.close()
        self._is_leaving = True
        await self.node.close()
        await self._hub.close(failure)
        self.sending.end()

    # inputs and effects

    @property
    def mailservers(self) -> frozenset[bytes]:
        """The node ids of those that are asked for history."""
        return self._mailservers

    @property
    def now(self) -> float:
        """The clock's reading, Unix seconds: one for all inputs of a batch and what comes of them, so that none is due
        later than it was made."""
        return self._clock.now() if self._reading is None else self._reading

    def _handle(self, inputs: Iterable[Callable[[], Any]], settle: Callable[[Sequence[Outcome]], None]) -> None:
        self._reading = self._clock.now()
        try:
            outcomes, effects = self.messenger.run(inputs, self._reading)
        finally:
            self._reading = None
        settle(outcomes)
        carry_out(effects, self._effects)
        self._set_timer()

    def _set_topics(self, effect: InterestChanged) -> None:
        self._topics = effect.topics
        self._watch.set_topics(effect.topics)
        if self.inbox is not None:
            self.inbox.set_topics(effect.topics)

    def _go_on(self, effect: Continue) -> None:
        self.inputs.add_next(lambda: effect.handle(self.now))

    def _request_history(self, effect: RequestHistory) -> None:
        if self.inbox is not None:
            self.inbox.want(effect.topics, effect.since)

    def _verify_names(self, effect: VerifyNames) -> None:
        if self._resolving is not None:
            self._resolving.verify(effect)

    def _names_answered(self, answers: Sequence[NameAnswer]) -> None:
        self.inputs.add(lambda: self.messenger.feature(Names).verified(answers, self.now))

    def _look_up(self, effect: LookUpTransactions) -> None:
        if self._chain is not None:
            self._chain.ask(effect.hashes)

    def _follow(self, effect: FollowSent) -> None:
        if self._following is not None:
            self._following.ask(effect.transactions)

    def _looked_up(self, transaction_hash: str, found: ChainTransaction | Unanswered | None) -> None:
        self.inputs.add(lambda: self.messenger.feature(Transactions).looked_up(transaction_hash, found, self.now))

    def _notify(self, effect: Notify) -> None:
        event = effect.event
        self.sending.take(event)
        if isinstance(event, DeviceRenewed):
            self._continuity.renewed()
        self._hub.tell(event, effect.cursor)

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        due = self.messenger.next_timer()
        loop = asyncio.get_running_loop()
        # Not later than this, whatever the clock was when it became due: it may be set back.
        delay = None if due is None else min(max(0.0, due - self.now), HOUSEKEEPING)
        self._timer = loop.call_later(delay, self.tick) if delay is not None else None

    def tick(self) -> None:
        """Time has passed."""
        self._continuity.advance_if_due()
        confirmed = self.node.relay.clock_offset.confirms(self.node.now)
        self.inputs.add(lambda: self.messenger.on_timer(self.now, confirmed=confirmed))

    # what the node reports

    def _found(self, event: NodeDiscovered) -> None:
        """Ask a mailserver that was found, if none is named and the one that was found before is gone."""
        former = self.inbox
        if event.topic != WHISPERMAIL or self._is_finished or (former is not None and former.is_connected):
            return
        self._ask((str(event.enode),))

    def use_mailservers(self, enodes: Sequence[str]) -> None:
        """Ask these mailservers from now on, and no others; those that are asked already go on.

        :raises LocalError: none is given, or one is malformed; nothing was changed.
        """
        ids = frozenset(complete_enode(enode).node_id for enode in enodes)
        if self.inbox is None or ids != self.inbox.ids:
            self._ask(tuple(enodes))

    def _ask(self, mailservers: tuple[str, ...]) -> None:
        former = self.inbox
        config = InboxConfig(mailservers=mailservers, password=self._history.password, fetch=self._history.fetch)
        self.inbox = inbox = self._new_inbox(config)
        if former is not None:
            inbox.take_place_of(former)
        self._mailservers = inbox.ids
        inbox.start()
        inbox.set_topics(self._topics)
        self.knows_mailserver.set()

    def _node_event(self, event: NodeEvent) -> None:
        if isinstance(event, NodeDiscovered):
            self._found(event)
        it = reported(event, lambda: self.node.clock.agreeing > 0, self._mailservers)
        command = it.command
        if command is not None:
            self.inputs.add(lambda: command(self.messenger, self.now))
        if it.news is not None and not self._is_leaving:  # what comes of our own goodbyes is no news
            self._hub.tell(it.news)

    def _arrived(self, event: EnvelopeReceived) -> None:
        if event.p2p and self.inbox is not None and self.inbox.asks(event.peer):
            return  # the inbox has it
        if self._arrivals.add(event.envelope):
            self.inputs.add(self._take_arrival)

    def _take_arrival(self) -> None:
        envelope = self._arrivals.take()
        if envelope is not None:
            self.messenger.receiver.receive(envelope, self.now)
