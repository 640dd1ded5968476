"""The public client: one account, its chats, and a node that connects it to the network.

async with Client.open("alice", "correct horse", peers=["enode://…"]) as client:
    await client.join("status")
    receipt = await client.send_text("status", "hello")
    await receipt.sent()
    async for event in client.events():
        ...
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

from pystatus.account.key_encoding import parse_public_key
from pystatus.arguments import checked
from pystatus.client.answering import AnswerLimits, answered
from pystatus.client.chats import find_chat
from pystatus.client.delivery_receipt import Receipt
from pystatus.client.events import Event, HistoryProgress
from pystatus.client.features.feature import ClientFeature, NamedFeature
from pystatus.client.features.registry import check, client_features
from pystatus.client.handlers import check_handler, check_kind
from pystatus.client.inbox import Inbox
from pystatus.client.lifecycle import Lifecycle
from pystatus.client.settings import ClientSettings, inbox_config
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.mailserver.config import PUBLIC_PASSWORD
from pystatus.mailserver.time_ranges import TimeRange
from pystatus.mailserver.timing import DAY, LONGEST_HISTORY
from pystatus.messenger.config import MessengerConfig
from pystatus.messenger.events import MessageReceived
from pystatus.messenger.features.chats import Chats
from pystatus.messenger.records import MESSAGE_ID_SIZE, Chat, Cursor, Message
from pystatus.net.clock import Clock, SystemClock
from pystatus.node import Node, NodeConfig
from pystatus.storage.descriptions import Profile
from pystatus.storage.profiles import Profiles

CLIENT_PEERS = 3
"""Relays that a client looks for in node lists (1/CLIENT: two or three are enough for a phone)."""
HISTORY_PAGE = 50
"""Messages in one page of history unless asked otherwise."""

T = TypeVar("T")
F = TypeVar("F", bound=ClientFeature[Any])


@checked
class Client(Lifecycle):
    """One account on the network: make it with :meth:`open` and use it as an asynchronous context manager."""

    def __init__(self, profiles: Profiles, profile: str, password: str, settings: ClientSettings, clock: Clock) -> None:
        super().__init__(profiles, profile, password, settings, clock)
        kinds = client_features()
        check(kinds, Client)
        self._features: dict[str, ClientFeature[Any]] = {kind.NAME: kind(self._access) for kind in kinds}

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
            now and then, from whichever of them behaves best. Without any, a contact whose contact code is not heard
            gets a first message without forward secrecy.
        :param pinned_mailserver: the one of them that is asked, and no other.
        :param mailserver_password: what requests are sealed with; the default is the one of the public network.
        :param history_days: how far back the history of a new chat is fetched, 30 days at most.
        :param daily_history_bytes: how much is fetched on one day; None is no limit.
        :param answer_limits: how often this program answers, so that it and another one do not go on for ever.
        :raises LocalError: a peer, a list, a mailserver or an address is malformed, or a limit out of range.
        """
        node = NodeConfig(
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
        settings = ClientSettings(
            node=node,
            messenger=MessengerConfig(datasync=datasync),
            inbox=inbox_config(mailservers, pinned_mailserver, mailserver_password, history_days, daily_history_bytes),
            answers=answer_limits or AnswerLimits(),
            new_device=new_device,
            state_dir=state_dir,
        )
        return cls(Profiles(data_dir), profile, password, settings, clock or SystemClock())

    # who and what

    @property
    def profile(self) -> Profile:
        """The profile in use."""
        return self._access.session.profile

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
        return self._access.session.node

    async def wait_for_peer(self, timeout: float | None = None) -> None:
        """Wait until a relay is connected.

        :raises TimeoutError: none within ``timeout`` seconds; the client goes on trying.
        :raises LocalError: the client is not open, or was closed meanwhile.
        """
        self._life.check()
        await self.node.wait_for_peer(timeout)

    # chats

    async def join(self, name: str) -> Chat:
        """Join (and thereby create, if nobody did) a public chat.

        :raises LocalError: not a name for a public chat; a chat key is none.
        """
        return await self._access.submit(lambda session: session.messenger.feature(Chats).join(name, session.now))

    async def open_chat(self, person: PublicKey | str) -> Chat:
        """Begin, or find, the one-to-one chat with a person, given by chat key in any form.

        :raises LocalError: not a chat key, or our own.
        """
        key = person if isinstance(person, PublicKey) else parse_public_key(person)
        return await self._access.submit(
            lambda session: session.messenger.feature(Chats).open_one_to_one(key, session.now)
        )

    async def leave(self, chat: Chat | str) -> Chat:
        """Leave a chat: nothing of it is received any more; its history stays.

        :raises LocalError: we are not in it.
        """
        return await self._access.submit(
            lambda session: session.messenger.feature(Chats).leave(find_chat(session.store, chat).id)
        )

    def chats(self) -> Sequence[Chat]:
        """All chats, the most recently used first, left ones included."""
        with self._access.reading() as session:
            return session.store.chats()

    def find_chat(self, chat: Chat | str) -> Chat:
        """The chat with this id: a public chat's name, with or without ``#``, or a person's chat key in any form.

        :raises LocalError: there is none.
        """
        with self._access.reading() as session:
            return find_chat(session.store, chat)

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
        with self._access.reading() as session:
            return session.store.messages(find_chat(session.store, chat).id, limit, place)

    def message(self, message_id: bytes) -> Message | None:
        """The message with this id of 32 bytes, as events name it; None if there is none here."""
        with self._access.reading() as session:
            return session.store.message(message_id)

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
            inbox.want(topics, self._access.session.now - days * DAY)
        await inbox.fetched()
        await self._access.submit(lambda session: None)  # what was found is in the database now

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
        if self._settings.inbox is None:
            raise _no_mailserver()
        return cast(Inbox, self._access.session.inbox)

    def _topics(self, chat: Chat | str | None) -> frozenset[bytes]:
        with self._access.reading() as session:
            chat_id = None if chat is None else find_chat(session.store, chat).id
            return session.messenger.feature(Chats).topics(chat_id)

    async def mark_read(self, chat: Chat | str, messages: int | None = None) -> Chat:
        """Something in the chat has been seen: :attr:`Chat.unread` goes down.

        :param messages: how many of the unread messages; None: all.
        :raises LocalError: no such chat, or fewer messages than none.
        """
        return await self._access.submit(
            lambda session: session.messenger.feature(Chats).mark_read(find_chat(session.store, chat).id, messages)
        )

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
        return await self._access.submit(lambda session: session.send_text(chat, text, response_to, to))

    async def answer(self, message: MessageReceived | Message, text: str) -> Receipt:
        """Answer somebody in the chat where they wrote, as a reply to their message: what programs use. How often that
        is possible is limited, so that two programs do not answer each other for ever.

        :raises AnswerRefused: too often. Be silent then.
        :raises LocalError: as :meth:`send_text`.
        """
        to = message.message if isinstance(message, MessageReceived) else message
        return await self._access.submit(lambda session: session.send_text(to.chat_id, text, to.id, to))

    async def resend(self, message: Message | bytes) -> Receipt:
        """Send a message that failed once more; receivers that have it already show it once.

        :raises LocalError: not a message of ours, or it did not fail.
        """
        message_id = message.id if isinstance(message, Message) else message
        return await self._access.submit(lambda session: session.resend(message_id))

    # features

    def feature(self, kind: type[F]) -> F:
        """One of the features of :mod:`pystatus.client.features`. It is an attribute of the client, too: as
        ``client.feature(Devices)``, of which type checkers know the methods, is ``client.devices``.

        :raises TypeError: not the class of a feature.
        """
        for feature in self._features.values():
            if type(feature) is kind:
                return feature
        names = ", ".join(type(feature).__name__ for feature in self._features.values())
        raise TypeError(f"kind of Client.feature() is to be the class of a feature. They are: {names}.")

    def __getattr__(self, name: str) -> NamedFeature:
        if name.startswith("_") or name not in self._features:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
        return cast(NamedFeature, self._features[name])

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._features})

    # events

    def events(self) -> AsyncIterator[Event]:
        """Everything that happens from this call on, until the client is closed. It may be called before the client is
        started, and read from then on.

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
        """Decorator: call a function, plain or asynchronous, for each event of ``kind``.

        :raises TypeError: nothing that happens is of this kind, or what is decorated cannot be called with one event.
        :raises LocalError: the client is closed; or it is :class:`HistoryProgress`, and no mailserver was given to
            :meth:`open`.
        """
        self._life.check_not_closed()
        check_kind(kind)
        if kind is HistoryProgress and self._settings.inbox is None:
            raise _no_mailserver()

        def register(handler: Callable[[T], Awaitable[None] | None]) -> Callable[[T], Awaitable[None] | None]:
            self._life.check_not_closed()
            check_handler(kind, handler)
            self._hub.on(kind, handler)
            return handler

        return register


def _no_mailserver() -> LocalError:
    return LocalError("There is no mailserver to ask. Name one: Client.open(…, mailservers=[…]).")
