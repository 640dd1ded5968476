"""The public client: one account, its chats, and a node that connects it to the network.

async with Client.open("alice", "correct horse", peers=["enode://…"]) as client:
    await client.join("status")
    receipt = await client.send_text("status", "hello")
    await receipt.sent()
    async for event in client.events():
        ...
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import TypeVar, cast
from weakref import WeakValueDictionary

from pystatus.account.key_encoding import parse_public_key
from pystatus.arguments import checked
from pystatus.client.answering import AnswerGuard, AnswerLimits, answered
from pystatus.client.arrivals import Arrivals
from pystatus.client.chats import find_chat
from pystatus.client.command_queue import CommandQueue, Input, carry_out, settle
from pystatus.client.continuity import Continuity
from pystatus.client.delivery_receipt import Receipt
from pystatus.client.events import (
    Event,
    EventHub,
    HistoryProgress,
    PeerConnected,
    PeerDialled,
    PeerDisconnected,
    PeerUnreachable,
    clock_event,
)
from pystatus.client.handlers import check_handler, check_kind
from pystatus.client.inbox import Inbox, InboxConfig
from pystatus.client.retrieval import HistorySource, Retrieval
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError, StatusError
from pystatus.log_texts import get_logger
from pystatus.mailserver.client.actions import FetchConfig
from pystatus.mailserver.config import PUBLIC_PASSWORD
from pystatus.mailserver.time_ranges import TimeRange
from pystatus.mailserver.timing import DAY, LONGEST_HISTORY
from pystatus.messenger.batch import never
from pystatus.messenger.config import MessengerConfig
from pystatus.messenger.effects import Effect, InterestChanged, Notify, Publish, RequestHistory
from pystatus.messenger.events import DeviceRenewed, MessageReceived, MessageStateChanged, RenewalReason
from pystatus.messenger.features.devices import Device, Devices
from pystatus.messenger.messenger import HOUSEKEEPING, Messenger
from pystatus.messenger.records import MESSAGE_ID_SIZE, Chat, Cursor, Message
from pystatus.net.clock import Clock, SystemClock
from pystatus.net.dialling import DialBegan, DialFailed
from pystatus.net.peer import Peer
from pystatus.node import Node, NodeConfig, NodeEvent, PeerGone, PeerJoined
from pystatus.node.life import Life
from pystatus.outage import Outage
from pystatus.storage.database import explained
from pystatus.storage.descriptions import Profile
from pystatus.storage.messenger import SqlMessengerStore
from pystatus.storage.profiles import Profiles
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.events import (
    ClockJudged,
    EnvelopeConfirmed,
    EnvelopeExpired,
    EnvelopeReceived,
    EnvelopeRefused,
    EnvelopeSent,
)

log = get_logger(__name__)

CLIENT_PEERS = 3
"""Relays that a client looks for in node lists (1/CLIENT: two or three are enough for a phone)."""
HISTORY_PAGE = 50
"""Messages in one page of history unless asked otherwise."""

T = TypeVar("T")


@checked
class Client:
    """One account on the network: make it with :meth:`open` and use it as an asynchronous context manager."""

    def __init__(
        self,
        profiles: Profiles,
        profile: str,
        password: str,
        config: NodeConfig,
        messenger_config: MessengerConfig,
        clock: Clock,
        new_device: bool,
        state_dir: Path | str | None,
        history_source: HistorySource | None,
        inbox_config: InboxConfig | None,
        answer_limits: AnswerLimits,
    ) -> None:
        self._profiles = profiles
        self._selector = profile
        self._password = password
        self._config = config
        self._messenger_config = messenger_config
        self._clock = clock
        self._new_device = new_device
        self._state_dir = state_dir
        self._resources = ExitStack()
        self._hub = EventHub()
        self._retrieval = Retrieval(history_source, self._receive) if history_source is not None else None
        self._inbox_config = inbox_config
        self._inbox: Inbox | None = None
        self._answer_limits = answer_limits
        self._guard: AnswerGuard | None = None
        self._posting = Outage(log, "no envelope can be posted", "envelopes are posted again")
        self._receipts: WeakValueDictionary[bytes, Receipt] = WeakValueDictionary()
        self._inputs = CommandQueue(self._handle, self._stop)
        self._arrivals = Arrivals(os.urandom)
        self._timer: asyncio.TimerHandle | None = None
        self._reading: float | None = None
        self._life = Life("client", "async with client: …, or: await client.start()", "Client.open(…)")
        self._changing = asyncio.Lock()
        """Held while the client is being started."""
        self._closed = asyncio.Event()
        self._watchers = 0
        """Calls of :meth:`run_forever` that wait: they get what the client stops of."""
        self._ended = asyncio.Event()
        self._closing: asyncio.Future[None] | None = None
        self._profile: Profile | None = None
        self._messenger: Messenger | None = None
        self._store: SqlMessengerStore | None = None
        self._continuity: Continuity | None = None
        self._node: Node | None = None

    @classmethod
    def open(
        cls,
        profile: str,
        password: str,
        *,
        peers: Iterable[str] = (),
        dns_lists: Iterable[str] = (),
        dns_server: str | None = None,
        dns_local: bool = False,
        listen: str | None = None,
        datasync: bool = True,
        new_device: bool = False,
        bloom: bool = False,
        post_delay: float = 0.0,
        data_dir: Path | str | None = None,
        state_dir: Path | str | None = None,
        clock: Clock | None = None,
        mailservers: Iterable[str] = (),
        pinned_mailserver: str | None = None,
        mailserver_password: str = PUBLIC_PASSWORD,
        history_days: float = 1.0,
        daily_history_bytes: int | None = None,
        history_source: HistorySource | None = None,
        answer_limits: AnswerLimits | None = None,
    ) -> Client:
        """Prepare the client of a stored profile; entering it unlocks the profile and connects.

        :param profile: name, chat key, or beginning of the key uid.
        :param peers: enode URLs of the relays to stay connected to.
        :param dns_lists: node lists in DNS, ``enrtree://<key>@<domain>``: relays of theirs are dialled until
            :data:`CLIENT_PEERS` are connected, ``peers`` included.
        :param dns_server: whom to ask for them, ``address`` or ``address:port``; None asks the servers of the system.
        :param dns_local: dial addresses of this machine and of local networks in them, too.
        :param listen: ``host:port`` to accept connections on; None does not listen.
        :param datasync: repeat private messages until they are acknowledged.
        :param new_device: make the profile a device of its own, once. One that was restored from a backup or copied is
            noticed in most cases, and becomes one by itself (:class:`DeviceRenewed`).
        :param bloom: ask relays by a bloom filter instead of by topics: they learn less, and send more.
        :param post_delay: hold each envelope back for up to so many seconds, at random, so that relays learn less about
            who wrote it.
        :param data_dir: where profiles are kept; default see :func:`default_data_directory`.
        :param state_dir: where the file is kept by which a copy of the profile is noticed, outside of ``data_dir``;
            default see :func:`default_state_directory`.
        :param mailservers: enode URLs of mailservers: what they have kept is fetched at the start, after a sleep and
            now and then, from whichever of them behaves best.
        :param pinned_mailserver: the one of them that is asked, and no other.
        :param mailserver_password: what requests are sealed with; the default is the one of the public network.
        :param history_days: how far back the history of a new chat is fetched, 30 days at most.
        :param daily_history_bytes: how much is fetched on one day; None is no limit.
        :param history_source: something else that keeps envelopes and is asked for the contact codes of new contacts.
            Without it and without mailservers, a contact whose code is not heard gets a first message without forward
            secrecy.
        :param answer_limits: how often this program answers, so that it and another one do not go on for ever.
        :raises LocalError: a peer, a list, a mailserver or an address is malformed, or a limit out of range.
        """
        profiles = Profiles(data_dir)
        config = NodeConfig(
            peers=tuple(peers),
            dns_lists=tuple(dns_lists),
            enough_peers=CLIENT_PEERS,
            dns_server=dns_server,
            dns_local=dns_local,
            listen=listen,
            full_node=False,
            bloom=bloom,
            post_delay=post_delay,
        )
        settings = MessengerConfig(datasync=datasync)
        asked = tuple(mailservers)
        if not 0 <= history_days * DAY <= LONGEST_HISTORY:
            raise LocalError(f"The history of 0 to {LONGEST_HISTORY // DAY} days is fetched, not of {history_days:g}.")
        inbox = None
        if asked or pinned_mailserver is not None:
            # The newest screen of messages is in the last day, and most servers give the newest first.
            fetch = FetchConfig(look_back=int(history_days * DAY), daily_bytes=daily_history_bytes, first_step=DAY)
            inbox = InboxConfig(mailservers=asked, pinned=pinned_mailserver, password=mailserver_password, fetch=fetch)
        clock = clock or SystemClock()
        limits = answer_limits or AnswerLimits()
        return cls(
            profiles, profile, password, config, settings, clock, new_device, state_dir, history_source, inbox, limits
        )

    # life

    def __repr__(self) -> str:
        return f"<Client {self._selector!r}, {self._life.word}>"

    async def start(self) -> Client:
        """Unlock the profile and connect: what entering the client does, for where there is no block to enter, as in a
        notebook. Call :meth:`close` at the end. Returns the client.

        :raises UnknownProfile, WrongPassword, ProfileInUse, StorageError: with a sentence; nothing was changed.
        :raises LocalError: the port to listen on is in use; or the client was started, or closed, before.
        """
        self._life.begin()
        async with self._changing:
            try:
                await self._start()
            except BaseException:
                self._life.did_not_begin()
                raise
        self._password = ""
        return self

    async def _start(self) -> None:
        profile = self._profiles.find(self._selector)
        with ExitStack() as stack:
            unlocked = stack.enter_context(self._profiles.unlock(profile, self._password))
            stack.callback(self._forget)
            self._store = SqlMessengerStore(unlocked.database)
            self._messenger = Messenger(unlocked.account.key, self._store, os.urandom, self._messenger_config)
            self._profile = profile
            self._guard = AnswerGuard(unlocked.account.public_key, self._answer_limits, self._store.message)
            self._node = Node(self._config, clock=self._clock, on_event=self._node_event)
            if self._inbox_config is not None:
                self._inbox = self._new_inbox(self._inbox_config)
            continuity = Continuity(self._store, self._state_dir)
            renewal = RenewalReason.ASKED if self._new_device else continuity.finding()
            started = asyncio.get_running_loop().create_future()
            self._handle([Input(lambda: self._opened.start(self._now, renewal=renewal), started)])
            await started
            self._life.opened()
            self._continuity = continuity
            continuity.advance()
            await self._node.start()
            if self._inbox is not None:
                self._inbox.start()
            self._resources = stack.pop_all()

    def _forget(self) -> None:
        """The database is about to be closed: nothing asks for it any more."""
        if self._timer is not None:
            self._timer.cancel()
        self._messenger = self._store = self._continuity = None

    async def __aenter__(self) -> Client:
        """See :meth:`start`."""
        return await self.start()

    def _new_inbox(self, config: InboxConfig) -> Inbox:
        history = self._stored.history
        return Inbox(
            config,
            self.node,
            history,
            receive=lambda envelope: self._inputs.add(lambda: self._opened.receive_from_history(envelope, self._now)),
            keep=lambda kept: self._inputs.add(lambda: history.keep(kept)),
            tell=lambda progress: self._inputs.when_handled(lambda: self._hub.tell(progress)),
            when_handled=self._inputs.when_handled,
        )

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
        if self._inputs.failure is not None and error is None:
            raise self._inputs.failure

    async def close(self) -> None:
        """Store what was asked for, say goodbye to the relays and close the database. Handlers that wait for something
        are stopped there; :meth:`events` still gives what came before. Closing again changes nothing, nor does closing
        a client that was never started.

        :raises LocalError: it was started in another event loop or thread: close it there.
        """
        if not self._ended.is_set():
            self._life.check_here()
        async with self._changing:
            if not self._closed.is_set():
                await self._close()
        await self._ended.wait()

    async def _close(self) -> None:
        self._inputs.close()
        self._life.close(self._inputs.failure)
        if isinstance(self._inputs.failure, StatusError) and not (self._watchers or self._hub.is_read):
            log.error("the client has stopped: %s", self._inputs.failure)  # nobody waits who would get it
        self._closed.set()
        try:
            if self._continuity is not None and self._inputs.failure is None:
                self._continuity.advance()
            if self._timer is not None:
                self._timer.cancel()
            if self._retrieval is not None:
                await self._retrieval.close()
            if self._inbox is not None:
                self._inbox.close(self._inputs.failure)
            if self._node is not None:
                await self._node.close()
            await self._hub.close(self._inputs.failure)
            for receipt in list(self._receipts.values()):
                receipt.end()
        finally:
            self._resources.close()
            self._ended.set()

    async def run_forever(self) -> None:
        """Wait until the client is closed, or fails. If it knows no relay, the log says so.

        :raises StorageError: the disk refused; the client has stopped.
        :raises LocalError: it was not started, or in another event loop or thread.
        """
        self._life.check_started()
        if not self._closed.is_set():
            self._life.check_here()
        config = self._config
        if not (self._life.is_closed or self._inbox or config.peers or config.dns_lists or config.listen):
            log.warning("no relay is named, so nothing is sent or received: Client.open(…, peers=[…])")
        self._watchers += 1
        try:
            await self._closed.wait()
        finally:
            self._watchers -= 1
        if self._inputs.failure is not None:
            raise self._inputs.failure

    # who and what

    @property
    def profile(self) -> Profile:
        """The profile in use."""
        if self._profile is None:
            self._life.check()
        return cast(Profile, self._profile)

    @property
    def public_key(self) -> PublicKey:
        """Our chat key: what other people need to write to us."""
        return self.profile.account.public_key

    @property
    def chat_key(self) -> str:
        """The same as text, ``zQ3sh…``: what to give to other people."""
        return self.profile.account.chat_key

    @property
    def name(self) -> str:
        """Our three-word name."""
        return self.profile.account.alias

    @property
    def node(self) -> Node:
        """The node that connects this client to the network."""
        if self._node is None:
            self._life.check()
        return cast(Node, self._node)

    async def wait_for_peer(self, timeout: float | None = None) -> None:
        """Wait until a relay is connected.

        :raises TimeoutError: none within ``timeout`` seconds; the client goes on trying.
        :raises LocalError: the client is not open, or was closed meanwhile.
        """
        self._life.check()
        try:
            await self.node.wait_for_peer(timeout)
        except TimeoutError:
            raise TimeoutError(f"No relay is connected after {timeout} s. The client goes on.") from None
        except LocalError:
            self._life.check()  # says it of the client, not of its node
            raise

    # chats

    async def join(self, name: str) -> Chat:
        """Join (and thereby create, if nobody did) a public chat.

        :raises LocalError: not a name for a public chat; a chat key is none.
        """
        return await self._submit(lambda: self._opened.join(name, self._now))

    async def open_chat(self, person: PublicKey | str) -> Chat:
        """Begin, or find, the one-to-one chat with a person, given by chat key in any form.

        :raises LocalError: not a chat key, or our own.
        """
        key = person if isinstance(person, PublicKey) else parse_public_key(person)
        return await self._submit(lambda: self._opened.open_one_to_one(key, self._now))

    async def leave(self, chat: Chat | str) -> Chat:
        """Leave a chat: nothing of it is received any more; its history stays.

        :raises LocalError: we are not in it.
        """
        return await self._submit(lambda: self._opened.leave(find_chat(self._stored, chat).id))

    def chats(self) -> Sequence[Chat]:
        """All chats, the most recently used first, left ones included."""
        with self._for_user():
            return self._stored.chats()

    def find_chat(self, chat: Chat | str) -> Chat:
        """The chat with this id: a public chat's name, with or without ``#``, or a person's chat key in any form.

        :raises LocalError: there is none.
        """
        with self._for_user():
            return find_chat(self._stored, chat)

    def history(
        self, chat: Chat | str, limit: int = HISTORY_PAGE, before: Message | Cursor | None = None
    ) -> Sequence[Message]:
        """A page of a chat, the newest message first; ``before`` is the oldest one that is known already.

        :param limit: messages at most.
        :raises LocalError: no such chat, or fewer messages than none.
        """
        if limit < 0:
            raise LocalError(f"A page of history has no message or more, not {limit}. Give a number from 0 on.")
        place = before.cursor if isinstance(before, Message) else before
        with self._for_user():
            return self._stored.messages(find_chat(self._stored, chat).id, limit, place)

    def message(self, message_id: bytes) -> Message | None:
        """The message with this id of 32 bytes, as events name it; None if there is none here."""
        with self._for_user():
            return self._stored.message(message_id)

    async def fetch_history(self, chat: Chat | str | None = None, days: float | None = None) -> None:
        """Fetch what mailservers have kept of a chat, or of all, and wait until nothing is missing that one of them
        has, and nothing is being asked once more. It is fetched in any case; this looks at once, and further back if
        ``days`` says so. How it goes is told as :class:`HistoryProgress`.

        :raises LocalError: no mailserver was given to :meth:`open`, no such chat, or more than 30 days.
        """
        inbox = self._asked_inbox
        topics = self._topics(chat)
        if days is not None:
            if not 0 <= days * DAY <= LONGEST_HISTORY:
                raise LocalError(f"Mailservers keep {LONGEST_HISTORY // DAY} days: ask for 0 to as many.")
            inbox.want(topics, self._now - days * DAY)
        await inbox.fetched()
        await self._submit(lambda: None)  # what was found is in the database now

    def history_gaps(self, chat: Chat | str | None = None) -> Sequence[TimeRange]:
        """The spans of Unix seconds, of a chat or of all, of which no mailserver has answered everything: they were
        not asked yet, or say that they lack them. They end at :attr:`history_until`.

        :raises LocalError: no mailserver was given to :meth:`open`, or no such chat.
        """
        return list(self._asked_inbox.gaps(self._topics(chat)))

    @property
    def history_until(self) -> int:
        """The Unix second in which mailservers were asked last. :meth:`history_gaps` says nothing of what was sent in
        it or later.

        :raises LocalError: no mailserver was given to :meth:`open`.
        """
        return self._asked_inbox.until

    @property
    def _asked_inbox(self) -> Inbox:
        if self._inbox is None:
            raise _no_mailserver()
        return self._inbox

    def _topics(self, chat: Chat | str | None) -> frozenset[bytes]:
        with self._for_user():
            return self._opened.topics(None if chat is None else find_chat(self._stored, chat).id)

    async def mark_read(self, chat: Chat | str, messages: int | None = None) -> Chat:
        """Something in the chat has been seen: :attr:`Chat.unread` goes down.

        :param messages: how many of the unread messages; None: all.
        :raises LocalError: no such chat, or fewer messages than none.
        """
        return await self._submit(lambda: self._opened.mark_read(find_chat(self._stored, chat).id, messages))

    # messages

    async def send_text(self, chat: Chat | str, text: str, reply_to: Message | bytes | None = None) -> Receipt:
        """Send a text. When this returns, the message is stored and will go out even if the process dies. What a
        handler of :class:`MessageReceived` sends is an answer, as of :meth:`answer`.

        :param reply_to: the message, or the 32 bytes of its id, that the new one is shown below.
        :raises LocalError: no such chat, the text is blank or too long, or not an id.
        :raises AnswerRefused: a handler answers too often.
        """
        response_to = reply_to.id if isinstance(reply_to, Message) else reply_to
        if response_to is not None and len(response_to) != MESSAGE_ID_SIZE:
            raise LocalError(f"The id of a message has {MESSAGE_ID_SIZE} bytes. Give the message that is replied to.")
        to = answered.get()
        return await self._submit(lambda: self._store_text(chat, text, response_to, to))

    async def answer(self, message: MessageReceived | Message, text: str) -> Receipt:
        """Answer somebody in the chat where they wrote, as a reply to their message: what programs use. How often that
        is possible is limited, so that two programs do not answer each other for ever.

        :raises AnswerRefused: too often. Be silent then.
        :raises LocalError: as :meth:`send_text`.
        """
        to = message.message if isinstance(message, MessageReceived) else message
        return await self._submit(lambda: self._store_text(to.chat_id, text, to.id, to))

    def _store_text(self, chat: Chat | str, text: str, response_to: bytes | None, to: Message | None) -> Receipt:
        chat_id = find_chat(self._stored, chat).id
        if to is not None and self._guard is not None:
            self._guard.take(to, chat_id, self._now)
            self._hub.answered()
        return self._receipt(self._opened.send_text(chat_id, text, response_to=response_to, now=self._now))

    async def resend(self, message: Message | bytes) -> Receipt:
        """Send a message that failed once more; receivers that have it already show it once.

        :raises LocalError: not a message of ours, or it did not fail.
        """
        message_id = message.id if isinstance(message, Message) else message
        return await self._submit(lambda: self._receipt(self._opened.resend(message_id, self._now)))

    # devices

    def devices(self) -> Sequence[Device]:
        """The devices of this account, this one first. A new one takes part once it is enabled here."""
        with self._for_user():
            return self._opened.feature(Devices).all()

    async def pair(self, name: str | None = None) -> None:
        """Introduce this device to the others of the account, under a new name if one is given.

        :raises LocalError: the name is blank or too long.
        """
        await self._submit(lambda: self._opened.feature(Devices).pair(name, self._now))

    async def set_device_enabled(self, installation_id: str, enabled: bool) -> None:
        """Let another device of the account take part in what is sent from now on, or not. At most three do.

        :raises LocalError: unknown, this one, or a fourth one.
        """
        await self._submit(lambda: self._opened.feature(Devices).set_enabled(installation_id, enabled))

    # events

    def events(self) -> AsyncIterator[Event]:
        """Everything that happens from this call on, until the client is closed. It may be called before the client is
        started, and read from then on. A reader that gives up waiting may read on later.

        :raises LocalError: while iterating: the client was not started, or this is another event loop or thread.
        :raises StorageError: while iterating: the disk refused, and the client has stopped.
        :raises EventsLost: while iterating: more than :data:`MAX_QUEUED_EVENTS` were waiting to be read.
        """
        return self._hub.stream(self._check_readable)

    def _check_readable(self) -> None:
        """
        :raises LocalError: nothing would ever come: the client was not started, or in another event loop or thread.
        """
        if not self._life.is_closed:
            self._life.check_begun()
            self._life.check_here()

    def on(
        self, kind: type[T]
    ) -> Callable[[Callable[[T], Awaitable[None] | None]], Callable[[T], Awaitable[None] | None]]:
        """Decorator: call a function, plain or asynchronous, for each event of ``kind``. Closing the client stops it
        where it waits for something.

        :raises TypeError: nothing that happens is of this kind, or what is decorated cannot be called with one event.
        :raises LocalError: the client is closed; or it is :class:`HistoryProgress`, and no mailserver was given to
            :meth:`open`.
        """
        self._life.check_not_closed()
        check_kind(kind)
        if kind is HistoryProgress and self._inbox_config is None:
            raise _no_mailserver()

        def register(handler: Callable[[T], Awaitable[None] | None]) -> Callable[[T], Awaitable[None] | None]:
            self._life.check_not_closed()
            check_handler(kind, handler)
            self._hub.on(kind, handler)
            return handler

        return register

    # inputs and effects

    def _submit(self, handle: Callable[[], T]) -> asyncio.Future[T]:
        """Queue an input of the user.

        :raises LocalError: the client is not open.
        """
        if self._inputs.failure is None:  # that says more than that the client is closed since
            self._life.check()
        return self._inputs.submit(handle)

    @contextmanager
    def _for_user(self) -> Iterator[None]:
        """The database is read for the user.

        :raises LocalError: the client is not open.
        """
        self._life.check()
        with explained():
            yield

    @property
    def _opened(self) -> Messenger:
        if self._messenger is None:
            self._life.check()
        return cast(Messenger, self._messenger)

    @property
    def _stored(self) -> SqlMessengerStore:
        if self._store is None:
            self._life.check()
        return cast(SqlMessengerStore, self._store)

    @property
    def _now(self) -> float:
        """The clock's reading: one for all inputs of a batch and what comes of them, so that none is due later than it
        was made."""
        return self._clock.now() if self._reading is None else self._reading

    def _handle(self, batch: Sequence[Input], is_enough: Callable[[], bool] = never) -> int:
        self._reading = self._clock.now()
        try:
            outcomes, effects = self._opened.run([each.handle for each in batch], self._reading, is_enough)
        finally:
            self._reading = None
        settle(batch[: len(outcomes)], outcomes)
        carry_out(effects, self._carry_out)
        self._set_timer()
        return len(outcomes)

    def _stop(self) -> None:
        self._closing = asyncio.ensure_future(self.close())

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Publish(envelope):
                try:
                    self.node.post(envelope)
                except LocalError as error:  # the pool is full, or the clock was put right meanwhile: it is made again
                    self._posting.failed(asyncio.get_running_loop().time(), error)
                    self._inputs.add(lambda: self._opened.envelope_expired(envelope.hash, self._now))
                else:
                    self._posting.worked(asyncio.get_running_loop().time())
            case InterestChanged(topics):
                self.node.watch(topics)
                if self._inbox is not None:
                    self._inbox.set_topics(topics)
            case RequestHistory(topics, since):
                if self._retrieval is not None:
                    self._retrieval.ask(effect, self._now)
                if self._inbox is not None:
                    self._inbox.want(topics, since)
            case Notify(event):
                if isinstance(event, MessageStateChanged):
                    receipt = self._receipts.get(event.message_id)
                    if receipt is not None:
                        receipt.advance(event.state)
                elif isinstance(event, DeviceRenewed) and self._continuity is not None:
                    self._continuity.advance()
                self._hub.tell(event)

    def _receipt(self, message: Message) -> Receipt:
        receipt = Receipt(message)
        self._receipts[message.id] = receipt
        return receipt

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        due = self._opened.next_timer()
        loop = asyncio.get_running_loop()
        # Not later than this, whatever the clock was when it became due: it may be set back.
        delay = None if due is None else min(max(0.0, due - self._now), HOUSEKEEPING)
        self._timer = loop.call_later(delay, self._tick) if delay is not None else None

    def _tick(self) -> None:
        if self._continuity is not None:
            self._continuity.advance_if_due()
        confirmed = self.node.is_clock_confirmed
        self._inputs.add(lambda: self._opened.on_timer(self._now, confirmed=confirmed))

    # what the node reports

    def _node_event(self, event: NodeEvent) -> None:
        messenger = self._opened
        match event:
            case EnvelopeReceived(envelope, p2p=p2p):
                if self._inbox is None or not p2p:  # what mailservers send comes through the inbox, which checks it
                    self._receive(envelope)
            case EnvelopeSent(envelope_hash, peer):
                agrees = self.node.clock.agreeing > 0
                self._inputs.add(
                    lambda: messenger.envelope_handed_over(envelope_hash, peer, self._now, clock_agrees=agrees)
                )
            case EnvelopeConfirmed(envelope_hash, peer):
                self._inputs.add(lambda: messenger.envelope_confirmed(envelope_hash))
                if self._inbox is not None and isinstance(peer, Peer) and peer.id in self._inbox.ids:
                    self._inputs.add(lambda: messenger.envelope_archived(envelope_hash))
            case EnvelopeRefused(envelope_hash, peer):
                for_its_time = event.is_of_time
                self._inputs.add(lambda: messenger.envelope_refused(envelope_hash, peer, for_its_time=for_its_time))
            case ClockJudged(judgement):
                suspected = judgement.is_suspected
                self._inputs.add(lambda: messenger.clock_judged(suspected=suspected))
                self._hub.tell(clock_event(judgement))
            case EnvelopeExpired(envelope_hash):
                self._inputs.add(lambda: messenger.envelope_expired(envelope_hash, self._now))
            case DialBegan(enode):
                self._hub.tell(PeerDialled(enode.node_id.hex(), enode.address))
            case DialFailed(enode, reason):
                self._hub.tell(PeerUnreachable(enode.node_id.hex(), enode.address, reason))
            case PeerJoined(peer):
                self._inputs.add(lambda: messenger.relay_ready(peer, self._now))
                self._hub.tell(PeerConnected(peer.id.hex()))
            case PeerGone(peer, reason):
                self._inputs.add(lambda: messenger.relay_lost(peer, self._now))
                self._hub.tell(PeerDisconnected(peer.id.hex(), reason))
            case _:
                pass  # the node acts on the rest itself

    def _receive(self, envelope: Envelope) -> None:
        if self._arrivals.add(envelope):
            self._inputs.add(self._take_arrival)

    def _take_arrival(self) -> None:
        envelope = self._arrivals.take()
        if envelope is not None:
            self._opened.receive(envelope, self._now)


def _no_mailserver() -> LocalError:
    return LocalError("There is no mailserver to ask. Name one: Client.open(…, mailservers=[…]).")
