"""The public client: one account, its chats, and a node that connects it to the network.

async with Client.open("alice", "correct horse", peers=["enode://…"]) as client:
    await client.join("status")
    receipt = await client.send_text("status", "hello")
    await receipt.sent()
    async for event in client.events():
        ...
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from pystatus.arguments import checked_with
from pystatus.client.answering import AnswerLimits, answered
from pystatus.client.chain import Chain
from pystatus.client.chain_access import chain_settings, contract, price_service
from pystatus.client.chats import find_chat
from pystatus.client.features.feature import ClientFeature, NamedFeature
from pystatus.client.features.registry import check, check_kind, client_feature, feature_names
from pystatus.client.listening import Listening
from pystatus.client.network_state import NetworkState, network_state
from pystatus.client.pages import message_beginning, page, replied_to, stored
from pystatus.client.resolving import NameResolver
from pystatus.client.sending import Receipt
from pystatus.client.settings import CLIENT_PEERS, ClientSettings
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.links.people import parse_person
from pystatus.mailserver.password import PUBLIC_PASSWORD
from pystatus.messenger.events import MessageReceived
from pystatus.messenger.features.chats import Chats
from pystatus.messenger.records import Chat, Cursor, Message
from pystatus.net.clock import Clock, SystemClock
from pystatus.storage.descriptions import Profile
from pystatus.storage.profiles import Profiles

if TYPE_CHECKING:
    from pystatus.chain.endpoint import Endpoint
    from pystatus.chain.gateway import Gateway
    from pystatus.fleets.fleet import Fleet

HISTORY_PAGE = 50
"""Messages in one page of history unless asked otherwise."""
MESSAGES_AT_ONCE = 500
"""Messages that are read from the database together where all of a chat are read. Ours: some 10 ms."""

F = TypeVar("F", bound=ClientFeature[Any])


@checked_with(
    Endpoint="pystatus.chain.endpoint", Fleet="pystatus.fleets.fleet", Gateway="pystatus.chain.gateway",
    Node="pystatus.node",
)  # fmt: skip
class Client(Listening):
    """One account on the network: make it with :meth:`open` and use it as an asynchronous context manager."""

    def __init__(self, profiles: Profiles, profile: str, password: str, settings: ClientSettings, clock: Clock) -> None:
        super().__init__(profiles, profile, password, settings, clock)
        self._features: dict[str, ClientFeature[Any]] = {}
        """Those that were asked for."""
        self._access.feature_named = self._feature

    @classmethod
    def open(
        cls,
        profile: str,
        password: str,
        *,
        fleet: Fleet | None = None,
        peers: Iterable[str] = (),
        bootnodes: Iterable[str] = (),
        rendezvous_nodes: Iterable[str] = (),
        dns_lists: Iterable[str] = (),
        discovery: bool = True,
        enough_peers: int = CLIENT_PEERS,
        register: bool = False,
        dns_server: str | None = None,
        dns_local: bool = False,
        listen: str | None = None,
        proxy: str | None = None,
        datasync: bool = True,
        new_device: bool = False,
        bloom: bool = False,
        post_delay: float = 0.0,
        data_dir: Path | str | None = None,
        state_dir: Path | str | None = None,
        clock: Clock | None = None,
        time_servers: Iterable[str] = (),
        mailservers: Iterable[str] = (),
        pinned_mailserver: str | None = None,
        mailserver_password: str = PUBLIC_PASSWORD,
        history_days: float = 1.0,
        daily_history_bytes: int | None = None,
        answer_limits: AnswerLimits | None = None,
        names: NameResolver | None = None,
        chain: Chain | None = None,
        endpoint: Endpoint | None = None,
        registry: str | None = None,
        gateway: Gateway | None = None,
        sticker_market: str | None = None,
        prices: str | None = None,
    ) -> Self:
        """Prepare the client of a stored profile; entering it unlocks the profile and connects.

        :param profile: name, chat key, or beginning of the key uid.
        :param fleet: the network to join: its nodes are added to those that are named here, each to its kind.
        :param peers: enode URLs of the relays to stay connected to.
        :param bootnodes: enode URLs of nodes of Discovery v5, by which relays are found and, where no mailserver is
            named, a mailserver.
        :param rendezvous_nodes: Rendezvous nodes, ``/ip4/<address>/tcp/<port>/ethv4/<peer id>``, likewise.
        :param dns_lists: node lists in DNS, ``enrtree://<key>@<domain>``, by which relays are found.
        :param discovery: look for relays with these three; False: ``peers`` are all.
        :param enough_peers: relays with which no more are looked for, ``peers`` included.
        :param register: let others find this client as a relay; it has to ``listen``.
        :param dns_server: whom to ask for them, ``address`` or ``address:port``; None asks the servers of the system.
        :param dns_local: dial addresses of this machine and of local networks in them, too.
        :param listen: ``host:port`` to accept connections on; None does not listen.
        :param proxy: ``socks5://[user:password@]host:port``, for all that it opens. Lists then need ``dns_server``.
        :param datasync: repeat private messages until they are acknowledged.
        :param new_device: make the profile a device of its own, once. One that was restored from a backup or copied is
            noticed in most cases, and becomes one by itself (:class:`DeviceRenewed`).
        :param bloom: ask relays by a bloom filter instead of by topics: they learn less, and send more.
        :param post_delay: hold each envelope back up to so many seconds, at random: relays learn less of who wrote it.
        :param data_dir: where profiles are kept; default see :func:`default_data_directory`.
        :param state_dir: for the file by which a copy of the profile is noticed; see :func:`default_state_directory`.
        :param time_servers: NTP servers to put the clock right by, ``host:port`` or ``pool``; see :class:`NodeConfig`.
        :param mailservers: enode URLs of mailservers: what they have kept is fetched at the start, after a sleep and
            now and then. Without any, a first message to a contact who is not heard has no forward secrecy.
        :param pinned_mailserver: the one of them that is asked, and no other.
        :param mailserver_password: what requests are sealed with; the default is the one of the public network.
        :param history_days: how far back the history of a new chat is fetched, 30 days at most.
        :param daily_history_bytes: how much is fetched on one day; None is no limit.
        :param answer_limits: how often this program answers, so that it and another one do not go on for ever.
        :param names: is asked whose an ENS name is. Without it no ENS name of others is shown.
        :param chain: what is asked whether announced payments were made; without it they stay unverified.
        :param endpoint: a node of Ethereum, for the wallet, and for ``names`` and ``chain`` where these are not given.
            It is closed with the client.
        :param registry: the address of the registry of ENS, on a chain where no other is known.
        :param gateway: of IPFS, for stickers and their packs. Without it none is fetched.
        :param sticker_market: the address of the market of stickers, on a chain where no other is known.
        :param prices: ``https://…``, a service that says what ether and tokens cost. Without it none is asked.
        :raises LocalError: a peer, a list, a mailserver, a proxy or an address is malformed, or a limit out of range.
        """
        from pystatus.client.network_settings import history_settings, node_config
        from pystatus.messenger.config import MessengerConfig  # who attaches to another process needs none of these

        names, chain, ens = chain_settings(endpoint, registry, names, chain)
        limits = history_days, daily_history_bytes
        history, inbox = history_settings(fleet, mailservers, pinned_mailserver, mailserver_password, *limits)
        node = node_config(
            has_mailserver=inbox is not None, fleet=fleet, peers=peers,
            bootnodes=bootnodes,
            rendezvous_nodes=rendezvous_nodes,
            dns_lists=dns_lists,
            discovery=discovery, register=register, enough_peers=enough_peers,
            dns_server=dns_server, dns_local=dns_local, listen=listen, proxy=proxy,
            bloom=bloom, post_delay=post_delay, time_servers=time_servers,
        )  # fmt: skip
        settings = ClientSettings(
            node=node,
            messenger=MessengerConfig(datasync=datasync, verify_names=names is not None),
            inbox=inbox,
            history=history,
            answers=answer_limits or AnswerLimits(),
            new_device=new_device,
            chain=chain, endpoint=endpoint, registry=ens, gateway=gateway, sticker_market=contract(sticker_market),
            prices=price_service(prices, proxy), state_dir=state_dir,
            names=names,
        )  # fmt: skip
        return cls(Profiles(data_dir), profile, password, settings, clock or SystemClock())

    @classmethod
    def from_environment(cls, profile: str) -> Self:
        """The same with what the commands take, too: the password from ``PYSTATUS_PASSWORD``, the network from
        ``PYSTATUS_JOIN`` or ``PYSTATUS_FLEET``, relays from ``PYSTATUS_PEERS``, mailservers from
        ``PYSTATUS_MAILSERVERS``, a proxy from ``PYSTATUS_PROXY``, what finds them from
        ``PYSTATUS_DISCOVERY_BOOTNODES`` and the like, and a node of Ethereum from ``PYSTATUS_ENDPOINT``, with
        ``PYSTATUS_REGISTRY`` and ``PYSTATUS_STICKER_MARKET`` on a chain of one's own, a gateway of IPFS from
        ``PYSTATUS_IPFS_GATEWAY``, and prices from ``PYSTATUS_PRICES``. No password belongs into a program's text.

        :raises LocalError: there is no password, or nobody to connect to; or as :meth:`open`.
        """
        from pystatus.client import environment  # what is read of it is loaded where it is

        given = environment.read()
        return cls.open(profile, given.password, **{name: getattr(given, name) for name in environment.WAYS})

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

    async def wait_for_peer(self, timeout: float | None = None) -> None:
        """Wait until a relay is connected.

        :raises TimeoutError: none within ``timeout`` seconds; the client keeps trying.
        :raises LocalError: the client is not open, or was closed meanwhile.
        """
        self._life.check()
        try:
            await self.node.wait_for_peer(timeout)
        except TimeoutError:
            raise TimeoutError(f"No relay is connected after {timeout} s. The client keeps trying.") from None
        except LocalError:
            self._life.check()  # says it of the client, not of its node
            raise

    def network(self) -> NetworkState:
        """How the client is connected at this moment."""
        with self._access.reading() as session:
            return network_state(session)

    # chats

    async def join(self, name: str) -> Chat:
        """Join (and thereby create, if nobody did) a public chat, by its name or a link to it.

        :raises LocalError: not a name for a public chat; a chat key is none.
        """
        return await self._access.submit(lambda session: session.messenger.feature(Chats).join(name, session.now))

    async def open_chat(self, person: PublicKey | str) -> Chat:
        """Begin, or find, the one-to-one chat with a person, given by chat key in any form, or by a link to them.

        :raises LocalError: not a chat key, or our own.
        """
        key = person if isinstance(person, PublicKey) else parse_person(person)
        return await self._access.submit(lambda one: one.messenger.feature(Chats).open_one_to_one(key, one.now))

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

    def chat(self, chat_id: str) -> Chat | None:
        """The chat with this id, as events and messages name it; None if there is none here."""
        with self._access.reading() as session:
            return session.store.chat(chat_id)

    def find_chat(self, chat: Chat | str) -> Chat:
        """The chat with this id: a public chat's name (with or without ``#``), a chat key in any form, or a link to it.

        :raises LocalError: there is none.
        """
        with self._access.reading() as session:
            return find_chat(session.store, chat)

    def history(
        self,
        chat: Chat | str,
        limit: int = HISTORY_PAGE,
        before: Message | Cursor | bytes | None = None,
        *,
        after: Message | Cursor | bytes | None = None,
        around: Message | Cursor | bytes | None = None,
    ) -> Sequence[Message]:
        """A page of a chat, the newest message first. Without a place it is the last page.

        :param limit: messages at most.
        :param before: the oldest message that is known already, or its id: the page before it.
        :param after: the newest message that is known already: the page after it.
        :param around: a message in the middle of the page, which has half of the others before it.
        :raises LocalError: no such chat, no such message, several places, or fewer messages than none.
        """
        with self._access.reading() as session:
            found = find_chat(session.store, chat)
            return page(session.store, found.id, limit, before=before, after=after, around=around)

    def message(self, message_id: bytes) -> Message | None:
        """The message with this id of 32 bytes, as events name it; None if there is none here."""
        with self._access.reading() as session:
            return session.store.message(message_id)

    def find_message(self, beginning: str) -> Message:
        """The message whose id begins with these hexadecimal digits, after ``0x`` or not.

        :raises LocalError: there is none, or there are several.
        """
        with self._access.reading() as session:
            return message_beginning(session.store, beginning)

    def messages(self, chat: Chat | str) -> Iterator[Message]:
        """All messages of a chat, the newest first. They are read a page at a time: what comes meanwhile is newer, and
        not among them.

        :raises LocalError: no such chat; while iterating: the client was closed.
        """
        return self._pages(self.find_chat(chat))

    def _pages(self, chat: Chat) -> Iterator[Message]:
        page = self.history(chat, MESSAGES_AT_ONCE)
        while page:
            yield from page
            page = self.history(chat, MESSAGES_AT_ONCE, before=page[-1])

    async def mark_read(self, chat: Chat | str, messages: int | None = None) -> Chat:
        """Something in the chat has been seen: :attr:`Chat.unread` goes down.

        :param messages: how many of the unread messages; None: all.
        :raises LocalError: no such chat, or fewer messages than none.
        """
        from pystatus.client.features.conversations import Conversations  # a feature is loaded when it is used

        return await self.feature(Conversations).mark_read(chat, messages)

    # messages

    async def send_text(
        self, chat: Chat | str, text: str, reply_to: Message | bytes | None = None, *, ens_name: str | None = None
    ) -> Receipt:
        """Send a text. When this returns, the message is stored and will go out even if the process dies. What a
        handler of :class:`MessageReceived` sends is an answer, as of :meth:`answer`.

        :param reply_to: the message, or the 32 bytes of its id, that the new one is shown below.
        :param ens_name: the name of ENS that it says is ours; ``None``: that of our profile.
        :raises LocalError: no such chat, the text is blank or too long, not an id, or not a name of ENS.
        :raises AnswerRefused: a handler answers too often.
        """
        sending, to = self._access.taking.sending, answered.get()
        return await sending.send_text(chat, text, replied_to(reply_to), to, ens_name)

    async def answer(self, message: MessageReceived | Message | bytes, text: str) -> Receipt:
        """Answer somebody in the chat where they wrote, as a reply to their message: what programs use. How often that
        is possible is limited, so that two programs do not answer each other for ever.

        :raises AnswerRefused: too often. Be silent then.
        :param message: what is answered, or the 32 bytes of its id.
        :raises LocalError: as :meth:`send_text`, or there is no such message.
        """
        to = message.message if isinstance(message, MessageReceived) else message
        if isinstance(to, bytes):
            with self._access.reading() as session:
                to = stored(session.store, to)
        return await self._access.taking.sending.send_text(to.chat_id, text, to.id, to)

    async def resend(self, message: Message | bytes) -> Receipt:
        """Send a message that failed once more; receivers that have it already show it once.

        :raises LocalError: not a message of ours, or it did not fail.
        """
        return await self._access.taking.sending.resend(message.id if isinstance(message, Message) else message)

    async def withdraw(self, message: Message | bytes) -> Message:
        """Take a message back that waits to be sent, or that no relay ever took: it is sent to nobody, and deleted.

        :raises LocalError: not a message of ours, or it has left: then others may have it.
        """
        return await self._access.taking.sending.withdraw(message.id if isinstance(message, Message) else message)

    def feature(self, kind: type[F]) -> F:
        """One of the features of :mod:`pystatus.client.features`. It is an attribute of the client, too: as
        ``client.feature(Devices)``, of which type checkers know the methods, is ``client.devices``.

        :raises TypeError: not the class of a feature.
        """
        check_kind(kind)
        return cast(F, self._feature(kind.NAME))

    def _feature(self, name: str) -> ClientFeature[Any]:
        if name not in self._features:
            check([kind := client_feature(name)], Client)
            self._features[name] = kind(self._access)
        return self._features[name]

    def __getattr__(self, name: str) -> NamedFeature:
        if name.startswith("_") or not (name in self._features or name in feature_names()):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
        return cast(NamedFeature, self._feature(name))

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *feature_names()})
