"""An open profile at work: its messenger, its node and its clock. Inputs go in, and their effects are carried out."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from weakref import WeakValueDictionary

from pystatus.client.answering import AnswerGuard
from pystatus.client.arrivals import Arrivals
from pystatus.client.chats import find_chat
from pystatus.client.command_queue import CommandQueue, Input, carry_out, settle
from pystatus.client.continuity import Continuity
from pystatus.client.delivery_receipt import Receipt
from pystatus.client.events import EventHub
from pystatus.client.inbox import Inbox, InboxConfig
from pystatus.client.node_events import reported
from pystatus.client.settings import ClientSettings
from pystatus.errors import LocalError
from pystatus.log_texts import get_logger
from pystatus.messenger.batch import never
from pystatus.messenger.effects import Continue, Effect, InterestChanged, Notify, Publish, RequestHistory
from pystatus.messenger.events import DeviceRenewed, Event, MessageStateChanged, RenewalReason
from pystatus.messenger.features.messages import Messages
from pystatus.messenger.messenger import HOUSEKEEPING, Messenger
from pystatus.messenger.records import Chat, Message
from pystatus.net.clock import Clock
from pystatus.node import Node, NodeEvent
from pystatus.outage import Outage
from pystatus.storage.messenger import SqlMessengerStore
from pystatus.storage.profiles import Unlocked
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.events import EnvelopeReceived

log = get_logger(__name__)


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
        self.store = SqlMessengerStore(unlocked.database)
        self.inputs = CommandQueue(self._handle, stop)
        self._clock = clock
        self._reading: float | None = None
        self._hub = hub
        self._guard = AnswerGuard(unlocked.account.public_key, settings.answers, self.store.message)
        self._posting = Outage(log, "no envelope can be posted", "envelopes are posted again")
        self._receipts: WeakValueDictionary[bytes, Receipt] = WeakValueDictionary()
        self._arrivals = Arrivals(os.urandom)
        self._timer: asyncio.TimerHandle | None = None
        self._is_finished = False
        self.node = Node(settings.node, clock=clock, on_event=self._node_event)
        self.inbox = None if settings.inbox is None else self._new_inbox(settings.inbox)
        self._mailservers = frozenset() if self.inbox is None else self.inbox.ids
        self._continuity = Continuity(self.store, settings.state_dir)
        renewal = RenewalReason.ASKED if settings.new_device else self._continuity.finding()
        self.messenger, effects = Messenger.start(
            unlocked.account.key, self.store, os.urandom, settings.messenger, now=self.now, renewal=renewal
        )
        carry_out(effects, self._carry_out)
        self._set_timer()

    def _new_inbox(self, config: InboxConfig) -> Inbox:
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
        await self.node.start()
        if self.inbox is not None:
            self.inbox.start()

    def finish(self) -> None:
        """Handle what is waiting, and nothing that comes later: the database is about to be closed."""
        if not self._is_finished:
            self._is_finished = True
            self.inputs.close()
        if self._timer is not None:
            self._timer.cancel()

    async def close(self) -> None:
        """Say goodbye to the relays and to everybody who waits for something. It was finished before."""
        failure = self.inputs.failure
        if failure is None:
            self._continuity.advance()
        if self.inbox is not None:
            self.inbox.close(failure)
        await self.node.close()
        await self._hub.close(failure)
        for receipt in list(self._receipts.values()):
            receipt.end()

    # what users send: inputs

    def send_text(self, chat: Chat | str, text: str, response_to: bytes | None, answered: Message | None) -> Receipt:
        """
        :param answered: the message that this is an answer to.
        :raises AnswerRefused: too many are.
        :raises LocalError: no such chat, or no text that can be sent.
        """
        chat_id = find_chat(self.store, chat).id
        if answered is not None:
            self._guard.take(answered, chat_id, self.now)
            self._hub.answered()
        messages = self.messenger.feature(Messages)
        return self._receipt(messages.send_text(chat_id, text, response_to=response_to, now=self.now))

    def resend(self, message_id: bytes) -> Receipt:
        """
        :raises LocalError: not a message of ours, or it did not fail.
        """
        return self._receipt(self.messenger.feature(Messages).resend(message_id, self.now))

    def _receipt(self, message: Message) -> Receipt:
        receipt = Receipt(message)
        self._receipts[message.id] = receipt
        return receipt

    # inputs and effects

    @property
    def now(self) -> float:
        """The clock's reading, Unix seconds: one for all inputs of a batch and what comes of them, so that none is due
        later than it was made."""
        return self._clock.now() if self._reading is None else self._reading

    def _handle(self, batch: Sequence[Input], is_enough: Callable[[], bool] = never) -> int:
        self._reading = self._clock.now()
        try:
            outcomes, effects = self.messenger.run([each.handle for each in batch], self._reading, is_enough)
        finally:
            self._reading = None
        settle(batch[: len(outcomes)], outcomes)
        carry_out(effects, self._carry_out)
        self._set_timer()
        return len(outcomes)

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Publish(envelope):
                try:
                    self.node.post(envelope)
                except LocalError as error:  # the pool is full, or the clock was put right meanwhile: it is made again
                    self._posting.failed(asyncio.get_running_loop().time(), error)
                    self.inputs.add(lambda: self.messenger.envelope_expired(envelope.hash, self.now))
                else:
                    self._posting.worked(asyncio.get_running_loop().time())
            case InterestChanged(topics):
                self.node.watch(topics)
                if self.inbox is not None:
                    self.inbox.set_topics(topics)
            case Continue(handle):
                self.inputs.add_next(lambda: handle(self.now))
            case RequestHistory(topics, since):
                if self.inbox is not None:
                    self.inbox.want(topics, since)
            case Notify(event):
                self._notify(event)

    def _notify(self, event: Event) -> None:
        if isinstance(event, MessageStateChanged):
            receipt = self._receipts.get(event.message_id)
            if receipt is not None:
                receipt.advance(event.state)
        elif isinstance(event, DeviceRenewed):
            self._continuity.renewed()
        self._hub.tell(event)

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

    def _node_event(self, event: NodeEvent) -> None:
        if isinstance(event, EnvelopeReceived):
            self._receive(event.envelope)
            return
        it = reported(event, lambda: self.node.clock.agreeing > 0, self._mailservers)
        command = it.command
        if command is not None:
            self.inputs.add(lambda: command(self.messenger, self.now))
        if it.news is not None:
            self._hub.tell(it.news)

    def _receive(self, envelope: Envelope) -> None:
        if self._arrivals.add(envelope):
            self.inputs.add(self._take_arrival)

    def _take_arrival(self) -> None:
        envelope = self._arrivals.take()
        if envelope is not None:
            self.messenger.receive(envelope, self.now)
